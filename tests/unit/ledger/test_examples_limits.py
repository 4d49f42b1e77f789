"""Below, at and above: thresholds, trust, times, and how much a card may hold."""

import pytest

from chalicelib.ledger.facts import Payment
from chalicelib.ledger.model.account import Account
from chalicelib.ledger.model.gifts import Grant, JoinIn, JoinOut, TransferIn, TransferOut
from chalicelib.ledger.model.posting import post
from chalicelib.ledger.model.refusals import (
    BalanceTooHigh,
    BalanceTooLow,
    CountCardNotUsable,
    CouponNotUsable,
)
from chalicelib.ledger.model.rules import BalanceRules, CountCardKind, CouponKind, Rules
from tests.unit.ledger.shop import NOW, STORE, Shop


@pytest.mark.parametrize(("total", "fine"), [(999, False), (1_000, True), (1_001, True)])
def test_a_coupon_is_good_from_its_threshold_on(total: int, *, fine: bool) -> None:
    off = CouponKind("off", "Off", amount_off_fen=300, threshold_fen=1_000)
    shop = Shop(Rules(coupons=(off,)))
    shop.do(Grant(store=STORE, order_name="g", coupon="off"))
    paid = (Payment("coupon", 300, "m-1.0"), Payment("cash", total - 300))
    if fine:
        assert shop.sell(*paid).entry.total_fen == total
        return
    with pytest.raises(CouponNotUsable) as refused:
        shop.sell(*paid)
    assert refused.value.values == {"because": "threshold", "threshold_fen": 1_000}


@pytest.mark.parametrize(("second", "fine"), [(49, True), (50, True), (51, False)])
def test_what_is_owed_already_counts_against_the_trust(second: int, *, fine: bool) -> None:
    shop = Shop()
    shop.top_up(100)
    shop.sell(Payment("balance", 150), trust_fen=100)
    if fine:
        shop.sell(Payment("balance", second), trust_fen=100)
        assert shop.live.balance_fen == -50 - second
        return
    with pytest.raises(BalanceTooLow):
        shop.sell(Payment("balance", second), trust_fen=100)


@pytest.mark.parametrize(("times", "left"), [(2, 1), (3, 0), (4, None)])
def test_a_count_card_gives_as_many_times_as_it_has(times: int, left: int | None) -> None:
    shop = Shop(Rules(count_cards=(CountCardKind("wash", "Wash", "wash", 3, 900),)))
    shop.buy("wash")
    paid = Payment("count_card", 300 * times, "m-1.0", times=times)
    if left is None:
        with pytest.raises(CountCardNotUsable) as refused:
            shop.sell(paid)
        assert refused.value.values == {"because": "used_up", "left": 3}
        return
    sale = shop.sell(paid)
    assert shop.left().get("m-1.0", 0) == left
    sale.refund()
    assert shop.left() == {"m-1.0": 3}


@pytest.mark.parametrize(("amount", "fine"), [(399, True), (400, True), (401, False)])
def test_nobody_is_handed_more_than_a_card_may_hold(amount: int, *, fine: bool) -> None:
    rules = Rules(balance=BalanceRules(most_fen=1_000))
    giving, taking = Shop(rules), Shop(rules)
    giving.top_up(800)
    taking.top_up(600)
    out = TransferOut(store=STORE, order_name="x", other_id="other", amount_fen=amount)
    came = TransferIn(store=STORE, order_name="x", out=post(giving.account, out, rules, NOW).entry)
    if fine:
        assert post(taking.account, came, rules, NOW).account.balance_fen == 600 + amount
        return
    with pytest.raises(BalanceTooHigh):
        post(taking.account, came, rules, NOW)


def test_who_is_joined_brings_the_months_that_count() -> None:
    shop = Shop()
    shop.sell(Payment("cash", 700))
    out = post(shop.account, JoinOut(into="other"), Rules(), NOW).entry
    joined = post(Account("other"), JoinIn(left=shop.account, out=out), Rules(), NOW).account
    assert joined.months == shop.account.months
    assert joined.months["2026-11"].spent_fen == 700
