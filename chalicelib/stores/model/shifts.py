"""Shifts: which entries of a till each of them counts, each entry once, and what the drawer should hold.

What is listed may come up late: an index lags, a posting may be under way while a shift is closed. So a shift looks
back to a while before the end of the one before it, and leaves out what that one counted.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec
from msgspec.structs import replace

from chalicelib.access.model import Store
from chalicelib.kernel import clock
from chalicelib.kernel.errors import invalid
from chalicelib.ledger.facts import EntryPosted
from chalicelib.ledger.model.words import SIGNS
from chalicelib.stores.model.shifts_report import (
    COUNTED,
    Apart,
    Count,
    Kind,
    Report,
    Shown,
    Way,
    Why,
)

LOOKS_BACK = timedelta(hours=1)
MOST_SEEN = 5_000  # of a till that posts more in an hour, less than an hour is looked back at
MOST_SHOWN = 50
_CLOCK_BEHIND = timedelta(minutes=5)
_IN_DRAWER: frozenset[Why] = frozenset({"", "offline"})


class Shift(msgspec.Struct, frozen=True):
    """`name` is the caller's; `report` is there once it is closed."""

    store_id: str
    name: str
    till_id: str
    float_fen: int
    opened_at: datetime
    fingerprint: str
    opened_by: str | None = None
    store_version: int = 0
    report: Report | None = None


class Mark(msgspec.Struct, frozen=True):
    """A till's entries are counted up to `until`; of those booked from `since` on, `seen` are the counted ones."""

    until: datetime
    since: datetime
    seen: Mapping[str, datetime] = msgspec.field(default_factory=dict)
    store_version: int = 0


def beginning(shift: Shift) -> Mark:
    """A till's first shift counts from its opening."""
    return Mark(shift.opened_at, shift.opened_at, store_version=shift.store_version)


def days(store: Store, shift: Shift, mark: Mark, until: datetime) -> Iterator[str]:
    """The business dates that entries booked from the mark on may carry; more where the store was edited meanwhile.

    Whoever edits a store may cut its day at another hour.
    """
    edited = len({store.version, shift.store_version, mark.store_version}) > 1
    for day in store.days(mark.since, until, spare=int(edited)):
        yield day.isoformat()


def end_of(shift: Shift, mark: Mark, now: datetime) -> datetime:
    """Clocks of servers differ a little; time does not go back."""
    return max(now, shift.opened_at, mark.until)


class Tally:
    """Takes in what was booked from `mark.since` to `until`, in any order; it passes over other tills' entries."""

    def __init__(self, shift: Shift, mark: Mark, until: datetime) -> None:
        self.shift = shift
        self.mark = mark
        self.until = until
        self.counted: dict[str, datetime] = {}
        self._ways: dict[Why, dict[str, int]] = {}
        self._kinds: dict[str, tuple[int, int]] = {}
        self._apart: dict[Why, list[Shown]] = {}
        self._counts: dict[Why, int] = {}

    def add_all(self, entries: Iterable[EntryPosted]) -> "Tally":
        for entry in entries:
            if self._mine(entry):
                self._add(entry)
        return self

    def next_mark(self, store_version: int) -> Mark:
        """What the next shift must know of this one and, where this one was short, of those before it.

        Never further back than this one looked: a till's first shift counts nothing from before it.
        """
        since = max(self.until - LOOKS_BACK, self.mark.since)
        known = {**self.mark.seen, **self.counted}
        recent = sorted((at, one) for one, at in known.items() if at >= since)
        if len(recent) > MOST_SEEN:
            since = recent[-MOST_SEEN - 1][0] + timedelta(milliseconds=1)
        seen = {one: at for at, one in recent if at >= since}
        return Mark(self.until, since, seen, store_version)

    def report(
        self, counted: Sequence[Count], *, closed_by: str, fingerprint: str, note: str | None
    ) -> Report:
        """Not numbered yet. Raises InvalidRequest where `counted` is no count of a drawer."""
        return Report(
            closed_at=self.until,
            closed_by=closed_by,
            ways=tuple(self._reckoned(checked(counted))),
            kinds=tuple(Kind(kind, *self._kinds[kind]) for kind in SIGNS if kind in self._kinds),
            apart=tuple(self._group(why) for why in self._apart),
            fingerprint=fingerprint,
            note=note,
        )

    def _mine(self, entry: EntryPosted) -> bool:
        return (
            entry.till_id == self.shift.till_id
            and entry.kind in SIGNS
            and self.mark.since <= entry.booked_at <= self.until
            and entry.entry_id not in self.mark.seen
            and entry.entry_id not in self.counted
        )

    def _add(self, entry: EntryPosted) -> None:
        self.counted[entry.entry_id] = entry.booked_at
        why, sign = self._why(entry), SIGNS[entry.kind]
        ways = self._ways.setdefault(why, {})
        for payment in entry.payments:
            ways[payment.method] = ways.get(payment.method, 0) + sign * abs(payment.amount_fen)
        count, total_fen = self._kinds.get(entry.kind, (0, 0))
        self._kinds[entry.kind] = (count + 1, total_fen + abs(entry.total_fen))
        self._counts[why] = self._counts.get(why, 0) + 1
        if why:
            shown = self._apart.setdefault(why, [])
            if len(shown) < MOST_SHOWN:
                shown.append(_shown(entry, sign))

    def _why(self, entry: EntryPosted) -> Why:
        """Why it is shown apart, empty where it is not."""
        opened_at = self.shift.opened_at
        if entry.booked_at < opened_at:
            return "between" if entry.booked_at > self.mark.until else "overdue"
        if entry.late:
            return "earlier" if entry.occurred_at < opened_at else "offline"
        return "earlier" if entry.occurred_at < opened_at - _CLOCK_BEHIND else ""

    def _reckoned(self, counted: Mapping[str, int]) -> Iterable[Way]:
        taken = dict.fromkeys(COUNTED, 0)
        for why in _IN_DRAWER:
            for method, amount_fen in self._ways.get(why, {}).items():
                taken[method] = taken.get(method, 0) + amount_fen
        for method, amount_fen in taken.items():
            expected = amount_fen + (self.shift.float_fen if method == "cash" else 0)
            found = counted.get(method)
            yield Way(
                method, amount_fen, expected, found, None if found is None else found - expected
            )

    def _group(self, why: Why) -> Apart:
        ways = tuple(Count(*each) for each in sorted(self._ways[why].items()))
        return Apart(why, why in _IN_DRAWER, self._counts[why], ways, tuple(self._apart[why]))


def checked(counted: Sequence[Count]) -> dict[str, int]:
    """By way of payment. Raises InvalidRequest: cash is always counted, and nothing twice."""
    found = {each.method: each.amount_fen for each in counted}
    if len(found) < len(counted):
        raise invalid("/counted", "同一支付方式重复清点", "a way of payment is counted twice")
    if "cash" not in found:
        raise invalid("/counted", "必须清点现金", "cash must be counted")
    return found


def numbered(shift: Shift, report: Report, number: int) -> Shift:
    return replace(shift, report=msgspec.structs.replace(report, number=number))


def _shown(entry: EntryPosted, sign: int) -> Shown:
    return Shown(
        entry.entry_id,
        entry.kind,
        entry.order_name,
        sign * abs(entry.total_fen),
        clock.cut(entry.occurred_at),
        entry.booked_at,
    )
