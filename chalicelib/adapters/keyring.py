"""The keys of this deployment: sealing personal data, finding it again by hash, signing.

One master key per version; each purpose has a key of its own, HKDF-Expand (RFC 5869) of the master, which is uniformly
random and so needs no extract step.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_NONCE_BYTES = 12


class Keyring:
    """`keys` maps a version to its 32-byte master; `current` seals, the others still open, `finds` hashes for ever."""

    def __init__(self, keys: Mapping[str, bytes], current: str, finds: str = "v1") -> None:
        self._keys = dict(keys)
        self.current = current
        self._finds = finds

    @classmethod
    def from_json(cls, text: str) -> "Keyring":
        """`{"current": "v1", "keys": {"v1": "<base64 of 32 bytes>"}}`, the value of the keyring parameter."""
        parsed = msgspec.json.decode(text, type=_Stored)
        return cls(
            {name: base64.b64decode(key) for name, key in parsed.keys.items()},
            parsed.current,
            parsed.finds,
        )

    def key(self, purpose: str, version: str | None = None) -> bytes:
        master = self._keys[version or self.current]
        return hmac.digest(master, f"dengta/{purpose}".encode() + b"\x01", hashlib.sha256)

    def seal(self, text: str, place: str) -> bytes:
        """AES-256-GCM with `place` (item key and field) as associated data: a blob moved elsewhere does not open."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = self._cipher(self.current).encrypt(nonce, text.encode(), place.encode())
        return self.current.encode() + b":" + nonce + sealed

    def open(self, blob: bytes, place: str) -> str:
        version, _, rest = blob.partition(b":")
        cipher = self._cipher(version.decode())
        return cipher.decrypt(rest[:_NONCE_BYTES], rest[_NONCE_BYTES:], place.encode()).decode()

    def find_by(self, field: str, value: str) -> str:
        """The keyed hash under which a value is found and unique: the whole digest, with its key's version.

        Always under the same version: what is sealed can be sealed anew, a lock must be found where it was put.
        """
        digest = hmac.new(self._hash_key, f"{field}={value}".encode(), "sha256").hexdigest()
        return f"{self._finds}#{digest}"

    def sign(self, purpose: str, message: bytes) -> bytes:
        """Ed25519 (RFC 8032) with the current version's key for this purpose: 64 bytes."""
        return self._signer(purpose, self.current).sign(message)

    def public_keys(self, purpose: str) -> dict[str, bytes]:
        """Of every version, the raw 32 bytes with which anybody checks what was signed for this purpose."""
        return {
            version: self._signer(purpose, version).public_key().public_bytes_raw()
            for version in sorted(self._keys)
        }

    @cached_property
    def _hash_key(self) -> bytes:
        return self.key("find", self._finds)

    @cached_property
    def tokens(self) -> bytes:
        return self.key("tokens")

    @cached_property
    def cursors(self) -> bytes:
        return self.key("cursors")

    @cached_property
    def codes(self) -> bytes:
        return self.key("codes")

    @cached_property
    def _ciphers(self) -> dict[str, AESGCM]:
        return {}

    def _cipher(self, version: str) -> AESGCM:
        if version not in self._ciphers:
            self._ciphers[version] = AESGCM(self.key("seal", version))
        return self._ciphers[version]

    @cached_property
    def _signers(self) -> dict[tuple[str, str], "Ed25519PrivateKey"]:
        return {}

    def _signer(self, purpose: str, version: str) -> "Ed25519PrivateKey":
        """The key for the purpose is the private key's seed."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415 - spares a cold start
            Ed25519PrivateKey,
        )

        name = (purpose, version)
        if name not in self._signers:
            self._signers[name] = Ed25519PrivateKey.from_private_bytes(self.key(purpose, version))
        return self._signers[name]


class _Stored(msgspec.Struct):
    current: str
    keys: dict[str, str]
    finds: str = "v1"
