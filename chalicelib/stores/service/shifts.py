"""Opening and closing a till's shift: one open at a time, a closed one is final, its number has no gap."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

import msgspec

from chalicelib.access.model import Store
from chalicelib.adapters.tables import ConditionFailed
from chalicelib.kernel import clock
from chalicelib.kernel.clock import Clock
from chalicelib.kernel.errors import NotFound, TryAgain
from chalicelib.kernel.stamp import Stamp
from chalicelib.ledger.facts import EntryPosted
from chalicelib.ledger.model.refusals import NameTaken
from chalicelib.ledger.model.words import SIGNS
from chalicelib.stores.model import shifts as model
from chalicelib.stores.model.shifts import Mark, Shift
from chalicelib.stores.model.shifts_report import Count, Report, ShiftClosed, ShiftOpen
from chalicelib.stores.table import shifts as table

_NUMBER_TRIES = 20


class Days(Protocol):
    """What a shift asks of the ledger."""

    def day_entries(
        self,
        store_id: str,
        date: str,
        since: datetime,
        until: datetime,
        kinds: Sequence[str],
        /,
    ) -> Iterator[EntryPosted]: ...


class Done(NamedTuple):
    shift: Shift
    first: bool


class Closing(NamedTuple):
    """What the caller counted and said."""

    counted: Sequence[Count]
    note: str | None
    fingerprint: str


class Shifts(msgspec.Struct, frozen=True):
    ledger: Days
    clock: Clock = clock.now

    def open(self, shift: Shift, by: Stamp) -> Done:
        """The same again answers the same. Raises NameTaken, ShiftOpen."""
        try:
            table.open_(shift, by)
        except ConditionFailed as failed:
            if there := failed.images.get("shift"):
                return Done(_same(table.shift_of(there), shift), first=False)
            if there := failed.images.get("till"):
                raise ShiftOpen(open_shift=table.open_shift_of(there)) from failed
            raise TryAgain from failed
        return Done(shift, first=True)

    def close(self, store: Store, name: str, closing: Closing, by: Stamp) -> Done:
        """Raises NotFound, InvalidRequest, ShiftClosed where it was closed by another count."""
        shift = self.shift(store.store_id, name)
        if shift.report:
            return Done(_closed_so(shift, closing), first=False)
        model.checked(closing.counted)
        mark = table.mark(store.store_id, shift.till_id) or model.beginning(shift)
        tally = self._tally(store, shift, mark)
        report = tally.report(
            closing.counted, closed_by=by.who, fingerprint=closing.fingerprint, note=closing.note
        )
        return self._numbered(shift, report, tally.next_mark(store.version), closing, by)

    def shift(self, store_id: str, name: str) -> Shift:
        """Raises NotFound."""
        found = table.shift(store_id, name)
        if found is None:
            raise NotFound
        return found

    def closed(
        self, store_id: str, limit: int, below: int | None
    ) -> tuple[list[Shift], int | None]:
        """Newest first."""
        return table.closed(store_id, limit, below)

    def _tally(self, store: Store, shift: Shift, mark: Mark) -> model.Tally:
        until = model.end_of(shift, mark, self.clock())
        tally = model.Tally(shift, mark, until)
        for day in model.days(store, shift, mark, until):
            tally.add_all(
                self.ledger.day_entries(store.store_id, day, mark.since, until, tuple(SIGNS))
            )
        return tally

    def _numbered(
        self, shift: Shift, report: Report, mark: Mark, closing: Closing, by: Stamp
    ) -> Done:
        for _ in range(_NUMBER_TRIES):
            now = model.numbered(shift, report, table.last_number(shift.store_id) + 1)
            try:
                table.close(shift, now, mark, by)
            except ConditionFailed as failed:
                if there := failed.images.get("shift"):
                    return self._lost(table.shift_of(there), now, closing)
            else:
                return Done(now, first=True)
        raise TryAgain

    def _lost(self, there: Shift, mine: Shift, closing: Closing) -> Done:
        """It is closed: by us, where the answer got lost on its way here, or by another."""
        return Done(_closed_so(there, closing), first=there == mine)


def _same(there: Shift, asked: Shift) -> Shift:
    if (there.till_id, there.fingerprint) != (asked.till_id, asked.fingerprint):
        raise NameTaken
    return there


def _closed_so(shift: Shift, closing: Closing) -> Shift:
    if shift.report is None or shift.report.fingerprint != closing.fingerprint:
        raise ShiftClosed
    return shift
