"""The course of a message: what is to be done with it now, and what it is after that was done."""

from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from msgspec.structs import replace

from chalicelib.kernel import clock
from chalicelib.messages.model.choice import Choice, Contact, Offer, address_of, masked
from chalicelib.messages.model.message import (
    Attempt,
    AttemptState,
    Decision,
    Message,
    State,
    Template,
)

LEASE = timedelta(seconds=150)  # longer than any function may run: who claimed is gone when it ends
UNHEARD = timedelta(seconds=90)  # when the sweeper looks after a message that no stream delivered
RETRY_AFTER_S = (30, 120, 480, 1800)
FIRST_LOOK_UP = timedelta(minutes=1)  # since the call
BROKEN_FOR = timedelta(minutes=5)
# since the call; a receipt that is pushed comes within seconds or minutes, and within 72 hours where the phone is off
ASK_AFTER = (
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(hours=24),
    timedelta(hours=72),
)

Step = Literal["send", "expire", "look_up"]


class Outcome(NamedTuple):
    """What came of a call to a provider."""

    state: AttemptState
    provider_ref: str | None = None
    code: str | None = None
    kind: str | None = None


def step(message: Message, now: datetime) -> Step | None:
    """None: nothing, or not yet."""
    if message.state == "created":
        return "send"
    if message.due_at is None or message.due_at > now:
        return None
    steps: dict[State, Step] = {
        "retrying": "send",
        "waiting": "send",
        "sending": "expire",
        "unknown": "look_up",
        "sent": "look_up",
    }
    return steps.get(message.state)


def claimed(  # noqa: PLR0917 - each is named by its type
    message: Message,
    offer: Offer,
    choice: Choice,
    to: str,
    now: datetime,
    template: Template | None = None,
) -> Message:
    """The attempt is on record before the provider is called, with the words that it is called with."""
    n = len(message.attempts) + 1
    attempt = Attempt(
        n,
        offer.channel,
        offer.provider,
        f"{message.message_id}-{n}",
        masked(offer.channel, to),
        now,
        template=template,
    )
    return changed(
        message,
        now,
        "sending",
        now + LEASE,
        attempts=(*message.attempts, attempt),
        decisions=choice.decisions,
    )


def used_up(message: Message, offer: Offer, choice: Choice, reason: str, now: datetime) -> Message:
    """What is counted of the channel is used up, by `reason`: this message does not ask for it again."""
    decided = (*choice.decisions, Decision(now, offer.channel, reason))
    return replace(message, decisions=decided)


def finished(message: Message, choice: Choice, now: datetime) -> Message:
    """No channel is left, or none before `choice.wait_until`."""
    if choice.wait_until:
        return changed(message, now, "waiting", choice.wait_until, decisions=choice.decisions)
    state: State = "failed" if message.attempts else "inbox"
    states = {one.state for one in message.attempts}
    if "unresolved" in states:
        state = "unknown"
    elif states & {"accepted", "no_receipt"}:
        state = "sent"
    if "delivered" in states:
        state = "delivered"
    return changed(message, now, state, None, decisions=choice.decisions)


def settled(message: Message, n: int, outcome: Outcome, now: datetime) -> Message | None:
    """After the provider's answer to attempt `n`. None where that attempt has been judged otherwise since."""
    attempt = message.attempts[n - 1]
    if attempt.state not in {"calling", "unknown"} or attempt is not message.last:
        return None
    told = replace(
        attempt,
        state=outcome.state,
        ended_at=now,
        provider_ref=outcome.provider_ref,
        code=outcome.code,
        kind=outcome.kind,
    )
    return judged(replace(message, attempts=(*message.attempts[:-1], told)), now)


def expired(message: Message, now: datetime) -> Message:
    """Whoever claimed the last attempt is gone; whether they had called nobody knows."""
    lost = replace(message.last, state="unknown", ended_at=now, code="claim_expired")
    return judged(replace(message, attempts=(*message.attempts[:-1], lost)), now)


def postponed(message: Message, now: datetime) -> Message:
    """Something of ours broke over it: it makes room for others and is looked at again later."""
    return changed(message, now, message.state, now + BROKEN_FOR)


def moved_since(message: Message, contact: Contact | None) -> bool:
    """Whether the last attempt went to an address that the member no longer has."""
    last = message.last
    address = address_of(contact, last.channel) if contact else None
    return address is None or masked(last.channel, address) != last.to


def judged(message: Message, now: datetime) -> Message:
    """The state that follows from the last attempt; where another channel is next it is due at once."""
    state = message.last.state
    if any(one.state == "delivered" for one in message.lately.attempts):
        return changed(message, now, "delivered", None)
    if state == "accepted":
        return changed(message, now, "sent", next_ask(message, now))
    if state == "unknown":
        first = message.last.started_at + FIRST_LOOK_UP
        return changed(message, now, "unknown", max(first, now))
    if state == "unreachable":
        return changed(message, now, "retrying", now + _pause(message))
    return changed(message, now, "retrying", now)


def _pause(message: Message) -> timedelta:
    """Longer each time; none after the last try, when the next provider or channel is due."""
    last = message.last
    tries = sum(
        (one.channel, one.provider, one.state) == (last.channel, last.provider, "unreachable")
        for one in message.lately.attempts
    )
    return timedelta(seconds=RETRY_AFTER_S[tries - 1] if tries <= len(RETRY_AFTER_S) else 0)


def next_ask(message: Message, now: datetime) -> datetime | None:
    """When the provider is asked next what the carrier said; None for the last time, and for WeChat and mail."""
    last = message.last
    return clock.next_after(last.started_at, ASK_AFTER, now) if last.channel == "sms" else None


def changed(
    message: Message,
    now: datetime,
    state: State,
    due_at: datetime | None,
    *,
    attempts: tuple[Attempt, ...] | None = None,
    decisions: tuple[Decision, ...] | None = None,
) -> Message:
    return replace(
        message,
        state=state,
        due_at=due_at,
        updated_at=now,
        version=message.version + 1,
        attempts=message.attempts if attempts is None else attempts,
        decisions=message.decisions if decisions is None else decisions,
    )
