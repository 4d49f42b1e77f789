"""Write .chalice/ from the function table.

python -m infra.chalice_files            writes config.json and the policies
python -m infra.chalice_files --check    says what is out of date, and fails
"""

import json
import sys
from pathlib import Path
from typing import Any

from infra.function import Function
from infra.functions import FUNCTIONS
from infra.paths import CHALICE
from infra.policies import policy

STAGE = "stack"
API_STAGE = "api"


def config() -> dict[str, Any]:
    """Chalice's configuration: one stage, for ours differ by the template's parameters only."""
    return {
        "version": "2.0",
        "app_name": "dengta",
        "stages": {
            STAGE: {
                "api_gateway_stage": API_STAGE,
                "api_gateway_endpoint_type": "REGIONAL",
                "minimum_compression_size": 1024,
                "autogen_policy": False,
                "lambda_functions": {one.name: function_config(one) for one in FUNCTIONS},
            }
        },
    }


def function_config(function: Function) -> dict[str, Any]:
    """One function's memory, time and policy."""
    return {
        "autogen_policy": False,
        "iam_policy_file": policy_file(function),
        "lambda_memory_size": function.memory_mb,
        "lambda_timeout": function.timeout_seconds,
    }


def policy_file(function: Function) -> str:
    """The policy's file name inside .chalice/."""
    return f"policy-{function.name}.json"


def files() -> dict[str, str]:
    """Everything that belongs into .chalice/: {file name: text}."""
    documents = {policy_file(one): policy(one) for one in FUNCTIONS} | {"config.json": config()}
    return {name: json.dumps(body, indent=2) + "\n" for name, body in documents.items()}


def outdated(folder: Path) -> list[str]:
    """Names of files that are missing, differ or should not be there."""
    wanted = files()
    found = {path.name: path.read_text() for path in folder.glob("*.json")}
    return sorted(
        name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name)
    )


def write(folder: Path) -> None:
    """Write the files and remove policies of functions that are gone."""
    folder.mkdir(exist_ok=True)
    wanted = files()
    for stale in set(outdated(folder)) - wanted.keys():
        (folder / stale).unlink()
    for name, text in wanted.items():
        (folder / name).write_text(text)


def main() -> int:
    """Write or check, as asked."""
    folder = CHALICE
    if "--check" not in sys.argv[1:]:
        write(folder)
        return 0
    for name in outdated(folder):
        print(f".chalice/{name} does not match infra/functions.py: python -m infra.chalice_files")
    return 1 if outdated(folder) else 0


if __name__ == "__main__":
    sys.exit(main())
