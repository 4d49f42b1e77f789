"""A store's day in figures: what its entries come to, by kind. Added up in any order they come to the same."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import NamedTuple

import msgspec

from chalicelib.kernel.errors import invalid
from chalicelib.ledger.facts import EntryPosted

DIFFER = "figures differ"  # a line in the log, which an alarm counts
KINDS = (
    "spend", "refund", "void", "top_up", "top_up_refund", "card_sale", "grant", "correction",
    "transfer_out",
)  # fmt: skip
BY = "by "
MOST_DAYS = 92
Sums = Counter[str]  # by names such as `spend:count`, `spend:by cash`; none of them 0


class Day(NamedTuple):
    """`version` grows with all that is counted. What was booked up to `sealed_at` is in, whoever delivers it again."""

    store_id: str
    business_date: str
    sums: Sums
    version: int = 0
    sealed_at: datetime | None = None

    def has(self, entry: EntryPosted) -> bool:
        return self.sealed_at is not None and entry.booked_at <= self.sealed_at


class Kind(msgspec.Struct, frozen=True):
    """What the entries of one kind come to; `balance_fen` and `points` are what they did to the members' accounts.

    `spent_fen` is their part of net sales, below zero where it was given back.
    """

    count: int = 0
    total_fen: int = 0
    spent_fen: int = 0
    bonus_fen: int = 0
    balance_fen: int = 0
    points: int = 0
    points_earned: int = 0
    points_redeemed: int = 0
    times: int = 0
    late_count: int = 0
    late_fen: int = 0
    by_method: Mapping[str, int] = msgspec.field(default_factory=dict)


# a later release may keep more
_NUMBERS = tuple(each for each in Kind.__struct_fields__ if each != "by_method")


def counts(entry: EntryPosted) -> bool:
    """Whether an entry belongs to a store's day."""
    return entry.kind in KINDS and bool(entry.store_id)


def total(entries: Iterable[EntryPosted]) -> Sums:
    return added(*(of(entry) for entry in entries if counts(entry)))


def added(*parts: Sums) -> Sums:
    """Below zero too, which `+` of a Counter would drop."""
    sums: Sums = Counter()
    for part in parts:
        sums.update(part)
    return without_zeros(sums)


def of(entry: EntryPosted) -> Sums:
    """What one entry adds."""
    sums = Counter({
        "count": 1,
        "total_fen": entry.total_fen,
        "spent_fen": entry.spent_fen,
        "bonus_fen": entry.bonus_fen,
        "balance_fen": entry.delta_fen,
        "points": entry.points_delta,
        "points_earned": entry.points_earned,
        "points_redeemed": sum(each.points for each in entry.payments),
        "times": sum(each.times for each in entry.payments),
        "late_count": int(entry.late),
        "late_fen": entry.total_fen if entry.late else 0,
    })  # fmt: skip
    for paid in entry.payments:
        sums[f"{BY}{paid.method}"] += paid.amount_fen
    return without_zeros(Counter({f"{entry.kind}:{what}": n for what, n in sums.items()}))


def without_zeros(sums: Sums) -> Sums:
    return Counter({name: n for name, n in sums.items() if n})


def kind(sums: Sums, name: str) -> Kind:
    prefix = f"{name}:"
    own = {what.removeprefix(prefix): n for what, n in sums.items() if what.startswith(prefix)}
    by = {what.removeprefix(BY): n for what, n in sorted(own.items()) if what.startswith(BY)}
    return Kind(by_method=by, **{what: own[what] for what in _NUMBERS if what in own})


def differing(one: Sums, other: Sums) -> dict[str, tuple[int, int]]:
    """Where two days' figures are not the same, with both numbers."""
    return {
        name: (one[name], other[name])
        for name in sorted({*one, *other})
        if one[name] != other[name]
    }


def net_sales_fen(sums: Sums) -> int:
    """What members spent in money and from their balance, less what was given back of it.

    A count card is sold once, when it is bought: what it pays for later is in `by_count_card_fen`, and never in both.
    """
    return sum(sums[f"{each}:spent_fen"] for each in KINDS)


def by_count_card_fen(sums: Sums) -> int:
    """What count cards paid for, less what was given back of it."""
    used = f"{BY}count_card"
    return sums[f"spend:{used}"] - sums[f"refund:{used}"] - sums[f"void:{used}"]


def check_days(first: date, last: date) -> None:
    """Raises InvalidRequest."""
    if not 0 <= (last - first).days < MOST_DAYS:
        raise invalid(
            "/to", "最多查询 92 天，且 to 不早于 from", "at most 92 days, from first to last"
        )
