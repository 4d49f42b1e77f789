"""What others may know of the ledger: an entry was posted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from chalicelib.kernel import clock, ids

Image = Mapping[str, Mapping[str, Any]]


class Payment(msgspec.Struct, frozen=True):
    method: str
    amount_fen: int


@dataclass(frozen=True)
class EntryPosted:
    """One immutable entry. `delta_fen` is what it did to the balance; `total_fen` what changed hands in all.

    `kind` is `spend`, `top_up`, `join_in` or `join_out`; the last two say that two members became one, and their
    `order_name` is the other member. `booked_at` is the server's time, `occurred_at` what the till says.
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
        payments=msgspec.json.decode(image["payments"]["S"], type=tuple[Payment, ...]),
        booked_at=clock.parse(image["booked_at"]["S"]),
        occurred_at=clock.parse(image["occurred_at"]["S"]),
        business_date=image["business_date"]["S"],
        store_id=image["store_id"]["S"],
        store_name=image["store_name"]["S"],
        order_name=image["order_name"]["S"],
    )
