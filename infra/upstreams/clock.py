"""The stand-ins' time: the wall's, aged or skewed on request."""

import time
from collections.abc import Callable
from datetime import UTC, datetime


class Clock:
    """`offset_s` ages what expires here: codes, tokens, limits, waiting carrier reports.

    `skew_s` moves only the clock that signatures are checked against. What a caller compares with its own
    clock (when something was sent) is always the wall's time.
    """

    def __init__(self, wall: Callable[[], float] = time.time) -> None:
        self.wall = wall
        self.offset_s = 0.0
        self.skew_s = 0.0

    def now(self) -> float:
        return self.wall() + self.offset_s

    def for_signatures(self) -> float:
        return self.wall() + self.skew_s

    def reset(self) -> None:
        self.offset_s = self.skew_s = 0.0


def rfc3339(epoch_s: float) -> str:
    """Write a moment as every Dengta interface does: UTC, milliseconds, Z."""
    moment = datetime.fromtimestamp(epoch_s, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
