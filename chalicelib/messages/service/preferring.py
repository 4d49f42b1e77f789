"""Deciding which provider of a channel is taken first: by the sweep, from the cards, for all containers at once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from chalicelib.adapters import log
from chalicelib.kernel.clock import Clock
from chalicelib.kernel.errors import TryAgain
from chalicelib.kernel.stamp import system
from chalicelib.messages import breakers, scores, staff
from chalicelib.messages.model import preference, score
from chalicelib.messages.model.choice import Provider
from chalicelib.messages.model.message import ChannelName
from chalicelib.messages.model.score import Figures, Order

DECIDED_EVERY = timedelta(minutes=5)
WEEK = timedelta(days=7)
_BY = system("scorecard")
_log = log.logger("scores")


def _not_said(name: str) -> int | None:  # noqa: ARG001
    return None


@dataclass
class Preferring:
    """`providers` in the order of the settings; `price` is of one's part, None where the chain has not said.

    `decided_at` is this container's memory; a new one decides at once.
    """

    providers: Sequence[Provider]
    clock: Clock
    price: Callable[[str], int | None] = _not_said
    decided_at: dict[ChannelName, datetime] = field(default_factory=dict)

    def run(self) -> None:
        for channel in dict.fromkeys(one.channel for one in self.providers):
            those = [one for one in self.providers if one.channel == channel]
            now = self.clock()
            before = self.decided_at.get(channel)
            if len(those) > 1 and (before is None or now - before >= DECIDED_EVERY):
                self.decided_at[channel] = now
                try:
                    self._decide(channel, those, now)
                except TryAgain:
                    _log.warning("order of providers not decided", extra={"channel": channel})

    def _decide(self, channel: ChannelName, providers: Sequence[Provider], now: datetime) -> None:
        standing = breakers.read(providers, consistent=True).orders[channel]
        known = {one.name: _figures(one, now) for one in providers}
        prices = {one.name: self.price(one.name) for one in providers}
        order = preference.decided([one.name for one in providers], standing, known, prices, now)
        if order is not standing and breakers.keep_order(channel, order, _BY):
            _tell(channel, standing, order, now)


def _tell(channel: ChannelName, was: Order, order: Order, now: datetime) -> None:
    """Staff hear of another order, not of another reason for the same."""
    told = {"channel": channel, "names": order.names, "why": order.why, "sampled": order.sampled}
    _log.warning("order of providers changed", extra=told)
    if order.since != was.since:
        text = f"{channel} 服务商的先后改为 {' → '.join(order.names)}（{order.why}）。"
        staff.note(f"order:{channel}", text, now)


def _figures(provider: Provider, now: datetime) -> Figures:
    week = scores.hours(provider, now - WEEK, now)
    recent = score.summed_since(week, score.last_hour(now))
    return score.best_known(recent, score.summed(week.values()))
