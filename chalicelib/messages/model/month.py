"""A provider's month: the cards of its hours, put together by the days of a zone."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from chalicelib.kernel import clock
from chalicelib.messages.model.score import Counts, summed

READABLE_MONTHS = 13  # after the end of the month


class Day(NamedTuple):
    """`card` is None where nothing was counted: that is no zero."""

    date: date
    card: Counts | None


class Month(NamedTuple):
    first: date
    zone: str

    @property
    def last(self) -> date:
        return _next(self.first) - timedelta(days=1)

    @property
    def hours(self) -> tuple[datetime, datetime]:
        """Moments in the first hour of it and in the last."""
        begins, ends = (
            datetime.combine(day, time(), clock.zone(self.zone)).astimezone(UTC)
            for day in (self.first, _next(self.first))
        )
        return begins, ends - timedelta.resolution

    def is_readable(self, today: date) -> bool:
        ago = (today.year - self.first.year) * 12 + today.month - self.first.month
        return 0 <= ago <= READABLE_MONTHS

    def days(self, hours: Mapping[datetime, Counts], today: date) -> Sequence[Day]:
        """Each that has begun."""
        by_day: dict[date, list[Counts]] = defaultdict(list)
        for hour, card in hours.items():
            by_day[hour.astimezone(clock.zone(self.zone)).date()].append(card)
        return [
            Day(day, summed(by_day[day]) if day in by_day else None)
            for day in clock.days(self.first, min(self.last, today))
        ]


class Spent(NamedTuple):
    """`milliyuan` is None where no part had a price; of `parts` so many as `unpriced` are not in it."""

    parts: int
    unpriced: int
    milliyuan: int | None


def spent(card: Counts) -> Spent:
    parts, unpriced = card.get("parts", 0), card.get("parts_unpriced", 0)
    return Spent(parts, unpriced, card.get("milliyuan", 0) if parts > unpriced else None)


def arrived(card: Counts) -> float | None:
    """Of what carriers reported the share that arrived; None: they reported nothing."""
    delivered = card.get("delivered", 0)
    reported = delivered + card.get("undelivered", 0)
    return delivered / reported if reported else None


def refused(card: Counts) -> int:
    return sum(count for name, count in card.items() if name.startswith("refused_"))


def _next(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)
