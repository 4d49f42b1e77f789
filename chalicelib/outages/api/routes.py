"""What the edges of this slice share: the blueprint, the desk, the name of a request and the answer to it."""

import re
from functools import cache
from typing import Any

from chalicelib.access.edge import LoneRoutes
from chalicelib.adapters.http import Answer, Call, replayed, tagged
from chalicelib.kernel.errors import NotFound, invalid
from chalicelib.kernel.words import CALLER_NAME
from chalicelib.outages.service import Desk

routes = LoneRoutes("chalicelib.outages.api")

_KEY = re.compile(CALLER_NAME)
_ID = re.compile(r"^[a-z0-9]{12}$")


@cache
def desk() -> Desk:
    return Desk()


def idempotency_key(call: Call) -> str | None:
    """The name that the caller gave to this request. Raises InvalidRequest."""
    key = call.headers.get("idempotency-key")
    if key is not None and not _KEY.match(key):
        raise invalid(
            "",
            "Idempotency-Key 应为 1 到 64 个字符：字母、数字或 _-|*@.",
            "Idempotency-Key is 1 to 64 of letters, digits and _-|*@.",
        )
    return key


def made(view: Any, version: int, *, again: bool) -> Answer:  # noqa: ANN401 - a view of this slice
    """The answer to a request that made something, or had made it when it came before."""
    headers = {**tagged(version), **replayed(again=again)}
    return Answer(view, 200 if again else 201, headers=headers)


def an_id(value: str) -> str:
    """An id that a path carries. Raises NotFound: nothing can be there under another shape."""
    if not _ID.match(value):
        raise NotFound
    return value
