"""Holds answers against the OpenAPI document: status, media type, headers, body."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from jsonschema import Draft202012Validator

from infra import openapi
from tests.client import Reply


@dataclass(frozen=True)
class Contract:
    """`faults` is empty where an answer is one that the document allows."""

    document: Mapping[str, Any]

    @classmethod
    def today(cls) -> "Contract":
        return cls(openapi.document())

    def faults(self, method: str, path: str, reply: Reply) -> list[str]:
        """`path` is the route, with names in braces."""
        answers = self.document["paths"][path][method.lower()]["responses"]
        if str(reply.status) not in answers:
            return [f"{reply.status} is not in the document: {reply.text[:200]}"]
        answer = self._resolved(answers[str(reply.status)])
        return [*_headers(answer, reply), *self._body(answer.get("content"), reply)]

    def _body(self, content: Mapping[str, Any] | None, reply: Reply) -> Iterator[str]:
        if content is None:
            if reply.text:
                yield f"a body where none is told of: {reply.text[:200]}"
            return
        kind = reply.headers["Content-Type"].partition(";")[0]
        schemas = {name.partition(";")[0]: each["schema"] for name, each in content.items()}
        if kind not in schemas:
            yield f"{kind} is not one of {sorted(schemas)}"
            return
        value = json.loads(reply.text) if kind.endswith("json") else reply.text
        validator = Draft202012Validator({**schemas[kind], "components": self._components})
        yield from (f"{error.json_path}: {error.message}" for error in validator.iter_errors(value))

    def _resolved(self, answer: Mapping[str, Any]) -> Mapping[str, Any]:
        name = answer.get("$ref", "").rpartition("/")[2]
        found: Mapping[str, Any] = self._components["responses"][name] if name else answer
        return found

    @cached_property
    def _components(self) -> Mapping[str, Any]:
        components: Mapping[str, Any] = self.document["components"]
        return components


def _headers(answer: Mapping[str, Any], reply: Reply) -> Iterator[str]:
    """Those that tell of this answer must be told of, and the reverse, but for what hangs on the single call."""
    given = {name.lower() for name in reply.headers}
    told = {name.lower() for name in answer.get("headers", {})}
    yield from (
        f"{name} is told of and missing" for name in told & {"x-request-id", "etag"} - given
    )
    watched = {"idempotent-replay", "etag", "retry-after", "www-authenticate"}
    yield from (f"{name} is not in the document" for name in (given & watched) - told)
