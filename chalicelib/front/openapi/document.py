"""The whole document: what it is about, its groups, its paths, its components."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from chalicelib.adapters.http import Endpoint
from chalicelib.front.openapi import operations, problems
from chalicelib.front.openapi.schemas import Schemas

BASE = "/api"  # the API's stage, and so the beginning of every address
_ABOUT = """\
Members, money and messages of a chain of stores, and what is down just now.

**Proof.** `Authorization: Bearer …` with a terminal key (`dt_live_…`), an operator key (`do_live_…`) or a session's \
`access_token`. Each operation says which permission it asks for and who holds it.

**Names.** The caller names what it creates: money moves by `PUT` on a name that the store chose. The same again \
answers the first answer again (`Idempotent-Replay: true`) and moves nothing; the same name with another body is \
`name_taken`. A refused name stays refused: a new try is a new name.

**Retries.** No answer, `429`, `500`, `503`, `504`: send the same again, for ever. It cannot take twice.

**Problems.** Errors are `application/problem+json` (RFC 9457) with a stable `code` and a `hint`, in Chinese, or in \
English when `Accept-Language` prefers it.

**Forms.** Money is an integer of fen. Times are RFC 3339 in UTC. Lists take `limit` and `cursor` and answer \
`next_cursor`, null on the last page. Unknown fields are refused. Bodies hold 256 KB at the most."""


def document(endpoints: Sequence[Endpoint], version: str) -> dict[str, Any]:
    schemas = Schemas.of(endpoints)
    catalogue = problems.Catalogue()
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in endpoints:
        spoken = operations.operation(endpoint, _group(endpoint)["name"], schemas, catalogue)
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = spoken
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Dengta API",
            "version": version,
            "summary": "The membership backend of store chains",
            "description": _ABOUT,
        },
        "servers": [{"url": BASE, "description": "The stage of the API on its host"}],
        "tags": _groups(endpoints),
        "paths": paths,
        "components": {
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A terminal key, an operator key, or the token of a session",
                }
            },
            "schemas": dict(sorted({**schemas.components, **problems.SCHEMA}.items())),
            "responses": dict(sorted(catalogue.responses.items())),
        },
        "x-problems": catalogue.told(),
    }


def _groups(endpoints: Iterable[Endpoint]) -> list[Mapping[str, str]]:
    """Each once, in the order of registration."""
    return list({each["name"]: each for each in map(_group, endpoints)}.values())


def _group(endpoint: Endpoint) -> Mapping[str, str]:
    """The module of the view, as it introduces itself: what stands before the colon is the name."""
    said = (sys.modules[endpoint.view.__module__].__doc__ or "").strip()
    name = said.partition(":")[0].partition("\n")[0].rstrip(".")
    return {"name": name, "description": said}
