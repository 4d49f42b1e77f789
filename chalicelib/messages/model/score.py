"""A provider's scorecard: what came of its messages, added up, and the order that was made of it."""

import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from itertools import accumulate
from typing import NamedTuple

import msgspec

from chalicelib.messages.model.choice import Offer, Provider
from chalicelib.messages.model.course import Outcome
from chalicelib.messages.model.message import Attempt, ChannelName, Kind

Counts = Mapping[str, int]
WITHIN_S = (
    5,
    15,
    60,
    300,
    1800,
    21_600,
)  # receipts are counted by the first of these that they meet
LATER = "took_longer"
PROMPT_S = 300
FEW = 30  # fewer of them say nothing
SAMPLE_ONE_IN = 50
# What a no says of the provider, and not of one phone, one member or one text.
_ITS_OWN_NO = frozenset({"account", "origin", "template", "other"})


class Order(msgspec.Struct, frozen=True, omit_defaults=True):
    """The providers of a channel, the best first, with the reason; `version` 0 is as the settings name them.

    `sampled` is one of which too little is known to compare it: a message in fifty goes there first.
    """

    names: tuple[str, ...] = ()
    why: str = "as_configured"
    since: datetime | None = None
    version: int = 0
    sampled: str | None = None


AS_CONFIGURED = Order()


class Figures(NamedTuple):
    """What counts for the choice: of all that it was to take, the share taken; of what carriers reported, the share
    that was on the handset within five minutes. None: too few to say.
    """

    taken: float | None
    prompt: float | None

    @property
    def worth(self) -> float | None:
        return None if self.taken is None or self.prompt is None else self.taken * self.prompt


def of_call(outcome: Outcome, kind: Kind) -> Counts:
    """What one call adds. A refused template is counted by the kind of message that it was for."""
    if outcome.state != "refused":
        return {outcome.state: 1}
    refused = {f"refused_{outcome.kind}": 1}
    return refused | ({f"template_{kind}": 1} if outcome.kind == "template" else {})


def of_parts(parts: int, part_milliyuan: int | None) -> Counts:
    """What an SMS that was accepted adds, at the price of that moment; None: the chain has not said."""
    if part_milliyuan is None:
        return {"parts": parts, "parts_unpriced": parts}
    return {"parts": parts, "milliyuan": parts * part_milliyuan}


def of_report(attempt: Attempt) -> Counts:
    """What the first word of a carrier adds."""
    if attempt.state != "delivered":
        return {"undelivered": 1, f"carrier_{attempt.kind or 'other'}": 1}
    took_s = ((attempt.reported_at or attempt.started_at) - attempt.started_at).total_seconds()
    within = next((f"took_{most_s}" for most_s in WITHIN_S if took_s <= most_s), LATER)
    return {"delivered": 1, within: 1}


def summed_since(hours: Mapping[datetime, Counts], since: datetime) -> Counts:
    return summed(card for hour, card in hours.items() if hour >= since)


def summed(cards: Iterable[Counts]) -> Counts:
    total: Counter[str] = Counter()
    for card in cards:
        total.update(card)
    return total


def taken_of(card: Counts) -> tuple[int, int]:
    """How many it took, and how many it was to take: a no to a phone is not held against it."""
    accepted = card.get("accepted", 0)
    no = sum(card.get(f"refused_{kind}", 0) for kind in _ITS_OWN_NO)
    return accepted, accepted + no + card.get("unreachable", 0) + card.get("unknown", 0)


def took_s(card: Counts, share: float) -> int | None:
    """Within how many seconds of the call that share of what arrived was there; None: later, or nothing arrived."""
    counts = [card.get(f"took_{most_s}", 0) for most_s in WITHIN_S]
    needed = share * (sum(counts) + card.get(LATER, 0))
    within = zip(WITHIN_S, accumulate(counts), strict=True)
    return next((most_s for most_s, so_far in within if needed and so_far >= needed), None)


def figures(card: Counts) -> Figures:
    accepted, asked = taken_of(card)
    prompt = sum(card.get(f"took_{most_s}", 0) for most_s in WITHIN_S if most_s <= PROMPT_S)
    reported = card.get("delivered", 0) + card.get("undelivered", 0)
    return Figures(
        accepted / asked if asked >= FEW else None,
        prompt / reported if reported >= FEW else None,
    )


def best_known(hour: Counts, week: Counts) -> Figures:
    """The last hour's where there are enough, else the last week's."""
    recent = figures(hour)
    return recent if recent.worth is not None else figures(week)


def in_sample(message_id: str) -> bool:
    """The same each time that the message is looked at."""
    return zlib.crc32(message_id.encode()) % SAMPLE_ONE_IN == 0


def by_order(providers: Sequence[Provider], order: Order) -> list[Provider]:
    """One that the order does not name comes last."""
    names = order.names
    return sorted(
        providers, key=lambda one: names.index(one.name) if one.name in names else len(names)
    )


def in_order(
    offers: Sequence[Offer], orders: Mapping[ChannelName, Order], first: AbstractSet[Provider]
) -> list[Offer]:
    """The providers of each channel among themselves; the channels stay where they are. `first` are to be tried."""
    by_channel: dict[ChannelName, Iterator[Provider]] = {}
    for channel in {one.channel for one in offers}:
        given = [one.by for one in offers if one.channel == channel]
        ordered = by_order(given, orders.get(channel, AS_CONFIGURED))
        by_channel[channel] = iter(sorted(ordered, key=lambda one: one not in first))
    by_provider = {one.by: one for one in offers}
    return [by_provider[next(by_channel[one.channel])] for one in offers]


def hour_of(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


def last_hour(now: datetime) -> datetime:
    """Since when the last hour's card counts: the hour before is whole, this one has begun."""
    return hour_of(now) - timedelta(hours=1)
