"""What was owed, paid later and given back: it is paid out whole, once, and takes nothing else with it."""

import pytest
from msgspec.structs import replace

from chalicelib.ledger.facts import EntryPosted, Payment
from chalicelib.ledger.model.posting import Order
from chalicelib.ledger.model.refusals import NothingLeft
from chalicelib.ledger.model.rules import BalanceRules, PointsRules, RefundRules, Rules
from chalicelib.ledger.model.top_ups import quotes
from tests.unit.ledger.shop import Shop


def order_of(entry: EntryPosted) -> Order:
    return Order("s1", entry.kind, "r", "", entry=entry)


def test_two_debts_of_one_sale_are_paid_out_whole() -> None:
    shop = Shop()
    sale = shop.sell(Payment("balance", 100), Payment("balance", 60), trust_fen=1_000)
    shop.top_up(160)
    back, bought = shop.pay_back(order_of(sale.refund()))
    assert (back, shop.live.balance_fen) == (160, 0)
    with pytest.raises(NothingLeft):
        shop.pay_back(replace(bought, refunds=1))


def test_paying_it_out_takes_no_points_and_no_months_a_second_time() -> None:
    shop = Shop(Rules(points=PointsRules(earn_fen=1)))
    sale = shop.sell(Payment("balance", 1_000), trust_fen=1_000)
    shop.top_up(1_000)
    refund = sale.refund()
    shop.sell(Payment("cash", 50))
    assert shop.pay_back(order_of(refund))[0] == 1_000
    month = shop.account.months["2026-11"]
    assert (shop.live.points, month.spent_fen, month.points) == (50, 50, 50)


def test_the_ends_of_two_pieces_of_a_bonus_take_nothing_off_what_would_be_paid_back() -> None:
    shop = Shop(Rules(balance=BalanceRules(100, 1), refunds=RefundRules(reopened_days=2)))
    shop.top_up(100, 50)
    sales = [shop.sell(Payment("balance", 20)) for _ in range(2)]
    shop.later(days=3)
    for sale in sales:
        sale.refund()
    assert [each.back_fen for each in quotes(shop.account)] == [100]
    shop.later(days=5)
    shop.sell(Payment("cash", 1))
    assert [each.back_fen for each in quotes(shop.account)] == [100]
