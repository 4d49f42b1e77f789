"""Devices: tills that sell off line, each known by the key with which it signs its journal."""

import base64
from datetime import datetime
from typing import Annotated

import msgspec

from chalicelib.kernel.errors import Conflict, Text, invalid

DEVICE_ID = r"^[A-Za-z0-9-]{1,32}$(?!\n)"
DeviceId = Annotated[str, msgspec.Meta(pattern=DEVICE_ID, examples=["till-1"])]
PublicKey = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^[A-Za-z0-9_-]{43}$(?!\n)",
        description="Raw Ed25519 public key, base64url without padding",
        examples=["11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"],
    ),
]
_KEY_BYTES = 32
_SIGNATURE_BYTES = 64


class DeviceTaken(Conflict):
    """The id stands for another key or another store, or was revoked; a device never changes its key."""

    code = "device_taken"
    title = Text("设备编号已被占用或已停用", "The device id is taken, or was revoked")
    hint = Text("请换一个新的设备编号登记。", "Register under a new device id.")


class Device(msgspec.Struct, frozen=True):
    """`public_key` is base64url of 32 bytes."""

    device_id: str
    store_id: str
    public_key: str
    name: str
    registered_at: datetime
    revoked_at: datetime | None = None

    def same_as(self, other: "Device") -> bool:
        return (self.store_id, self.public_key) == (other.store_id, other.public_key)

    def signed(self, message: bytes, signature: str) -> bool:
        """Whether the signature, base64url without padding, is this device's over the message."""
        from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - spares a cold start
        from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415
            Ed25519PublicKey,
        )

        given = unpadded(signature)
        if given is None or len(given) != _SIGNATURE_BYTES:
            return False
        try:
            key = Ed25519PublicKey.from_public_bytes(unpadded(self.public_key) or b"")
            key.verify(given, message)
        except (InvalidSignature, ValueError):
            return False
        return True


def check_key(public_key: str) -> None:
    """Raises InvalidRequest for text that is not exactly 32 bytes."""
    raw = unpadded(public_key)
    if raw is None or len(raw) != _KEY_BYTES:
        raise invalid(
            "/public_key", "应为 32 字节的 base64url", "must be 32 bytes in base64url, unpadded"
        )


def unpadded(text: str) -> bytes | None:
    """The bytes, where the text is the one way to write them."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError:
        return None
    return raw if base64.urlsafe_b64encode(raw).rstrip(b"=").decode() == text else None
