"""Whether an outage delayed a message or kept it from its member."""

from datetime import timedelta
from typing import Literal

from chalicelib.amends.model.touched import Touched
from chalicelib.messages.model.message import Attempt, Decision, Message

Trouble = Literal["message_waited", "message_failed"]
_MADE_LATE = timedelta(minutes=5)
_NO_ANSWER = frozenset({"unreachable", "unknown", "not_taken", "unresolved"})
# what a provider refuses for a reason of its own or of ours; the others are the member's or the chain's to say
_NOT_THE_MEMBERS = frozenset({"account", "origin", "frequency", "template"})
_LEFT_FOR_IT = frozenset({
    "breaker_open", "unreachable", "refused:account", "refused:origin", "refused:template",
})  # fmt: skip
_NOT_THERE = frozenset({"failed", "inbox", "unknown"})


def trouble(message: Message, touched: Touched) -> Trouble | None:
    """None for one that met nothing in that time, or only what the member or the chain had said.

    One that nobody could send is in the inbox all the same; it failed as far as telling goes.
    """
    if not _met(message, touched):
        return None
    return "message_failed" if message.state in _NOT_THERE else "message_waited"


def _met(message: Message, touched: Touched) -> bool:
    booked_at = message.facts.booked_at
    late = message.created_at - booked_at > _MADE_LATE and touched.at(booked_at)
    return (
        late
        or any(_of_attempt(one, touched) for one in message.attempts)
        or any(_of_decision(one, touched) for one in message.decisions)
    )


def _of_attempt(one: Attempt, touched: Touched) -> bool:
    if not touched.at(one.started_at):
        return False
    return one.state in _NO_ANSWER or (one.state == "refused" and one.kind in _NOT_THE_MEMBERS)


def _of_decision(one: Decision, touched: Touched) -> bool:
    return touched.at(one.at) and one.reason in _LEFT_FOR_IT
