"""The package stands alone: every handler imports with nothing but it and Python itself."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from infra.packing.slim import SERVICES
from infra.packing.source import ANY_REGION, is_function

PROGRAM = """
import importlib, sys
package, services, handlers = sys.argv[1], sys.argv[2].split(","), sys.argv[3:]
sys.path.insert(0, package)
for handler in handlers:
    module, name = handler.rsplit(".", 1)
    assert getattr(importlib.import_module(module), name), handler
from chalicelib.front import handler
for module in set(handler._modules().values()):
    assert importlib.import_module(module).routes, module
import botocore.session, wechatpy.client, cryptography.hazmat.primitives.ciphers.aead
for service in services:
    botocore.session.get_session().create_client(service, region_name="cn-north-1")
"""


def handlers_of(template: dict[str, Any]) -> list[str]:
    """The handlers of all functions, as Lambda will look for them."""
    functions = [one["Properties"] for one in template["Resources"].values() if is_function(one)]
    return sorted(function["Handler"] for function in functions)


def prove(package: Path, template: dict[str, Any]) -> None:
    """Import everything in a process that sees no installed library. Raises with what is missing."""
    command = [
        *(sys.executable, "-B", "-I", "-S", "-c", PROGRAM),
        *(str(package), ",".join(SERVICES), *handlers_of(template)),
    ]
    env = {"PATH": os.defpath, "AWS_DEFAULT_REGION": ANY_REGION}
    ran = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise RuntimeError(f"the package does not stand alone:\n{ran.stderr}")


def digest(template: dict[str, Any]) -> str:
    """The template's text, the same for the same content."""
    return json.dumps(template, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
