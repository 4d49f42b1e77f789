"""What staff are told together: notes put into one text, and what is done with it after each try."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

import msgspec
from msgspec.structs import replace

from chalicelib.kernel import clock
from chalicelib.messages.model.course import LEASE, Outcome

MOST_BYTES = 2000  # under what a group bot takes, so that there is room for `REPEATED`
GIVEN_UP = "staff digest given up"  # said in the log, for an alarm
REPEATED = "（上次发送结果不明，可能重复）\n"
AGAIN_AFTER = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 30))
_ZONE = "Asia/Shanghai"
_PASSING = frozenset({"frequency"})
State = Literal["calling", "waiting", "told", "given_up"]


class Note(NamedTuple):
    key: str
    text: str
    noted_at: datetime


class Digest(msgspec.Struct, frozen=True):
    """`tries` counts the calls and is its version; `doubtful`: the group may have it from an earlier one."""

    digest_id: str
    text: str
    made_at: datetime
    state: State
    due_at: datetime | None
    tries: int = 1
    doubtful: bool = False
    code: str | None = None

    @property
    def said(self) -> str:
        return REPEATED + self.text if self.doubtful else self.text


class Composed(NamedTuple):
    text: str
    taken: Sequence[Note]


def composed(title: str, notes: Sequence[Note], most_bytes: int = MOST_BYTES) -> Composed:
    """As many of the notes as fit, the oldest first; the first always does."""
    lines: list[str] = [f"【{title}】值班提醒"]
    taken: list[Note] = []
    room = most_bytes - len(lines[0].encode())
    for note in sorted(notes, key=lambda note: (note.noted_at, note.key)):
        line = f"\n{_hour(note.noted_at)} {note.text}"
        room -= len(line.encode())
        if taken and room < 0:
            break
        lines.append(line)
        taken.append(note)
    return Composed("".join(lines), taken)


def begun(digest_id: str, text: str, now: datetime) -> Digest:
    """On record before the bot is called."""
    return Digest(digest_id, text, now, "calling", now + LEASE)


def again(digest: Digest, now: datetime) -> Digest:
    """Another try; whoever was calling and is not heard of any more may have reached the group."""
    lost = digest.state == "calling"
    return replace(
        digest,
        state="calling",
        due_at=now + LEASE,
        tries=digest.tries + 1,
        doubtful=digest.doubtful or lost,
    )


def after(digest: Digest, outcome: Outcome, now: datetime) -> Digest:
    """A note that is told twice does no harm, one that is lost may: what is doubtful is said again, and says so."""
    if outcome.state == "accepted":
        return replace(digest, state="told", due_at=None, code=None)
    for_good = outcome.state == "refused" and outcome.kind not in _PASSING
    if for_good or digest.tries > len(AGAIN_AFTER):
        return replace(digest, state="given_up", due_at=None, code=outcome.code)
    return replace(
        digest,
        state="waiting",
        due_at=now + AGAIN_AFTER[digest.tries - 1],
        doubtful=digest.doubtful or outcome.state == "unknown",
        code=outcome.code,
    )


def _hour(moment: datetime) -> str:
    return f"{moment.astimezone(clock.zone(_ZONE)):%H:%M}"
