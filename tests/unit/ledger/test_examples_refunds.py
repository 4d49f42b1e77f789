"""Money examples from the field: sums that others got wrong by a fen, and points that others gave away."""

import pytest

from chalicelib.ledger.facts import EntryPosted, Payment
from chalicelib.ledger.model.asked import Line, LinePart
from chalicelib.ledger.model.gifts import Grant
from chalicelib.ledger.model.refusals import (
    CouponNotUsable,
    NothingLeft,
    NotToday,
    RefundedAlready,
    RefundTooHigh,
)
from chalicelib.ledger.model.rules import (
    CountCardKind,
    CouponKind,
    PointsRules,
    Rules,
)
from tests.unit.ledger.shop import STORE, Shop

EARNING = Rules(points=PointsRules(earn_fen=100, redeem_points=100, redeem_fen=100))
BELOW_ZERO = Rules(points=PointsRules(earn_fen=100, may_go_below_zero=True))


def by_method(entry: EntryPosted) -> dict[str, int]:
    return {each.method: each.amount_fen for each in entry.payments}


# 16.79 sold and refunded in parts


@pytest.mark.parametrize(
    "parts",
    [
        [1679],
        [1678, 1],
        [1, 1678],
        [560, 560, 559],
        [839, 840],
        [1] * 1679,
    ],
    ids=lambda parts: "+".join(map(str, parts[:3])),
)
def test_16_79_is_refunded_as_16_79_in_whatever_parts(parts: list[int]) -> None:
    shop = Shop()
    shop.top_up(1_000, 250)
    sale = shop.sell(Payment("balance", 1_003), Payment("cash", 676))
    before = shop.left()
    back = [sale.refund(fen) for fen in parts]
    assert [entry.total_fen for entry in back] == parts
    assert sum(by_method(entry).get("cash", 0) for entry in back) == 676
    assert sum(by_method(entry).get("balance", 0) for entry in back) == 1_003
    assert shop.left() == {"m-1.0": 1_000, "m-1.1": 250}
    assert before != shop.left()
    with pytest.raises(NothingLeft):
        sale.refund(1)


@pytest.mark.parametrize(("asked", "fine"), [(678, True), (679, True), (680, False)])
def test_no_more_is_refunded_than_is_left(asked: int, *, fine: bool) -> None:
    shop = Shop()
    sale = shop.sell(Payment("cash", 1_679))
    sale.refund(1_000)
    if fine:
        assert sale.refund(asked).total_fen == asked
        return
    with pytest.raises(RefundTooHigh) as refused:
        sale.refund(asked)
    assert refused.value.values == {"left_fen": 679}


# 10.00 over three lines with 3.33 off


def three_lines(*amounts_fen: int) -> tuple[Line, ...]:
    return tuple(Line(f"line {n}", 1, fen) for n, fen in enumerate(amounts_fen))


@pytest.mark.parametrize(
    ("lines", "nets"),
    [
        ((500, 300, 200), [334, 200, 133]),
        ((334, 333, 333), [223, 222, 222]),
        ((333, 333, 334), [222, 222, 223]),
        ((998, 1, 1), [665, 1, 1]),
        ((1000, 0, 0), [667, 0, 0]),
    ],
)
def test_10_00_over_three_lines_with_3_33_off(lines: tuple[int, ...], nets: list[int]) -> None:
    """What is over after rounding down goes, a fen each, to the largest remainders."""
    shop = Shop()
    sale = shop.sell(Payment("cash", 667), lines=three_lines(*lines), discount_fen=333)
    assert sum(nets) == 667
    for number, net in enumerate(nets):
        if net:
            assert sale.refund(parts=(LinePart(number),)).total_fen == net
    assert sale.left_fen == 0


