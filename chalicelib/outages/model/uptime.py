"""How long each component was up, day by day: exact milliseconds, from what was said of it and when that held.

A major outage counts whole, a partial one by the page's published weight; degraded and maintenance count as up. Of all
that holds at one moment the worst counts, once. Before the component's first day, and after now, there is no data.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from chalicelib.kernel import clock
from chalicelib.kernel.clock import epoch_ms
from chalicelib.outages.model.changes import BaselineChange
from chalicelib.outages.model.components import Component, Status, worst
from chalicelib.outages.model.snapshot import Snapshot
from chalicelib.outages.model.turns import Holding, Turn, turns

DAYS = 90


class Day(NamedTuple):
    """A local day: of how much of it anything is known, and how long each state but `operational` lasted."""

    date: date
    covered_ms: int
    lasted_ms: dict[Status, int]

    @property
    def look(self) -> Status | None:
        """The worst of the day; None: no data."""
        return worst(self.lasted_ms) if self.covered_ms else None


def records(
    shown: Snapshot, changes: Iterable[BaselineChange], days: int = DAYS
) -> dict[str, list[Day]]:
    """By component id, up to today, oldest first; groups have none of their own. For a store, where it is its page."""
    changes = sorted(changes, key=lambda each: (each.at, each.id))
    before = {each.component_id: each.old for each in reversed(changes)}
    dates, midnights = _calendar(shown, days)
    turned = turns(shown, changes, midnights[0])
    found = {}
    for each in shown.page.leaves():
        spans = _spans(turned[each.id], before.get(each.id, each.baseline), midnights)
        found[each.id] = _record(shown, each, (dates, midnights), spans)
    return found


def uptime(days: Iterable[Day], partial_weight: float) -> Fraction | None:
    """The part of the covered time that it was up; None: no data."""
    lasted = [(day.covered_ms, day.lasted_ms) for day in days]
    covered = sum(ms for ms, _ in lasted)
    major = sum(each.get("major_outage", 0) for _, each in lasted)
    partial = sum(each.get("partial_outage", 0) for _, each in lasted)
    down = major + Fraction(str(partial_weight)) * partial
    return 1 - down / covered if covered else None


def mean(parts: Iterable[Fraction | None]) -> Fraction | None:
    """A group is up as its members are on the average; those without data do not count."""
    known = [each for each in parts if each is not None]
    return sum(known, Fraction(0)) / len(known) if known else None


def percent(part: Fraction) -> str:
    """Two digits, rounded down: one lost second in 90 days is never 100 %."""
    hundredths = int(part * 10_000)
    if hundredths == 10_000:  # noqa: PLR2004 - all of it
        return "100"
    return f"{hundredths // 100}.{hundredths % 100:02d}"


_Span = tuple[int, int, Status]


def _record(
    shown: Snapshot,
    component: Component,
    calendar: tuple[list[date], list[int]],
    spans: Iterable[_Span],
) -> list[Day]:
    dates, midnights = calendar
    first, last = _known_from(component, shown.page.time_zone), epoch_ms(shown.now)
    reckoned = [
        Day(day, max(0, min(ends, last) - max(begins, first)), {})
        for day, (begins, ends) in zip(dates, pairwise(midnights), strict=True)
    ]
    for begins, ends, status in spans:
        lasted = min(ends, last) - max(begins, first)
        if status != "operational" and lasted > 0 and begins >= midnights[0]:
            of_day = reckoned[bisect_right(midnights, begins) - 1].lasted_ms
            of_day[status] = of_day.get(status, 0) + lasted
    return reckoned


def _spans(turned: Sequence[Turn], baseline: Status, midnights: Sequence[int]) -> Iterator[_Span]:
    """From when to when it was in one state, each span within one day."""
    nights = [Turn(each, "midnight", "operational") for each in midnights]
    holding = Holding(baseline)
    for turn, after in pairwise(sorted([*nights, *turned], key=lambda each: each.at_ms)):
        holding.turn(turn)
        if turn.at_ms < after.at_ms:
            yield turn.at_ms, after.at_ms, holding.status


def _calendar(shown: Snapshot, days: int) -> tuple[list[date], list[int]]:
    """The local days, and their midnights with the one after: a day may have 23 hours, or 25."""
    zone = shown.page.time_zone
    today = shown.now.astimezone(clock.zone(zone)).date()
    dates = list(clock.days(today - timedelta(days=days - 1), today))
    return dates, [_midnight(each, zone) for each in [*dates, today + timedelta(days=1)]]


def _known_from(component: Component, zone: str) -> int:
    if component.start_date is None:
        return epoch_ms(component.created_at)
    return _midnight(component.start_date, zone)


def _midnight(day: date, zone: str) -> int:
    """The day's first moment; where the clock leaps over midnight, the moment of the leap."""
    return epoch_ms(datetime.combine(day, time(), clock.zone(zone)))
