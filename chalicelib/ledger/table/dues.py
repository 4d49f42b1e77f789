"""On which day somebody has to look at a member's lots: to announce their end, or because they have ended.

A row is written with a new lot, for the first such day; who looks writes the next one before dropping it. So each
account with something that ends has a row no later than what comes first.
"""

import zlib
from datetime import date
from typing import NamedTuple

from pynamodb.attributes import UnicodeAttribute

from chalicelib.adapters import tables
from chalicelib.adapters.tables import Image, Page, Row, Transaction
from chalicelib.kernel.stamp import Stamp

SHARDS = (
    8  # on the last of a year everybody's points expire; a partition takes 1,000 writes a second
)
_DONE = ("DUE", "DONE")


class DueRow(Row):
    table = "book"
    member_id = UnicodeAttribute()


class DoneRow(Row):
    """All days up to and including `day` are done."""

    table = "book"
    day = UnicodeAttribute()


class Due(NamedTuple):
    day: date
    shard: int
    member_id: str


def add_due(transaction: Transaction, member_id: str, day: date, by: Stamp) -> None:
    """Once more where it is there already changes nothing."""
    transaction.put(f"due {day}", _row(member_id, day, by), tells=False)


def keep_due(member_id: str, day: date, by: Stamp) -> None:
    tables.save(_row(member_id, day, by))


def dues(day: date, shard: int, after: Image | None) -> Page:
    return tables.query("book", _partition(day, shard), limit=100, after=after)


def due_of(image: Image) -> Due:
    _, day, shard = image["pk"]["S"].split("#")
    return Due(date.fromisoformat(day), int(shard), image["member_id"]["S"])


def drop_due(due: Due) -> None:
    transaction = Transaction()
    transaction.delete("due", DueRow(_partition(due.day, due.shard), due.member_id))
    transaction.commit()


def done() -> date | None:
    image = tables.get("book", _DONE, consistent=True)
    return date.fromisoformat(image["day"]["S"]) if image else None


def keep_done(day: date, by: Stamp) -> None:
    tables.save(DoneRow(*_DONE, day=day.isoformat(), by=by.text()))


def _row(member_id: str, day: date, by: Stamp) -> DueRow:
    return DueRow(_partition(day, _shard(member_id)), member_id, member_id=member_id, by=by.text())


def _partition(day: date, shard: int) -> str:
    return f"DUE#{day.isoformat()}#{shard}"


def _shard(member_id: str) -> int:
    return zlib.crc32(member_id.encode()) % SHARDS
