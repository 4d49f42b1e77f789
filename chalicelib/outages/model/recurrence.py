"""When what recurs comes again: the same local time in its zone, whatever the clocks there do."""

import calendar
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

import msgspec

from chalicelib.kernel import clock
from chalicelib.outages.model.maintenances import Maintenance, Recurrence
from chalicelib.outages.model.words import id_of

AHEAD = timedelta(days=35)
_WEEK = 7


class Series(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What recurs: the pattern of each that is made of it. `made_for`: the start of the last one that was made."""

    id: str
    pattern: Maintenance
    made_for: datetime
    stopped: bool = False
    version: int = 1


def starts(first: datetime, rule: Recurrence) -> Iterator[datetime]:
    """All of them, the first included, until the rule ends.

    A local time that the clocks jump over is taken as if they had not; one that comes twice, the first time.
    """
    zone = clock.zone(rule.zone)
    local = first.astimezone(zone)
    for number in count():
        try:
            day = _day(local.date(), rule, number)
        except (ValueError, OverflowError):  # past the last year that there is
            return
        start = first if number == 0 else _at(day, local.time(), zone)
        if rule.until is not None and start > rule.until:
            return
        yield start


def next_of(series: Series, now: datetime) -> Maintenance | None:
    """The next one that is to be made, early enough; one that would be over by now never is."""
    pattern, rule = series.pattern, series.pattern.recurrence
    if series.stopped or rule is None:
        return None
    lasts = pattern.scheduled_until - pattern.scheduled_for
    after = max(series.made_for, now - lasts)
    start = next((each for each in starts(pattern.scheduled_for, rule) if each > after), None)
    if start is None or start > now + AHEAD:
        return None
    return msgspec.structs.replace(
        pattern,
        id=id_of(start, series.id),
        created_at=now,
        updated_at=now,
        scheduled_for=start,
        scheduled_until=start + lasts,
    )


def _day(first: date, rule: Recurrence, number: int) -> date:
    if rule.every == "week":
        return first + timedelta(days=number * _WEEK)
    months = first.month - 1 + number
    year, month = first.year + months // 12, months % 12 + 1
    last = calendar.monthrange(year, month)[1]
    if rule.every == "month":
        return date(year, month, min(first.day, last))
    begins = date(year, month, 1)
    offset = (first.weekday() - begins.weekday()) % _WEEK
    day = 1 + offset + (first.day - 1) // _WEEK * _WEEK
    return date(year, month, day if day <= last else day - _WEEK)


def _at(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at.replace(fold=0), tzinfo=zone).astimezone(UTC)
