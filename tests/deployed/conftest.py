"""One stack for all tests of this folder."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
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
        self.is_whole = False

    def run(self, module: str, *arguments: str, env: Mapping[str, str] | None = None) -> str:
        ours = {"DENGTA_PORT_BASE", "DENGTA_LOCAL_DIR", "AWS_ENDPOINT_URL"}
        ours |= {setting.env for setting in SETTINGS}
        kept = {name: value for name, value in os.environ.items() if name not in ours}
        ran = subprocess.run(
            [sys.executable, "-m", module, *arguments],
            cwd=ROOT,
            env={**kept, "DENGTA_LOCAL_DIR": str(self.places.home), **(env or {})},
            capture_output=True,
            text=True,
            timeout=UP_TIMEOUT_S,
            check=False,
        )
        said = f"{ran.stdout}{ran.stderr}"
        assert ran.returncode == 0, said
        return said

    def up(self) -> str:
        said = self.run("infra.local.up")
        self.is_whole = True
        return said

    def down(self, *arguments: str) -> str:
        return self.run("infra.local.down", *arguments)

    def forget(self) -> None:
        self.down("--reset")
        self.is_whole = False

    @property
    def addresses(self) -> dict[str, Any]:
        return read_json(self.places.stack_file)


@pytest.fixture(scope="session")
def one_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    """Ended and forgotten after the last test."""
    stack = LocalStack(tmp_path_factory.mktemp("stack"))
    try:
        yield stack
    finally:
        stack.forget()


@pytest.fixture
def local_stack(one_stack: LocalStack) -> LocalStack:
    """Up, with demo data; anew where a test broke it."""
    if not one_stack.is_whole:
        one_stack.up()
    return one_stack


@pytest.fixture
def stack(local_stack: LocalStack) -> dict[str, Any]:
    """What stack.json says: addresses, keys, stores, members."""
    return local_stack.addresses
