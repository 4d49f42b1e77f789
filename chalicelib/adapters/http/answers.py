"""What a view hands back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

import msgspec

from chalicelib.kernel import clock

JSON = "application/json"
REPLAY_HEADER = "Idempotent-Replay"
NEXT_CURSOR_HEADER = "X-Next-Cursor"  # of lists that are no JSON
At = Annotated[
    str,
    msgspec.Meta(description="RFC 3339, UTC, milliseconds", examples=["2026-11-22T08:00:00.000Z"]),
]


class Answer(msgspec.Struct, frozen=True):
    """`body` is a value to encode as JSON, or, with another `content_type`, text as it is to be sent."""

    body: Any
    status: int = 200
    content_type: str = JSON
    headers: Mapping[str, str] = msgspec.field(default_factory=dict)

    def text(self) -> str:
        return self.body if isinstance(self.body, str) else msgspec.json.encode(self.body).decode()


def replayed(*, again: bool) -> dict[str, str]:
    """Marks the first answer to a name, given again."""
    return {REPLAY_HEADER: "true"} if again else {}


def at(moment: datetime) -> At:
    return clock.text(moment)
