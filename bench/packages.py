"""The deployables: ours as `make package` builds it, the bare one packed as well, others as their tools leave them."""

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from bench import contestants
from bench.contestants import BARE, HOUSE
from infra import package
from infra.locks import locked
from infra.packing import archive, bytecode, slim, wheels
from infra.paths import CACHE, ROOT

_HOME = CACHE / "bench" / "packages"
_API = ("chalicelib.front.handler", "api")
_PEERS = ROOT / "bench" / "peers"


class Size(NamedTuple):
    zipped_bytes: int
    unpacked_bytes: int


@dataclass(frozen=True)
class Deployable:
    """`module` and `attribute` name the handler inside `unpacked`."""

    name: str
    unpacked: Path
    size: Size
    module: str
    attribute: str


def all_of_them() -> list[Deployable]:
    """Built where a source of theirs changed."""
    return [house(), *(_kept(name, build) for name, build in _BUILDS.items())]


def house() -> Deployable:
    """Unpacked anew beside the others: a build may replace the folder that it left."""
    zipped = package.current().archive
    home = _HOME / f"{HOUSE}-{package.sha256(zipped)[:12]}"
    with locked(_HOME / "packages.lock"):
        if not (home / "complete").exists():
            with zipfile.ZipFile(zipped) as packed:
                packed.extractall(home / "unpacked")
            shutil.copy(zipped, home / "package.zip")
            (home / "complete").touch()
    return _deployable(HOUSE, home / "unpacked", home / "package.zip", _API)


def _kept(name: str, build: Callable[[Path, Path], tuple[str, str]]) -> Deployable:
    """`build` fills the folder and the archive, and answers module and attribute."""
    sources = [Path(__file__), contestants.requirements(name), *_PEERS.glob("*.py")]
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sorted(sources))).hexdigest()
    home = _HOME / f"{name}-{digest[:12]}"
    unpacked, zipped, done = home / "unpacked", home / "package.zip", home / "handler"
    with locked(_HOME / "packages.lock"):
        if not done.exists():
            shutil.rmtree(home, ignore_errors=True)
            unpacked.mkdir(parents=True)
            done.write_text(".".join(build(unpacked, zipped)))
    module, _, attribute = done.read_text().rpartition(".")
    return _deployable(name, unpacked, zipped, (module, attribute))


def _deployable(name: str, unpacked: Path, zipped: Path, handler: tuple[str, str]) -> Deployable:
    spread = sum(size for _, size in archive.sizes(zipped).values())
    return Deployable(name, unpacked, Size(zipped.stat().st_size, spread), *handler)


def _bare(unpacked: Path, zipped: Path) -> tuple[str, str]:
    """With all that our own package has: data trimmed, bytecode shipped."""
    for wheel in wheels.fetch(wheels.shipped(contestants.requirements(BARE))):
        wheels.unpack(wheel, unpacked)
    slim.slim(unpacked)
    _lay("bare", unpacked)
    bytecode.compile_all(unpacked, own=("bench",))
    archive.write(unpacked, zipped)
    return "bench.peers.bare", "handler"


def _usual(name: str) -> Callable[[Path, Path], tuple[str, str]]:
    def build(unpacked: Path, zipped: Path) -> tuple[str, str]:
        """What `pip install --target` leaves, zipped."""
        contestants.install(Path(sys.executable), name, "--target", str(unpacked), "--no-compile")
        _lay(name, unpacked)
        archive.write(unpacked, zipped)
        return f"bench.peers.{name}", "handler"

    return build


def _lay(name: str, unpacked: Path) -> None:
    peers = unpacked / "bench" / "peers"
    peers.mkdir(parents=True)
    (unpacked / "bench" / "__init__.py").touch()
    for file in ("__init__", "common", "summary", name):
        shutil.copy(_PEERS / f"{file}.py", peers)


def _tutorial(unpacked: Path, zipped: Path) -> tuple[str, str]:
    """`chalice package`, untouched."""
    project = unpacked.parent / "project"
    (project / ".chalice").mkdir(parents=True)
    (project / "chalicelib").mkdir()
    (project / ".chalice" / "config.json").write_text(
        '{"version": "2.0", "app_name": "tutorial", "stages": {"dev": {"autogen_policy": false}}}'
    )
    (project / ".chalice" / "policy-dev.json").write_text(
        '{"Version": "2012-10-17", "Statement": []}'
    )
    shutil.copy(_PEERS / "tutorial.py", project / "app.py")
    shutil.copy(_PEERS / "common.py", project / "chalicelib" / "peers_common.py")
    shutil.copy(contestants.requirements("tutorial"), project / "requirements.txt")
    text = (project / "app.py").read_text()
    (project / "app.py").write_text(
        text.replace("from peers_common", "from chalicelib.peers_common")
    )
    (project / "chalicelib" / "__init__.py").touch()
    command = [sys.executable, "-c", "from chalice.cli import main; main()", "package", "out"]
    env = os.environ | {"AWS_DEFAULT_REGION": "us-east-1"}
    ran = subprocess.run(command, cwd=project, env=env, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise RuntimeError(f"chalice package failed:\n{ran.stdout}{ran.stderr}")
    shutil.move(project / "out" / "deployment.zip", zipped)
    with zipfile.ZipFile(zipped) as packed:
        packed.extractall(unpacked)
    return "app", "app"


_BUILDS: dict[str, Callable[[Path, Path], tuple[str, str]]] = {
    BARE: _bare,
    "powertools": _usual("powertools"),
    "fastapi_mangum": _usual("fastapi_mangum"),
    "tutorial": _tutorial,
}
