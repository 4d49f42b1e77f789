"""Which problems an endpoint may answer: those that it declares, and those that its shape brings with it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from chalicelib.access.model import PUBLIC, PermissionDenied, WrongStore
from chalicelib.adapters.http import Endpoint
from chalicelib.adapters.http.answers import REPLAY_HEADER
from chalicelib.adapters.http.problems import (
    OWN,
    PROBLEM_JSON,
    RETRY_HINT,
    status_of,
)
from chalicelib.front.openapi import headers
from chalicelib.kernel import errors
from chalicelib.kernel.errors import DomainError, Text

PROBLEM = {"$ref": "#/components/schemas/Problem"}
SCHEMA = {
    "Problem": {
        "title": "Problem",
        "description": "RFC 9457. Some codes bring further members, such as `missing_fen`.",
        "type": "object",
        "required": ["type", "title", "status", "detail", "instance", "code"],
        "properties": {
            "type": {"type": "string", "description": "Where the code is explained"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "instance": {"type": "string", "description": "The id of the request"},
            "code": {"type": "string", "description": "Stable: decide by this one"},
            "hint": {"type": "string", "description": "What the caller can do next"},
            "errors": {
                "type": "array",
                "description": "What is wrong in the request, by JSON pointer into its body",
                "items": {
                    "type": "object",
                    "required": ["pointer", "detail"],
                    "properties": {"pointer": {"type": "string"}, "detail": {"type": "string"}},
                },
            },
        },
    }
}


class Problem(NamedTuple):
    """One code, in the words that callers read."""

    status: int
    code: str
    title: Text
    detail: Text | None = None
    hint: Text | None = None
    kept: bool = False  # a business refusal, answered again under its name

    @classmethod
    def of(cls, kind: type[DomainError]) -> "Problem":
        kept = issubclass(kind, errors.Refused)
        return cls(status_of(kind), kind.code, kind.title, kind.detail, kind.hint, kept)

    @classmethod
    def own(cls, status: int, code: str, hint: Text | None = None) -> "Problem":
        return cls(status, code, OWN[status], None, hint)


BUG = Problem.own(500, "internal_error", RETRY_HINT)
MEDIA_TYPE = Problem.own(415, "unsupported_media_type")
NO_ANSWER = Problem.own(504, "no_answer_yet", errors.TryAgain.hint)
# What API Gateway answers by itself, and so anywhere.
GATEWAY = (
    Problem.of(errors.Malformed),
    Problem.of(errors.TooMany),
    Problem.of(errors.TryAgain),
    NO_ANSWER,
)


def of(endpoint: Endpoint) -> Iterator[Problem]:
    """All that it may answer, the declared ones first."""
    yield from map(Problem.of, endpoint.raises)
    yield from map(Problem.of, _brought(endpoint))
    if endpoint.takes:
        yield MEDIA_TYPE
    yield BUG
    yield from GATEWAY


def _brought(endpoint: Endpoint) -> Iterator[type[DomainError]]:
    if endpoint.takes:
        yield from (errors.Malformed, errors.TooLarge, errors.InvalidRequest)
    if endpoint.asks:
        yield errors.InvalidRequest
    if endpoint.needs != PUBLIC:
        yield from (errors.NotAuthenticated, PermissionDenied)
        if "{store_id}" in endpoint.path:
            yield WrongStore
    if "{" in endpoint.path:
        yield errors.NotFound


@dataclass
class Catalogue:
    """Every problem that was spoken of, and the answers that name them, each kept once."""

    problems: dict[str, list[Problem]] = field(default_factory=dict)
    responses: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    def answers(self, endpoint: Endpoint) -> dict[int, Mapping[str, Any]]:
        """By status: a reference to the answer."""
        by_status: dict[int, dict[str, Problem]] = {}
        for problem in of(endpoint):
            self._keep(problem)
            by_status.setdefault(problem.status, {})[problem.code] = problem
        return {
            status: self._response(status, list(problems.values()))
            for status, problems in sorted(by_status.items())
        }

    def _keep(self, problem: Problem) -> None:
        same = self.problems.setdefault(problem.code, [])
        if problem not in same:
            same.append(problem)

    def _response(self, status: int, problems: list[Problem]) -> Mapping[str, Any]:
        problems.sort(key=lambda each: each.code)
        name = ".".join([str(status), *(each.code for each in problems)])
        self.responses[name] = {
            "description": "; ".join(f"`{each.code}`: {each.title.en}" for each in problems),
            "headers": _headers(status, problems),
            "content": {PROBLEM_JSON: {"schema": _schema(status, problems)}},
        }
        return {"$ref": f"#/components/responses/{name}"}

    def told(self) -> dict[str, list[dict[str, Any]]]:
        """The catalogue by code: where two rooms use a code, what each of them means by it."""
        return {code: list(map(_told, same)) for code, same in sorted(self.problems.items())}


def _schema(status: int, problems: list[Problem]) -> dict[str, Any]:
    codes = [each.code for each in problems]
    narrowed = {"status": {"const": status}, "code": {"enum": codes}}
    return {"allOf": [PROBLEM, {"type": "object", "properties": narrowed}]}


def _headers(status: int, problems: list[Problem]) -> dict[str, Any]:
    named = dict(headers.ALWAYS)
    if status in {429, 503}:
        named["Retry-After"] = headers.RETRY_AFTER
    if status == 401:  # noqa: PLR2004
        named["WWW-Authenticate"] = headers.SCHEME
    if any(each.kept for each in problems):
        named[REPLAY_HEADER] = headers.REPLAY
    return named


def _told(problem: Problem) -> dict[str, Any]:
    texts = {"title": problem.title, "detail": problem.detail, "hint": problem.hint}
    return {
        "status": problem.status,
        **{name: {"en": text.en, "zh-CN": text.zh} for name, text in texts.items() if text},
    }
