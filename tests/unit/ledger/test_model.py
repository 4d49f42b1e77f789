"""What a posting does to an account."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.kernel.errors import InvalidRequest
from chalicelib.kernel.money import MOST_FEN, yuan
from chalicelib.ledger.facts import Payment
from chalicelib.ledger.model.account import Account
from chalicelib.ledger.model.posting import Posted, Posting, check_occurred_at, post
from chalicelib.ledger.model.refusals import BalanceTooHigh, BalanceTooLow
from chalicelib.ledger.model.rules import Rules
from chalicelib.ledger.model.spends import spend
from chalicelib.ledger.model.top_ups import TopUp
from tests.unit.ledger.shop import NOW, STORE


def topped_up(fen: int, bonus_fen: int = 0) -> TopUp:
    return TopUp(
        store=STORE, order_name="t", paid=Payment("cash", fen), bonus_fen=bonus_fen, free=True
    )


def holding(fen: int) -> Account:
    return done(Account("m"), topped_up(fen)).account


def done(account: Account, posting: Posting) -> Posted:
    return post(account, posting, Rules(), NOW)


def of_balance(fen: int) -> Posting:
    return spend(STORE, "o", total_fen=fen, payments=[Payment("balance", fen)])


@pytest.mark.parametrize("fen", [499, 500])
def test_a_balance_pays_up_to_all_of_it(fen: int) -> None:
    after, entry, *_ = done(holding(500), of_balance(fen))
    assert (after.balance_fen, after.seq) == (500 - fen, 2)
    assert (entry.delta_fen, entry.balance_after_fen, entry.seq) == (-fen, 500 - fen, 2)


def test_a_balance_pays_no_fen_more() -> None:
    with pytest.raises(BalanceTooLow) as refused:
        done(holding(500), of_balance(501))
    assert refused.value.values == {"missing_fen": 1, "missing_yuan": "0.01"}


def test_cash_leaves_the_balance_alone() -> None:
    posting = spend(STORE, "o", total_fen=900, payments=[Payment("cash", 900)])
    after, entry, *_ = done(holding(500), posting)
    assert (after.balance_fen, entry.delta_fen, entry.total_fen) == (500, 0, 900)


@pytest.mark.parametrize("paid", [899, 901])
def test_payments_must_add_up(paid: int) -> None:
    with pytest.raises(InvalidRequest):
        spend(STORE, "o", total_fen=900, payments=[Payment("cash", paid)])


def test_no_account_holds_more_than_the_limit() -> None:
    assert holding(MOST_FEN).balance_fen == MOST_FEN
    with pytest.raises(BalanceTooHigh):
        done(holding(1), topped_up(MOST_FEN))


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 1000)), max_size=40))
def test_the_balance_is_the_sum_of_the_entries(moves: list[tuple[bool, int]]) -> None:
    account = Account("m")
    entries = []
    for is_top_up, fen in moves:
        posting = topped_up(fen, fen // 10) if is_top_up else of_balance(fen)
        try:
            account, entry, *_ = done(account, posting)
        except BalanceTooLow:
            continue
        entries.append(entry)
        assert account.balance_fen == sum(e.delta_fen for e in entries) >= 0
    assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))


@pytest.mark.parametrize(
    ("ahead", "fine"),
    [
        (timedelta(minutes=5), True),
        (timedelta(minutes=5, seconds=1), False),
        (timedelta(days=-7), True),
        (timedelta(days=-7, seconds=-1), False),
    ],
)
def test_a_sale_is_of_this_week_and_not_of_the_future(ahead: timedelta, *, fine: bool) -> None:
    if fine:
        check_occurred_at(NOW + ahead, NOW)
        return
    with pytest.raises(InvalidRequest):
        check_occurred_at(NOW + ahead, NOW)


def test_fen_are_read_as_yuan() -> None:
    assert [yuan(fen) for fen in (0, 5, 100, 1234, -1234)] == [
        "0.00",
        "0.05",
        "1.00",
        "12.34",
        "-12.34",
    ]
