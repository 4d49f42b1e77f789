"""A zip whose bytes depend on its contents only."""

import zipfile
from pathlib import Path

EPOCH = (1980, 1, 1, 0, 0, 0)
UNIX = 3
MODE = 0o100644
MODE_LIBRARY = 0o100755
COMPRESS_LEVEL = 9


def write(package: Path, archive: Path) -> None:
    """Pack a folder: entries sorted, times fixed, rights fixed."""
    files = sorted(path for path in package.rglob("*") if path.is_file())
    with zipfile.ZipFile(archive, "w") as out:
        for path in files:
            out.writestr(entry(path, package), path.read_bytes(), compresslevel=COMPRESS_LEVEL)


def entry(path: Path, package: Path) -> zipfile.ZipInfo:
    """One file's header."""
    info = zipfile.ZipInfo(path.relative_to(package).as_posix(), EPOCH)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.create_system = UNIX
    info.external_attr = (MODE_LIBRARY if ".so" in path.suffixes else MODE) << 16
    return info


def sizes(archive: Path) -> dict[str, tuple[int, int]]:
    """Bytes by part (top-level name): {part: (zipped, unpacked)}."""
    found: dict[str, tuple[int, int]] = {}
    with zipfile.ZipFile(archive) as packed:
        for info in packed.infolist():
            part = part_of(info.filename)
            zipped, unpacked = found.get(part, (0, 0))
            found[part] = (zipped + info.compress_size, unpacked + info.file_size)
    return found


def part_of(name: str) -> str:
    """Our own code is one part, each library another with its metadata."""
    top = name.split("/", maxsplit=1)[0]
    if top in {"app.py", "chalicelib", "__pycache__"}:
        return "dengta"
    return top.split("-")[0].split(".")[0]
