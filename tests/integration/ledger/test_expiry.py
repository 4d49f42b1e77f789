"""What ends leaves its account at the day cut, is never spendable after it, and is announced ahead, once."""

import random
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from msgspec import structs

from chalicelib.ledger import built
from chalicelib.ledger.facts import EntryPosted, Payment
from chalicelib.ledger.model.gifts import Grant
from chalicelib.ledger.model.posting import Posting
from chalicelib.ledger.model.refunds import Refund
from chalicelib.ledger.model.refusals import BalanceTooLow
from chalicelib.ledger.model.rules import BalanceRules, PointsRules, Rules
from chalicelib.ledger.model.sold import Sold
from chalicelib.ledger.model.spends import spend
from chalicelib.ledger.model.top_ups import TopUp, quotes
from chalicelib.ledger.service import Ledger
from chalicelib.ledger.service.expiry import Expiring
from chalicelib.ledger.table import dues
from chalicelib.ledger.table import entries as table
from chalicelib.members.model import Trail
from tests.house import BY, House

START = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)  # noon in Shanghai
RULES = Rules(
    balance=BalanceRules(bonus_valid_days=10),
    points=PointsRules(earn_fen=100, valid_months=1),
)
END = datetime(2026, 12, 2, 20, 0, tzinfo=UTC)  # the cut, at four in the morning, after ten days
ALWAYS = lambda: True  # noqa: E731


class Turned:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Turned:
    return Turned()


@pytest.fixture
def desk(house: House, clock: Turned) -> Ledger:
    assert house
    dues.keep_done(START.date(), BY)
    return Ledger(built.ledger().members, lambda: RULES, clock)


@pytest.fixture
def member_id(house: House, desk: Ledger) -> str:
    made = house.register(f"137{random.randrange(10**8):08d}")
    paid = Payment("cash", 10_000)
    take(
        desk,
        made,
        TopUp(store=house.store, order_name=f"{made}-t", paid=paid, bonus_fen=2_000, free=True),
    )
    return made


def _same(rules: Rules) -> Rules:
    return rules


def take(desk: Ledger, member_id: str, posting: Posting) -> EntryPosted:
    taken = desk.take(member_id, posting, "same", BY).order.entry
    assert taken
    return taken


def entries(member_id: str) -> list[EntryPosted]:
    return table.upto(member_id, 99)


@pytest.mark.parametrize(
    ("ahead", "left"), [(timedelta(milliseconds=-1), 12_000), (timedelta(), 10_000)]
)
def test_a_bonus_is_good_until_the_day_cut_and_not_after(
    desk: Ledger, clock: Turned, member_id: str, ahead: timedelta, left: int
) -> None:
    clock.now = END + ahead
    assert desk.card(member_id).account.balance_fen == left


def test_what_has_ended_is_not_spent_though_nobody_swept_it(
    house: House, desk: Ledger, clock: Turned, member_id: str
) -> None:
    clock.now = END
    all_of_it = spend(
        house.store, f"{member_id}-1", total_fen=12_000, payments=[Payment("balance", 12_000)]
    )
    with pytest.raises(BalanceTooLow):
        take(desk, member_id, all_of_it)
    rest = spend(
        house.store, f"{member_id}-2", total_fen=10_000, payments=[Payment("balance", 10_000)]
    )
    assert take(desk, member_id, rest).balance_after_fen == 0
    kinds = [(e.kind, e.delta_fen) for e in entries(member_id)]
    assert kinds == [("top_up", 12_000), ("expiry", -2_000), ("spend", -10_000)]


def test_the_round_lets_it_leave_once_and_says_so_ahead_once(
    desk: Ledger, clock: Turned, member_id: str
) -> None:
    clock.now = END - timedelta(days=RULES.notice_days)
    for _ in range(3):
        Expiring(desk).run(ALWAYS)
    notice = entries(member_id)[-1]
    assert (notice.kind, notice.total_fen, notice.occurred_at) == ("expiry_notice", 2_000, END)
    assert notice.order_name == "2026-12-02"
    clock.now = END + timedelta(hours=1)
    for _ in range(3):
        Expiring(desk).run(ALWAYS)
    kinds = [e.kind for e in entries(member_id)]
    assert kinds == ["top_up", "expiry_notice", "expiry"]
    assert [e.kind for e in desk.history(Trail(member_id), 10).entries] == ["expiry", "top_up"]


