"""Proving the books: a member's entries, taken one by one, held against each other, their orders and the account."""

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from chalicelib.ledger.facts import DEBTS, EntryPosted
from chalicelib.ledger.model import draw
from chalicelib.ledger.model.account import Account, Holding, Month
from chalicelib.ledger.model.books_words import (
    Difference,
    broken_promises,
    gave_back,
    not_as_said,
    said_back,
    same_moves,
    untimely,
)
from chalicelib.ledger.model.posting import Order

ORDER_KINDS = {
    kind: kind
    for kind in (
        "spend", "refund", "void", "top_up", "top_up_refund", "card_sale", "grant", "correction",
        "card_lost", "card_replaced", "transfer_out",
    )
} | {"transfer_in": "transfer_out"}  # fmt: skip
REFUNDS = ("refund", "void", "top_up_refund")
_ANSWERS = (*REFUNDS, "correction")
_GIVEN_ONCE = ("principal", "bonus", "count", "coupon")
_NAMED = 8  # so many of the last entries that moved a lot are named


@dataclass
class Fold:
    """What the entries so far come to; holds no more than the lots that are live, however many entries there are.

    `due_back` is, by spend or purchase, what its order says was given back and no entry has given back yet; of `bought`
    what was handed over may have been paid back to somebody else.
    """

    member_id: str
    seq: int = 0
    balance_fen: int = 0
    points: int = 0
    holdings: dict[str, Holding] = field(default_factory=dict)
    months: dict[str, Month] = field(default_factory=dict)
    top_ups: int = 0
    lost: bool = False
    closed_into: str | None = None
    due_back: dict[str, Counter[str]] = field(default_factory=dict)
    bought: set[str] = field(default_factory=set)
    handed_over: bool = False
    last: EntryPosted | None = None
    found: list[Difference] = field(default_factory=list)
    _moved_by: dict[str, deque[str]] = field(default_factory=dict)
    _off: tuple[int, int] = (0, 0)

    def add(
        self, entry: EntryPosted, order: Order | None = None, joined: "Fold | None" = None
    ) -> None:
        """The next entry, with what its name stands for, and for a `join_in` the books of who came."""
        self._in_turn(entry)
        self._move(entry)
        self._sum_up(entry)
        for words in broken_promises(entry):
            self._say(words, entry)
        self._hold_against_order(entry, order)
        self._answer(entry)
        self._count(entry, joined)
        self.last = entry

    def against(self, account: Account, kept_sums: tuple[int, int]) -> list[Difference]:
        """All that was found, and in what the account differs. `kept_sums`: the balance and points that it says."""
        words = [
            *self._seq_differs(account),
            *_not_equal("the balance that it says", kept_sums[0], self.balance_fen),
            *_not_equal("the points that it says", kept_sums[1], self.points),
            *_not_equal("top-ups", account.top_ups, self.top_ups),
            *_not_equal("lost", account.lost, self.lost),
            *(_not_equal("joined into", account.closed_into, self.closed_into) if self.seq else ()),
            *([] if self.closed_into else self._months_differ(account)),
        ]
        ends = (self.last.entry_id,) if self.last else ()
        said = [Difference(self.member_id, f"the account: {each}", ends) for each in words]
        return [*self.found, *said, *self._lots_differ(account), *self._never_given_back()]

    # One entry

    def _in_turn(self, entry: EntryPosted) -> None:
        if entry.seq != self.seq + 1:
            before = f"{self.member_id}-{self.seq}" if self.seq else "the beginning"
            missing = f"{self.seq + 1} to {entry.seq - 1} missing between {before} and this one"
            self._say(f"entries {missing}", entry)
        if self.closed_into:
            self._say(f"comes after the account was joined into {self.closed_into}", entry)
        self.seq = entry.seq

    def _move(self, entry: EntryPosted) -> None:
        for move in entry.moves:
            lot_id = move.lot.lot_id
            was = self.holdings.get(lot_id)
            if was and was.lot != move.lot:
                self._say(f"moves lot {lot_id} under other terms than before", entry)
            if words := untimely(move.lot, move.amount, entry):
                self._say(words, entry)
            left = (was.left if was else 0) + move.amount
            self.holdings[lot_id] = Holding(move.lot, left)
            self._moved_by.setdefault(lot_id, deque(maxlen=_NAMED)).append(entry.entry_id)
        for lot_id in {move.lot.lot_id for move in entry.moves}:
            self._leave(self.holdings[lot_id], entry)

    def _leave(self, one: Holding, entry: EntryPosted) -> None:
        lot = one.lot
        if not one.left:
            del self.holdings[lot.lot_id], self._moved_by[lot.lot_id]
        elif (one.left > 0) is (lot.kind in DEBTS):
            self._say(f"leaves {one.left} in {lot.kind} lot {lot.lot_id}", entry)
        elif lot.kind in _GIVEN_ONCE and one.left > lot.given:
            self._say(f"leaves {one.left} in lot {lot.lot_id}, which got {lot.given}", entry)

    def _sum_up(self, entry: EntryPosted) -> None:
        came, points = draw.money_of(entry.moves), draw.points_of(entry.moves)
        for what, said, is_ in (
            ("delta_fen", entry.delta_fen, came),
            ("points_delta", entry.points_delta, points),
        ):
            if said != is_:
                self._say(f"says {what} {said}, its moves come to {is_}", entry)
        self.balance_fen += came
        self.points += points
        off = (entry.balance_after_fen - self.balance_fen, entry.points_after - self.points)
        if off != self._off:  # said once, not again for all that follows
            after = f"{entry.balance_after_fen} fen and {entry.points_after} points after it"
            are = f"{self.balance_fen} fen and {self.points} points"
            self._say(f"says {after}, the entries come to {are}", entry)
        self._off = off

    def _hold_against_order(self, entry: EntryPosted, order: Order | None) -> None:
        kind = ORDER_KINDS.get(entry.kind)
        if kind is None or not entry.store_id:
            return
        name = f"{entry.store_id} {kind} {entry.order_name}"
        if order is None or order.entry is None:
            self._say(f"has no order under its name, {name}", entry)
        elif entry.kind == "transfer_in":
            if not same_moves(order.entry.moves, entry.moves):
                self._say("does not bring what left", order.entry, entry)
        elif order.entry.entry_id != entry.entry_id:
            self._say(f"its order {name} stands for another entry", order.entry, entry)
        elif order.refunds:
            self.due_back[entry.entry_id] = said_back(order, entry)
            if entry.kind != "spend":
                self.bought.add(entry.entry_id)

    def _answer(self, entry: EntryPosted) -> None:
        if entry.kind not in _ANSWERS:
            return
        member_id, _, seq = (entry.corrects or "").rpartition("-")
        if not member_id or not seq.isdecimal():
            self._say(f"names no entry that it answers: {entry.corrects}", entry)
        elif member_id == self.member_id:
            if not 0 < int(seq) < entry.seq:
                self._say(f"answers {entry.corrects}, which is not before it", entry)
            if entry.kind in REFUNDS:
                self._give_back(str(entry.corrects), entry)

    def _give_back(self, sold_id: str, entry: EntryPosted) -> None:
        due = self.due_back.setdefault(sold_id, Counter())
        due.subtract(gave_back(entry))
        if not any(due.values()):
            del self.due_back[sold_id]

    def _count(self, entry: EntryPosted, joined: "Fold | None") -> None:
        self._add_month(entry.counts_in, entry.spent_fen, entry.points_earned)
        match entry.kind:
            case "top_up":
                self.top_ups += 1
            case "card_lost":
                self.lost = True
            case "card_replaced":
                self.lost = False
            case "transfer_out":
                self.handed_over = True
            case "join_out":
                self.closed_into = entry.order_name
            case "join_in":
                self._bring(entry, joined)

    def _bring(self, entry: EntryPosted, joined: "Fold | None") -> None:
        if joined is None or joined.last is None or joined.closed_into != self.member_id:
            self._say(f"says that {entry.order_name} came, whose books do not", entry)
            return
        brought = entry.moves[: len(joined.last.moves)]
        if not same_moves(joined.last.moves, brought):
            self._say("does not bring what left", joined.last, entry)
        for month, each in joined.months.items():
            self._add_month(month, each.spent_fen, each.points)
        self.top_ups += joined.top_ups
        self.lost = self.lost or joined.lost

    def _add_month(self, month: str, spent_fen: int, points: int) -> None:
        if spent_fen or points:
            was = self.months.get(month, Month())
            self.months[month] = Month(was.spent_fen + spent_fen, was.points + points)

    def _say(self, words: str, *entries: EntryPosted) -> None:
        ids = tuple(each.entry_id for each in entries)
        self.found.append(Difference(self.member_id, words, ids))

    # The account

    def _seq_differs(self, account: Account) -> Iterator[str]:
        if account.seq != self.seq:
            yield f"is at {account.seq}, the entries end at {self.seq}"

    def _months_differ(self, account: Account) -> Iterator[str]:
        """What no tier looks at any more was dropped, from the oldest on; which that was hangs on the rules of then."""
        kept = {month: each for month, each in account.months.items() if each != Month()}
        oldest = min(account.months, default="")
        for month in sorted({*kept, *self.months}):
            said, is_ = account.months.get(month, Month()), self.months.get(month, Month())
            if said != is_ and (month in account.months or month > oldest):
                yield (
                    f"says {said.spent_fen} fen and {said.points} points in {month}, "
                    f"the entries {is_.spent_fen} and {is_.points}"
                )

    def _lots_differ(self, account: Account) -> Iterator[Difference]:
        theirs = {one.lot.lot_id: one for one in account.holdings}
        for lot_id in sorted({*theirs, *self.holdings}):
            said, is_ = theirs.get(lot_id), self.holdings.get(lot_id)
            if said == is_:
                continue
            made_by = lot_id.rpartition(".")[0]
            named = tuple(dict.fromkeys([made_by, *self._moved_by.get(lot_id, ())]))
            if said and is_ and said.left == is_.left:
                words = f"the account: lot {lot_id} has other terms than in its entries"
            else:
                left, come_to = said.left if said else 0, is_.left if is_ else 0
                words = f"the account: lot {lot_id} has {left}, the entries leave {come_to}"
            yield Difference(self.member_id, words, named)

    def _never_given_back(self) -> Iterator[Difference]:
        if self.closed_into:
            return  # who came may have been given it back
        for sold_id, due in self.due_back.items():
            elsewhere = self.handed_over and sold_id in self.bought
            if elsewhere and min(due.values()) >= 0:
                continue
            yield not_as_said(self.member_id, sold_id, due)


def _not_equal(what: str, said: object, is_: object) -> list[str]:
    return [] if said == is_ else [f"{what}: {said}, the entries come to {is_}"]
