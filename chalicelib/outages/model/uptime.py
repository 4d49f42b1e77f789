"""How long each component was up, day by day: exact milliseconds, from what was said of it and when that held.

A major outage counts whole, a partial one by the page's published weight; degraded and maintenance count as up. Of all
that holds at one moment the worst counts, once. Before the component's first day, and after now, there is no data.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

import msgspec

from chalicelib.kernel import clock
from chalicelib.kernel.clock import epoch_ms
from chalicelib.outages.model.changes import BaselineChange
from chalicelib.outages.model.components import Component, Status, worst
from chalicelib.outages.model.incidents import CLOSED, Incident, impacts
from chalicelib.outages.model.maintenances import Maintenance
from chalicelib.outages.model.snapshot import Snapshot

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


class _Turn(NamedTuple):
    """At a moment something begins (+1) or ends (-1) to hold; of a baseline, the new one takes the old one's place."""

    at_ms: int
    kind: str
    status: Status
    step: int = 0


class _Holding:
    """What holds between two turns."""

    def __init__(self, baseline: Status) -> None:
        self.baseline = baseline
        self.counts: Counter[tuple[str, Status]] = Counter()

    def turn(self, turn: _Turn) -> None:
        if turn.kind == "baseline":
            self.baseline = turn.status
        else:
            self.counts[turn.kind, turn.status] += turn.step

    @property
    def status(self) -> Status:
        """The same rule as for the page: see `Snapshot`."""
        live = {kind for (kind, _), count in self.counts.items() if count and kind != "incident"}
        baseline = "operational" if "maintenance" in live else self.baseline
        told = [status for (_, status), count in self.counts.items() if count]
        return worst([baseline, *told])


def by_day(
    shown: Snapshot, changes: Iterable[BaselineChange], component: Component, days: int = DAYS
) -> list[Day]:
    """Up to today, oldest first. Where a store's page is asked for, for that store."""
    dates, midnights = _calendar(shown, days)
    first, last = _known_from(component, shown.page.time_zone), epoch_ms(shown.now)
    reckoned = [
        Day(day, max(0, min(ends, last) - max(begins, first)), {})
        for day, (begins, ends) in zip(dates, pairwise(midnights), strict=True)
    ]
    for begins, ends, status in _spans(shown, changes, component, midnights):
        lasted = min(ends, last) - max(begins, first)
        if status != "operational" and lasted > 0 and begins >= midnights[0]:
            of_day = reckoned[bisect_right(midnights, begins) - 1].lasted_ms
            of_day[status] = of_day.get(status, 0) + lasted
    return reckoned


def uptime(days: Iterable[Day], partial_weight: float) -> Fraction | None:
    """The part of the covered time that it was up; None: no data."""
    covered, down = 0, Fraction(0)
    weights: dict[Status, Fraction] = {
        "major_outage": Fraction(1),
        "partial_outage": Fraction(str(partial_weight)),
    }
    for day in days:
        covered += day.covered_ms
        down += sum(ms * weights.get(status, 0) for status, ms in day.lasted_ms.items())
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


def _spans(
    shown: Snapshot,
    changes: Iterable[BaselineChange],
    component: Component,
    midnights: Sequence[int],
) -> Iterator[tuple[int, int, Status]]:
    """From when to when it was in one state, each span within one day."""
    own = sorted((each for each in changes if each.component_id == component.id), key=_when)
    turns = [_Turn(each, "midnight", "operational") for each in midnights]
    turns.extend(_turns(shown, own, component.id))
    holding = _Holding(own[0].old if own else component.baseline)
    for turn, after in pairwise(sorted(turns, key=lambda each: each.at_ms)):
        holding.turn(turn)
        if turn.at_ms < after.at_ms:
            yield turn.at_ms, after.at_ms, holding.status


def _turns(
    shown: Snapshot, changes: Sequence[BaselineChange], component_id: str
) -> Iterator[_Turn]:
    for change in changes:
        yield _Turn(epoch_ms(change.at), "baseline", change.new)
    for maintenance in shown.maintenances:
        if component_id in maintenance.component_ids:
            yield from _of_maintenance(maintenance, whole=shown.store_id is not None)
    for incident in shown.incidents:
        yield from _of_incident(incident, component_id, shown)


def _of_maintenance(maintenance: Maintenance, *, whole: bool) -> Iterator[_Turn]:
    """One of some stores only leaves the baseline of the whole chain as it is."""
    begins, ends = epoch_ms(maintenance.scheduled_for), epoch_ms(maintenance.over_at)
    if begins < ends:
        kind = "maintenance" if whole or not maintenance.store_ids else "partly"
        yield _Turn(begins, kind, "under_maintenance", 1)
        yield _Turn(ends, kind, "under_maintenance", -1)


def _of_incident(incident: Incident, component_id: str, shown: Snapshot) -> Iterator[_Turn]:
    """Each update holds until the next one; what closes it ends what was said, what opens it again brings it back."""
    moments = [epoch_ms(each.display_at) for each in incident.updates]
    moments.append(max(epoch_ms(shown.now), moments[-1]))
    for count, (begins, ends) in enumerate(pairwise(moments), 1):
        if begins >= ends or incident.updates[count - 1].status in CLOSED:
            continue
        so_far = msgspec.structs.replace(incident, updates=incident.updates[:count])
        status = impacts(so_far, shown.store_id).get(component_id, "operational")
        if status != "operational":
            yield _Turn(begins, "incident", status, 1)
            yield _Turn(ends, "incident", status, -1)


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


def _when(change: BaselineChange) -> datetime:
    return change.at
