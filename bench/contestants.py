"""Who runs against whom, each in an environment of its own."""

import hashlib
import json
import os
import subprocess
import sys
import venv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from infra.locks import locked
from infra.paths import CACHE, ROOT

HOUSE = "dengta"
BARE = "bare"
PEERS = (BARE, "powertools", "fastapi_mangum")
CONTESTANTS = (HOUSE, *PEERS)
TITLES = {
    HOUSE: "Dengta",
    BARE: "bare botocore",
    "powertools": "Powertools + boto3",
    "fastapi_mangum": "FastAPI + Mangum + boto3",
    "tutorial": "tutorial (Chalice + pynamodb + pydantic)",
    "receipt": "Dengta, a receipt first",
}
_HOME = CACHE / "bench"
_INSTALL_TIMEOUT_S = 600


class Ran(NamedTuple):
    """Each call's cost, what it answered, and what went over the wire if that was asked for."""

    wall_ns: list[int]
    cpu_ns: list[int]
    statuses: list[int]
    answer: Any
    heard: list[tuple[str, dict[str, Any], dict[str, Any]]] | None


@dataclass
class Contestant:
    """A running child process; `kinds` are the events that it takes."""

    name: str
    process: subprocess.Popen[str]
    kinds: frozenset[str]

    def run(self, kind: str, events: Sequence[Mapping[str, Any]], *, tap: bool = False) -> Ran:
        pipe_in, pipe_out = self.process.stdin, self.process.stdout
        if pipe_in is None or pipe_out is None:
            raise RuntimeError("started without pipes")
        pipe_in.write(json.dumps({"kind": kind, "events": list(events), "tap": tap}) + "\n")
        pipe_in.flush()
        line = pipe_out.readline()
        if not line:
            raise RuntimeError(f"{self.name} ended; its errors are above")
        return Ran(**json.loads(line))


@contextmanager
def running(names: Sequence[str], env: Mapping[str, str]) -> Iterator[dict[str, Contestant]]:
    """The contestants, started; ended when the block is left."""
    with ExitStack() as stack:
        yield {name: stack.enter_context(_started(name, env)) for name in names}


@contextmanager
def _started(name: str, env: Mapping[str, str]) -> Iterator[Contestant]:
    with subprocess.Popen(
        [str(python_of(name)), "-m", "bench.worker", name],
        cwd=ROOT,
        env={"PATH": os.defpath, "PYTHONDONTWRITEBYTECODE": "1", **env},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            if not line:
                raise RuntimeError(f"{name} did not start; its errors are above")
            yield Contestant(name, process, frozenset(json.loads(line)))
        finally:
            process.terminate()


def python_of(name: str) -> Path:
    """The interpreter of a contestant; a peer's environment is made on first use."""
    if name == HOUSE:
        return Path(sys.executable)
    wanted = requirements(name).read_bytes()
    home = _HOME / f"{name}-{hashlib.sha256(wanted).hexdigest()[:12]}"
    with locked(_HOME / "environments.lock"):
        if not (home / "complete").exists():
            venv.create(home, with_pip=True, clear=True)
            install(home / "bin" / "python", name)
            (home / "complete").touch()
    return home / "bin" / "python"


def install(python: Path, name: str, *more: str) -> None:
    """Let that interpreter's pip install what a contestant names."""
    command = [
        *(str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"),
        *("-r", str(requirements(name)), *more),
    ]
    ran = subprocess.run(
        command, capture_output=True, text=True, timeout=_INSTALL_TIMEOUT_S, check=False
    )
    if ran.returncode:
        raise RuntimeError(f"pip could not install {requirements(name).name}:\n{ran.stderr}")


def requirements(name: str) -> Path:
    return ROOT / "bench" / f"requirements-{name}.txt"
