"""What is heard of an attempt after its call: answers to a look-up, and what carriers report."""

from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from msgspec.structs import replace

from chalicelib.kernel import clock
from chalicelib.messages.model.course import changed, judged, next_ask
from chalicelib.messages.model.message import Attempt, AttemptState, Decision, Message

LOOK_UP_AFTER = tuple(
    timedelta(seconds=after_s) for after_s in (60, 180, 600, 1800)
)  # since the call; not found at the last of them: not taken
LOOK_UP_AGAIN = timedelta(minutes=5)
LOOK_UP_GIVEN_UP = timedelta(hours=24)
CLOCKS_APART = timedelta(minutes=2)  # theirs and ours
CONFLICT = "receipt_conflict"
_BY_THE_CARRIER = frozenset({"delivered", "undelivered"})
NOT_TAKEN = frozenset({"refused", "unreachable", "not_taken"})  # so a carrier has nothing of it
_WAITS_FOR_THE_LAST = frozenset({"sending", "sent", "unknown"})

Told = Literal[
    "taken", "delivered", "undelivered", "not_found", "ambiguous", "cannot_tell", "no_answer"
]


class Verdict(NamedTuple):
    """What a provider says when asked what became of an attempt; `code`, `kind` and `at` are as in `Report`."""

    told: Told
    provider_ref: str | None = None
    code: str | None = None
    kind: str | None = None
    at: datetime | None = None


class Report(NamedTuple):
    """What a carrier says of an attempt: `code` in its own word, `kind` what that comes to, `at` by its clock."""

    delivered: bool
    provider_ref: str | None = None
    code: str | None = None
    kind: str | None = None
    at: datetime | None = None


def reported(message: Message, n: int, report: Report, now: datetime) -> Message | None:
    """After a report on attempt `n`, however late; None where it says nothing new.

    The first word of a carrier holds. One that contradicts it is put on record, as is one about what the provider is
    said not to have taken: that one counts all the same.
    """
    attempt = message.attempts[n - 1]
    state: AttemptState = "delivered" if report.delivered else "undelivered"
    if attempt.state in _BY_THE_CARRIER:
        return None if attempt.state == state else _in_conflict(message, attempt, report, now)
    if attempt.state in NOT_TAKEN:
        message = _in_conflict(message, attempt, report, now) or message
    told = replace(
        attempt,
        state=state,
        ended_at=attempt.ended_at or now,
        provider_ref=attempt.provider_ref or report.provider_ref or None,
        reported_at=_believed(report.at, attempt, now),
        report_code=report.code,
        kind=report.kind,
    )
    return _after(replace(message, attempts=_with(message, told)), told, now)


def _believed(at: datetime | None, attempt: Attempt, now: datetime) -> datetime:
    """The carrier's time where it lies between the call and now, or nearly; theirs and our clocks are apart."""
    if at and attempt.started_at - CLOCKS_APART <= at <= now + CLOCKS_APART:
        return at
    return now


def looked_up(message: Message, verdict: Verdict, now: datetime) -> Message:
    """After asking about the last attempt: one of unknown outcome, or one that nobody has reported on."""
    if verdict.told in _BY_THE_CARRIER:
        report = Report(verdict.told == "delivered", *verdict[1:])
        return reported(message, message.last.n, report, now) or message
    if message.last.state == "accepted":
        return _unreported(message, now)
    age = now - message.last.started_at
    if verdict.told == "no_answer" and age < LOOK_UP_GIVEN_UP:
        return changed(message, now, "unknown", now + LOOK_UP_AGAIN)
    if verdict.told in {"not_found", "ambiguous"} and (
        later := clock.next_after(message.last.started_at, LOOK_UP_AFTER, now)
    ):
        return changed(message, now, "unknown", later)
    states: dict[Told, AttemptState] = {"taken": "accepted", "not_found": "not_taken"}
    told = replace(
        message.last,
        state=states.get(verdict.told, "unresolved"),
        ended_at=now,
        provider_ref=verdict.provider_ref or message.last.provider_ref,
        code=verdict.code or message.last.code,
    )
    return judged(replace(message, attempts=_with(message, told)), now)


def _unreported(message: Message, now: datetime) -> Message:
    """Asked again, less and less often; that nobody ever says is a state of its own and no failure."""
    if later := next_ask(message, now):
        return changed(message, now, message.state, later)
    silent = replace(message.last, state="no_receipt")
    return changed(message, now, "sent", None, attempts=_with(message, silent))


def _after(message: Message, told: Attempt, now: datetime) -> Message:
    """The state that follows from a report on one of the attempts."""
    if message.last.state == "calling":  # it is settled first
        return changed(message, now, message.state, message.due_at)
    if told.state == "delivered":
        return changed(message, now, "delivered", None)
    is_last = told.n == message.last.n
    nobody_has_it = message.state == "unknown" or (message.state == "sent" and not message.channel)
    if (is_last and message.state in _WAITS_FOR_THE_LAST) or (nobody_has_it and not message.due_at):
        return judged(message, now) if is_last else changed(message, now, "retrying", now)
    return changed(message, now, message.state, message.due_at)


def _in_conflict(
    message: Message, attempt: Attempt, report: Report, now: datetime
) -> Message | None:
    """None where one is on record already: whoever knows the address can push what they like."""
    found = Decision(now, attempt.channel, CONFLICT, attempt.provider, report.code)
    if any(one == replace(found, at=one.at, code=one.code) for one in message.decisions):
        return None
    decisions = (*message.decisions, found)
    return changed(message, now, message.state, message.due_at, decisions=decisions)


def _with(message: Message, told: Attempt) -> tuple[Attempt, ...]:
    return tuple(told if one.n == told.n else one for one in message.attempts)
