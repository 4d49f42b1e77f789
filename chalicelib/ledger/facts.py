"""What others may know of the ledger: an entry was posted, and what it moved."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

import msgspec

from chalicelib.kernel import clock, ids

Image = Mapping[str, Mapping[str, Any]]
LotKind = Literal[
    "principal", "bonus", "debt", "points", "points_debt", "points_claim", "count", "coupon"
]  # fmt: skip
MONEY: tuple[LotKind, ...] = ("principal", "bonus", "debt")
POINTS: tuple[LotKind, ...] = ("points", "points_debt")
DEBTS: tuple[LotKind, ...] = ("debt", "points_debt", "points_claim")


class Off(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a coupon takes off: a sum, or per cent up to a cap; on orders from `threshold_fen` on."""

    amount_fen: int = 0
    percent: int = 0
    cap_fen: int | None = None
    threshold_fen: int = 0


class Lot(msgspec.Struct, frozen=True, omit_defaults=True):
    """The terms of what a member has; they never change. `lot_id` is that of the entry that made it, `.` and a number.

    `given` is in fen, points, times or coupons. `paid_fen` was paid for `worth_fen` of principal and bonus together, or
    for all times of a count card. `reopens` is the lot, expired by then, that a refund gave back; `bought` the entry of
    the purchase, where the lot's own id does not say it.
    """

    lot_id: str
    kind: LotKind
    given: int = 0
    paid_fen: int = 0
    worth_fen: int = 0
    starts_at: datetime | None = None
    expires_at: datetime | None = None
    product: str | None = None
    title: str | None = None
    service: str | None = None
    stores: tuple[str, ...] = ()
    off: Off | None = None
    reopens: str | None = None
    bought: str | None = None

    @property
    def bought_with(self) -> str:
        """The entry by which it came to be, wherever it has been moved since."""
        return self.bought or (self.reopens or self.lot_id).rpartition(".")[0]

    @property
    def bought_units(self) -> int:
        """What `paid_fen` was paid for: times, or fen of principal and bonus together."""
        return self.given if self.kind == "count" else self.worth_fen


class Move(msgspec.Struct, frozen=True):
    """`amount` came into the lot, or left it where negative."""

    lot: Lot
    amount: int


class Payment(msgspec.Struct, frozen=True, omit_defaults=True):
    """One way of payment. `points` were redeemed, `times` taken from a count card; `line` is the only one it pays."""

    method: str
    amount_fen: int
    lot_id: str | None = None
    points: int = 0
    times: int = 0
    line: int | None = None


class EntryPosted(msgspec.Struct, frozen=True):
    """One immutable entry. `delta_fen` is what it did to the balance; `total_fen` what changed hands in all.

    `booked_at` is the server's time, `occurred_at` what the till says; `late` came through a till's journal.
    `spent_fen` counts towards tiers, in the month `counts_in`; `earning_fen` earned `points_earned`. `corrects` is the
    entry that this one answers. Of `join_in` and `join_out`, which say that two members became one, `order_name`
    is the other member; the two sides of a transfer have the same one.
    """

    member_id: str
    seq: int
    kind: str
    delta_fen: int
    balance_after_fen: int
    total_fen: int
    bonus_fen: int
    payments: tuple[Payment, ...]
    booked_at: datetime
    occurred_at: datetime
    business_date: str
    store_id: str
    store_name: str
    order_name: str
    moves: tuple[Move, ...] = ()
    points_delta: int = 0
    points_after: int = 0
    points_earned: int = 0
    spent_fen: int = 0
    earning_fen: int = 0
    counts_in: str = ""
    corrects: str | None = None
    reason: str | None = None
    till_id: str | None = None
    late: bool = False

    @property
    def entry_id(self) -> str:
        return f"{self.member_id}-{self.seq}"

    @property
    def message_id(self) -> str:
        return message_id(self.member_id, self.seq, self.booked_at)


def message_id(member_id: str, seq: int, booked_at: datetime) -> str:
    """The id of the message that tells of an entry; it follows from the entry, so nobody has to keep it."""
    return f"{member_id}-{ids.following(booked_at, f'{member_id}-{seq}')}"


def entry_of(image: Image) -> EntryPosted | None:
    """The fact in an image of the book's stream or of an entry read; None for any other item."""
    return decode(image) if image["sk"]["S"].startswith("ENTRY#") else None


def decode(image: Image) -> EntryPosted:
    return EntryPosted(
        member_id=image["member_id"]["S"],
        seq=int(image["seq"]["N"]),
        kind=image["kind"]["S"],
        delta_fen=int(image["delta_fen"]["N"]),
        balance_after_fen=int(image["balance_after_fen"]["N"]),
        total_fen=int(image["total_fen"]["N"]),
        bonus_fen=int(image["bonus_fen"]["N"]),
        payments=_payments.decode(image["payments"]["S"]),
        booked_at=clock.parse(image["booked_at"]["S"]),
        occurred_at=clock.parse(image["occurred_at"]["S"]),
        business_date=image["business_date"]["S"],
        store_id=image["store_id"]["S"],
        store_name=image["store_name"]["S"],
        order_name=image["order_name"]["S"],
        moves=_moves.decode(image["moves"]["S"]),
        points_delta=int(image["points_delta"]["N"]),
        points_after=int(image["points_after"]["N"]),
        points_earned=int(image["points_earned"]["N"]),
        spent_fen=int(image["spent_fen"]["N"]),
        earning_fen=int(image["earning_fen"]["N"]),
        counts_in=image["counts_in"]["S"],
        corrects=_text(image, "corrects"),
        reason=_text(image, "reason"),
        till_id=_text(image, "till_id"),
        late="late" in image,
    )


def _text(image: Image, name: str) -> str | None:
    return image[name]["S"] if name in image else None


_payments = msgspec.json.Decoder(tuple[Payment, ...])
_moves = msgspec.json.Decoder(tuple[Move, ...])
