"""Receipts that fit no attempt yet: kept until the attempt turns up, or until nobody expects it any more."""

import zlib
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

import msgspec
from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.adapters import tables
from chalicelib.adapters.tables import ConditionFailed, Image
from chalicelib.kernel import clock
from chalicelib.messages import dues
from chalicelib.messages.dues import DueRow
from chalicelib.messages.model.receipt import Receipt, next_try

SHARDS = 4
KEPT = timedelta(days=30)
Outcome = Literal["waiting", "matched", "given_up"]


class ParkedRow(DueRow):
    """Due only while it waits."""

    receipt = UnicodeAttribute()
    came_at = UnicodeAttribute()
    outcome = UnicodeAttribute()
    expires_at = NumberAttribute()


class Parked(NamedTuple):
    key: tuple[str, str]
    receipt: Receipt
    came_at: datetime


def park(receipt: Receipt, now: datetime) -> None:
    """The same again changes nothing."""
    key = _key(receipt)
    due_at = next_try(now, now)
    row = ParkedRow(
        *key,
        receipt=msgspec.json.encode(receipt).decode(),
        came_at=clock.text(now),
        outcome="waiting",
        due_key=_due_key(_shard(key)),
        due_at=clock.text(due_at) if due_at else None,
        expires_at=int((now + KEPT).timestamp()),
    )
    try:
        tables.save_new(row)
    except ConditionFailed:
        return


def due(shard: int, now: datetime, limit: int) -> list[Parked]:
    """Oldest first; the index may lag behind the table."""
    return [_parked(image) for image in dues.images(_due_key(shard), now, limit)]


def put_off(parked: Parked, now: datetime) -> bool:
    """Whether it is tried again; else it is given up."""
    due_at = next_try(parked.came_at, now)
    if due_at is None:
        close(parked, "given_up")
        return False
    tables.update(ParkedRow(*parked.key), [ParkedRow.due_at.set(clock.text(due_at))])
    return True


def close(parked: Parked, outcome: Outcome) -> None:
    tables.update(ParkedRow(*parked.key), [ParkedRow.outcome.set(outcome), *dues.no_more()])


def _parked(image: Image) -> Parked:
    return Parked(
        key=(image["pk"]["S"], image["sk"]["S"]),
        receipt=msgspec.json.decode(image["receipt"]["S"], type=Receipt),
        came_at=clock.parse(image["came_at"]["S"]),
    )


def _key(receipt: Receipt) -> tuple[str, str]:
    """A contradiction is a receipt of its own."""
    name = receipt.report.provider_ref or receipt.reference
    said = "delivered" if receipt.report.delivered else "undelivered"
    return f"PARKED#{receipt.provider}#{name}", f"PARKED#{said}"


def _shard(key: tuple[str, str]) -> int:
    return zlib.crc32(key[0].encode()) % SHARDS


def _due_key(shard: int) -> str:
    return f"PARKED#{shard}"
