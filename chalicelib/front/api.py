"""Health and the document: is the API alive, is it ready, and what does it take and answer."""

import hashlib
from functools import cache
from typing import Any, Literal

import msgspec

from chalicelib import config
from chalicelib.access.edge import Routes
from chalicelib.access.model import PUBLIC
from chalicelib.adapters.http import Answer, Call, unchanged
from chalicelib.front import VERSION, health

_JSON = "application/json"
_HTML = "text/html; charset=utf-8"
_SHARED = {"Cache-Control": "public, max-age=60", "X-Content-Type-Options": "nosniff"}
_PAGE_ONLY = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
}


class Health(msgspec.Struct):
    status: Literal["alive"]
    stage: str
    version: str


class Readiness(msgspec.Struct):
    """`upstreams` are those that are configured; they are named and not called."""

    ready: bool
    dependencies: list[health.Dependency]
    upstreams: list[str]


routes = Routes(__name__)


@routes.declare("GET", "/healthz", needs=PUBLIC, answers={200: Health})
def get_health(_call: Call) -> Health:
    """The process runs and its settings fit; nothing else is asked."""
    return Health("alive", config.settings().dengta_stage, VERSION)


@routes.declare("GET", "/readyz", needs="store:read", answers={200: Readiness, 503: Readiness})
def get_readiness(_call: Call) -> Answer:
    """Each dependency with how long it took to answer; `503` when one did not."""
    settings = config.settings()
    found = health.ask(health.checks(settings))
    ready = all(each.ready for each in found)
    answer = Readiness(ready, found, health.upstreams(settings))
    return Answer(answer, status=200 if ready else 503)


@routes.declare("GET", "/openapi.json", needs=PUBLIC, answers={200: dict[str, Any], 304: None})
def get_openapi(call: Call) -> Answer:
    """The document itself: OpenAPI 3.1, made from the declarations that serve the calls."""
    return _cached(call, _texts()[0], _JSON, {})


@routes.declare("GET", "/docs", needs=PUBLIC, answers={200: str, 304: None}, content_type=_HTML)
def get_docs(call: Call) -> Answer:
    """The same text as a page for people, without script and without a foreign host."""
    return _cached(call, _texts()[1], _HTML, _PAGE_ONLY)


@cache
def _texts() -> tuple[str, str]:
    from chalicelib.front import openapi, page, rooms  # noqa: PLC0415 - spares the others' cold start

    endpoints = [endpoint for each in rooms.ROUTES for endpoint in each.endpoints]
    document = openapi.document(endpoints, VERSION)
    return msgspec.json.encode(document).decode(), page.render(document)


def _cached(call: Call, text: str, kind: str, headers: dict[str, str]) -> Answer:
    tag = f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'
    headers = {**_SHARED, **headers, "ETag": tag}
    return (
        Answer("", 304, kind, headers) if unchanged(call, tag) else Answer(text, 200, kind, headers)
    )
