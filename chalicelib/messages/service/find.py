"""Finding messages again: a member's, newest first, and those that a store or the office asks after."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from chalicelib.access.model import Store
from chalicelib.kernel import clock
from chalicelib.kernel.errors import NotFound
from chalicelib.ledger.facts import EntryPosted
from chalicelib.ledger.model.posting import Order
from chalicelib.ledger.service import Ledger
from chalicelib.members.model import Trail
from chalicelib.messages import table
from chalicelib.messages.model.message import NAMED, OF_STORES, Kind, Message


class Window(NamedTuple):
    """From the one included to the other left out; by when the ledger entry was booked."""

    since: datetime | None = None
    until: datetime | None = None


class Moment(NamedTuple):
    """Where a page of a store's messages begins: a time of booking, and how many of that time were shown before."""

    at: datetime
    shown: int = 0

    def told(self) -> dict[str, str]:
        return {"at": clock.text(self.at), "shown": str(self.shown)}

    @classmethod
    def of(cls, told: dict[str, str]) -> "Moment":
        return cls(clock.parse(told["at"]), int(told["shown"]))


class Found(NamedTuple):
    messages: Sequence[Message]
    next: Trail | None = None


class FoundAtStore(NamedTuple):
    messages: Sequence[Message]
    next: Moment | None = None


@dataclass(frozen=True)
class Finder:
    ledger: Ledger

    def message(self, message_id: str) -> Message:
        """One request. Raises NotFound."""
        found = table.message(message_id)
        if found is None:
            raise NotFound
        return found

    def life(self, message_id: str) -> tuple[Message, list[Message]]:
        """With its copies, one request more where it has any. Raises NotFound."""
        message = self.message(message_id)
        return message, table.copies(message)

    def start(self, member_id: str) -> Trail:
        """The member's own messages, then those of the members that joined them, the last first. Raises NotFound."""
        member = self.ledger.card(member_id).member
        return Trail(member.member_id, None, member.absorbed[::-1])

    def page(self, trail: Trail, limit: int, window: Window = Window()) -> Found:  # noqa: B008 - immutable
        """One request."""
        page = table.page(trail.member_id, limit, trail.before, window)
        messages = [table.message_of(image) for image in page.images]
        if page.last:
            return Found(messages, trail._replace(before=page.last["sk"]["S"]))
        then = trail.then
        return Found(messages, Trail(then[0], None, then[1:]) if then else None)

    def by_phone(self, phone: str) -> Trail | None:
        """Raises NotAPhone; None where nobody has this phone."""
        found = self.ledger.members.by_phone(phone)
        return self.start(found.member_ids[0]) if found.member_ids else None

    def of_spend(self, spend_id: str) -> Found:
        """Two requests: the entry and its message."""
        return self._of_entries([self.ledger.entry(spend_id)])

    def of_order(self, store_id: str, name: str) -> Found:
        """A till's name may stand for an order of each kind: one request for them, one for each message."""
        known = self.ledger.orders_named(store_id, NAMED, name)
        posted = [self.posted(order) for order in known]
        entries = [entry for entry in posted if entry]
        entries.sort(key=lambda entry: entry.booked_at)
        return self._of_entries(entries)

    def posted(self, order: Order) -> EntryPosted | None:
        """What was posted by that order, or in its place where a person settled it."""
        if order.settled_as is None:
            return order.entry
        settled = self.ledger.find_order(order.store_id, order.kind, order.settled_as)
        return settled.entry if settled else None

    def of_entries(self, entries: Sequence[EntryPosted]) -> list[Message]:
        """In no order, without those that there are none of; a request for each hundred."""
        return list(table.messages([entry.message_id for entry in entries]).values())

    def of_provider(self, provider_ref: str, providers: Sequence[str]) -> Found:
        """By the provider's own name for the last attempt that it answered; one request for each provider asked."""
        found = [table.by_provider_ref(provider, provider_ref) for provider in providers]
        return Found([message for message in found if message])

    def at_store(
        self,
        store: Store,
        start: Moment,
        until: datetime,
        limit: int,
        kinds: Sequence[Kind] = OF_STORES,
    ) -> FoundAtStore:
        """Those of a store until then (left out), oldest first.

        A request for each kind and business day, and one for the messages.
        """
        wanted = start.shown + limit
        entries = self._booked(store, start.at, until, kinds, wanted + 1)
        page = entries[start.shown : wanted]
        known = table.messages([entry.message_id for entry in page])
        messages = [known[one.message_id] for one in page if one.message_id in known]
        if len(entries) <= wanted:
            return FoundAtStore(messages)
        last = page[-1].booked_at
        shown = sum(one.booked_at == last for one in entries[:wanted])
        return FoundAtStore(messages, Moment(last, shown))

    def _booked(
        self, store: Store, since: datetime, until: datetime, kinds: Sequence[Kind], limit: int
    ) -> list[EntryPosted]:
        """The first of them; of one moment in the order of the kinds."""
        entries: list[EntryPosted] = []
        low, high = clock.cut(since), clock.cut(until - timedelta.resolution)
        bounds = (clock.text(low), clock.text(high))
        for day in store.days(low, high) if low <= high else ():
            of_day = [
                entry
                for kind in kinds
                for entry in self.ledger.booked_between(
                    store.store_id, day.isoformat(), kind, bounds, limit
                )
            ]
            entries += sorted(of_day, key=lambda entry: entry.booked_at)
            if len(entries) >= limit:
                break
        return entries[:limit]

    def _of_entries(self, entries: Sequence[EntryPosted | None]) -> Found:
        found = [table.message(entry.message_id) for entry in entries if entry]
        return Found([message for message in found if message])
