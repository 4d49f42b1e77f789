"""Cursors of message lists: bound to the caller, to the list and to what it was asked for."""

from chalicelib.access.model import Caller
from chalicelib.adapters import secrets
from chalicelib.adapters.http import Call
from chalicelib.kernel import cursor
from chalicelib.messages.service.find import Position


def scope(call: Call, of: str) -> str:
    caller: Caller = call.caller
    return f"{caller.kind} {caller.who} messages {of}"


def opened(scope: str, token: str) -> Position:
    """Raises BadCursor."""
    at = cursor.open_(secrets.keyring().cursors, scope, token)
    return Position(at["of"], at.get("before"), tuple(filter(None, at["then"].split(","))))


def sealed(scope: str, position: Position | None) -> str | None:
    if position is None:
        return None
    at = {"of": position.member_id, "then": ",".join(position.then)}
    if position.before:
        at["before"] = position.before
    return cursor.seal(secrets.keyring().cursors, scope, at)
