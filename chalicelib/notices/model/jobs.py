"""One notice's way through one shard of those who are to hear it, and what came of it so far."""

from datetime import datetime, timedelta
from typing import Literal, NamedTuple

import msgspec

from chalicelib.outages.model.notices import Notice

# ready: its write in the stream starts a turn · held: somebody has it, or it rests, until `due_at` · done
Turn = Literal["ready", "held", "done"]
State = Literal["calling", "sent", "failed", "unknown", "waiting", "overtaken"]
HELD_FOR = timedelta(seconds=180)  # longer than the function that holds it may run
UNHEARD_AFTER = timedelta(minutes=2)  # a stream that has not brought a job by then has lost it
KEPT = timedelta(days=90)
_WAITS = (
    timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=8), timedelta(minutes=30),
)  # fmt: skip


class Counts(msgspec.Struct, frozen=True):
    """`total` is the sum of the others, of those whose turn has come."""

    total: int = 0
    sent: int = 0
    failed: int = 0
    unknown: int = 0
    waiting: int = 0
    overtaken: int = 0

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


class Job(NamedTuple):
    """`cursor` is the last one whose turn has come; `passed` when there is nobody behind it."""

    notice_id: str
    shard: int
    turn: Turn = "ready"
    cursor: str = ""
    passed: bool = False
    counts: Counts = Counts()
    version: int = 1
    due_at: datetime | None = None

    @property
    def over(self) -> bool:
        return self.passed and not self.counts.waiting


class Outcome(NamedTuple):
    """What one try to tell somebody came to; `gone`: nobody is there any more."""

    state: State
    code: str = ""
    gone: bool = False


def overtakes(newer: Notice, older: Notice) -> bool:
    return (newer.at, newer.notice_id) > (older.at, older.notice_id)


def wait_after(tries: int, chance: float) -> timedelta | None:
    """How long after so many tries; `chance` from 0 to 1 spreads it. None when it was the last."""
    if tries > len(_WAITS):
        return None
    return _WAITS[tries - 1] * (0.5 + chance)
