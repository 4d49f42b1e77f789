"""Build what is deployed: build/package.zip and build/template.json, the same bytes each time.

python -m infra.package            builds when a source changed, prints the sizes
python -m infra.package --force    builds in any case
"""

import hashlib
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from infra.locks import locked
from infra.packing import archive, bytecode, calls, proof, slim, source, wheels
from infra.paths import BUILD, CACHE, ROOT

ZIPPED_LIMIT_BYTES = 10 * 1000 * 1000
UNPACKED_LIMIT_BYTES = 30 * 1000 * 1000
MAKERS = (
    "infra/package.py",
    "infra/packing",
    "infra/chalice_files.py",
    "infra/policies.py",
    "infra/function.py",
    "infra/functions.py",
    "infra/settings.py",
    "infra/tables.py",
    "infra/template",
)


@dataclass(frozen=True)
class Package:
    """What a build leaves behind."""

    archive: Path
    template: Path
    unpacked: Path

    @classmethod
    def inside(cls, home: Path) -> "Package":
        """The package that a build puts into `home`."""
        return cls(home / "package.zip", home / "template.json", home / "unpacked")


def build(home: Path) -> Package:
    """Build into `home`, whatever is there."""
    package = Package.inside(home)
    shutil.rmtree(home, ignore_errors=True)
    package.unpacked.mkdir(parents=True)
    for wheel in wheels.fetch(wheels.shipped()):
        wheels.unpack(wheel, package.unpacked)
    slim.slim(package.unpacked)
    with tempfile.TemporaryDirectory() as work:
        template = source.chalice_package(Path(work), package.unpacked)
    calls.write(package.unpacked)
    bytecode.compile_all(package.unpacked)
    proof.prove(package.unpacked, template)
    archive.write(package.unpacked, package.archive)
    package.template.write_text(proof.digest(template))
    return package


def current(home: Path = BUILD) -> Package:
    """The package of the present sources; built only when one of them changed."""
    stamp, inputs = home / "inputs", input_digest()
    with locked(CACHE / "package.lock"):
        if stamp.exists() and stamp.read_text() == inputs:
            return Package.inside(home)
        package = build(home)
        stamp.write_text(inputs)
    return package


def input_digest() -> str:
    """One hash over everything that a build reads."""
    names = ("app.py", "chalicelib", "requirements.txt", *MAKERS)
    return digest_of([path for name in names for path in sources(ROOT / name)])


def digest_of(files: list[Path]) -> str:
    """One hash over this Python, these files' names and their content."""
    total = hashlib.sha256(sys.version.encode())
    for path in sorted(files):
        total.update(str(path.relative_to(ROOT)).encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def sources(path: Path) -> list[Path]:
    """A file, or all files of a folder but what Python leaves there."""
    if path.is_file():
        return [path]
    found = [one for one in path.rglob("*") if one.is_file()]
    return [one for one in found if "__pycache__" not in one.parts]


def report(package: Package) -> bool:
    """Print the sizes by part; answers whether they are within the limits."""
    parts = archive.sizes(package.archive)
    table = Table("part", "zipped MB", "unpacked MB", title="package")
    for part, (zipped, unpacked) in sorted(parts.items(), key=lambda item: -item[1][1]):
        table.add_row(part, megabytes(zipped), megabytes(unpacked))
    whole = package.archive.stat().st_size
    spread = sum(unpacked for _, unpacked in parts.values())
    table.add_row("whole", megabytes(whole), megabytes(spread), style="bold")
    console = Console()
    console.print(table)
    console.print(f"sha256 {sha256(package.archive)}", soft_wrap=True)
    fits = whole <= ZIPPED_LIMIT_BYTES and spread <= UNPACKED_LIMIT_BYTES
    if not fits:
        console.print("[red]Too large: at most 10 MB zipped and 30 MB unpacked.[/red]")
    return fits


def megabytes(size: int) -> str:
    """Bytes as MB with two decimals."""
    return f"{size / 1_000_000:.2f}"


def sha256(path: Path) -> str:
    """A file's SHA-256 in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main() -> int:
    """Build and report."""
    if "--force" in sys.argv[1:]:
        (BUILD / "inputs").unlink(missing_ok=True)
    return 0 if report(current()) else 1


if __name__ == "__main__":
    sys.exit(main())
