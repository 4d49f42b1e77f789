"""Uptime: against a model that walks through each second, and by examples that people can check in their heads."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from itertools import count, repeat
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from chalicelib.outages.model import uptime
from chalicelib.outages.model.changes import BaselineChange
from chalicelib.outages.model.components import SEVERITY, Status
from chalicelib.outages.model.incidents import Affected, Stage, Update
from chalicelib.outages.model.maintenances import Maintenance
from chalicelib.outages.model.snapshot import Snapshot, published
from tests.unit.outages.world import NOW, component, incident, minutes, page, update, window

# Clocks leap forward at 02:00, back at 02:00, forward over midnight, back to midnight, by half an hour, never.
LEAPS = [
    ("Europe/Berlin", date(2026, 3, 29)),
    ("America/New_York", date(2026, 11, 1)),
    ("Africa/Cairo", date(2026, 4, 24)),
    ("America/Havana", date(2026, 11, 1)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("Asia/Shanghai", date(2026, 11, 22)),
]
STATUSES = [each for each in SEVERITY if each != "under_maintenance"]
STAGES: list[Stage] = ["investigating", "monitoring", "resolved"]
STORES = ["7", "8"]
SPAN_SECONDS = 50 * 3600


Said = tuple[int, Stage, Status | None, list[str]]


class Case(msgspec.Struct):
    """What was said within some hours round a leap, in seconds from their beginning."""

    zone: str
    begin: datetime
    now_s: int
    start_date: date | None
    changes: list[tuple[int, Status, Status]]
    maintenances: list[tuple[int, int, list[str]]]
    incidents: list[list[Said]]
    store_id: str | None

    def at(self, second: int) -> datetime:
        return self.begin + timedelta(seconds=second)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    zone, day = draw(st.sampled_from(LEAPS))
    begin = datetime.combine(day - timedelta(days=1), time(), ZoneInfo(zone)).astimezone(UTC)
    second = st.integers(0, SPAN_SECONDS)
    status = st.sampled_from(STATUSES)
    stores = st.lists(st.sampled_from(STORES), max_size=2, unique=True)
    said = st.tuples(second, st.sampled_from(STAGES), st.none() | status, stores)
    now_s = draw(st.integers(SPAN_SECONDS // 2, SPAN_SECONDS))
    begun = st.sampled_from([None, day - timedelta(days=1), day, day + timedelta(days=1)])
    return Case(
        zone,
        begin,
        now_s,
        draw(begun),
        sorted(draw(st.lists(st.tuples(second, status, status), max_size=3))),
        draw(st.lists(st.tuples(second, second, stores), max_size=2)),
        [
            sorted((each for each in told if each[0] <= now_s), key=lambda each: each[0])
            for told in draw(st.lists(st.lists(said, min_size=1, max_size=4), max_size=3))
        ],
        draw(st.sampled_from([None, "7"])),
    )


def built(case: Case) -> tuple[Snapshot, list[BaselineChange]]:
    changes = [
        BaselineChange(id=f"c{n}", component_id="a", old=old, new=new, at=case.at(at), source="manual", who="o1")
        for n, (at, old, new) in enumerate(case.changes)
    ]  # fmt: skip
    baseline = next((each.new for each in changes[::-1] if each.at <= case.at(case.now_s)), None)
    first: Status = changes[0].old if changes else "operational"
    one = component("a", baseline or first, created_at=case.begin, start_date=case.start_date)
    told = [
        incident(
            f"i{number}", *map(_update, repeat(case), count(), updates), published_at=case.begin
        )
        for number, updates in enumerate(case.incidents)
        if updates
    ]
    windows = [_window(case, f"w{n}", *each) for n, each in enumerate(case.maintenances)]
    kept = msgspec.structs.replace(page(one), time_zone=case.zone)
    shown = published(kept, told, windows, case.at(case.now_s))
    return shown.seen_from(case.store_id) if case.store_id else shown, changes


def _update(case: Case, number: int, said: Said) -> Update:
    at, stage, status, stores = said
    told = update(f"u{number}", stage, at=case.at(at))
    if status is None:
        return told
    named = Affected("a", "operational", status, tuple(stores))
    return msgspec.structs.replace(told, affected=(named,))


def _window(case: Case, window_id: str, first: int, last: int, stores: list[str]) -> Maintenance:
    planned = {"scheduled_for": case.at(first), "scheduled_until": case.at(last)}
    return window(0, 0, "a", id=window_id, store_ids=tuple(stores), **planned)


def walked(case: Case) -> list[Status]:
    """The state at each second up to now, by asking at each second again what holds."""
    told = [[0] * (case.now_s + 1) for _ in case.incidents]
    for severities, updates in zip(told, case.incidents, strict=True):
        _walk(case, updates, severities)
    names = {severity: status for status, severity in SEVERITY.items()}
    found: list[Status] = []
    baseline: Status = case.changes[0][1] if case.changes else "operational"
    for second in range(case.now_s + 1):
        for at, _, new in case.changes:
            if at == second:
                baseline = new
        worst = max((severities[second] for severities in told), default=0)
        under = [stores for first, last, stores in case.maintenances if first <= second < last]
        if case.store_id:
            under = [stores for stores in under if not stores or case.store_id in stores]
        planned = any(case.store_id or not stores for stores in under)
        own = 0 if planned else SEVERITY[baseline]
        found.append(names[max(worst, own, 2 if under else 0)])
    return found


def _walk(
    case: Case,
    updates: Sequence[Said],
    severities: list[int],
) -> None:
    everywhere, at_stores, is_open = 0, dict[str, int](), False
    for second in range(case.now_s + 1):
        for at, stage, status, stores in updates:
            if at == second:
                is_open = stage != "resolved"
                if status and stores:
                    at_stores |= dict.fromkeys(stores, SEVERITY[status])
                elif status:
                    everywhere, at_stores = SEVERITY[status], {}
        if is_open and case.store_id:
            severities[second] = at_stores.get(case.store_id, everywhere)
        elif is_open:
            severities[second] = max(everywhere, min(4, max(at_stores.values(), default=0)))


@given(cases())
@settings(max_examples=12, deadline=None, phases=[Phase.generate])  # to shrink it walks for minutes
def test_each_day_is_what_a_walk_through_its_seconds_finds(case: Case) -> None:
    shown, changes = built(case)
    states = walked(case)
    assert states[-1] == shown.states["a"].status
    zone, begin_s = ZoneInfo(case.zone), case.begin.timestamp()
    seconds: dict[date, list[Status]] = {}
    for second, status in enumerate(states[:-1]):
        day = datetime.fromtimestamp(begin_s + second, zone).date()
        if case.start_date is None or day >= case.start_date:
            seconds.setdefault(day, []).append(status)
    for reckoned in uptime.records(shown, changes, 4)["a"]:
        walk = seconds.get(reckoned.date, [])
        expected = {each: walk.count(each) * 1000 for each in SEVERITY if each != "operational"}
        assert reckoned.covered_ms == len(walk) * 1000
        assert reckoned.lasted_ms == {each: ms for each, ms in expected.items() if ms}


HOUR = 3600 * 1000


def days(*lasted: dict[Status, int]) -> list[uptime.Day]:
    return [uptime.Day(NOW.date(), 24 * HOUR, each) for each in lasted]


def test_a_partial_outage_counts_by_the_published_weight() -> None:
    part = days({"partial_outage": 24 * HOUR}, {})
    assert uptime.uptime(part, 0.3) == Fraction(85, 100)
    assert uptime.uptime(part, 0.5) == Fraction(75, 100)


def test_degraded_and_maintenance_count_as_up_and_a_major_outage_whole() -> None:
    assert uptime.uptime(days({"degraded_performance": HOUR, "under_maintenance": HOUR}), 0.3) == 1
    assert uptime.uptime(days({"major_outage": 6 * HOUR}), 0.3) == Fraction(3, 4)


def test_no_data_is_not_up() -> None:
    new = component("a", start_date=NOW.date() + timedelta(days=1))
    reckoned = uptime.records(published(page(new), [], [], NOW), [])["a"]
    assert [each.look for each in reckoned] == [None] * 90
    assert uptime.uptime(reckoned, 0.3) is None
    assert uptime.mean([None, Fraction(1, 2), Fraction(1)]) == Fraction(3, 4)
    assert uptime.mean([None]) is None


@pytest.mark.parametrize(
    ("lost_ms", "said"), [(0, "100"), (1, "99.99"), (HOUR, "95.83"), (24 * HOUR, "0.00")]
)
def test_a_percentage_is_rounded_down(lost_ms: int, said: str) -> None:
    part = uptime.uptime(days({"major_outage": lost_ms}), 0.3)
    assert part is not None
    assert uptime.percent(part) == said


def test_what_holds_at_once_counts_once_and_an_open_end_is_now() -> None:
    one = component("a", start_date=NOW.date())
    begun = NOW - minutes(60)
    told = [
        incident("i1", update("u1", "identified", {"a": "partial_outage"}, begun)),
        incident("i2", update("u2", "identified", {"a": "major_outage"}, NOW - minutes(20))),
    ]
    today = uptime.records(published(page(one), told, [], NOW), [])["a"][-1]
    assert today.lasted_ms == {"partial_outage": 40 * 60_000, "major_outage": 20 * 60_000}
    assert today.covered_ms == 16 * HOUR  # 16:00 in Shanghai


def test_expected_downtime_within_a_maintenance_is_no_outage() -> None:
    one = component("a", "major_outage", start_date=NOW.date())
    down = BaselineChange(
        id="c1", component_id="a", old="operational", new="major_outage", at=NOW - minutes(30),
        source="probe", who="probe",
    )  # fmt: skip
    shown = published(page(one), [], [window(-60, -10, "a")], NOW)
    today = uptime.records(shown, [down])["a"][-1]
    assert today.lasted_ms == {"under_maintenance": 50 * 60_000, "major_outage": 10 * 60_000}
