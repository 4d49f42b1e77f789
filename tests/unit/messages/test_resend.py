"""When a message may be sent again, and over which channels."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from chalicelib.messages.model import course, hearing
from chalicelib.messages.model.choice import MOST_ATTEMPTS, UNREACHABLE_TRIES, choose
from chalicelib.messages.model.course import Outcome
from chalicelib.messages.model.message import CHANNELS, Decision, Message, State
from chalicelib.messages.model.resend import (
    MOST_RESENDS,
    MessageUnderWay,
    OutcomeInDoubt,
    ResentEnough,
    resent,
)
from tests.unit.messages.builders import (
    ANYONE,
    EMAIL,
    NOW,
    OFFERS,
    SMS,
    TWO_SMS,
    WECHAT,
    Someone,
    claim,
    message,
    tried,
)

ACCEPTED, NO_NUMBER = Outcome("accepted", "2640:1"), Outcome("refused", kind="number")
UNREACHABLE = Outcome("unreachable")
LATER = NOW + timedelta(hours=1)


def again(was: Message) -> Message:
    return resent(was, "01", "store_manager", "没收到", LATER)


def test_it_is_due_at_once_and_says_who_had_it_sent_when_and_why() -> None:
    was = tried(message(), ACCEPTED)
    now = again(was)
    assert (now.state, now.due_at, now.version) == ("retrying", LATER, was.version + 1)
    (resend,) = now.resends
    assert (resend.at, resend.who, resend.role, resend.reason) == (
        LATER, "01", "store_manager", "没收到",
    )  # fmt: skip
    assert resend.channels == CHANNELS


def test_what_closed_the_channels_before_closes_them_no_more() -> None:
    limited = replace(
        tried(message(), NO_NUMBER, NO_NUMBER),
        state="failed",
        decisions=(Decision(NOW, "email", "phone_limit"),),
    )
    assert choose(limited, ANYONE, OFFERS, LATER).offer is None
    now = again(limited)
    for offer in (SMS, WECHAT, EMAIL):
        assert choose(now, ANYONE, OFFERS, LATER).offer == offer
        now = tried(now, NO_NUMBER)
    reasons = [one.reason for one in choose(now, ANYONE, OFFERS, LATER).decisions]
    assert reasons.count("refused:number") == len(CHANNELS), "said anew of each channel"


@pytest.mark.parametrize("doubt", ["unknown", "unresolved", "calling"])
def test_a_channel_that_may_have_brought_it_is_never_taken_again(doubt: str) -> None:
    was = tried(message(), Outcome("unresolved"), ACCEPTED)
    first = replace(was.attempts[0], state=doubt)
    was = replace(was, attempts=(first, was.last))
    now = again(was)
    assert now.resends[-1].channels == ("wechat", "email")
    if doubt == "unresolved":
        assert choose(now, ANYONE, TWO_SMS, LATER).offer == WECHAT


def test_a_doubt_of_the_second_sending_closes_the_third_to_that_channel() -> None:
    now = tried(again(tried(message(), ACCEPTED)), Outcome("unresolved"), ACCEPTED)
    assert now.state == "sent"
    third = again(now)
    assert third.resends[-1].channels == ("wechat", "email")
    assert choose(third, ANYONE, OFFERS, LATER).offer == WECHAT


def test_where_every_channel_is_in_doubt_it_is_refused() -> None:
    was = tried(message(), *[Outcome("unresolved")] * 3)
    given_up = course.finished(was, choose(was, ANYONE, OFFERS, NOW), NOW)
    assert (given_up.state, given_up.due_at) == ("unknown", None)
    with pytest.raises(OutcomeInDoubt):
        again(given_up)


@pytest.mark.parametrize("state", ["created", "sending", "retrying", "waiting", "unknown"])
def test_while_something_is_under_way_it_is_refused(state: State) -> None:
    with pytest.raises(MessageUnderWay):
        again(replace(tried(message(), ACCEPTED), state=state, due_at=LATER))


@pytest.mark.parametrize("state", ["sent", "delivered", "failed", "inbox"])
def test_at_rest_it_may_be_sent_again_also_while_a_receipt_is_waited_for(state: State) -> None:
    assert again(replace(message(), state=state, due_at=LATER)).state == "retrying"


@pytest.mark.parametrize("before", [MOST_RESENDS - 1, MOST_RESENDS, MOST_RESENDS + 1])
def test_three_times_are_enough(before: int) -> None:
    was = tried(message(), ACCEPTED)
    now = replace(was, resends=again(was).resends * before)
    if before < MOST_RESENDS:
        assert len(again(now).resends) == MOST_RESENDS
    else:
        with pytest.raises(ResentEnough):
            again(now)


def test_tries_and_pauses_begin_anew() -> None:
    was = tried(message(), *[UNREACHABLE] * UNREACHABLE_TRIES, ACCEPTED)
    now = tried(again(was), UNREACHABLE)
    assert choose(now, ANYONE, OFFERS, LATER).offer == SMS
    assert now.due_at == NOW + timedelta(seconds=course.RETRY_AFTER_S[0])
    many = replace(was, attempts=was.attempts * MOST_ATTEMPTS)
    assert choose(again(many), ANYONE, OFFERS, LATER).offer == SMS


def test_what_was_delivered_once_and_is_sent_again_goes_its_whole_course() -> None:
    was = tried(message(), ACCEPTED)
    had = hearing.reported(was, 1, hearing.Report(delivered=True), NOW)
    assert had is not None
    now = again(had)
    assert tried(now, UNREACHABLE).state == "retrying"
    assert tried(now, ACCEPTED).state == "sent"
    nowhere = Someone(phone=None, openid=None, email=None)
    left = choose(now, nowhere, OFFERS, LATER)
    assert course.finished(now, left, LATER).state == "delivered", "the first time it was"


def test_a_late_receipt_of_the_first_sending_spares_the_second() -> None:
    now = again(tried(message(), ACCEPTED))
    had = hearing.reported(now, 1, hearing.Report(delivered=True), LATER)
    assert had is not None
    assert (had.state, had.due_at) == ("delivered", None)


def test_a_second_sending_is_an_attempt_of_its_own() -> None:
    now = again(tried(message(), ACCEPTED))
    claimed = claim(now, choose(now, ANYONE, OFFERS, LATER))
    assert [one.n for one in claimed.attempts] == [1, 2]
    assert claimed.last.reference == f"{now.message_id}-2"
