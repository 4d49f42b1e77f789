"""Damping: one odd result turns nothing, and what has turned does not turn back at once.

A probe turns bad when so many of its last results failed, and good when so many in a row did not; only results since
its last turn count. So between two turns to bad there lie at least `fails + recovers` results, whatever they are.
"""

from collections.abc import Sequence
from typing import NamedTuple


class Damping(NamedTuple):
    """`fails` of the last `of` results turn it bad, `recovers` good ones in a row turn it good."""

    fails: int
    of: int
    recovers: int


def turns(*, bad: bool, since_turn: Sequence[bool], damping: Damping) -> bool:
    """Whether the newest result turns it; `since_turn` are the results since it last did, True for good."""
    if bad:
        last = since_turn[-damping.recovers :]
        return len(last) == damping.recovers and all(last)
    return sum(not each for each in since_turn[-damping.of :]) >= damping.fails
