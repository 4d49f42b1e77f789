"""A device's journal as the server knows it: which records came, which are missing, where the chain does not hold.

What is known follows from the set of records alone, so it is the same in whatever order and however often they come.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

GAP, BROKEN, FORKED = (
    "journal gap",
    "journal broken",
    "journal forked",
)  # lines that an alarm counts
ORIGIN = "0" * 64  # what the first record names as the one before it
Run = tuple[int, int]


class Link(NamedTuple):
    """A record's own hash, and that of the record before it as it says."""

    digest: str
    prev: str


class Journal(msgspec.Struct, frozen=True):
    """`seen` are runs of counters, first and last, in order and apart; `forked` are counters under which two differ."""

    device_id: str
    seen: tuple[Run, ...] = ()
    broken: frozenset[int] = frozenset()
    forked: frozenset[int] = frozenset()
    version: int = 0

    @property
    def complete_to(self) -> int:
        return self.seen[0][1] if self.seen and self.seen[0][0] == 1 else 0

    @property
    def highest(self) -> int:
        return self.seen[-1][1] if self.seen else 0

    @property
    def gaps(self) -> tuple[Run, ...]:
        """What is missing below the highest that came."""
        ends = (0, *(last for _, last in self.seen))
        firsts = (first for first, _ in self.seen)
        pairs = zip(ends, firsts, strict=False)
        return tuple((end + 1, first - 1) for end, first in pairs if first > end + 1)

    def has(self, counter: int) -> bool:
        return any(first <= counter <= last for first, last in self.seen)

    def knowing(
        self, counters: Iterable[int], broken: Iterable[int] = (), forked: Iterable[int] = ()
    ) -> "Journal":
        return replace(
            self,
            seen=joined((*self.seen, *((one, one) for one in counters))),
            broken=self.broken | frozenset(broken),
            forked=self.forked | frozenset(forked),
        )

    def same_as(self, other: "Journal") -> bool:
        return replace(self, version=0) == replace(other, version=0)

    def opened_since(self, was: "Journal") -> list[Run]:
        """Gaps that were not there before, nor part of one that was."""
        return [gap for gap in self.gaps if gap[1] > was.highest]


def joined(runs: Iterable[Run]) -> tuple[Run, ...]:
    made: list[Run] = []
    for first, last in sorted(runs):
        if made and first <= made[-1][1] + 1:
            made[-1] = (made[-1][0], max(made[-1][1], last))
        else:
            made.append((first, last))
    return tuple(made)


def broken_among(links: Mapping[int, Link]) -> set[int]:
    """Counters whose record does not follow on the one before it; where that one is not there, nobody can tell."""
    before = {counter + 1: link.digest for counter, link in links.items()} | {1: ORIGIN}
    return {
        counter
        for counter, link in links.items()
        if counter in before and before[counter] != link.prev
    }


def beside(counters: Iterable[int]) -> list[int]:
    """The neighbours of these that are not among them."""
    known = set(counters)
    near = {each for one in known for each in (one - 1, one + 1)}
    return sorted(each for each in near - known if each > 0)
