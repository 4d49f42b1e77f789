"""Tiers: what a member's months come to, and what is missing to the next one."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from chalicelib.ledger.model.account import Month
from chalicelib.ledger.model.rules import Tier, TierRules, months_on

STANDARD = "standard"
_MOST_MONTHS = 72  # the longest window, kept for the longest time
Counted = Sequence[
    tuple[int, int]
]  # what each month came to, by the month's number: look-ups ask for many windows


class Standing(NamedTuple):
    """`until` is the last day that the tier holds with nothing more; `so_far` counts towards `next`."""

    tier: str
    title: str | None
    until: date | None
    so_far: int
    next: Tier | None
    missing: int


def standing(months: Mapping[str, Month], rules: TierRules, today: date) -> Standing:
    """A tier is earned in each month at whose end the window reaches its threshold, and kept for some months after.

    So it follows from the months alone: a refund, which is taken off its month, takes away a tier that it had earned.
    """
    this = today.replace(day=1)
    counted = _counted(months, rules)
    so_far = _window(counted, rules, _number(this.year, this.month))
    best, until = _held(counted, rules, this)
    following = next((t for t in _ascending(rules) if not best or t.needs > best.needs), None)
    return Standing(
        best.tier if best else STANDARD,
        best.title if best else None,
        until,
        so_far,
        following,
        max(0, following.needs - so_far) if following else 0,
    )


def percent(months: Mapping[str, Month], rules: TierRules, today: date) -> int:
    """How many per cent of the points the member earns."""
    if not rules.tiers:
        return 100
    best, _ = _held(_counted(months, rules), rules, today.replace(day=1))
    return best.points_percent if best else 100


def remembered(months: Mapping[str, Month], today: date) -> dict[str, Month]:
    """Those that any rules could look at: the rules of a day must not forget for those that come after."""
    oldest = f"{months_on(today, -_MOST_MONTHS):%Y-%m}"
    return {month: each for month, each in months.items() if month >= oldest}


def _held(counted: Counted, rules: TierRules, this: date) -> tuple[Tier | None, date | None]:
    best: Tier | None = None
    until: date | None = None
    ascending = _ascending(rules)
    for back in range(rules.keep_months + 1 if ascending else 0):
        reached = _window(counted, rules, _number(this.year, this.month) - back)
        for tier in ascending:
            if reached >= tier.needs and (best is None or tier.needs > best.needs):
                best, until = tier, months_on(this, rules.keep_months + 1 - back)
    return best, until and date.fromordinal(until.toordinal() - 1)


def _ascending(rules: TierRules) -> list[Tier]:
    return sorted(rules.tiers, key=lambda tier: tier.needs)


def _window(counted: Counted, rules: TierRules, last: int) -> int:
    return sum(worth for number, worth in counted if last - rules.window_months < number <= last)


def _counted(months: Mapping[str, Month], rules: TierRules) -> Counted:
    return [
        (
            _number(int(month[:4]), int(month[5:])),
            each.spent_fen if rules.by == "spend" else each.points,
        )
        for month, each in months.items()
    ]


def _number(year: int, month: int) -> int:
    return year * 12 + month