def test_each_line_gives_each_way_of_payment_back_what_it_took_for_it() -> None:
    shop = Shop()
    shop.top_up(1_000)
    sale = shop.sell(
        Payment("balance", 400),
        Payment("wechat_pay", 267),
        lines=three_lines(500, 300, 200),
        discount_fen=333,
    )
    back = [by_method(sale.refund(parts=(LinePart(number),))) for number in (2, 0, 1)]
    assert [sum(each.values()) for each in back] == [133, 334, 200]
    assert sum(each["balance"] for each in back) == 400
    assert sum(each["wechat_pay"] for each in back) == 267
    assert shop.live.balance_fen == 1_000


def test_units_of_a_line_come_to_the_line_one_by_one() -> None:
    shop = Shop()
    sale = shop.sell(Payment("cash", 1_000), lines=(Line("three", 3, 1_000),))
    back = [sale.refund(parts=(LinePart(0, 1),)).total_fen for _ in range(3)]
    assert back == [333, 333, 334]
    with pytest.raises(RefundTooHigh) as refused:
        sale.refund(parts=(LinePart(0, 1),))
    assert refused.value.values == {"left_fen": 0, "left_quantity": 0}


def test_a_sum_in_between_leaves_to_a_line_what_is_left_of_it() -> None:
    shop = Shop()
    sale = shop.sell(Payment("cash", 1_000), lines=three_lines(500, 500))
    assert sale.refund(333).total_fen == 333
    lines = [sale.refund(parts=(LinePart(number),)).total_fen for number in (0, 1)]
    assert sorted(lines) == [333, 334]
    assert sale.left_fen == 0


def test_what_paid_for_one_line_only_comes_back_with_that_line() -> None:
    shop = Shop(Rules(count_cards=(CountCardKind("wash", "Wash", "wash", 3, 9_000),)))
    shop.buy("wash")
    card = shop.live.of("count")[0].lot.lot_id
    sale = shop.sell(
        Payment("count_card", 3_000, card, times=1, line=0),
        Payment("cash", 2_000),
        lines=(Line("wash", 1, 3_000, "wash"), Line("shampoo", 1, 2_000)),
    )
    assert by_method(sale.refund(parts=(LinePart(1),))) == {"cash": 2_000}
    assert shop.left()[card] == 2
    assert by_method(sale.refund(parts=(LinePart(0),))) == {"count_card": 3_000}
    assert shop.left()[card] == 3


# Points


def points_of_three_months(shop: Shop) -> list[str]:
    for points in (100, 50, 30):
        shop.do(Grant(store=STORE, order_name=f"g{points}", points=points))
        shop.later(days=31)
    return [one.lot.lot_id for one in shop.live.of("points")]


def test_points_go_back_to_the_lots_that_they_came_from() -> None:
    shop = Shop(
        Rules(points=PointsRules(valid_months=12, redeem_points=100, redeem_fen=100)),
    )
    lots = points_of_three_months(shop)
    sale = shop.sell(Payment("points", 120))
    assert [shop.left().get(lot) for lot in lots] == [None, 30, 30]
    sale.refund(60)
    assert [shop.left().get(lot) for lot in lots] == [50, 40, 30]
    sale.refund(59)
    sale.refund()
    assert [shop.left().get(lot) for lot in lots] == [100, 50, 30]
    ends = [one.lot.expires_at for one in shop.live.of("points")]
    assert len(set(ends)) == 3


def test_earned_points_are_taken_back_once_however_the_refund_is_cut() -> None:
    for parts in ([1_000], [1, 999], [333, 333, 334], [10] * 100):
        shop = Shop(EARNING)
        sale = shop.sell(Payment("cash", 1_000))
        assert shop.live.points == 10
        for fen in parts:
            sale.refund(fen)
        assert (shop.live.points, sum(e.points_earned for e in shop.entries)) == (0, 0)


def test_nobody_buys_refunds_and_keeps_the_points() -> None:
    """The points of a sale are spent before it is refunded: they come from what else there is, or are owed."""
    shop = Shop(Rules(points=PointsRules(1, redeem_points=1, redeem_fen=1, may_go_below_zero=True)))
    for _ in range(3):
        bought = shop.sell(Payment("cash", 1_000))
        used = shop.sell(Payment("points", 600))
        bought.refund()
        assert shop.live.points == -600
        used.refund()
        assert shop.live.points == 0


