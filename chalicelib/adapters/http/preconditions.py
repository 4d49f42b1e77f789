"""ETag out, If-Match in: an edit names the version that was read."""

import re

from chalicelib.adapters.http.calls import Call
from chalicelib.kernel.errors import ConditionMissing, Gone

_TAG = re.compile(r'^"([0-9]{1,18})"\Z')


def known_version(call: Call) -> int | None:
    """The version named by If-Match, None for `*`. Raises ConditionMissing, Gone."""
    tag = (call.headers.get("if-match") or "").strip()
    if not tag:
        raise ConditionMissing
    if tag == "*":
        return None
    found = _TAG.match(tag)
    if not found:
        raise Gone
    return int(found[1])


def tagged(version: int) -> dict[str, str]:
    return {"ETag": f'"{version}"'}
