"""What a member has: lots and what is left of each, all in one item."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from fractions import Fraction

import msgspec
from msgspec.structs import replace

from chalicelib.ledger.facts import DEBTS, MONEY, POINTS, Lot, LotKind, Move

MOST_HOLDINGS = 200


class Holding(msgspec.Struct, frozen=True):
    """What is left of a lot: above zero, and below it of a debt."""

    lot: Lot
    left: int

    @property
    def price(self) -> Fraction:
        """What was paid for what is left, in fen."""
        return Fraction(self.left * self.lot.paid_fen, self.lot.bought_units)

    def live(self, now: datetime) -> bool:
        return self.lot.expires_at is None or self.lot.expires_at > now


class Month(msgspec.Struct, frozen=True):
    """What counts towards tiers, of one month; refunds are taken off the month of their spend."""

    spent_fen: int = 0
    points: int = 0


class Account(msgspec.Struct, frozen=True):
    """`seq` is that of the last entry, 0 before the first; `top_ups` counts them; `lost` blocks what a card pays.

    `has_phone` is the profile's, and not kept with the account.
    """

    member_id: str
    seq: int = 0
    holdings: tuple[Holding, ...] = ()
    months: Mapping[str, Month] = msgspec.field(default_factory=dict)
    top_ups: int = 0
    lost: bool = False
    closed_into: str | None = None
    has_phone: bool = True

    @property
    def balance_fen(self) -> int:
        return total(self.holdings, MONEY)

    @property
    def points(self) -> int:
        return total(self.holdings, POINTS)

    def live(self, now: datetime) -> "Account":
        """As it may be used: what has expired is gone, swept or not."""
        if all(one.live(now) for one in self.holdings):
            return self
        return replace(self, holdings=tuple(one for one in self.holdings if one.live(now)))

    def of(self, *kinds: LotKind) -> list[Holding]:
        return [one for one in self.holdings if one.lot.kind in kinds]

    def holding(self, lot_id: str) -> Holding | None:
        return next((one for one in self.holdings if one.lot.lot_id == lot_id), None)

    def moved(self, moves: Iterable[Move]) -> "Account":
        return replace(self, holdings=moved(self.holdings, moves))

    def counted(self, month: str, spent_fen: int, points: int) -> "Account":
        """With what counts towards tiers in `month`, such as `2026-11`."""
        if not spent_fen and not points:
            return self
        was = self.months.get(month, Month())
        now = Month(was.spent_fen + spent_fen, was.points + points)
        return replace(self, months={**self.months, month: now})


def total(holdings: Iterable[Holding], kinds: Sequence[LotKind]) -> int:
    return sum(one.left for one in holdings if one.lot.kind in kinds)


def moved(holdings: Iterable[Holding], moves: Iterable[Move]) -> tuple[Holding, ...]:
    """What is left after the moves; a lot with nothing left is gone.

    Raises ArithmeticError where more was taken than was there: whoever made the moves was wrong.
    """
    left = {one.lot.lot_id: one for one in holdings}
    for move in moves:
        was = left.get(move.lot.lot_id)
        left[move.lot.lot_id] = Holding(move.lot, (was.left if was else 0) + move.amount)
    for one in left.values():
        if (one.left > 0) if one.lot.kind in DEBTS else (one.left < 0):
            raise ArithmeticError(f"lot {one.lot.lot_id} would hold {one.left}")
    return tuple(one for one in left.values() if one.left)
