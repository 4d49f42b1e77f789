"""Ship bytecode: Lambda's disk is read-only, so that every cold start would compile all anew."""

import os
import subprocess
import sys
from pathlib import Path

LAMBDA_HOME = "/var/task"


def compile_all(package: Path) -> None:
    """Put a .pyc beside each source that is trusted without looking at the source's time.

    A fresh process with a fixed hash seed, so that the bytes are the same each time.
    """
    command = [
        *(sys.executable, "-W", "ignore", "-m", "compileall", "-q", "-f"),
        *("--invalidation-mode", "unchecked-hash", "-s", str(package), "-p", LAMBDA_HOME),
        str(package),
    ]
    env = os.environ | {"PYTHONHASHSEED": "0", "PYTHONPYCACHEPREFIX": ""}
    ran = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise RuntimeError(f"not everything in the package compiles:\n{ran.stdout}{ran.stderr}")
