"""Which attempt WeChat's sent event is about: it names the message by an id that the send's answer may have told."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from chalicelib.messages.model.hearing import CLOCKS_APART
from chalicelib.messages.model.message import Attempt

_COMES_WITHIN = timedelta(hours=1)
_OPEN = frozenset({"calling", "accepted", "unknown", "unresolved"})


def meant(attempts: Sequence[Attempt], msg_id: str | None, at: datetime) -> list[Attempt]:
    """What it may be about: the one of that id, else those that wait for an answer or a report, oldest first.

    One without an id is, by WeChat's word, the same event again where it was made at the same time.
    """
    named = [
        one for one in attempts if (one.provider_ref == msg_id if msg_id else one.reported_at == at)
    ]
    waiting = [one for one in attempts if _waits(one, at)]
    return named or sorted(waiting, key=lambda one: one.started_at)


def reference_of(attempts: Sequence[Attempt], msg_id: str | None, at: datetime) -> str | None:
    """Our reference of the one that it is about.

    None where there is none, and where one of several is still being made: its answer tells the id.
    """
    found = meant(attempts, msg_id, at)
    if len(found) > 1 and any(one.state == "calling" for one in found):
        return None
    return found[0].reference if found else None


def _waits(attempt: Attempt, at: datetime) -> bool:
    since = at - attempt.started_at
    unanswered = not attempt.provider_ref and attempt.reported_at is None
    return unanswered and attempt.state in _OPEN and -CLOCKS_APART <= since <= _COMES_WITHIN
