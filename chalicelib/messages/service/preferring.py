"""Deciding which provider of a channel is taken first: by the sweep, from the cards, for all containers at once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from chalicelib.adapters import log
from chalicelib.kernel.clock import Clock
from chalicelib.kernel.errors import TryAgain
from chalicelib.kernel.stamp import system
from chalicelib.messages import breakers, scores, staff
from chalicelib.messages.model import score
from chalicelib.messages.model.choice import Provider
from chalicelib.messages.model.message import ChannelName
from chalicelib.messages.model.score import Figures

DECIDED_EVERY = timedelta(minutes=5)
WEEK = timedelta(days=7)
_BY = system("scorecard")
_log = log.logger("scores")


@dataclass
class Preferring:
    """`providers` in the order of the settings. `decided_at` is this container's memory; a new one decides at once."""

    providers: Sequence[Provider]
    clock: Clock
    decided_at: dict[ChannelName, datetime] = field(default_factory=dict)

    def run(self) -> None:
        for channel in dict.fromkeys(one.channel for one in self.providers):
            those = [one for one in self.providers if one.channel == channel]
            now = self.clock()
            before = self.decided_at.get(channel)
            if len(those) > 1 and (before is None or now - before >= DECIDED_EVERY):
                self.decided_at[channel] = now
                try:
                    _decide(channel, those, now)
                except TryAgain:
                    _log.warning("order of providers not decided", extra={"channel": channel})


def _decide(channel: ChannelName, providers: Sequence[Provider], now: datetime) -> None:
    standing = breakers.read(providers, consistent=True).orders[channel]
    known = {one.name: _figures(one, now) for one in providers}
    order = score.decided([one.name for one in providers], standing, known, now)
    if order is standing or not breakers.keep_order(channel, order, _BY):
        return
    told = {"channel": channel, "names": order.names, "why": order.why, "sampled": order.sampled}
    _log.warning("order of providers changed", extra=told)
    if order.since != standing.since:
        text = f"{channel} 服务商的先后改为 {' → '.join(order.names)}（{order.why}）。"
        staff.note(f"order:{channel}", text, now)


def _figures(provider: Provider, now: datetime) -> Figures:
    week = scores.hours(provider, now - WEEK, now)
    recent = score.summed_since(week, score.last_hour(now))
    return score.best_known(recent, score.summed(week.values()))
