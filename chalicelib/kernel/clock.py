"""Time: UTC instants with milliseconds, and a store's business date."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from chalicelib.kernel.errors import invalid

Clock = Callable[[], datetime]


def now() -> datetime:
    """Now, cut to milliseconds, so that what is stored equals what was computed."""
    return cut(datetime.now(UTC))


def cut(moment: datetime) -> datetime:
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def text(moment: datetime) -> str:
    """RFC 3339 in UTC with milliseconds and `Z`; sorts as time does."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse(value: str) -> datetime:
    return datetime.fromisoformat(value)


def epoch_ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def of_epoch_ms(value: int) -> datetime:
    return datetime.fromtimestamp(value // 1000, UTC) + timedelta(milliseconds=value % 1000)


@cache
def zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def next_after(start: datetime, steps: Iterable[timedelta], now: datetime) -> datetime | None:
    """The first of the moments `start` + step that lies ahead; None where all are over."""
    return next((start + step for step in steps if start + step > now), None)


def days(first: date, last: date) -> Iterator[date]:
    """Both included; none where the last lies before the first."""
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)


def check_zone(name: str, pointer: str = "/zone") -> None:
    """Raises InvalidRequest at `pointer`."""
    try:
        zone(name)
    except (KeyError, ValueError, OSError) as error:
        raise invalid(pointer, "没有这个时区", "There is no such time zone") from error


def business_date(moment: datetime, zone_name: str, day_cut_hour: int) -> date:
    """The store's local date, where the day ends at `day_cut_hour` and not at midnight."""
    return (moment.astimezone(zone(zone_name)) - timedelta(hours=day_cut_hour)).date()
