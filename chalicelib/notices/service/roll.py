"""The roll of subscribers, for operators: read page by page through the shards, and who is told."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from msgspec.structs import replace

from chalicelib.kernel.clock import Clock
from chalicelib.kernel.errors import NotFound, TryAgain
from chalicelib.kernel.stamp import Stamp
from chalicelib.notices.model.subscribers import SHARDS, Aside, Subscriber
from chalicelib.notices.table import aside
from chalicelib.notices.table import subscribers as table

State = Literal["live", "put_aside"]
_BY_OPERATOR = "operator"


class Place(NamedTuple):
    """Where a page begins: behind that one of that shard."""

    shard: int = 0
    after: str = ""


class Page(NamedTuple):
    """`next` is None where there is nobody behind it."""

    subscribers: Sequence[Subscriber]
    next: Place | None


@dataclass(frozen=True)
class Roll:
    clock: Clock

    def page(self, state: State, start: Place, limit: int) -> Page:
        """A query for each shard that it goes through, and nothing is read that is not shown."""
        kind = table.LIVE if state == "live" else table.ASIDE
        found: list[Subscriber] = []
        place = start
        while place.shard < SHARDS:
            read = table.page(place.shard, place.after, limit - len(found), kind)
            found += read.subscribers
            place = Place(place.shard, read.last) if read.last else Place(place.shard + 1)
            if len(found) == limit:
                return Page(found, place if place.shard < SHARDS else None)
        return Page(found, None)

    def put(self, subscriber_id: str, state: State, by: Stamp) -> Subscriber:
        """As they are then; again changes nothing. Raises NotFound, TryAgain."""
        live, out = table.subscriber(subscriber_id), aside.set_aside(subscriber_id)
        if state == "live" and not live and out:
            return self._bring_back(out, by)
        if state == "put_aside" and live:
            return self._take_out(live, by)
        if (there := live or out) is None:
            raise NotFound
        return there

    def _bring_back(self, one: Subscriber, by: Stamp) -> Subscriber:
        if not aside.bring_back(one, self.clock(), by):
            raise TryAgain
        return replace(one, aside=None)

    def _take_out(self, one: Subscriber, by: Stamp) -> Subscriber:
        why = Aside(self.clock(), _BY_OPERATOR)
        if not aside.take_out(one, why, by):
            raise TryAgain
        return replace(one, aside=why)
