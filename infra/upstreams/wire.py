"""A request and its reply as plain values, so that the stand-ins' rules run without a socket."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

JSON_TYPE = "application/json"


@dataclass(frozen=True, slots=True)
class Request:
    """Header names are lower case; a repeated query parameter counts once, the first time."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = b""

    def json(self) -> Any:  # noqa: ANN401
        """Read the body as JSON; None when it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    def fields(self) -> dict[str, Any]:
        """Read the body as a JSON object; empty when it is none."""
        body = self.json()
        return body if isinstance(body, dict) else {}


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back; with `silence_s` nothing does: that many seconds later the line drops."""

    status: int = 200
    body: bytes = b""
    content_type: str = JSON_TYPE
    silence_s: float | None = None


class No(Exception):
    """A provider's no: its code, and what it says beside it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def as_json(value: object, status: int = 200, content_type: str = JSON_TYPE) -> Reply:
    return Reply(status, json.dumps(value, ensure_ascii=False).encode(), content_type)
