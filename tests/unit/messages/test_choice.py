"""Which channel is next, and why not the others."""

from datetime import timedelta

import pytest

from chalicelib.messages.model.choice import (
    COMES_BACK_AFTER,
    UNREACHABLE_TRIES,
    WAITED_FOR,
    Choice,
    Offer,
    Shut,
    choose,
    masked,
)
from chalicelib.messages.model.course import RETRY_AFTER_S, Outcome, finished, step
from chalicelib.messages.model.message import Resend
from tests.unit.messages.builders import (
    ALIYUN,
    ANYONE,
    NOW,
    OFFERS,
    SMS,
    TWO_SMS,
    WECHAT,
    Someone,
    message,
    tried,
)

UNREACHABLE = Outcome("unreachable", code="NewConnectionError")


@pytest.mark.parametrize(
    ("contact", "channel", "reasons"),
    [
        (Someone(), "sms", []),
        (Someone(phone=None), "wechat", ["no_phone"]),
        (Someone(consents=frozenset()), "wechat", ["no_consent"]),
        (Someone(phone=None, openid=None), "email", ["no_phone", "no_openid"]),
        (Someone(phone=None, openid=None, email=None), None, ["no_phone", "no_openid", "no_email"]),
        (
            Someone(openid=None, consents=frozenset({"sms"}), phone=None),
            None,
            ["no_phone", "no_openid", "no_consent"],
        ),
        (None, None, ["no_member"] * 3),
    ],
)
def test_the_first_channel_that_reaches_the_member_is_taken(
    contact: Someone | None, channel: str | None, reasons: list[str]
) -> None:
    choice = choose(message(), contact, OFFERS, NOW)
    assert (choice.offer.channel if choice.offer else None) == channel
    assert [decision.reason for decision in choice.decisions] == reasons


def test_a_channel_without_a_template_for_the_kind_is_left() -> None:
    only_top_ups = Offer("sms", "tencent", frozenset({"top_up"}))
    choice = choose(message(), Someone(), (only_top_ups, WECHAT), NOW)
    assert choice.offer == WECHAT
    assert choice.decisions[0].reason == "not_configured"


def test_a_deployment_without_channels_says_so() -> None:
    choice = choose(message(), Someone(), (), NOW)
    assert choice.offer is None
    assert {one.reason for one in choice.decisions} == {"not_set_up"}


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [
        (Outcome("refused", code="x", kind="number"), "refused:number"),
        (Outcome("undelivered", code="MK:0001"), "undelivered"),
        (Outcome("unresolved"), "outcome_unknown"),
    ],
)
def test_a_definite_no_leads_to_the_next_channel_with_its_reason(
    outcome: Outcome, reason: str
) -> None:
    choice = choose(tried(message(), outcome), Someone(), OFFERS, NOW)
    assert choice.offer == WECHAT
    assert [(one.channel, one.reason) for one in choice.decisions] == [("sms", reason)]


@pytest.mark.parametrize(
    ("tries", "channel"),
    [
        (UNREACHABLE_TRIES - 1, "sms"),
        (UNREACHABLE_TRIES, "wechat"),
        (UNREACHABLE_TRIES + 1, "wechat"),
    ],
)
def test_a_provider_that_cannot_be_reached_is_tried_again_but_not_for_ever(
    tries: int, channel: str
) -> None:
    choice = choose(tried(message(), *[UNREACHABLE] * tries), Someone(), OFFERS, NOW)
    assert choice.offer is not None
    assert choice.offer.channel == channel


