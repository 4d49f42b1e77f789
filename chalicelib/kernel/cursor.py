"""Cursors: where a list goes on; opaque, signed, bound to the caller and to the list."""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping

from chalicelib.kernel.errors import BadCursor

_TAG_BYTES = 12


def seal(key: bytes, scope: str, position: Mapping[str, str]) -> str:
    """`scope` names caller and list; it is signed with the position but not carried."""
    body = json.dumps(position, separators=(",", ":"), sort_keys=True).encode()
    return base64.urlsafe_b64encode(_tag(key, scope, body) + body).decode().rstrip("=")


def open_(key: bytes, scope: str, token: str) -> dict[str, str]:
    """The position inside a cursor. Raises BadCursor on one that was forged or made for another caller or list."""
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (binascii.Error, ValueError) as error:
        raise BadCursor from error
    tag, body = raw[:_TAG_BYTES], raw[_TAG_BYTES:]
    if not hmac.compare_digest(tag, _tag(key, scope, body)):
        raise BadCursor
    position: dict[str, str] = json.loads(body)
    return position


def _tag(key: bytes, scope: str, body: bytes) -> bytes:
    return hmac.digest(key, scope.encode() + b"\0" + body, hashlib.sha256)[:_TAG_BYTES]
