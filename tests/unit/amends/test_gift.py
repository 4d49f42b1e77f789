"""What a gift can cost, and that it is one thing."""

import re

import pytest

from chalicelib.amends.model.amends import Counts, order_name
from chalicelib.amends.model.gift import Gift
from chalicelib.kernel.errors import InvalidRequest
from chalicelib.kernel.words import CALLER_NAME
from chalicelib.ledger.model.refusals import NotOffered
from chalicelib.ledger.model.rules import CountCardKind, CouponKind, PointsRules, Rules

RULES = Rules(
    points=PointsRules(redeem_points=100, redeem_fen=50),
    coupons=(
        CouponKind("ten", "减10元", amount_off_fen=1_000),
        CouponKind("half", "五折", percent_off=50, cap_fen=2_000),
        CouponKind("fifth", "八折", percent_off=20),
    ),
    count_cards=(CountCardKind("cut", "剪发", "cut", 10, 30_000),),
)


@pytest.mark.parametrize(
    ("gift", "fen"),
    [
        (Gift(points=50), 25),
        (Gift(points=1), 1),
        (Gift(coupon="ten"), 1_000),
        (Gift(coupon="half"), 2_000),
        (Gift(coupon="fifth"), None),
        (Gift(count_card="cut"), 30_000),
    ],
)
def test_the_most_that_one_can_cost(gift: Gift, fen: int | None) -> None:
    assert gift.each_fen(RULES) == fen


def test_what_the_chain_does_not_offer_has_no_cost() -> None:
    with pytest.raises(NotOffered):
        Gift(coupon="none").each_fen(RULES)


@pytest.mark.parametrize("gift", [Gift(), Gift(points=1, coupon="ten")])
def test_a_gift_is_exactly_one_thing(gift: Gift) -> None:
    with pytest.raises(InvalidRequest):
        gift.check()


def test_figures_add_up_by_name() -> None:
    one = Counts(1, {"spent": 1}, {"refused": 1}, {"card_full": 1})
    other = Counts(2, {"spent": 1, "held": 1}, {"given": 2})
    added = Counts(3, {"held": 1, "spent": 2}, {"given": 2, "refused": 1}, {"card_full": 1})
    assert one.plus(other) == added


def test_the_name_of_a_grant_is_one_that_the_ledger_takes() -> None:
    assert re.match(CALLER_NAME, order_name("i" * 12, "0" * 26))
