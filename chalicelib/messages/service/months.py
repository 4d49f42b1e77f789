"""All providers' month side by side: one request for each of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from chalicelib.kernel import clock
from chalicelib.kernel.clock import Clock
from chalicelib.kernel.errors import NotFound
from chalicelib.messages import scores
from chalicelib.messages.model.choice import PROVIDERS, Provider
from chalicelib.messages.model.month import Day, Month
from chalicelib.messages.model.score import Counts, summed


class Sheet(NamedTuple):
    """`total` is None where nothing was counted in the whole month."""

    provider: Provider
    total: Counts | None
    days: Sequence[Day]


class Shown(NamedTuple):
    month: Month
    sheets: Sequence[Sheet]


@dataclass(frozen=True)
class Months:
    """A day is one of the calendar in `zone`."""

    clock: Clock
    zone: str

    def shown(self, first: date) -> Shown:
        """Raises NotFound for a month that has not begun, or whose figures are gone."""
        month, today = Month(first, self.zone), clock.business_date(self.clock(), self.zone, 0)
        if not month.is_readable(today):
            raise NotFound
        return Shown(month, [_sheet(one, month, today) for one in PROVIDERS])


def _sheet(provider: Provider, month: Month, today: date) -> Sheet:
    days = month.days(scores.hours(provider, *month.hours), today)
    cards = [day.card for day in days if day.card is not None]
    return Sheet(provider, summed(cards) if cards else None, days)
