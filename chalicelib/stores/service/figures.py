"""Figures of a store's day: counted from the stream once for each entry, and made anew from the entries."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple, Protocol

import msgspec

from chalicelib.access.model import Store
from chalicelib.adapters import log
from chalicelib.adapters.tables import ConditionFailed
from chalicelib.kernel import clock
from chalicelib.kernel.clock import Clock
from chalicelib.kernel.errors import TryAgain
from chalicelib.ledger.facts import EntryPosted
from chalicelib.stores.model import figures as model
from chalicelib.stores.model.figures import DIFFER, Day
from chalicelib.stores.table import figures as table

SETTLED = timedelta(minutes=10)  # a booking under way has committed by then, and the index has it
_TOGETHER = 40  # a transaction holds 100 writes: a mark for each entry, and their days
_TRIES = 60
_CLOSED_FOR = timedelta(hours=1)
_TWICE, _LOOK_BACK = 2, 7
_log = log.logger("figures")


class Entries(Protocol):
    """What the figures ask of the ledger."""

    def day(self, store_id: str, business_date: str) -> Iterator[EntryPosted]: ...

    def entries(self, ids: Iterable[str]) -> list[EntryPosted]: ...


class Rebuilt(NamedTuple):
    """The day as it was and as it is."""

    was: Day
    now: Day

    @property
    def differs(self) -> dict[str, tuple[int, int]]:
        return model.differing(self.was.sums, self.now.sums)


def days(store_id: str, first: date, last: date) -> list[Day]:
    """Those that have figures, oldest first. Raises InvalidRequest where they are too many."""
    model.check_days(first, last)
    return table.days(store_id, first.isoformat(), last.isoformat())


def on(days: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Day]:
    """By store and business date, those that have figures."""
    return table.on(days)


def count(entries: Sequence[EntryPosted], now: Clock = clock.now) -> None:
    """Each entry once, however often and in whatever order they come. Raises TryAgain, and then none is lost."""
    left = list({each.entry_id: each for each in entries if model.counts(each)}.values())
    while left:
        _count(left[:_TOGETHER], now)
        left = left[_TOGETHER:]


def _count(left: Sequence[EntryPosted], now: Clock) -> None:
    for _ in range(_TRIES):
        known = table.on(_days_of(left), consistent=True)
        left = [each for each in left if not _sealed_in(known, each)]
        if not left:
            return
        try:
            table.count(left, known, now())
        except ConditionFailed as failed:
            left = [each for each in left if each.entry_id not in failed.images]
        else:
            return
    raise TryAgain


def _days_of(entries: Iterable[EntryPosted]) -> list[tuple[str, str]]:
    return list(dict.fromkeys((each.store_id, each.business_date) for each in entries))


def _sealed_in(known: dict[tuple[str, str], Day], entry: EntryPosted) -> bool:
    day = known.get((entry.store_id, entry.business_date))
    return day is not None and day.has(entry)


class Figures(msgspec.Struct, frozen=True):
    ledger: Entries
    clock: Clock = clock.now

    def rebuild(self, store_id: str, business_date: str) -> Rebuilt:
        """From the entries, while the stream goes on counting.

        What is settled is added up from the day's list, what came since from the marks; if anything was counted
        meanwhile, the marks are read again. Raises TryAgain.
        """
        was = table.day(store_id, business_date)
        until = clock.cut(self.clock() - SETTLED)
        until = max(until, was.sealed_at or until)
        of_day = self.ledger.day(store_id, business_date)
        settled = model.total(each for each in of_day if each.booked_at <= until)
        for _ in range(_TRIES):
            since = table.marked_since(store_id, business_date, until)
            sums = model.added(settled, model.total(self.ledger.entries(since)))
            if not sums and not was.version:
                return Rebuilt(was, was)
            if table.replace(was, sums, until):
                return Rebuilt(was, Day(store_id, business_date, sums, was.version + 1, until))
            was = table.day(store_id, business_date)
            if was.sealed_at and was.sealed_at > until:
                break  # somebody else made it anew
        raise TryAgain

    def recount(self, stores: Iterable[Store], has_time: Callable[[], bool]) -> int:
        """Find, tell and put right what no stream delivered, in days that are over; how many days were wrong."""
        wrong = 0
        for store in stores:
            for business_date in self._to_look_at(store):
                if not has_time():
                    return wrong
                wrong += self._recount(store.store_id, business_date)
        return wrong

    def _recount(self, store_id: str, business_date: str) -> bool:
        """Where somebody else is at it, the next morning looks again."""
        day = {"store_id": store_id, "business_date": business_date}
        try:
            rebuilt = self.rebuild(store_id, business_date)
        except TryAgain:
            _log.warning("figures were not looked at", extra=day)
            return False
        if rebuilt.differs:
            _log.error(DIFFER, extra={**day, "differs": rebuilt.differs})
        return bool(rebuilt.differs)

    def _to_look_at(self, store: Store) -> Iterator[str]:
        """Days that are over: the last ones twice, as a day cut may have been moved; older ones where nobody did."""
        today = store.business_date(self.clock() - _CLOSED_FOR)
        ago = [today - timedelta(days=n) for n in range(1, _LOOK_BACK + 1)]
        known = {
            each.business_date: each
            for each in table.days(store.store_id, ago[-1].isoformat(), ago[0].isoformat())
        }
        for n, day in enumerate(ago, 1):
            if n <= _TWICE or not _is_sealed(known.get(day.isoformat()), day, store):
                yield day.isoformat()


def _is_sealed(figures: Day | None, day: date, store: Store) -> bool:
    sealed_at = figures.sealed_at if figures else None
    return sealed_at is not None and store.business_date(sealed_at) > day
