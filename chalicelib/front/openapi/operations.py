"""One operation: what its declaration says, in OpenAPI's words."""

import re
from collections.abc import Iterator, Mapping
from inspect import cleandoc
from typing import Any, get_type_hints

from chalicelib.access.model import PUBLIC, ROLES
from chalicelib.adapters.http import Endpoint
from chalicelib.adapters.http.answers import JSON, NEXT_CURSOR_HEADER, REPLAY_HEADER
from chalicelib.adapters.http.routes import LONGEST_PATH_VALUE
from chalicelib.front.openapi import headers
from chalicelib.front.openapi.examples import Examples
from chalicelib.front.openapi.problems import Catalogue
from chalicelib.front.openapi.schemas import Schema, Schemas, annotated, query
from chalicelib.kernel.errors import ConditionMissing

OK, CREATED, NOT_MODIFIED, UNAVAILABLE = 200, 201, 304, 503
FORM = "application/x-www-form-urlencoded"
_MEANS = {
    OK: "What was asked for",
    CREATED: "Created",
    204: "Done; there is nothing to tell",
    NOT_MODIFIED: "What you hold is still the same",
    UNAVAILABLE: "Not available just now",
}
_REPLAYED = "The same was sent before: its first answer, given again"
_BOUNDED = {"minLength": 1, "maxLength": LONGEST_PATH_VALUE}
_IN_PATH = re.compile(r"\{(\w+)\}")


def operation(
    endpoint: Endpoint, group: str, schemas: Schemas, catalogue: Catalogue
) -> dict[str, Any]:
    said = cleandoc(endpoint.view.__doc__ or endpoint.view.__name__)
    return {
        "operationId": endpoint.view.__name__,
        "tags": [group],
        "summary": _first_sentence(said),
        "description": f"{said}\n\n{_who(endpoint)}",
        **_proof(endpoint),
        "parameters": list(_parameters(endpoint)),
        **(_body(endpoint, schemas) if endpoint.takes or endpoint.form else {}),
        "responses": _responses(endpoint, schemas, catalogue),
    }


def _first_sentence(said: str) -> str:
    return re.split(r"[.:;](?:\s|$)", said, maxsplit=1)[0].replace("\n", " ")


def _granted(needs: str) -> list[str]:
    return sorted(role for role, granted in ROLES.items() if needs in granted)


def _who(endpoint: Endpoint) -> str:
    if endpoint.needs == PUBLIC:
        return "Anybody may call it, without proof."
    return f"Asks for the permission `{endpoint.needs}`, held by: {', '.join(_granted(endpoint.needs))}."


def _proof(endpoint: Endpoint) -> dict[str, Any]:
    if endpoint.needs == PUBLIC:
        return {"security": []}
    return {
        "security": [{"bearer": []}],
        "x-permission": endpoint.needs,
        "x-granted-to": _granted(endpoint.needs),
    }


def _parameters(endpoint: Endpoint) -> Iterator[Schema]:
    hints = get_type_hints(endpoint.view, include_extras=True)
    for name in _IN_PATH.findall(endpoint.path):
        schema = annotated(hints.get(name, str))
        schema = schema if "pattern" in schema else {**_BOUNDED, **schema}
        told = {"description": schema.pop("description")} if "description" in schema else {}
        yield {"name": name, "in": "path", "required": True, **told, "schema": schema}
    if endpoint.asks:
        yield from query(endpoint.asks)
    if ConditionMissing in endpoint.raises:
        yield headers.IF_MATCH
    if NOT_MODIFIED in endpoint.answers:
        yield headers.IF_NONE_MATCH
    if _takes_a_key(endpoint):
        yield headers.IDEMPOTENCY_KEY


def _replays(endpoint: Endpoint) -> bool:
    return {OK, CREATED} <= endpoint.answers.keys()


def _takes_a_key(endpoint: Endpoint) -> bool:
    """A PUT is named by its path; a POST that may be replayed is named by a header."""
    return endpoint.method == "POST" and _replays(endpoint)


def _body(endpoint: Endpoint, schemas: Schemas) -> dict[str, Any]:
    schema = schemas.schema(endpoint.takes or endpoint.form)
    example = Examples(schemas.components).of(schema)
    content = {JSON if endpoint.takes else FORM: {"schema": schema, "example": example}}
    return {"requestBody": {"required": True, "content": content}}


def _responses(endpoint: Endpoint, schemas: Schemas, catalogue: Catalogue) -> dict[str, Any]:
    problems = catalogue.answers(endpoint)
    spoken: dict[int, Any] = dict(problems)
    for status, kind in endpoint.answers.items():
        answer = _answer(endpoint, status, kind, schemas)
        if status in problems:
            answer = _either(
                answer, catalogue.responses[problems[status]["$ref"].rpartition("/")[2]]
            )
        spoken[status] = answer
    return {str(status): spoken[status] for status in sorted(spoken)}


def _answer(endpoint: Endpoint, status: int, kind: Any, schemas: Schemas) -> dict[str, Any]:  # noqa: ANN401
    replayed = _replays(endpoint) and status == OK
    content = {endpoint.content_type: {"schema": schemas.schema(kind)}} if kind else {}
    return {
        "description": _REPLAYED if replayed else _MEANS.get(status, "Answered"),
        "headers": _headers(endpoint, schemas, status=status, replayed=replayed),
        **({"content": content} if content else {}),
    }


def _headers(
    endpoint: Endpoint, schemas: Schemas, *, status: int, replayed: bool
) -> dict[str, Any]:
    named = dict(headers.ALWAYS)
    if replayed:
        named[REPLAY_HEADER] = headers.REPLAY
    if NOT_MODIFIED in endpoint.answers or endpoint.answers[status] in schemas.versioned:
        named["ETag"] = headers.ETAG
    if status == OK and _is_paged_text(endpoint):
        named[NEXT_CURSOR_HEADER] = headers.NEXT_CURSOR
    return named


def _is_paged_text(endpoint: Endpoint) -> bool:
    return endpoint.content_type != JSON and "cursor" in getattr(
        endpoint.asks, "__struct_fields__", ()
    )


def _either(answer: dict[str, Any], problem: Mapping[str, Any]) -> dict[str, Any]:
    """One status that tells of an answer or of a problem, by media type."""
    return {
        "description": f"{answer['description']}, or {problem['description']}",
        "headers": {**problem["headers"], **answer["headers"]},
        "content": {**answer.get("content", {}), **problem["content"]},
    }
