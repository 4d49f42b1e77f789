"""What ends leaves its account at the day cut, is never spendable after it, and is announced ahead, once."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from msgspec import structs

from chalicelib.ledger.facts import EntryPosted, Payment
from chalicelib.ledger.model.refusals import BalanceTooLow
from chalicelib.ledger.model.rules import BalanceRules, PointsRules, Rules
from chalicelib.ledger.model.top_ups import quotes
from chalicelib.ledger.service import Ledger
from chalicelib.ledger.service.expiry import Expiring
from chalicelib.ledger.table import dues
from chalicelib.ledger.table import entries as table
from chalicelib.members.model import Trail
from tests.house import BY, House
from tests.integration.ledger.bookkeeping import START, Shop

RULES = Rules(
    balance=BalanceRules(bonus_valid_days=10),
    points=PointsRules(earn_fen=100, valid_months=1),
)
END = datetime(2026, 12, 2, 20, 0, tzinfo=UTC)  # the cut, at four in the morning, after ten days
ALWAYS = lambda: True  # noqa: E731
seeds = itertools.count(1)


@pytest.fixture
def shop(house: House) -> Shop:
    """Where no time passes by itself."""
    dues.keep_done(START.date(), BY)
    return Shop(house, next(seeds), rules=RULES, tick=timedelta())


@pytest.fixture
def member_id(shop: Shop) -> str:
    made = shop.member(0)
    shop.top_up(made, 10_000, 2_000)
    return made


def entries(member_id: str) -> list[EntryPosted]:
    return table.upto(member_id, 99)


@pytest.mark.parametrize(
    ("ahead", "left"), [(timedelta(milliseconds=-1), 12_000), (timedelta(), 10_000)]
)
def test_a_bonus_is_good_until_the_day_cut_and_not_after(
    shop: Shop, member_id: str, ahead: timedelta, left: int
) -> None:
    shop.now = END + ahead
    assert shop.desk.card(member_id).account.balance_fen == left


def test_what_has_ended_is_not_spent_though_nobody_swept_it(shop: Shop, member_id: str) -> None:
    shop.now = END
    with pytest.raises(BalanceTooLow):
        shop.spend(member_id, Payment("balance", 12_000))
    assert shop.spend(member_id, Payment("balance", 10_000)).balance_after_fen == 0
    kinds = [(e.kind, e.delta_fen) for e in entries(member_id)]
    assert kinds == [("top_up", 12_000), ("expiry", -2_000), ("spend", -10_000)]


def test_the_round_lets_it_leave_once_and_says_so_ahead_once(shop: Shop, member_id: str) -> None:
    shop.now = END - timedelta(days=RULES.notice_days)
    for _ in range(3):
        Expiring(shop.desk).run(ALWAYS)
    notice = entries(member_id)[-1]
    assert (notice.kind, notice.total_fen, notice.occurred_at) == ("expiry_notice", 2_000, END)
    assert notice.order_name == "2026-12-02"
    shop.now = END + timedelta(hours=1)
    for _ in range(3):
        Expiring(shop.desk).run(ALWAYS)
    kinds = [e.kind for e in entries(member_id)]
    assert kinds == ["top_up", "expiry_notice", "expiry"]
    assert [e.kind for e in shop.desk.history(Trail(member_id), 10).entries] == ["expiry", "top_up"]


def test_a_round_that_was_down_for_weeks_forgets_nobody(shop: Shop, member_id: str) -> None:
    shop.now = END + timedelta(days=40)
    Expiring(shop.desk).run(ALWAYS)
    assert entries(member_id)[-1].kind == "expiry"


def test_points_of_one_month_end_together(shop: Shop, member_id: str) -> None:
    for _ in range(3):
        shop.spend(member_id, Payment("cash", 500))
    lots = shop.desk.card(member_id).account.of("points")
    assert [(one.left, one.lot.expires_at) for one in lots] == [
        (15, datetime(2026, 12, 31, 20, 0, tzinfo=UTC))
    ]
    shop.now = datetime(2026, 12, 31, 20, 0, tzinfo=UTC)
    assert shop.desk.card(member_id).account.points == 0
    shop.grant(member_id, points=7)
    assert shop.desk.card(member_id).account.points == 7


def test_nobody_waits_for_a_member_whose_account_cannot_be_read(
    shop: Shop, member_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.now = END
    broken = Expiring(shop.desk)
    monkeypatch.setattr(Ledger, "expire", lambda *_: 1 / 0)
    broken.run(ALWAYS)
    monkeypatch.undo()
    Expiring(shop.desk).run(ALWAYS)
    assert entries(member_id)[-1].kind == "expiry"


def test_the_end_of_a_gift_takes_nothing_off_what_was_paid(shop: Shop, member_id: str) -> None:
    shop.now = END
    (before,) = quotes(shop.desk.card(member_id).account)
    Expiring(shop.desk).run(ALWAYS)
    (after,) = quotes(shop.desk.card(member_id).account)
    assert (after.left, after.back_fen) == (10_000, 10_000)
    assert before.entry_id == after.entry_id == f"{member_id}-1"


@pytest.mark.parametrize("used_fen", [1, 3_000, 11_999])
def test_the_quote_is_the_same_before_and_after_the_gift_ends(
    shop: Shop, member_id: str, used_fen: int
) -> None:
    shop.spend(member_id, Payment("balance", used_fen))
    (before,) = quotes(shop.desk.card(member_id).account)
    shop.now = END
    Expiring(shop.desk).run(ALWAYS)
    after = quotes(shop.desk.card(member_id).account)
    assert sum(each.back_fen for each in after) == before.back_fen or not after


def test_a_refund_over_many_lots_that_end_is_one_transaction(shop: Shop, member_id: str) -> None:
    for number in range(60):
        shop.now = START + timedelta(hours=3 * number)
        shop.top_up(member_id, 100, 100)
    everything = shop.desk.card(member_id).account.balance_fen
    sold = shop.spend(member_id, Payment("balance", everything))
    assert shop.refund(sold).balance_after_fen == everything


def test_fewer_days_of_notice_lose_no_notice(shop: Shop) -> None:
    shop.rules = structs.replace(RULES, notice_days=9)
    made = shop.member(0)
    shop.top_up(made, 1, 5)
    shop.rules = structs.replace(RULES, notice_days=3)
    for ahead in (9, 3):
        shop.now = END - timedelta(days=ahead)
        Expiring(shop.desk).run(ALWAYS)
    assert [entry.kind for entry in entries(made)] == ["top_up", "expiry_notice"]
