"""Channels that reach nobody rest for a while, so that the others do not wait out a time-out for each receiver."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from chalicelib.notices.model.jobs import MOST_IN_A_ROW, Outcome, Rest, rest_after


class Resting:
    """Begins with what a job has kept of it; those that rest no longer are kept too, for how long the next rest is."""

    def __init__(self, kept: Mapping[str, Rest]) -> None:
        self.rests = dict(kept)
        self._in_a_row: Counter[str] = Counter()

    def is_on(self, channel: str, now: datetime) -> bool:
        rest = self.rests.get(channel)
        return rest is not None and now < rest.until

    def over_at(self, channel: str, due_at: datetime, latest: datetime) -> datetime:
        """When one who is due then may be tried: at the end of the rest, or `latest`."""
        rest = self.rests.get(channel)
        if rest is None or due_at >= rest.until:
            return due_at
        return max(due_at, min(rest.until, latest))

    def note(self, channel: str, outcome: Outcome, now: datetime) -> None:
        """Five in a row of whom nobody knows that they were reached, and the others are spared."""
        if outcome.state not in {"waiting", "unknown"}:
            self._in_a_row[channel] = 0
            self.rests.pop(channel, None)
            return
        self._in_a_row[channel] += 1
        if self._in_a_row[channel] >= MOST_IN_A_ROW:
            self._in_a_row[channel] = 0
            self.rests[channel] = rest_after(self.rests.get(channel), now)
