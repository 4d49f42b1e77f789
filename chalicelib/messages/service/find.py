"""Finding messages again: a member's, newest first, and those that a store or the office asks after."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from chalicelib.kernel.errors import NotFound
from chalicelib.ledger.facts import EntryPosted
from chalicelib.ledger.service import Ledger
from chalicelib.members.model import Trail
from chalicelib.messages import table
from chalicelib.messages.model.message import NAMED, Message


class Window(NamedTuple):
    """From the one included to the other left out; by when the ledger entry was booked."""

    since: datetime | None = None
    until: datetime | None = None


class Found(NamedTuple):
    messages: Sequence[Message]
    next: Trail | None = None


@dataclass(frozen=True)
class Finder:
    ledger: Ledger

    def message(self, message_id: str) -> Message:
        """One request. Raises NotFound."""
        found = table.message(message_id)
        if found is None:
            raise NotFound
        return found

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
        entries = [order.entry for order in known if order.entry]
        entries.sort(key=lambda entry: entry.booked_at)
        return self._of_entries(entries)

    def _of_entries(self, entries: Sequence[EntryPosted | None]) -> Found:
        found = [table.message(entry.message_id) for entry in entries if entry]
        return Found([message for message in found if message])
