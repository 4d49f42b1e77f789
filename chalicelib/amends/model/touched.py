"""Whom an outage touched: those who had to do with its stores in its time, with the reason for each."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Literal, NamedTuple, get_args

import msgspec
from msgspec.structs import replace

from chalicelib.access.model import Store
from chalicelib.ledger.facts import EntryPosted
from chalicelib.ledger.model.words import SIGNS
from chalicelib.outages.model.incidents import Incident, milestones

Reason = Literal["spent", "refunded", "sold_offline", "message_waited", "message_failed", "held"]
REASONS: tuple[Reason, ...] = get_args(Reason)
_HEALTHY = frozenset({"operational", "under_maintenance"})
MESSAGES_BEFORE = timedelta(hours=1)  # a message that was under way when it began
LATE_FOR = timedelta(days=7)  # by when tills have handed in what they sold off line


class Touched(msgspec.Struct, frozen=True):
    """Since when until when, and where; no store at all is every store. Until now, as long as it is not `over`."""

    since: datetime
    until: datetime
    store_ids: tuple[str, ...] = ()
    over: bool = True

    def same(self, other: "Touched") -> bool:
        """But for the time that has passed since."""
        return replace(self, until=other.until) == other if not self.over else self == other

    def at(self, moment: datetime) -> bool:
        return self.since <= moment <= self.until

    def wants(self, store_id: str) -> bool:
        return not self.store_ids or store_id in self.store_ids

    def days(self, store: Store, now: datetime) -> Iterator[str]:
        """The store's business days on which something may have been booked that matters here, oldest first."""
        last = min(now, self.until + LATE_FOR)
        for day in store.days(self.since - MESSAGES_BEFORE, max(last, self.until)):
            yield day.isoformat()


class Because(msgspec.Struct, frozen=True):
    """One reason, of the first time that it held; `about` is the entry, the message or the held sale."""

    at: datetime
    store_id: str
    about: str


class Sign(NamedTuple):
    """That somebody was touched."""

    member_id: str
    reason: Reason
    because: Because


def touched_by(incident: Incident, now: datetime) -> Touched:
    """So far, where it is not over."""
    resolved_at = milestones(incident).resolved_at
    until = resolved_at or now
    named = [
        one.store_ids
        for update in incident.updates
        for one in update.affected
        if one.new_status not in _HEALTHY
    ]
    everywhere = not named or not all(named)
    stores = () if everywhere else tuple(sorted({each for some in named for each in some}))
    return Touched(min(incident.started_at, until), until, stores, over=resolved_at is not None)


def sign_of(entry: EntryPosted, touched: Touched) -> Sign | None:
    """What was sold off line counts by when it was sold, all else by when it was booked."""
    way = SIGNS.get(entry.kind)
    moment = entry.occurred_at if entry.late else entry.booked_at
    if way is None or not touched.at(moment):
        return None
    reason: Reason = "sold_offline" if entry.late else "spent" if way > 0 else "refunded"
    return Sign(entry.member_id, reason, Because(moment, entry.store_id, entry.entry_id))
