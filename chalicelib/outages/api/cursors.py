"""Cursors of the status room's lists: signed with the caller's own key, as there may be no keyring to ask for one."""

import hashlib

from chalicelib.access import paging
from chalicelib.adapters.http import Call
from chalicelib.kernel import cursor


def opened(call: Call, of: str, token: str | None) -> str | None:
    """After which sort key the list `of` goes on; None at its beginning. Raises BadCursor."""
    return cursor.open_(_key(call), paging.scope(call, of), token)["after"] if token else None


def sealed(call: Call, of: str, last: str | None) -> str | None:
    return cursor.seal(_key(call), paging.scope(call, of), {"after": last}) if last else None


def _key(call: Call) -> bytes:
    """Of 256 random bits that nobody else has: the room is opened by keys alone."""
    return hashlib.sha256(b"cursors " + call.bearer.encode()).digest()
