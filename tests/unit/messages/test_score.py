"""Scorecards: what a call and a report add, what is made of it, and providers in the order that was decided."""

from datetime import timedelta

import pytest

from chalicelib.messages.model.choice import Offer, Provider
from chalicelib.messages.model.course import Outcome
from chalicelib.messages.model.message import Attempt, AttemptState, ChannelName
from chalicelib.messages.model.score import (
    FEW,
    Figures,
    Order,
    best_known,
    figures,
    in_order,
    of_call,
    of_report,
    summed,
    taken_of,
    took_s,
)
from tests.unit.messages.builders import ALIYUN, EMAIL, NOW, SMS, WECHAT

GOOD = {"accepted": 100, "delivered": 100, "took_5": 100}


def attempt(state: AttemptState, took_s: float, kind: str | None = None) -> Attempt:
    at = NOW + timedelta(seconds=took_s)
    return Attempt(
        1, "sms", "tencent", "m-1", "138****5678", NOW, state, NOW, reported_at=at, kind=kind
    )


@pytest.mark.parametrize(
    ("outcome", "counts"),
    [
        (Outcome("accepted"), {"accepted": 1}),
        (Outcome("unknown", code="ReadTimeout"), {"unknown": 1}),
        (Outcome("refused", kind="number"), {"refused_number": 1}),
        (Outcome("refused", kind="template"), {"refused_template": 1, "template_spend": 1}),
    ],
)
def test_what_a_call_adds(outcome: Outcome, counts: dict[str, int]) -> None:
    assert of_call(outcome, "spend") == counts


@pytest.mark.parametrize(
    ("seconds", "counted"),
    [(-3, "took_5"), (5, "took_5"), (5.001, "took_15"), (21_601, "took_longer")],
)
def test_a_receipt_is_counted_by_how_long_it_took(seconds: float, counted: str) -> None:
    assert of_report(attempt("delivered", seconds)) == {"delivered": 1, counted: 1}


def test_what_the_carrier_refused_is_counted_by_its_word() -> None:
    counts = of_report(attempt("undelivered", 9, "sign_name"))
    assert counts == {"undelivered": 1, "carrier_sign_name": 1}


def test_a_no_to_a_phone_is_not_held_against_the_provider() -> None:
    card = {"accepted": 90, "refused_number": 50, "refused_account": 4, "unknown": 6}
    assert taken_of(card) == (90, 100)


def test_median_and_p95_are_those_within_which_that_share_arrived() -> None:
    card = {"took_5": 50, "took_60": 44, "took_1800": 1, "took_longer": 5}
    assert [took_s(card, share) for share in (0.5, 0.51, 0.95, 0.96)] == [5, 60, 1800, None]
    assert took_s({}, 0.5) is None


@pytest.mark.parametrize(("count", "says"), [(FEW - 1, False), (FEW, True)])
def test_few_figures_say_nothing(count: int, says: bool) -> None:  # noqa: FBT001
    card = {"accepted": count, "delivered": count, "took_5": count}
    assert (figures(card).worth is not None) is says
    assert best_known(card, GOOD).worth == 1.0


def test_what_arrives_late_counts_as_if_it_had_not_arrived() -> None:
    card = {"accepted": 100, "delivered": 90, "undelivered": 10, "took_5": 60, "took_1800": 30}
    assert figures(card) == Figures(1.0, 0.6)


def test_an_order_is_of_a_channels_providers_among_themselves() -> None:
    orders: dict[ChannelName, Order] = {"sms": Order(("aliyun", "tencent"), "better", NOW, 1)}
    offers = (WECHAT, SMS, ALIYUN, EMAIL)
    assert in_order(offers, orders, set()) == [WECHAT, ALIYUN, SMS, EMAIL]
    assert in_order(offers, {}, set()) == list(offers)


def test_one_that_a_message_should_try_comes_first() -> None:
    assert in_order((SMS, ALIYUN), {}, {Provider("sms", "aliyun")}) == [ALIYUN, SMS]


def test_one_that_the_order_does_not_know_comes_last() -> None:
    other = Offer("sms", "third", SMS.kinds)
    orders: dict[ChannelName, Order] = {"sms": Order(("aliyun", "tencent"), "better", NOW, 1)}
    assert in_order((other, SMS, ALIYUN), orders, set()) == [ALIYUN, SMS, other]


def test_cards_are_added_up() -> None:
    assert summed([{"accepted": 1}, {"accepted": 2, "unknown": 1}]) == {"accepted": 3, "unknown": 1}