@pytest.mark.parametrize("kind", ["account", "template", "frequency", "origin"])
def test_what_one_provider_has_against_us_hands_the_message_to_the_next_with_its_reason(
    kind: str,
) -> None:
    was = tried(message(), Outcome("refused", code="x", kind=kind), offers=TWO_SMS)
    choice = choose(was, Someone(), TWO_SMS, NOW)
    assert choice.offer == ALIYUN
    assert (was.state, was.due_at) == ("retrying", NOW), "at once"
    assert told(choice) == [("sms", f"refused:{kind}", "tencent")]


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [
        (Outcome("refused", code="x", kind="number"), "refused:number"),
        (Outcome("refused", code="x", kind="content"), "refused:content"),
        (Outcome("refused", code="x", kind="other"), "refused:other"),
        (Outcome("undelivered", code="MK:0001"), "undelivered"),
        (Outcome("unresolved"), "outcome_unknown"),
    ],
)
def test_what_may_have_arrived_or_is_the_number_never_goes_to_the_other_provider(
    outcome: Outcome, reason: str
) -> None:
    choice = choose(tried(message(), outcome, offers=TWO_SMS), Someone(), TWO_SMS, NOW)
    assert choice.offer == WECHAT
    assert told(choice) == [("sms", reason, None)]


def test_after_both_providers_said_no_the_next_channel_comes_and_both_reasons_are_kept() -> None:
    account = Outcome("refused", code="x", kind="account")
    choice = choose(tried(message(), account, account, offers=TWO_SMS), Someone(), TWO_SMS, NOW)
    assert choice.offer == WECHAT
    assert told(choice) == [
        ("sms", "refused:account", "tencent"),
        ("sms", "refused:account", "aliyun"),
    ]


def test_a_doubt_at_the_second_provider_closes_the_channel_too() -> None:
    outcomes = (Outcome("refused", code="x", kind="account"), Outcome("unresolved"))
    choice = choose(tried(message(), *outcomes, offers=TWO_SMS), Someone(), TWO_SMS, NOW)
    assert choice.offer == WECHAT
    assert told(choice)[-1] == ("sms", "outcome_unknown", None)


@pytest.mark.parametrize(
    ("tries", "provider"),
    [
        (UNREACHABLE_TRIES - 1, "tencent"),
        (UNREACHABLE_TRIES, "aliyun"),
        (2 * UNREACHABLE_TRIES - 1, "aliyun"),
        (2 * UNREACHABLE_TRIES, "wechat"),
    ],
)
def test_each_provider_has_its_own_tries(tries: int, provider: str) -> None:
    was = tried(message(), *[UNREACHABLE] * tries, offers=TWO_SMS)
    choice = choose(was, Someone(), TWO_SMS, NOW)
    assert choice.offer is not None
    assert choice.offer.provider == provider


def test_the_first_pause_at_the_next_provider_is_as_short_as_at_the_first() -> None:
    was = tried(message(), *[UNREACHABLE] * (UNREACHABLE_TRIES + 1), offers=TWO_SMS)
    assert was.due_at is not None
    assert (was.due_at - NOW).total_seconds() == RETRY_AFTER_S[0]


def test_what_holds_for_the_channel_is_said_once_for_all_its_providers() -> None:
    choice = choose(message(), Someone(phone=None), TWO_SMS, NOW)
    assert told(choice) == [("sms", "no_phone", None)]


def test_a_provider_without_a_template_for_the_kind_leaves_it_to_the_other() -> None:
    only_top_ups = Offer("sms", "tencent", frozenset({"top_up"}))
    choice = choose(message(), Someone(), (only_top_ups, ALIYUN), NOW)
    assert choice.offer == ALIYUN
    assert told(choice) == [("sms", "not_configured", "tencent")]


def told(choice: Choice) -> list[tuple[str, str, str | None]]:
    return [(one.channel, one.reason, one.provider) for one in choice.decisions]


def test_a_decision_is_kept_once() -> None:
    refused = tried(message(), *[Outcome("refused", kind="number")] * 2)
    choice = choose(refused, Someone(), OFFERS, NOW)
    assert [one.channel for one in choice.decisions] == ["sms", "wechat"]