def test_a_round_that_was_down_for_weeks_forgets_nobody(
    desk: Ledger, clock: Turned, member_id: str
) -> None:
    clock.now = END + timedelta(days=40)
    Expiring(desk).run(ALWAYS)
    assert entries(member_id)[-1].kind == "expiry"


def test_points_of_one_month_end_together(
    house: House, desk: Ledger, clock: Turned, member_id: str
) -> None:
    for number in range(3):
        cash = spend(
            house.store, f"{member_id}-p{number}", total_fen=500, payments=[Payment("cash", 500)]
        )
        take(desk, member_id, cash)
    lots = desk.card(member_id).account.of("points")
    assert [(one.left, one.lot.expires_at) for one in lots] == [
        (15, datetime(2026, 12, 31, 20, 0, tzinfo=UTC))
    ]
    clock.now = datetime(2026, 12, 31, 20, 0, tzinfo=UTC)
    assert desk.card(member_id).account.points == 0
    take(desk, member_id, Grant(store=house.store, order_name=f"{member_id}-g", points=7))
    assert desk.card(member_id).account.points == 7


def test_nobody_waits_for_a_member_whose_account_cannot_be_read(
    desk: Ledger, clock: Turned, member_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.now = END
    broken = Expiring(desk)
    monkeypatch.setattr(Ledger, "expire", lambda *_: 1 / 0)
    broken.run(ALWAYS)
    monkeypatch.undo()
    Expiring(desk).run(ALWAYS)
    assert entries(member_id)[-1].kind == "expiry"


def test_the_end_of_a_gift_takes_nothing_off_what_was_paid(
    desk: Ledger, clock: Turned, member_id: str
) -> None:
    clock.now = END
    (before,) = quotes(desk.card(member_id).account)
    Expiring(desk).run(ALWAYS)
    (after,) = quotes(desk.card(member_id).account)
    assert (after.left, after.back_fen) == (10_000, 10_000)
    assert before.entry_id == after.entry_id == f"{member_id}-1"


@pytest.mark.parametrize("used_fen", [1, 3_000, 11_999])
def test_the_quote_is_the_same_before_and_after_the_gift_ends(
    house: House, desk: Ledger, clock: Turned, member_id: str, used_fen: int
) -> None:
    used = [Payment("balance", used_fen)]
    take(desk, member_id, spend(house.store, f"{member_id}-u", total_fen=used_fen, payments=used))
    (before,) = quotes(desk.card(member_id).account)
    clock.now = END
    Expiring(desk).run(ALWAYS)
    after = quotes(desk.card(member_id).account)
    assert sum(each.back_fen for each in after) == before.back_fen or not after


def test_a_refund_over_many_lots_that_end_is_one_transaction(
    house: House, desk: Ledger, clock: Turned, member_id: str
) -> None:
    paid = Payment("cash", 100)
    for number in range(60):
        clock.now = START + timedelta(hours=3 * number)
        name = f"{member_id}-m{number}"
        take(
            desk,
            member_id,
            TopUp(store=house.store, order_name=name, paid=paid, bonus_fen=100, free=True),
        )
    everything = desk.card(member_id).account.balance_fen
    name = f"{member_id}-all"
    payments = [Payment("balance", everything)]
    take(desk, member_id, spend(house.store, name, total_fen=everything, payments=payments))
    order = desk.order(house.store.store_id, "spend", name)
    assert order.entry
    refund = Refund(store=house.store, order_name=name, sold=Sold.of(order, order.entry))
    assert take(desk, member_id, refund).balance_after_fen == everything


def test_fewer_days_of_notice_lose_no_notice(house: House, clock: Turned) -> None:
    made = ""
    dues.keep_done(START.date(), BY)
    for days in (9, 3):
        rules = structs.replace(RULES, notice_days=days)
        desk = Ledger(built.ledger().members, partial(_same, rules), clock)
        if days == 9:
            made = house.register(f"137{random.randrange(10**8):08d}")
            top_up = TopUp(
                store=house.store, order_name=f"{made}-t", paid=Payment("cash", 1), bonus_fen=5,
                free=True,
            )  # fmt: skip
            take(desk, made, top_up)
        for ahead in (9, 3):
            clock.now = END - timedelta(days=ahead)
            if days == 3:
                Expiring(desk).run(ALWAYS)
    assert [entry.kind for entry in entries(made)] == ["top_up", "expiry_notice"]
