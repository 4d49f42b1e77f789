"""Session tokens: JWT with HS256 and nothing else (RFC 7515, 7519), checked against another implementation in tests.

Written out because a general library brings every algorithm and a fifth of the cold start with it, and the one
algorithm needed is two lines of the standard library.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from chalicelib.kernel.errors import NotAuthenticated

_HEADER = base64.urlsafe_b64encode(b'{"alg":"HS256","typ":"JWT"}').rstrip(b"=")


def issue(key: bytes, claims: Mapping[str, Any], now: datetime, lives_s: int) -> str:
    body = {**claims, "iat": int(now.timestamp()), "exp": int(now.timestamp()) + lives_s}
    signed = _HEADER + b"." + base64.urlsafe_b64encode(msgspec.json.encode(body)).rstrip(b"=")
    return (signed + b"." + _signature(key, signed)).decode()


def read(key: bytes, token: str, now: datetime) -> dict[str, Any]:
    """The claims. Raises NotAuthenticated for one that is malformed, forged or expired."""
    signed, _, signature = token.encode("utf-8", "replace").rpartition(b".")
    header, _, body = signed.partition(b".")
    if header != _HEADER or not hmac.compare_digest(signature, _signature(key, signed)):
        raise NotAuthenticated
    try:
        claims = msgspec.json.decode(base64.urlsafe_b64decode(body + b"=" * (-len(body) % 4)))
    except (binascii.Error, msgspec.DecodeError) as error:
        raise NotAuthenticated from error
    if claims["exp"] <= now.timestamp():
        raise NotAuthenticated
    found: dict[str, Any] = claims
    return found


def _signature(key: bytes, signed: bytes) -> bytes:
    return base64.urlsafe_b64encode(hmac.digest(key, signed, hashlib.sha256)).rstrip(b"=")
