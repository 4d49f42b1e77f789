"""The device's own key, and the published keys that cards are verified with."""

import base64
import json
import math
import os
import stat
import time
from collections.abc import Mapping
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from dengta_till import files
from dengta_till.errors import JournalError

_RAW_BYTES = 32


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    """Raises ValueError for any text but the one that `b64` makes."""
    raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if b64(raw) != text:
        raise ValueError("not base64url without padding")
    return raw


class DeviceKey:
    """Signs the records of one till; it never leaves its file."""

    def __init__(self, device_id: str, raw: bytes) -> None:
        self.device_id = device_id
        self._key = Ed25519PrivateKey.from_private_bytes(raw)

    def sign(self, payload: str) -> str:
        return b64(self._key.sign(payload.encode()))

    def public(self) -> Ed25519PublicKey:
        return self._key.public_key()

    def public_text(self) -> str:
        return b64(self.public().public_bytes_raw())


def device_key(path: Path, device_id: str, *, may_make: bool) -> DeviceKey:
    """The key in the file. A journal that has records already must find the key that signed them."""
    if not path.exists():
        if not may_make:
            raise JournalError(why=f"{path} is gone, and with it the key of this till's records")
        files.create(path, b64(Ed25519PrivateKey.generate().private_bytes_raw()).encode())
    _check_private(path)
    try:
        return DeviceKey(device_id, unb64(path.read_text().strip()))
    except (OSError, ValueError) as error:
        raise JournalError(why=f"{path} cannot be read as a key") from error


def _check_private(path: Path) -> None:
    if os.name == "nt":
        return
    if stat.S_IMODE(path.stat().st_mode) & (stat.S_IRWXG | stat.S_IRWXO):
        raise JournalError(why=f"{path} may be read by others: chmod 600")


class PublishedKeys:
    """Keys by their id, as `GET /v1/offline-keys` gave them; kept on disk for when there is no line."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def all(self) -> Mapping[str, bytes]:
        """None at all where the file is missing or is not one of ours: it is fetched again when there is a line."""
        try:
            return read_keys(json.loads(self._path.read_text()))
        except (OSError, ValueError):
            return {}

    def age_s(self) -> float:
        """Seconds since they were fetched; of none, for ever."""
        try:
            return time.time() - self._path.stat().st_mtime
        except OSError:
            return math.inf

    def keep(self, answer: object) -> int:
        """Raises ValueError for an answer that holds no keys in the agreed form."""
        keys = read_keys(answer)
        files.replace(self._path, json.dumps(answer).encode())
        return len(keys)


def read_keys(answer: object) -> dict[str, bytes]:
    try:
        items = answer["items"]  # type: ignore[index]
        keys = {str(each["kid"]): unb64(each["public_key"]) for each in items}
    except (KeyError, TypeError) as error:
        raise ValueError("no keys") from error
    if any(len(raw) != _RAW_BYTES for raw in keys.values()):
        raise ValueError("no Ed25519 key")
    return keys
