"""What recurs comes at the same local time, whatever the clocks of its zone do."""

from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from typing import Literal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.outages.model.maintenances import Recurrence
from chalicelib.outages.model.recurrence import AHEAD, Series, next_of, starts
from tests.unit.outages.world import NOW, minutes, window

ZONES = ("Asia/Shanghai", "America/New_York", "Australia/Lord_Howe", "Europe/Berlin")


def local(zone: str, *parts: int) -> datetime:
    return datetime(*parts, tzinfo=ZoneInfo(zone)).astimezone(UTC)  # type: ignore[misc,arg-type]


def some(first: datetime, rule: Recurrence, count: int) -> list[datetime]:
    return list(islice(starts(first, rule), count))


@given(
    st.integers(0, 15 * 366 * 24 * 60).map(lambda count: NOW + minutes(count)),
    st.sampled_from(ZONES),
    st.sampled_from(["week", "month", "month_weekday"]),
)
def test_each_comes_at_the_local_time_of_the_first_unless_the_clocks_jump_over_it(
    first: datetime, zone: str, every: Literal["week", "month", "month_weekday"]
) -> None:
    came = some(first, Recurrence(every, zone), 30)
    wanted = first.astimezone(ZoneInfo(zone)).time()
    assert came[0] == first
    for each in came:
        there = each.astimezone(ZoneInfo(zone))
        skipped = datetime.combine(there.date(), wanted, tzinfo=ZoneInfo(zone))
        exists = skipped.astimezone(UTC).astimezone(ZoneInfo(zone)).time() == wanted
        assert there.time() == wanted or not exists
    assert all(later > earlier for earlier, later in pairwise(came))


def test_a_week_with_a_change_of_clocks_is_an_hour_longer_or_shorter() -> None:
    first = local("America/New_York", 2026, 3, 1, 2, 30)
    came = some(first, Recurrence("week", "America/New_York"), 3)
    gaps = [later - earlier for earlier, later in pairwise(came)]
    assert gaps == [timedelta(days=7), timedelta(days=7, hours=-1)]
    assert came[1] == local("America/New_York", 2026, 3, 8, 3, 30)  # half past two was jumped over


def test_a_short_month_takes_its_last_day_and_the_next_the_old_one_again() -> None:
    first = local("Asia/Shanghai", 2027, 1, 31, 2, 0)
    came = some(first, Recurrence("month"), 4)
    days = [each.astimezone(ZoneInfo("Asia/Shanghai")).day for each in came]
    assert days == [31, 28, 31, 30]


def test_the_second_tuesday_stays_the_second_tuesday_and_a_fifth_is_the_last() -> None:
    zone = ZoneInfo("Asia/Shanghai")
    second = some(local("Asia/Shanghai", 2026, 12, 8, 2, 0), Recurrence("month_weekday"), 3)
    assert [each.astimezone(zone).date().isoformat() for each in second] == [
        "2026-12-08", "2027-01-12", "2027-02-09",
    ]  # fmt: skip
    fifth = some(local("Asia/Shanghai", 2026, 12, 31, 2, 0), Recurrence("month_weekday"), 3)
    assert [each.astimezone(zone).date().isoformat() for each in fifth] == [
        "2026-12-31", "2027-01-28", "2027-02-25",
    ]  # fmt: skip


def test_a_rule_ends_with_the_last_that_begins_by_then() -> None:
    rule = Recurrence("week", until=NOW + timedelta(days=14))
    assert some(NOW, rule, 9) == [NOW, NOW + timedelta(days=7), NOW + timedelta(days=14)]
    early = replace(rule, until=NOW + timedelta(days=14) - minutes(0.001))
    assert len(some(NOW, early, 9)) == 2


def series(**more: object) -> Series:
    pattern = window(0, 60, "a", recurrence=Recurrence("week", series_id="w1"))
    return replace(Series(id="w1", pattern=pattern, made_for=NOW), **more)


def test_the_same_occurrence_has_the_same_id_whoever_makes_it() -> None:
    one, again = next_of(series(), NOW), next_of(series(), NOW + minutes(9))
    assert one is not None
    assert again is not None
    assert one.id == again.id
    assert (one.scheduled_for, one.scheduled_until) == (
        NOW + timedelta(days=7),
        NOW + timedelta(days=7) + minutes(60),
    )


def test_those_that_are_far_ahead_wait_and_those_that_are_over_are_not_made_up_for() -> None:
    far = series(made_for=NOW + timedelta(days=28))
    assert next_of(far, NOW - minutes(0.001)) is None
    assert next_of(far, NOW) is not None
    assert timedelta(days=35) == AHEAD
    late = next_of(series(), NOW + timedelta(days=100))
    assert late is not None
    assert late.scheduled_for == NOW + timedelta(days=105)
    assert next_of(series(stopped=True), NOW) is None


@pytest.mark.parametrize("every", ["week", "month"])
def test_a_rule_without_end_stops_where_the_calendar_does(every: Literal["week", "month"]) -> None:
    last = datetime(9999, 12, 20, tzinfo=UTC)
    assert len(some(last, Recurrence(every, "UTC"), 9)) in {1, 2}
