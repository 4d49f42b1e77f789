"""The headers that requests and answers carry."""

from typing import Any

from chalicelib.front.openapi.schemas import PYTHONS_END
from chalicelib.kernel.words import CALLER_NAME

Header = dict[str, Any]


def _text(description: str, **more: object) -> Header:
    return {"description": description, "schema": {"type": "string", **more}}


ALWAYS = {"X-Request-Id": _text("Names this request; tell it to whoever helps you")}
REPLAY = _text("The first answer to this name, given again; nothing was done now", const="true")
ETAG = _text("The version of what was read")
NEXT_CURSOR = _text("The `cursor` of the next page; not there where this is the last one")
SCHEME = _text("`Bearer`")
RETRY_AFTER: Header = {
    "description": "Seconds after which it is worth trying again",
    "schema": {"type": "integer", "minimum": 0},
}

IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    **_text("The ETag of the version that this change is meant for, or `*`"),
}
IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    **_text("The ETag that you hold: `304` says that it is still the same"),
}
IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    **_text(
        "Chosen by you for this request, so that it may be sent again",
        pattern=CALLER_NAME.removesuffix(PYTHONS_END),
    ),
}
