"""A member's books folded: right ones fit whatever was posted, and one number changed anywhere is found."""

import pickle
from collections.abc import Iterable, Sequence
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.kernel.errors import Refused
from chalicelib.ledger.facts import EntryPosted, Payment
from chalicelib.ledger.model.books import ORDER_KINDS, Fold
from chalicelib.ledger.model.books_words import Difference
from chalicelib.ledger.model.gifts import CardLostNotice, CardReplaced, Grant
from chalicelib.ledger.model.posting import Order, Posting
from chalicelib.ledger.model.refunds import Refund
from chalicelib.ledger.model.rules import BalanceRules, PointsRules, Rules
from chalicelib.ledger.model.sold import Sold
from chalicelib.ledger.model.spends import spend
from chalicelib.ledger.model.top_ups import TopUp
from tests.unit.ledger.shop import STORE, Shop

RULES = Rules(
    balance=BalanceRules(bonus_valid_days=3),
    points=PointsRules(earn_fen=10, valid_months=1, redeem_fen=100, may_go_below_zero=True),
)
NUMBERS = (
    "delta_fen", "balance_after_fen", "points_delta", "points_after", "spent_fen", "points_earned",
)  # fmt: skip


class Ledger(Shop):
    """A shop that remembers its orders, and takes what it is not refused."""

    def __init__(self) -> None:
        super().__init__(RULES)
        self.orders: dict[str, Order] = {}

    def take(self, posting: Posting) -> None:
        try:
            order = self.do(posting)
        except Refused:
            return
        self.orders[order.name] = order
        answered = posting.answers()
        if answered and self.refunded:
            given: dict[str, Any] = {"refunds": answered.refunds + 1, "refunded": self.refunded}
            self.orders[answered.name] = replace(answered, **given)

    def step(self, what: str, fen: int, hours: int) -> None:
        self.later(hours=hours)
        at: dict[str, Any] = {"store": STORE, "order_name": f"o{len(self.orders)}"}
        sales = [each for each in self.orders.values() if each.kind == "spend" and each.entry]
        match what:
            case "top_up":
                self.take(TopUp(**at, paid=Payment("cash", fen), bonus_fen=fen // 3, free=True))
            case "refund" if sales and (entry := sales[fen % len(sales)].entry):
                sold = Sold.of(sales[fen % len(sales)], entry)
                self.take(Refund(**at, sold=sold, amount_fen=fen if fen % 2 else None))
            case "grant":
                self.take(Grant(**at, points=fen))
            case "lost":
                self.take(CardLostNotice(**at))
            case "found":
                self.take(CardReplaced(**at))
            case _:
                self.take(sale(at["order_name"], fen))

    @property
    def kept_sums(self) -> tuple[int, int]:
        return self.account.balance_fen, self.account.points


def sale(name: str, fen: int) -> Posting:
    ways = [Payment("cash", 7), Payment("balance", fen), Payment("points", fen // 10 + 1)]
    payments = ways[: 1 + fen % 3]
    total_fen = sum(each.amount_fen for each in payments)
    trust_fen = 1_000 if fen % 5 == 0 else None
    return spend(STORE, name, total_fen=total_fen, payments=payments, trust_fen=trust_fen)


def folded(ledger: Ledger, entries: Iterable[EntryPosted] | None = None) -> list[Difference]:
    fold = Fold("m")
    for entry in ledger.entries if entries is None else entries:
        fold.add(entry, ledger.orders.get(entry.order_name) if entry.kind in ORDER_KINDS else None)
    return fold.against(ledger.account, ledger.kept_sums)


WHAT = st.sampled_from([
    "spend", "spend", "spend", "top_up", "top_up", "refund", "refund", "grant", "lost", "found",
])  # fmt: skip
STEPS = st.lists(
    st.tuples(WHAT, st.integers(1, 2_000), st.integers(0, 40)), min_size=1, max_size=40
)


def busy(steps: Sequence[tuple[str, int, int]]) -> Ledger:
    ledger = Ledger()
    ledger.step("top_up", 3_000, 0)
    for step in steps:
        ledger.step(*step)
    return ledger


@given(STEPS)
@settings(deadline=None)
def test_right_books_fit_whatever_was_posted(steps: list[tuple[str, int, int]]) -> None:
    assert folded(busy(steps)) == []


@given(STEPS, st.data())
@settings(deadline=None)
def test_one_number_changed_anywhere_is_found_and_its_entry_named(
    steps: list[tuple[str, int, int]], data: st.DataObject
) -> None:
    ledger = busy(steps)
    at = data.draw(st.integers(0, len(ledger.entries) - 1))
    name = data.draw(st.sampled_from(NUMBERS))
    entry = ledger.entries[at]
    wrong: dict[str, Any] = {name: getattr(entry, name) + data.draw(st.integers(1, 9))}
    entries = [*ledger.entries[:at], replace(entry, **wrong), *ledger.entries[at + 1 :]]
    found = folded(ledger, entries)
    assert found
    if name not in {"spent_fen", "points_earned"}:  # those show in the sum of a month
        assert any(entry.entry_id in each.entries for each in found)


@given(STEPS, st.data())
@settings(deadline=None)
def test_an_entry_that_is_missing_is_missed(
    steps: list[tuple[str, int, int]], data: st.DataObject
) -> None:
    ledger = busy(steps)
    at = data.draw(st.integers(0, len(ledger.entries) - 1))
    found = folded(ledger, [*ledger.entries[:at], *ledger.entries[at + 1 :]])
    last = at == len(ledger.entries) - 1
    words = f"is at {at + 1}, the entries end at {at}" if last else f"entries {at + 1} to {at + 1}"
    assert any(words in each.words for each in found)


@given(STEPS, st.data())
@settings(deadline=None)
def test_a_lot_that_holds_something_else_is_found(
    steps: list[tuple[str, int, int]], data: st.DataObject
) -> None:
    ledger = busy([*steps, ("top_up", 500, 0)])
    holdings = list(ledger.account.holdings)
    at = data.draw(st.integers(0, len(holdings) - 1))
    wrong = holdings[at]
    holdings[at] = type(wrong)(wrong.lot, wrong.left + data.draw(st.integers(1, 9)))
    ledger.account = replace(ledger.account, holdings=tuple(holdings))
    assert any(wrong.lot.lot_id in each.words for each in folded(ledger))


def test_a_fold_grows_with_what_is_live_and_not_with_the_entries() -> None:
    def size(spends: int) -> int:
        ledger, fold = busy([]), Fold("m")
        for number in range(spends):
            ledger.take(sale(f"cash-{number}", 3))
        for entry in ledger.entries:
            fold.add(entry, ledger.orders[entry.order_name])
        assert fold.found == []
        return len(pickle.dumps(fold))

    assert size(800) <= size(80) * 1.1
