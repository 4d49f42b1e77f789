"""The course of a message, state by state."""

from datetime import timedelta

import msgspec
import pytest

from chalicelib.messages.model import course, hearing
from chalicelib.messages.model.choice import choose
from chalicelib.messages.model.course import LEASE, Outcome
from chalicelib.messages.model.hearing import LOOK_UP_AFTER, Told, Verdict
from chalicelib.messages.model.message import Attempt, Message
from tests.unit.messages.builders import NOW, OFFERS, Someone, claim, message, tried

GRACE = LOOK_UP_AFTER[-1]
TICK = timedelta(milliseconds=1)


def sending() -> Message:
    return claim(message(), choose(message(), Someone(), OFFERS, NOW))


@pytest.mark.parametrize(
    ("outcome", "state", "due_after_s"),
    [
        (Outcome("accepted", "2640:1"), "sent", 600),
        (Outcome("refused", code="x", kind="number"), "retrying", 0),
        (Outcome("unreachable", code="x"), "retrying", 30),
        (Outcome("unknown", code="ReadTimeout"), "unknown", 60),
    ],
)
def test_what_the_provider_answers_decides_the_state_and_who_looks_again(
    outcome: Outcome, state: str, due_after_s: int | None
) -> None:
    after = tried(message(), outcome)
    assert after.state == state
    due = None if after.due_at is None else (after.due_at - NOW).total_seconds()
    assert due == due_after_s


def test_the_attempt_is_on_record_before_the_call() -> None:
    claimed = sending()
    assert (claimed.state, claimed.last.state, claimed.last.to) == (
        "sending", "calling", "138****5678",
    )  # fmt: skip
    assert claimed.last.reference == f"{claimed.message_id}-1"
    assert claimed.version == message().version + 1


@pytest.mark.parametrize(
    ("after", "step"), [(LEASE - TICK, None), (LEASE, "expire"), (LEASE + TICK, "expire")]
)
def test_a_claim_is_left_alone_until_it_has_run_out(after: timedelta, step: str | None) -> None:
    assert course.step(sending(), NOW + after) == step


def test_a_claim_that_has_run_out_is_unknown_and_not_free() -> None:
    lost = course.expired(sending(), NOW + LEASE)
    assert (lost.state, lost.last.state, lost.last.code) == ("unknown", "unknown", "claim_expired")
    assert course.step(lost, NOW + LEASE) == "look_up"


@pytest.mark.parametrize(
    ("age", "told", "state", "attempt"),
    [
        (GRACE - TICK, "not_found", "unknown", "unknown"),
        (GRACE, "not_found", "retrying", "not_taken"),
        (GRACE + TICK, "not_found", "retrying", "not_taken"),
        (GRACE - TICK, "ambiguous", "unknown", "unknown"),
        (GRACE, "ambiguous", "retrying", "unresolved"),
        (TICK, "cannot_tell", "retrying", "unresolved"),
        (TICK, "delivered", "delivered", "delivered"),
        (TICK, "taken", "sent", "accepted"),
        (TICK, "undelivered", "retrying", "undelivered"),
        (hearing.LOOK_UP_GIVEN_UP - TICK, "no_answer", "unknown", "unknown"),
        (hearing.LOOK_UP_GIVEN_UP, "no_answer", "retrying", "unresolved"),
    ],
)
def test_a_look_up_settles_an_unknown_outcome_only_when_it_can(
    age: timedelta, told: Told, state: str, attempt: str
) -> None:
    unknown = tried(message(), Outcome("unknown"))
    after = hearing.looked_up(unknown, Verdict(told), NOW + age)
    assert (after.state, after.last.state) == (state, attempt)


def test_a_provider_that_took_nothing_twice_is_not_asked_a_third_time() -> None:
    twice = message()
    for _ in range(2):
        unknown = tried(twice, Outcome("unknown"))
        twice = hearing.looked_up(unknown, Verdict("not_found"), NOW + GRACE)
    choice = choose(twice, Someone(), OFFERS, NOW)
    assert [one.channel for one in twice.attempts] == ["sms", "sms"]
    assert choice.offer is not None
    assert choice.offer.channel == "wechat"
    assert choice.decisions[-1].reason == "not_taken"


@pytest.mark.parametrize(
    ("outcomes", "state"),
    [
        ([], "inbox"),
        ([Outcome("refused", kind="number")], "failed"),
        ([Outcome("unresolved"), Outcome("refused", kind="number")], "unknown"),
        ([Outcome("no_receipt"), Outcome("refused", kind="number")], "sent"),
        ([Outcome("delivered"), Outcome("unresolved")], "delivered"),
    ],
)
def test_a_message_that_no_channel_is_left_for_says_how_it_ended(
    outcomes: list[Outcome], state: str
) -> None:
    was = tried(message(), *outcomes)
    choice = choose(was, Someone(phone=None, openid=None, email=None), OFFERS, NOW)
    after = course.finished(was, choice, NOW)
    assert (after.state, after.due_at) == (state, None)


def test_an_answer_to_an_attempt_that_was_judged_meanwhile_changes_nothing() -> None:
    claimed = sending()
    judged = hearing.looked_up(course.expired(claimed, NOW), Verdict("not_found"), NOW + GRACE)
    assert course.settled(judged, 1, Outcome("accepted", "late"), NOW + GRACE) is None


def test_an_attempt_to_an_old_number_cannot_be_asked_after() -> None:
    unknown = tried(message(), Outcome("unknown"))
    assert not course.moved_since(unknown, Someone())
    assert course.moved_since(unknown, Someone(phone="13900000000"))
    assert course.moved_since(unknown, None)


def test_an_attempt_from_before_its_words_were_kept_is_read() -> None:
    kept = msgspec.json.encode(sending().last)
    assert b"template" not in kept
    assert msgspec.json.decode(kept, type=Attempt).template is None
