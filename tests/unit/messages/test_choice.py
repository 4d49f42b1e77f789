"""Which channel is next, and why not the others."""

import pytest

from chalicelib.messages.model.choice import UNREACHABLE_TRIES, Offer, choose, masked
from chalicelib.messages.model.course import Outcome
from tests.unit.messages.builders import NOW, OFFERS, WECHAT, Someone, message, tried

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
