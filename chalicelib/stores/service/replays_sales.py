"""Posting the sales of a journal to the ledger, by the very code that takes them on line."""

from typing import NamedTuple, Protocol

import msgspec
from msgspec.structs import replace

from chalicelib.access.model import Store
from chalicelib.kernel.errors import NotFound
from chalicelib.kernel.stamp import Stamp
from chalicelib.ledger.facts import EntryPosted
from chalicelib.ledger.model import spends
from chalicelib.ledger.model.asked import SpendRequest, fingerprint
from chalicelib.ledger.model.posting import Decision, Situation
from chalicelib.ledger.model.spends import FROM_CARD, WITHOUT_BOUND, Spend
from chalicelib.ledger.service import Ledger, Taken
from chalicelib.stores.model.held import OF_THE_BALANCE, Held, Settlement, Withheld


class Posted(NamedTuple):
    """`first` where it was posted by this call; `debt_fen` is what the member owes for it."""

    first: bool
    spend_id: str
    balance_after_fen: int
    debt_fen: int


class Sales(Protocol):
    """Each raises a kept Refused, NameTaken, NotFound, InvalidRequest, or TryAgain where nothing is known."""

    def post(
        self,
        store: Store,
        name: str,
        sale: SpendRequest,
        *,
        trust_fen: int | None,
        till_id: str | None,
        by: Stamp,
    ) -> Posted:
        """Exactly once under the name, whether it comes on line or out of a journal."""

    def withhold(self, store: Store, name: str, sale: SpendRequest, by: Stamp) -> Posted:
        """What the name stands for; where for nothing yet, it is refused from now on, and Withheld raised."""

    def known(self, store: Store, name: str, sale: SpendRequest) -> Posted | None:
        """What was posted under the name for the very same sale, if anything."""

    def settle(
        self, store: Store, held: Held, sale: SpendRequest, as_: Settlement, by: Stamp
    ) -> Posted:
        """Charge or write off, exactly once under the held record's own name."""

    def link(self, held: Held, by: Stamp) -> None:
        """Let the name on the receipt lead to what was settled; as often as anybody likes."""


class Withholding(Spend, frozen=True, kw_only=True):
    """Refused whatever the account holds, so that the name is taken by that."""

    def decide(self, at: Situation) -> Decision:  # noqa: ARG002 - nothing of it matters
        raise Withheld


class LedgerSales(msgspec.Struct, frozen=True):
    ledger: Ledger

    def post(
        self,
        store: Store,
        name: str,
        sale: SpendRequest,
        *,
        trust_fen: int | None,
        till_id: str | None,
        by: Stamp,
    ) -> Posted:
        posting = spends.asked(store, name, sale, till_id=till_id, late=True, trust_fen=trust_fen)
        return self._take(sale, posting, by)

    def withhold(self, store: Store, name: str, sale: SpendRequest, by: Stamp) -> Posted:
        posting = Withholding(store=store, order_name=name, total_fen=0, payments=(), late=True)
        return self._take(sale, posting, by)

    def known(self, store: Store, name: str, sale: SpendRequest) -> Posted | None:
        try:
            order = self.ledger.order(store.store_id, "spend", name)
        except NotFound:
            return None
        same = order.fingerprint == fingerprint(sale)
        return _posted(Taken(order, first=False)) if same and order.entry else None

    def settle(
        self, store: Store, held: Held, sale: SpendRequest, as_: Settlement, by: Stamp
    ) -> Posted:
        posting = spends.asked(
            store, held.name, sale, till_id=held.till_id, late=True, trust_fen=WITHOUT_BOUND
        )
        if as_.way == "write_off":
            posting = spends.written_off(posting, _borne(held.code))
        return self._take(sale, replace(posting, reason=as_.reason), by)

    def link(self, held: Held, by: Stamp) -> None:
        self.ledger.settled_as(held.store_id, Spend.kind, held.out_trade_no, held.name, by)

    def _take(self, sale: SpendRequest, posting: Spend, by: Stamp) -> Posted:
        return _posted(self.ledger.take(sale.member_id, posting, fingerprint(sale), by))


def _borne(code: str) -> frozenset[str]:
    """What the card cannot pay: the balance part, or all that the card was to pay where more failed."""
    return frozenset({"balance"}) if code in OF_THE_BALANCE else FROM_CARD


def _posted(taken: Taken) -> Posted:
    entry = taken.order.entry
    if entry is None:
        raise NotFound
    return Posted(taken.first, entry.entry_id, entry.balance_after_fen, debt_of(entry))


def debt_of(entry: EntryPosted) -> int:
    owed = (move.amount for move in entry.moves if move.lot.kind == "debt" and move.amount < 0)
    return -sum(owed)
