"""When things end: at the day cut, all that is left of their own lot, and nothing of another."""

from datetime import UTC, date, datetime, timedelta

import pytest

from chalicelib.ledger.facts import Payment
from chalicelib.ledger.model.gifts import Grant
from chalicelib.ledger.model.refusals import BalanceTooLow, CouponNotUsable, PointsTooLow
from chalicelib.ledger.model.rules import (
    BalanceRules,
    CouponKind,
    PointsRules,
    RefundRules,
    Rules,
)
from tests.unit.ledger.shop import STORE, Shop

A_MOMENT = timedelta(milliseconds=1)
POINTS = PointsRules(valid_months=1, redeem_points=1, redeem_fen=1)


def cut(day: date, hour: int) -> datetime:
    """`hour` o'clock in Shanghai, on that day."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(hours=hour - 8)


def bonus_of_ten_days(hour: int) -> Shop:
    shop = Shop(Rules(day_cut_hour=hour, balance=BalanceRules(bonus_valid_days=10)))
    shop.top_up(1_000, 100)
    return shop


@pytest.mark.parametrize("hour", [0, 4])
@pytest.mark.parametrize(
    ("off", "spendable"), [(-A_MOMENT, 1_100), (0 * A_MOMENT, 1_000), (A_MOMENT, 1_000)]
)
def test_a_bonus_is_good_through_its_last_day(hour: int, off: timedelta, spendable: int) -> None:
    """Bought on the 22nd, good for ten days more: the day of the 2nd ends at the cut of the 3rd."""
    shop = bonus_of_ten_days(hour)
    shop.now = cut(date(2026, 12, 3), hour) + off
    assert shop.live.balance_fen == spendable
    with pytest.raises(BalanceTooLow):
        shop.sell(Payment("balance", spendable + 1))
    shop.sell(Payment("balance", spendable))
    assert ("expiry" in [entry.kind for entry in shop.entries]) == (spendable == 1_000)


@pytest.mark.parametrize(
    ("bought_at", "last_day"),
    [
        (cut(date(2026, 11, 23), 4) - A_MOMENT, date(2026, 12, 2)),
        (cut(date(2026, 11, 23), 4), date(2026, 12, 3)),
    ],
    ids=["before four it is still yesterday", "at four the day begins"],
)
def test_the_days_are_counted_from_the_business_day(bought_at: datetime, last_day: date) -> None:
    shop = Shop(Rules(balance=BalanceRules(bonus_valid_days=10)), bought_at)
    shop.top_up(1_000, 100)
    assert shop.live.of("bonus")[0].lot.expires_at == cut(last_day + timedelta(days=1), 4)


@pytest.mark.parametrize(("off", "left"), [(-A_MOMENT, 70), (0 * A_MOMENT, 0)])
def test_points_of_a_month_end_with_a_month(off: timedelta, left: int) -> None:
    shop = Shop(Rules(points=POINTS))
    shop.do(Grant(store=STORE, order_name="a", points=50))
    shop.later(days=3)
    shop.do(Grant(store=STORE, order_name="b", points=20))
    assert len(shop.live.of("points")) == 1
    shop.now = cut(date(2027, 1, 1), 4) + off
    assert shop.live.points == left


@pytest.mark.parametrize(("off", "starts"), [(-A_MOMENT, False), (0 * A_MOMENT, True)])
def test_a_coupon_starts_and_ends_at_the_cut(off: timedelta, *, starts: bool) -> None:
    kind = CouponKind(
        "dec",
        "December",
        amount_off_fen=100,
        starts_on=date(2026, 12, 1),
        ends_on=date(2026, 12, 31),
    )
    shop = Shop(Rules(coupons=(kind,)))
    shop.do(Grant(store=STORE, order_name="g", coupon="dec"))
    coupon = shop.live.of("coupon")[0].lot.lot_id
    shop.now = cut(date(2026, 12, 1), 4) + off
    if starts:
        sale = shop.sell(Payment("coupon", 100, coupon))
        sale.refund()
        shop.now = cut(date(2027, 1, 1), 4)
    with pytest.raises(CouponNotUsable) as refused:
        shop.sell(Payment("coupon", 100, coupon))
    assert refused.value.values["because"] == ("unknown" if starts else "not_yet")


# Refunds and ends


@pytest.mark.parametrize(
    ("off", "reopened"), [(-A_MOMENT, False), (0 * A_MOMENT, True), (A_MOMENT, True)]
)
def test_a_refund_on_the_last_day_goes_back_to_the_lot_and_later_reopens_it(
    off: timedelta, *, reopened: bool
) -> None:
    shop = bonus_of_ten_days(4)
    sale = shop.sell(Payment("balance", 60))
    end = cut(date(2026, 12, 3), 4)
    shop.now = end + off
    sale.refund()
    (bonus,) = shop.live.of("bonus")
    if not reopened:
        assert (bonus.lot.expires_at, bonus.left) == (end, 100)
        return
    assert (bonus.left, bonus.lot.reopens) == (60, "m-1.1")
    assert bonus.lot.expires_at == cut(date(2027, 1, 3), 4)
    assert [e.delta_fen for e in shop.entries] == [1_100, -60, -40, 60]


def test_what_was_reopened_ends_too_and_may_be_reopened_again() -> None:
    rules = Rules(balance=BalanceRules(bonus_valid_days=1), refunds=RefundRules(reopened_days=2))
    shop = Shop(rules)
    shop.top_up(100, 50)
    for _ in range(3):
        sale = shop.sell(Payment("balance", 50))
        shop.later(days=5)
        sale.refund()
        (bonus,) = shop.live.of("bonus")
        assert (bonus.left, bonus.lot.reopens) == (50, "m-1.1")
    shop.later(days=5)
    assert shop.live.balance_fen == 100


def test_points_that_would_be_taken_back_and_have_ended_are_gone_already() -> None:
    """What they had earned went with its month; others, earned later, are not touched for it."""
    shop = Shop(Rules(points=PointsRules(100, valid_months=1, may_go_below_zero=True)))
    sale = shop.sell(Payment("cash", 1_000))
    shop.now = cut(date(2027, 1, 1), 4)
    shop.sell(Payment("cash", 700))
    sale.refund()
    assert shop.live.points == 7


# "Balance collapse": credits that expired drop out of a sum, old debits stay in it


def test_what_was_spent_before_the_end_is_not_taken_a_second_time_by_it() -> None:
    """100 points, 80 of them spent, then the month ends: 20 go, and the 50 of the next month stay 50."""
    shop = Shop(Rules(points=POINTS))
    shop.do(Grant(store=STORE, order_name="a", points=100))
    shop.sell(Payment("points", 80))
    shop.now = cut(date(2026, 12, 20), 12)
    shop.do(Grant(store=STORE, order_name="b", points=50))
    shop.now = cut(date(2027, 1, 1), 4)
    assert shop.live.points == 50
    shop.sell(Payment("points", 50))
    gone = [entry.points_delta for entry in shop.entries if entry.kind == "expiry"]
    assert gone == [-20]
    assert sum(entry.points_delta for entry in shop.entries) == shop.live.points == 0
    with pytest.raises(PointsTooLow):
        shop.sell(Payment("points", 1))


def test_the_end_of_a_bonus_takes_no_money_that_was_paid() -> None:
    shop = bonus_of_ten_days(4)
    shop.sell(Payment("balance", 30))
    shop.later(days=20)
    shop.sell(Payment("balance", 1))
    gone = [entry for entry in shop.entries if entry.kind == "expiry"]
    assert [(entry.delta_fen, entry.total_fen) for entry in gone] == [(-70, 70)]
    assert shop.live.balance_fen == 999


def test_what_ends_soonest_is_spent_first() -> None:
    shop = Shop(Rules(balance=BalanceRules(bonus_valid_days=10)))
    shop.top_up(100, 50)
    shop.later(days=1)
    shop.top_up(100, 50)
    sale = shop.sell(Payment("balance", 120))
    assert [(m.lot.lot_id, m.amount) for m in sale.entry.moves] == [
        ("m-1.1", -50), ("m-2.1", -50), ("m-1.0", -20),
    ]  # fmt: skip
