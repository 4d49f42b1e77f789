"""Stored value by the law of prepaid cards: what bonus is given, drawn, and what unused value is worth."""

from datetime import timedelta

import pytest

from chalicelib.ledger.facts import Payment
from chalicelib.ledger.model.gifts import Grant
from chalicelib.ledger.model.refusals import BonusNotGranted, CardFull, NothingLeft
from chalicelib.ledger.model.rules import (
    BalanceRules,
    CountCardKind,
    CouponKind,
    Percent,
    Rules,
    TopUpRule,
)
from tests.unit.ledger.shop import STORE, Shop

A_MOMENT = timedelta(milliseconds=1)
PAY_500_GET_80 = Rules(top_ups=(TopUpRule("big", 50_000, 8_000),))


@pytest.mark.parametrize(("paid", "bonus"), [(49_999, 0), (50_000, 8_000), (50_001, 8_000)])
def test_pay_500_get_80(paid: int, bonus: int) -> None:
    shop = Shop(PAY_500_GET_80)
    shop.top_up(paid)
    assert [one.left for one in shop.live.holdings] == [paid, *([bonus] if bonus else [])]


def test_the_highest_bonus_counts_and_another_is_refused() -> None:
    shop = Shop(
        Rules(top_ups=(TopUpRule("a", 100, 10), TopUpRule("first", 100, 30, first_only=True)))
    )
    with pytest.raises(BonusNotGranted) as refused:
        shop.top_up(100, 10, free=False)
    assert refused.value.values == {"bonus_fen": 30}
    assert [shop.top_up(100).entry.bonus_fen for _ in range(2)] == [30, 10]  # type: ignore[union-attr] # taken


@pytest.mark.parametrize(
    ("percent", "left"),
    [
        (None, {"m-1.0": 41_379, "m-1.1": 6_621}),
        (0, {"m-1.0": 40_000, "m-1.1": 8_000}),
        (50, {"m-1.0": 45_000, "m-1.1": 3_000}),
        (100, {"m-1.0": 48_000}),
    ],
)
def test_a_hundred_is_drawn_as_the_chain_says(
    percent: Percent | None, left: dict[str, int]
) -> None:
    shop = Shop(Rules(balance=BalanceRules(percent)))
    shop.top_up(50_000, 8_000)
    shop.sell(Payment("balance", 10_000))
    assert shop.left() == left


# Paid back: paid ÷ (paid + bonus) of what is left; all of it within seven days, unused


@pytest.mark.parametrize("used", [1, 10_000, 29_000, 57_999])
@pytest.mark.parametrize("percent", [None, 0, 50, 100])
def test_what_is_left_is_paid_back_by_what_was_paid_for_it(used: int, percent: int | None) -> None:
    """However it was drawn: neither the chain's order nor the bonus makes it worth less or more."""
    shop = Shop(Rules(balance=BalanceRules(percent)))
    bought = shop.top_up(50_000, 8_000)
    shop.sell(Payment("balance", used))
    back, _ = shop.pay_back(bought)
    exact = (58_000 - used) * 50_000 / 58_000
    assert abs(back - exact) <= 0.5
    assert shop.live.balance_fen == 0


@pytest.mark.parametrize(
    ("after", "back"), [(-A_MOMENT, 500), (0 * A_MOMENT, 500), (A_MOMENT, 500)]
)
def test_unused_without_end_all_is_paid_back_on_the_seventh_day_and_after(
    after: timedelta, back: int
) -> None:
    shop = Shop()
    bought = shop.top_up(500, 80)
    shop.now += timedelta(days=7) + after
    assert shop.pay_back(bought)[0] == back


def test_in_pieces_no_more_is_paid_back_than_was_paid() -> None:
    shop = Shop()
    bought = shop.top_up(3, 3)
    backs = []
    for _ in range(6):
        sale = (
            shop.sell(Payment("balance", shop.live.balance_fen - 1))
            if shop.live.balance_fen > 1
            else None
        )
        try:
            back, bought = shop.pay_back(bought)
        except NothingLeft:
            break
        backs.append(back)
        if sale is None:
            break
        sale.refund()
    assert sum(backs) == 3


@pytest.mark.parametrize(("used", "back"), [(0, 9_999), (1, 7_999), (2, 5_999), (4, 2_000)])
def test_times_that_are_left_of_a_count_card_are_paid_back(used: int, back: int) -> None:
    shop = Shop(Rules(count_cards=(CountCardKind("cut5", "Five cuts", "cut", 5, 9_999),)))
    bought = shop.buy("cut5")
    card = shop.live.of("count")[0].lot.lot_id
    for _ in range(used):
        shop.sell(Payment("count_card", 2_000, card, times=1))
    paid, bought = shop.pay_back(bought)
    assert paid == back
    with pytest.raises(NothingLeft):
        shop.pay_back(bought)


def test_a_card_is_full_some_time_and_has_room_again_once_something_is_used() -> None:
    shop = Shop(Rules(coupons=(CouponKind("off", "Off", amount_off_fen=1),)))
    with pytest.raises(CardFull):
        fill(shop)
    assert len(shop.live.holdings) >= 100
    shop.sell(Payment("coupon", 1, "m-1.0"))
    shop.do(Grant(store=STORE, order_name="now", coupon="off"))


def fill(shop: Shop) -> None:
    for n in range(2_000):
        shop.do(Grant(store=STORE, order_name=f"g{n}", coupon="off"))
