"""Time: UTC instants with milliseconds, and a store's business date."""

from collections.abc import Callable
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


@cache
def zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def check_zone(name: str) -> None:
    """Raises InvalidRequest at `/zone`."""
    try:
        zone(name)
    except (KeyError, ValueError, OSError) as error:
        raise invalid("/zone", "没有这个时区", "There is no such time zone") from error


def business_date(moment: datetime, zone_name: str, day_cut_hour: int) -> date:
    """The store's local date, where the day ends at `day_cut_hour` and not at midnight."""
    return (moment.astimezone(zone(zone_name)) - timedelta(hours=day_cut_hour)).date()
