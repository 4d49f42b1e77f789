"""Which provider of a channel goes first: the clearly better one, and of those about as good the cheaper one."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from chalicelib.messages.model.score import AS_CONFIGURED, Figures, Order

# Closer than this two are about as good: of a hundred receipts chance alone moves a share by some four points.
BETTER_BY = 0.05
STAYS_BY = 0.02  # what keeps one ahead that moved there by being better
_BETTER = "better:"
Prices = Mapping[str, int | None]


class _Judge(NamedTuple):
    """What two providers are compared by."""

    standing: Order
    worths: Mapping[str, float]
    prices: Prices

    def clearly_better(self, one: str, other: str) -> bool:
        names = self.standing.names
        earned = (
            self.standing.why.startswith(_BETTER)
            and {one, other} <= set(names)
            and names.index(one) < names.index(other)
        )
        return self.worths[one] - self.worths[other] >= (STAYS_BY if earned else BETTER_BY)

    def first(self, left: Sequence[str]) -> str:
        """Nobody who is clearly worse than another one that is left. A price says nothing where others have none."""
        good = [one for one in left if not any(self.clearly_better(other, one) for other in left)]
        priced = {one: price for one in good if (price := self.prices.get(one)) is not None}
        return min(priced, key=priced.__getitem__) if good[0] in priced else good[0]

    def why(self, before: str, after: str, *, as_given: bool) -> str | None:
        """None where it is the order of the settings that decides, or that no price speaks for or against."""
        mine, theirs = self.prices.get(before), self.prices.get(after)
        if self.clearly_better(before, after):
            if as_given and (mine is None or theirs is None):
                return None
            return (
                f"{_BETTER} {before} {self.worths[before]:.3f} > {after} {self.worths[after]:.3f}"
            )
        if mine is None or theirs is None or mine >= theirs:
            return None
        return f"cheaper: {before} {mine} < {after} {theirs} milliyuan a part, about as good"


def decided(
    given: Sequence[str],
    standing: Order,
    known: Mapping[str, Figures],
    prices: Prices,
    now: datetime,
) -> Order:
    """`given` but for those that do better or cost less. The same where nothing moves, and nothing else decides.

    One of which too little is known stays at its place.
    """
    worths = {name: worth for name in given if (worth := known[name].worth) is not None}
    judge = _Judge(standing, worths, prices)
    ranked = iter(_ranked([name for name in given if name in worths], judge))
    names = tuple(next(ranked) if name in worths else name for name in given)
    sampled, why = _to_sample(names, known), _why(names, given, judge)
    moved = names != (standing.names or tuple(given))
    if not moved and sampled == standing.sampled and _same(why, standing.why):
        return standing
    since = now if moved else standing.since
    return Order(names, why, since, standing.version + 1, sampled)


def _ranked(names: Sequence[str], judge: _Judge) -> list[str]:
    """One after the other, as being about as good carries over no third one: pairs alone might lead in a circle."""
    left, ranked = list(names), []
    while left:
        ranked.append(judge.first(left))
        left.remove(ranked[-1])
    return ranked


def _why(names: Sequence[str], given: Sequence[str], judge: _Judge) -> str:
    compared = [name for name in names if name in judge.worths]
    reasons = [
        judge.why(one, other, as_given=given.index(one) < given.index(other))
        for one, other in pairwise(compared)
    ]
    return "; ".join(filter(None, reasons)) or AS_CONFIGURED.why


def _same(why: str, before: str) -> bool:
    """Figures change all the time, and are on the cards; prices only when somebody says so."""
    return why == before or (why.startswith(_BETTER) and before.startswith(_BETTER))


def _to_sample(names: Sequence[str], known: Mapping[str, Figures]) -> str | None:
    """Only beside one that is well known: a chain with few messages compares nothing."""
    if known[names[0]].worth is None:
        return None
    return next((name for name in names[1:] if known[name].worth is None), None)
