"""One notice's way through one shard of those who are to hear it, and what came of it so far."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Literal, NamedTuple, Protocol

import msgspec

from chalicelib.kernel import clock
from chalicelib.kernel.turns import Turn
from chalicelib.outages.model.notices import Notice

State = Literal["calling", "sent", "failed", "unknown", "waiting", "overtaken", "withdrawn"]
KEPT = timedelta(days=90)
LASTS = timedelta(hours=24)  # so long it is tried to tell somebody
MOST_IN_A_ROW = 5  # not reached by one channel: then it rests, and the others do not wait for it
_WAITS = (
    timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=8), timedelta(minutes=30), timedelta(hours=1),
)  # fmt: skip
_RESTS = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 4, 8, 15))


class Counts(msgspec.Struct, frozen=True):
    """`total` is the sum of the others, of those whose turn has come."""

    total: int = 0
    sent: int = 0
    failed: int = 0
    unknown: int = 0
    waiting: int = 0
    overtaken: int = 0
    withdrawn: int = 0

    def one_more(self, state: State) -> "Counts":
        fields = {"total": self.total + 1, state: getattr(self, state) + 1}
        return msgspec.structs.replace(self, **fields)

    def settled(self, state: State) -> "Counts":
        """One that was waiting has come to that."""
        fields = {"waiting": self.waiting - 1}
        fields[state] = fields.get(state, getattr(self, state)) + 1
        return msgspec.structs.replace(self, **fields)

    def plus(self, other: "Counts") -> "Counts":
        names = self.__struct_fields__
        return Counts(*(getattr(self, name) + getattr(other, name) for name in names))


class Rest(msgspec.Struct, frozen=True):
    """A channel that reached nobody is left alone until then; `times` in a row."""

    until: datetime
    times: int


class Job(NamedTuple):
    """`cursor` is the last one whose turn has come; `passed` when there is nobody behind it.

    `rests`: channels that reached nobody when they were tried last.
    """

    notice_id: str
    shard: int
    turn: Turn = "ready"
    cursor: str = ""
    passed: bool = False
    counts: Counts = Counts()
    version: int = 1
    due_at: datetime | None = None
    rests: Mapping[str, Rest] = MappingProxyType({})

    @property
    def over(self) -> bool:
        return self.passed and not self.counts.waiting


class Outcome(NamedTuple):
    """What one try to tell somebody came to; `gone`: nobody is there any more."""

    state: State
    code: str = ""
    gone: bool = False


class Wish(Protocol):
    def wants(self, notice: Notice) -> bool: ...


class Later(NamedTuple):
    """What was said of the same thing after a notice: the newest of it, and whether it was taken back."""

    newer: Notice | None = None
    taken_back: bool = False

    def instead_for(self, scope: Wish) -> State | None:
        if self.taken_back:
            return "withdrawn"
        return "overtaken" if self.newer and scope.wants(self.newer) else None


def place(notice: Notice) -> str:
    """Sorts as notices of the same thing overtake each other, also within a millisecond."""
    return f"{clock.text(notice.at)}#{notice.version:08d}#{notice.notice_id}"


def overtakes(newer: Notice, older: Notice) -> bool:
    return place(newer) > place(older)


def wait_after(tries: int, chance: float) -> timedelta:
    """How long after so many tries; `chance` from 0 to 1 spreads it."""
    return _WAITS[min(tries, len(_WAITS)) - 1] * (0.5 + chance)


def rest_after(before: Rest | None, now: datetime) -> Rest:
    """Longer each time in a row, and never so long that an hour is lost once it is back."""
    times = before.times + 1 if before else 1
    return Rest(now + _RESTS[min(times, len(_RESTS)) - 1], times)
