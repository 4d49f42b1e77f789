"""One stack for all tests of this folder."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.local.places import Places, read_json
from infra.paths import ROOT
from infra.settings import SETTINGS

UP_TIMEOUT_S = 600


class LocalStack:
    """A local stack in a folder of its own, driven by the commands that `make` runs."""

    def __init__(self, home: Path) -> None:
        self.places = Places(home)

    def run(self, module: str, *arguments: str) -> str:
        ours = {"DENGTA_PORT_BASE", "DENGTA_LOCAL_DIR", "AWS_ENDPOINT_URL"}
        ours |= {setting.env for setting in SETTINGS}
        env = {name: value for name, value in os.environ.items() if name not in ours}
        ran = subprocess.run(
            [sys.executable, "-m", module, *arguments],
            cwd=ROOT,
            env=env | {"DENGTA_LOCAL_DIR": str(self.places.home)},
            capture_output=True,
            text=True,
            timeout=UP_TIMEOUT_S,
            check=False,
        )
        said = f"{ran.stdout}{ran.stderr}"
        assert ran.returncode == 0, said
        return said

    def up(self) -> str:
        return self.run("infra.local.up")

    def down(self, *arguments: str) -> str:
        return self.run("infra.local.down", *arguments)

    @property
    def addresses(self) -> dict[str, Any]:
        return read_json(self.places.stack_file)


@pytest.fixture(scope="session")
def local_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    """Up, with demo data; ended and forgotten after the last test."""
    stack = LocalStack(tmp_path_factory.mktemp("stack"))
    try:
        stack.up()
        yield stack
    finally:
        stack.down("--reset")


@pytest.fixture
def stack(local_stack: LocalStack) -> dict[str, Any]:
    """What stack.json says: addresses, keys, stores, members."""
    return local_stack.addresses
