"""Searching, a store and a business day at a time: each step can be done again."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from chalicelib.access.model import Store
from chalicelib.adapters.tables import Image
from chalicelib.amends.model.amends import Amends, Job, shard_of
from chalicelib.amends.model.touched import (
    LATE_FOR,
    MESSAGES_BEFORE,
    Because,
    Reason,
    Sign,
    Touched,
    sign_of,
)
from chalicelib.amends.model.trouble import trouble
from chalicelib.amends.table import affected
from chalicelib.amends.table.affected import Search
from chalicelib.kernel.clock import Clock
from chalicelib.ledger.facts import EntryPosted
from chalicelib.ledger.service import Ledger
from chalicelib.messages.model.message import OF_STORES
from chalicelib.messages.service.find import Finder
from chalicelib.stores.service.held import Queue

_HELD = "~"  # sorts behind every day
_LATE = ("spend",)  # what tills hand in of their time off line
_PAGE = 100


class Step(NamedTuple):
    """What of a store is looked at: a business day, or its held sales."""

    store: Store
    part: str

    @property
    def cursor(self) -> str:
        return f"{self.store.store_id}#{self.part}"

    @property
    def place(self) -> tuple[str, str]:
        return self.store.store_id, self.part


@dataclass(frozen=True)
class Finding:
    """What the other rooms know, by what they offer to be read."""

    ledger: Ledger
    finder: Finder
    queue: Queue
    clock: Clock

    def steps(self, stores: Iterable[Store], amends: Amends, job: Job) -> Iterator[Step]:
        """Those of this job that are not done yet, in an order that does not change."""
        touched, now = amends.touched, self.clock()
        store_id, _, part = job.cursor.partition("#")
        for store in sorted(stores, key=lambda one: one.store_id):
            if shard_of(store.store_id) != job.shard or not touched.wants(store.store_id):
                continue
            for each in (*touched.days(store, now), _HELD):
                step = Step(store, each)
                if step.place > (store_id, part):
                    yield step

    def look(self, step: Step, touched: Touched, search: Search) -> None:
        found = self._held(step, touched) if step.part == _HELD else self._day(step, touched)
        for member_id, because in _by_member(found).items():
            affected.add(search, member_id, because, self.clock())

    def _day(self, step: Step, touched: Touched) -> Iterator[Sign]:
        entries: list[EntryPosted] = []
        since, until = touched.since - MESSAGES_BEFORE, touched.until + LATE_FOR
        store = step.store
        kinds = OF_STORES if step.part <= store.business_date(touched.until).isoformat() else _LATE
        for entry in self.ledger.day_entries(store.store_id, step.part, since, until, kinds):
            if sign := sign_of(entry, touched):
                yield sign
            if entry.booked_at <= touched.until:
                entries.append(entry)
        for at in range(0, len(entries), _PAGE):
            yield from self._messages(entries[at : at + _PAGE], touched)

    def _messages(self, entries: Sequence[EntryPosted], touched: Touched) -> Iterator[Sign]:
        for message in self.finder.of_entries(entries):
            if reason := trouble(message, touched):
                facts = message.facts
                because = Because(facts.booked_at, facts.store_id, message.message_id)
                yield Sign(message.member_id, reason, because)

    def _held(self, step: Step, touched: Touched) -> Iterator[Sign]:
        """Sold in that time, and not cancelled by who decided on it."""
        store_id = step.store.store_id
        for state in ("open", "settled"):
            after: Image | None = None
            while True:
                page, after = self.queue.page(store_id, state, _PAGE, after)
                for held in page:
                    cancelled = held.settlement and held.settlement.way == "cancel"
                    if held.member_id and not cancelled and touched.at(held.occurred_at):
                        because = Because(held.occurred_at, store_id, held.held_id)
                        yield Sign(held.member_id, "held", because)
                # settled ones come newest first
                if after is None or (state == "settled" and _before(page[-1].held_at, touched)):
                    break


def _before(moment: datetime, touched: Touched) -> bool:
    return moment < touched.since


def _by_member(signs: Iterable[Sign]) -> dict[str, dict[Reason, Because]]:
    """Of each reason the first."""
    found: dict[str, dict[Reason, Because]] = defaultdict(dict)
    for sign in signs:
        found[sign.member_id].setdefault(sign.reason, sign.because)
    return found