@pytest.mark.parametrize(
    ("channel", "address", "shown"),
    [
        ("sms", "13812345678", "138****5678"),
        ("email", "a.person@example.com", "a***@example.com"),
        ("wechat", "oAbcdefgh", "oAbc****"),
    ],
)
def test_an_attempt_shows_where_it_went_and_no_more(channel: str, address: str, shown: str) -> None:
    assert masked(channel, address) == shown  # type: ignore[arg-type]


def test_a_shut_gate_leaves_the_channel_and_the_next_one_is_taken() -> None:
    quiet = Shut("quiet_hours", NOW + timedelta(hours=9))
    choice = choose(message(), Someone(), OFFERS, NOW, [lambda offer, *_: shut_sms(offer, quiet)])
    assert choice.offer == WECHAT
    assert choice.wait_until is None
    assert [(one.channel, one.reason) for one in choice.decisions] == [("sms", "quiet_hours")]


def test_where_every_gate_is_shut_the_first_to_open_is_waited_for() -> None:
    sooner, later = NOW + timedelta(minutes=1), NOW + timedelta(hours=9)
    by_name = {"tencent": sooner, "aliyun": later}
    down = [lambda offer, *_: Shut("down", by_name[offer.provider], only_provider=True)]
    choice = choose(message(), Someone(), TWO_SMS[:2], NOW, down)
    assert (choice.offer, choice.wait_until) == (None, sooner)
    assert [one.provider for one in choice.decisions if one.reason == "down"] == [
        "tencent",
        "aliyun",
    ]
    waiting = finished(message(), choice, NOW)
    assert (waiting.state, waiting.due_at) == ("waiting", sooner)
    assert step(waiting, sooner) == "send"


def shut_sms(offer: Offer, shut: Shut) -> Shut | None:
    return shut if offer.channel == "sms" else None


DOWN = ([UNREACHABLE] * UNREACHABLE_TRIES, [Outcome("refused", code="x", kind="account")])


@pytest.mark.parametrize("outcomes", DOWN, ids=["unreachable", "account"])
def test_what_passes_is_waited_for_where_nothing_else_is_left(outcomes: list[Outcome]) -> None:
    was = tried(message(), *outcomes, offers=[SMS])
    again = NOW + COMES_BACK_AFTER
    assert choose(was, ANYONE, [SMS], NOW).wait_until == again
    assert choose(was, ANYONE, [SMS], again - timedelta(milliseconds=1)).offer is None
    assert choose(was, ANYONE, [SMS], again).offer == SMS


@pytest.mark.parametrize("age", [WAITED_FOR, WAITED_FOR * 2])
def test_an_old_message_is_no_news_and_waits_no_more(age: timedelta) -> None:
    was = tried(message(), *[UNREACHABLE] * UNREACHABLE_TRIES, offers=[SMS])
    choice = choose(was, ANYONE, [SMS], NOW + age)
    assert (choice.offer, choice.wait_until) == (None, None)


def test_what_one_provider_will_not_take_is_not_waited_for() -> None:
    was = tried(message(), Outcome("refused", code="x", kind="template"), offers=[SMS])
    choice = choose(was, ANYONE, [SMS], NOW)
    assert (choice.offer, choice.wait_until) == (None, None)


def test_a_gate_is_not_asked_about_what_comes_after_the_one_that_is_taken() -> None:
    asked: list[str] = []

    def gate(offer: Offer, *_: object) -> None:
        asked.append(offer.provider)

    choose(message(), ANYONE, TWO_SMS, NOW, [gate])
    assert asked == ["tencent"]


def test_an_old_message_that_was_sent_again_is_waited_for_anew() -> None:
    resend = Resend(NOW, "01S", "support", "顾客说没收到", ("sms",), 0, 0)
    old = message(created_at=NOW - WAITED_FOR, resends=(resend,))
    was = tried(old, *[UNREACHABLE] * UNREACHABLE_TRIES, offers=[SMS])
    assert choose(was, ANYONE, [SMS], NOW).wait_until == NOW + COMES_BACK_AFTER
