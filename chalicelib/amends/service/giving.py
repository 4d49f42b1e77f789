"""Giving to one member, once: the grant's name follows from the incident and the member."""

from dataclasses import dataclass, field

from chalicelib.access import service as access
from chalicelib.access.model import Store
from chalicelib.adapters import log
from chalicelib.adapters.tables import Transaction
from chalicelib.amends.model.amends import Affected, Amends, Outcome, order_name
from chalicelib.amends.model.gift import Giving
from chalicelib.amends.service.persons import person
from chalicelib.amends.table import affected
from chalicelib.amends.table.affected import Search
from chalicelib.kernel.errors import DomainError, TryAgain
from chalicelib.ledger.model.asked import fingerprint
from chalicelib.ledger.service import Ledger

_log = log.logger("amends")


class _AnotherHasIt(Exception):
    """The member has become one with another whose row stands for both, or who has it already."""


@dataclass(frozen=True)
class Giver:
    """For one turn: it remembers stores."""

    ledger: Ledger
    amends: Amends
    giving: Giving
    _stores: dict[str, Store] = field(default_factory=dict)

    def give(self, found: Affected) -> Outcome:
        """What came of it, kept beside the member. Raises TryAgain, and then nothing is known.

        Whatever else goes wrong with one member keeps nobody else waiting; called again it is tried again.
        """
        if found.outcome and found.outcome.state != "failed":
            return found.outcome
        try:
            outcome = self._given(found)
        except TryAgain:
            raise
        except _AnotherHasIt:
            outcome = Outcome("already")
        except DomainError as no:
            outcome = Outcome("refused", no.code)
        except Exception:  # noqa: BLE001 - a bug over one member
            _log.exception("amends not given", extra={"member_id": found.member_id})
            outcome = Outcome("failed", "internal_error")
        return affected.settle(self._search, found.member_id, outcome)

    @property
    def _search(self) -> Search:
        return Search(self.amends.incident_id, self.amends.round)

    def _given(self, found: Affected) -> Outcome:
        rows, gone_on = self._rows(found), False

        def claim(transaction: Transaction) -> None:
            """Also for who may become one with them before this is written."""
            nonlocal rows, gone_on
            rows = self._rows(found) if gone_on else rows
            gone_on = True
            affected.claim(transaction, self._search, found.member_id, rows)

        gift, reason, by = self.giving
        name = order_name(self.amends.incident_id, found.member_id)
        posting = gift.to(self._store(found.store_id), name, reason)
        taken = self.ledger.take(found.member_id, posting, fingerprint(gift), by, claim)
        entry = taken.order.entry
        return Outcome("given", entry_id=entry.entry_id if entry else "")

    def _rows(self, found: Affected) -> list[Affected]:
        """All of the person that they are now. Members who became one are given once: what one of them got before, else
        as the one that they are now. Raises _AnotherHasIt.
        """
        member = self.ledger.card(found.member_id, consistent=True).member
        chosen, others = person(self._search, found, member)
        if not others or self._has_it(found):
            return [found, *others]
        if chosen != found.member_id or any(map(self._has_it, others)):
            raise _AnotherHasIt
        return [found, *others]

    def _has_it(self, one: Affected) -> bool:
        name = order_name(self.amends.incident_id, one.member_id)
        order = self.ledger.find_order(one.store_id, "grant", name)
        return order is not None and order.entry is not None

    def _store(self, store_id: str) -> Store:
        if store_id not in self._stores:
            found = access.store(store_id)
            self._stores[store_id] = found or Store(store_id, store_id)
        return self._stores[store_id]
