"""Which attempt WeChat's sent event is about: it names the message by an id that the send's answer may have told."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from chalicelib.messages.model.message import Attempt

_CLOCKS_APART = timedelta(minutes=2)  # theirs and ours
_COMES_WITHIN = timedelta(hours=1)
_OPEN = frozenset({"calling", "accepted", "unknown", "unresolved"})


def reference_of(attempts: Sequence[Attempt], msg_id: str, at: datetime) -> str | None:
    """Our reference of one of `attempts`, which are those to this member by this template.

    By the id; else it is the oldest of those that nobody has answered for or reported on. None where there is none, and
    where one of several is still being made: its answer, which tells the id, is waited for.
    """
    for one in attempts:
        if msg_id and one.provider_ref == msg_id:
            return one.reference
    waiting = [one for one in attempts if _may_be_meant(one, at)]
    if len(waiting) > 1 and any(one.state == "calling" for one in waiting):
        return None
    oldest = min(waiting, key=lambda one: one.started_at, default=None)
    return oldest.reference if oldest else None


def _may_be_meant(attempt: Attempt, at: datetime) -> bool:
    since = at - attempt.started_at
    unanswered = not attempt.provider_ref and attempt.reported_at is None
    return unanswered and attempt.state in _OPEN and -_CLOCKS_APART <= since <= _COMES_WITHIN
