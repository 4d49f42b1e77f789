"""Telling one member who was touched and never asked for notices: by the house's messages, with all their rules."""

from dataclasses import dataclass, field
from datetime import datetime

from chalicelib.access import service as access
from chalicelib.adapters import log
from chalicelib.amends.model.amends import Affected, Amends, Counts
from chalicelib.amends.service.persons import person
from chalicelib.amends.table.affected import Search
from chalicelib.kernel.errors import NotFound, TryAgain
from chalicelib.ledger.service import Ledger
from chalicelib.messages.model.telling import Touched
from chalicelib.messages.service.announce import announce_outage

_log = log.logger("amends")


@dataclass(frozen=True)
class Teller:
    """For one turn: it remembers what stores are called. Members who became one are told, and counted, once."""

    ledger: Ledger
    amends: Amends
    told_at: datetime
    now: datetime
    _names: dict[str, str] = field(default_factory=dict)

    def tell(self, found: Affected) -> Counts:
        """Again it tells nobody anew. Raises TryAgain; whatever else goes wrong with one keeps nobody else waiting."""
        try:
            return self._told(found)
        except TryAgain:
            raise
        except Exception:  # noqa: BLE001 - a bug over one member, who is told when this is asked again
            _log.exception("outage not told", extra={"member_id": found.member_id})
        return Counts()

    def _told(self, found: Affected) -> Counts:
        amends, store_id = self.amends, found.store_id
        try:
            member = self.ledger.card(found.member_id, consistent=True).member
        except NotFound:
            return Counts()
        search = Search(amends.incident_id, amends.round)
        if person(search, found, member).chosen != found.member_id:
            return Counts()
        told = Touched(
            member.member_id, amends.incident_id, amends.title, store_id, self._name(store_id),
            amends.touched.since,
        )  # fmt: skip
        announce_outage(told, self.told_at, self.now, member.absorbed)
        return Counts(told=1)

    def _name(self, store_id: str) -> str:
        if store_id not in self._names:
            store = access.store(store_id)
            self._names[store_id] = store.name if store else ""
        return self._names[store_id]
