"""Small files that are there whole or not at all, whatever happens while they are written."""

import os
import secrets
from pathlib import Path

_OWNER_ONLY = 0o600


def create(path: Path, content: bytes) -> bool:
    """Make a file that only its owner may read; False where it is there already, which is left as it is."""
    part = _written(path, content)
    try:
        os.link(part, path)
    except FileExistsError:
        return False
    finally:
        part.unlink()
    _sync_folder(path.parent)
    return True


def replace(path: Path, content: bytes) -> None:
    _written(path, content).replace(path)
    _sync_folder(path.parent)


def _written(path: Path, content: bytes) -> Path:
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return part


def _sync_folder(folder: Path) -> None:
    """A new name lasts through a power cut only when its folder was written, too; Windows does so by itself."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