def test_where_points_may_not_go_below_zero_they_stop_there() -> None:
    shop = Shop(Rules(points=PointsRules(1, redeem_points=1, redeem_fen=1)))
    bought = shop.sell(Payment("cash", 1_000))
    shop.sell(Payment("points", 600))
    bought.refund()
    assert shop.live.points == 0


def test_points_that_are_owed_are_paid_from_the_next_ones() -> None:
    shop = Shop(BELOW_ZERO)
    bought = shop.sell(Payment("cash", 1_000))
    shop.do(Grant(store=STORE, order_name="g", points=5))
    bought.refund()
    assert shop.live.points == 5
    again = Shop(BELOW_ZERO)
    sale = again.sell(Payment("cash", 1_000))
    again.rules = Rules(
        points=PointsRules(100, redeem_points=1, redeem_fen=1, may_go_below_zero=True)
    )
    again.sell(Payment("points", 10))
    sale.refund()
    assert again.live.points == -10
    again.sell(Payment("cash", 1_500))
    assert again.live.points == 5


def test_points_of_a_sale_that_was_refunded_twice_are_not_taken_twice() -> None:
    """The refund of a part, then the rest, then once more: the last one is refused and takes nothing."""
    shop = Shop(EARNING)
    shop.do(Grant(store=STORE, order_name="g", points=100))
    sale = shop.sell(Payment("cash", 1_000))
    sale.refund(500)
    sale.refund()
    with pytest.raises(NothingLeft):
        sale.refund()
    assert shop.live.points == 100


def test_who_returns_a_count_card_gives_its_points_back() -> None:
    rules = Rules(
        points=PointsRules(earn_fen=100),
        count_cards=(CountCardKind("wash", "Wash", "wash", 4, 10_000),),
    )
    shop = Shop(rules)
    bought = shop.buy("wash")
    assert (shop.live.points, shop.account.months["2026-11"].spent_fen) == (100, 10_000)
    assert shop.pay_back(bought)[0] == 10_000
    assert (shop.live.points, shop.account.months["2026-11"].spent_fen) == (0, 0)


# Coupons and voids


def test_a_coupon_comes_back_with_the_last_fen_that_it_stood_for() -> None:
    shop = Shop(Rules(coupons=(CouponKind("off", "5 off", amount_off_fen=500),)))
    shop.do(Grant(store=STORE, order_name="g", coupon="off"))
    coupon = shop.live.of("coupon")[0].lot.lot_id
    sale = shop.sell(Payment("cash", 500), Payment("coupon", 500, coupon))
    sale.refund(999)
    assert not shop.live.of("coupon")
    with pytest.raises(CouponNotUsable):
        shop.sell(Payment("coupon", 500, coupon))
    sale.refund(1)
    assert shop.left() == {coupon: 1}
    shop.sell(Payment("coupon", 500, coupon))


def test_a_void_is_for_today_and_for_all_of_it() -> None:
    shop = Shop(EARNING)
    shop.top_up(1_000)
    today, part, old = (shop.sell(Payment("balance", 300)) for _ in range(3))
    assert (today.void().total_fen, shop.live.balance_fen) == (300, 400)
    part.refund(1)
    with pytest.raises(RefundedAlready):
        part.void()
    shop.later(hours=15, minutes=59, seconds=59)
    old.void()
    late = shop.sell(Payment("cash", 300))
    shop.later(seconds=1)
    with pytest.raises(NotToday):
        late.void()
    assert late.refund().total_fen == 300


# Debts


def test_what_was_owed_comes_back_as_money_that_was_paid() -> None:
    shop = Shop()
    shop.top_up(100)
    sale = shop.sell(Payment("balance", 250), trust_fen=150)
    assert shop.live.balance_fen == -150
    sale.refund(100)
    assert shop.live.balance_fen == -50
    shop.top_up(80)
    assert (shop.live.balance_fen, shop.live.of("debt")) == (30, [])
    sale.refund()
    assert shop.live.balance_fen == 180
