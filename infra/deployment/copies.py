"""Copies operators' keys beside the status page, also those from before there were copies; each deploy runs it.

python -m infra.deployment.copies, with the settings of a function in the environment.
"""

import os
import subprocess
import sys

from chalicelib.access import service
from infra.deployment.cloud import Cloud, DeployError
from infra.paths import ROOT

TIMEOUT_SECONDS = 120


def make(cloud: Cloud, function: str) -> None:
    """In a process of its own, which has that function's settings. Raises DeployError."""
    ran = subprocess.run(
        [sys.executable, "-m", "infra.deployment.copies"],
        env=os.environ | cloud.function_environment(function) | cloud.credentials(),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_SECONDS,
        check=False,
    )
    if ran.returncode:
        raise DeployError(f"Operators' keys could not be copied: {ran.stderr.strip()}")


if __name__ == "__main__":
    service.copy_operator_keys()
