"""Ship bytecode: Lambda's disk is read-only, so that every cold start would compile all anew."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

LAMBDA_HOME = "/var/task"
OWN = ("app.py", "chalicelib")


def compile_all(package: Path, own: Sequence[str] = OWN) -> None:
    """Our own sources get a .pyc beside them; a library's give way to theirs, which weighs half.

    It is trusted without looking at any source's time, and is for this Python: build with the one that runs.
    """
    libraries = [path.name for path in sorted(package.iterdir()) if path.name not in own]
    _compile(package, own)
    _compile(package, libraries, "-b")
    for name in libraries:
        path = package / name
        for source in [path] if path.suffix == ".py" else path.rglob("*.py"):
            source.unlink()


def _compile(package: Path, names: Sequence[str], *options: str) -> None:
    """In a fresh process with a fixed hash seed, so that the bytes are the same each time."""
    command = [
        *(sys.executable, "-W", "ignore", "-m", "compileall", "-q", "-f", *options),
        *("--invalidation-mode", "unchecked-hash", "-s", str(package), "-p", LAMBDA_HOME),
        *(str(package / name) for name in names),
    ]
    env = os.environ | {"PYTHONHASHSEED": "0", "PYTHONPYCACHEPREFIX": ""}
    ran = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise RuntimeError(f"not everything in the package compiles:\n{ran.stdout}{ran.stderr}")
