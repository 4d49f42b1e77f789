"""Cursors of lists, each bound to its caller, to the list, and to what was asked of it."""

from collections.abc import Mapping

from chalicelib.access.model import Caller
from chalicelib.adapters import secrets
from chalicelib.adapters.http import Call
from chalicelib.kernel import cursor


def scope(call: Call, of: str) -> str:
    """`of` names the list and what was asked of it; it is signed and not carried, so a phone may stand in it."""
    caller: Caller = call.caller
    return f"{caller.kind} {caller.who} {of}"


def opened(scope: str, token: str | None) -> dict[str, str] | None:
    """Where the list goes on; None at its beginning. Raises BadCursor."""
    return cursor.open_(secrets.keyring().cursors, scope, token) if token else None


def sealed(scope: str, position: Mapping[str, str] | None) -> str | None:
    return cursor.seal(secrets.keyring().cursors, scope, position) if position else None
