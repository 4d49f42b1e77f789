"""The wheels that ship: fetched once for each list of pins, for Lambda's platform."""

import hashlib
import re
import subprocess
import sys
import zipfile
from pathlib import Path

from infra.locks import locked
from infra.paths import CACHE, REQUIREMENTS

PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
PLATFORMS = ("manylinux2014_x86_64", "manylinux_2_17_x86_64", "manylinux_2_26_x86_64")
FETCH_TIMEOUT_SECONDS = 600

LEFT_OUT = {
    "chalice": "Chalice puts the part that runs into the package itself",
    "boto3": "the functions use botocore through pynamodb",
    "s3transfer": "belongs to boto3",
    "pycparser": "only compiles C headers; cryptography brings its bindings compiled",
}


def shipped(requirements: Path = REQUIREMENTS) -> list[str]:
    """The pins that ship, comments and what is left out taken away."""
    lines = [line.split("#")[0].strip() for line in requirements.read_text().splitlines()]
    pins = [line for line in lines if line]
    return [pin for pin in pins if re.split(r"[=<>\[]", pin)[0].lower() not in LEFT_OUT]


def fetch(pins: list[str], cache: Path = CACHE) -> list[Path]:
    """The wheels of these pins, sorted; pip is asked only for a list it has not seen."""
    key = hashlib.sha256("\n".join([PYTHON, *PLATFORMS, *pins]).encode()).hexdigest()[:16]
    home = cache / f"wheels-{key}"
    with locked(cache / "wheels.lock"):
        if not (home / "complete").exists():
            download(pins, home)
            (home / "complete").touch()
    return sorted(home.glob("*.whl"))


def download(pins: list[str], home: Path) -> None:
    """Let pip fetch exactly these wheels; a source archive is never built here."""
    platforms = [part for name in PLATFORMS for part in ("--platform", name)]
    command = [
        *(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"),
        *("--only-binary", ":all:", "--implementation", "cp", "--python-version", PYTHON),
        *platforms,
        *("--dest", str(home), *pins),
    ]
    ran = subprocess.run(
        command, capture_output=True, text=True, timeout=FETCH_TIMEOUT_SECONDS, check=False
    )
    if ran.returncode:
        raise RuntimeError(f"pip could not fetch the wheels to ship:\n{ran.stderr.strip()}")


def unpack(wheel: Path, into: Path) -> None:
    """Lay a wheel's files out as an import path wants them."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(into)
