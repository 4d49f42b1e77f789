"""The providers as people see and steer them: breaker, cards, place in the order; and the switch by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, NamedTuple

from chalicelib.kernel.clock import Clock
from chalicelib.kernel.errors import Gone, NotFound
from chalicelib.kernel.stamp import Stamp
from chalicelib.messages import breakers, scores, staff
from chalicelib.messages.breakers import Known
from chalicelib.messages.model import breaker, score
from chalicelib.messages.model.breaker import Breaker
from chalicelib.messages.model.choice import PROVIDERS, Provider
from chalicelib.messages.model.score import Counts, Order

DAY, WEEK = timedelta(days=1), timedelta(days=7)


class Cards(NamedTuple):
    """Of the hour that has begun and the one before it, of 24 hours, of seven days."""

    hour: Counts
    day: Counts
    week: Counts


class Shown(NamedTuple):
    """`place` is 1 for the one that is taken first of its channel; None for one that is not set up."""

    provider: Provider
    place: int | None
    order: Order
    breaker: Breaker
    cards: Cards


@dataclass(frozen=True)
class Providers:
    """`set_up` in the order of the settings."""

    set_up: Sequence[Provider]
    clock: Clock

    def shown(self) -> list[Shown]:
        """One request, and one for each provider."""
        known = breakers.read(PROVIDERS, consistent=True)
        places = self._places(known)
        return [
            Shown(
                one,
                places.get(one),
                known.orders[one.channel],
                known.breakers[one],
                self._cards(one),
            )
            for one in sorted(PROVIDERS, key=lambda one: places.get(one, len(PROVIDERS)))
        ]

    def breaker(self, name: str) -> Breaker:
        provider = _named(name)
        return breakers.read([provider], consistent=True).breakers[provider]

    def switch(
        self, name: str, state: Literal["closed", "open"], why: str, version: int | None, by: Stamp
    ) -> Breaker:
        """Raises Gone where another version than `version` (None: any) is there, or came meanwhile."""
        was = self.breaker(name)
        if version is not None and version != was.version:
            raise Gone
        now = breaker.switched(was, state, why, self.clock())
        if not breakers.keep_by_hand(_named(name), now, by):
            raise Gone
        called = breaker.NAMES[name]
        done = "停用" if state == "open" else "恢复"
        staff.note(
            f"breaker:{_named(name).channel}:{name}", f"{called}由人工{done}。", self.clock()
        )
        return now

    def _places(self, known: Known) -> Mapping[Provider, int]:
        """By channel: as the containers take them while no breaker is open."""
        places: dict[Provider, int] = {}
        for channel, order in known.orders.items():
            given = [one for one in self.set_up if one.channel == channel]
            taken = score.by_order(given, order)
            places |= {one: n for n, one in enumerate(taken, 1)}
        return places

    def _cards(self, provider: Provider) -> Cards:
        now = self.clock()
        hours = scores.hours(provider, now - WEEK, now)
        since = (score.last_hour(now), now - DAY, now - WEEK)
        return Cards(*(score.summed_since(hours, one) for one in since))


def _named(name: str) -> Provider:
    found = next((one for one in PROVIDERS if one.name == name), None)
    if found is None:
        raise NotFound
    return found
