"""Whose lots expire on which day, or are to be announced: written with the lot, read by the hour."""

import zlib
from collections.abc import Iterable
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


def add_dues(transaction: Transaction, member_id: str, days: Iterable[date], by: Stamp) -> None:
    """Once more where it is there already changes nothing."""
    for day in sorted(set(days)):
        row = DueRow(
            _partition(day, _shard(member_id)), member_id, member_id=member_id, by=by.text()
        )
        transaction.put(f"due {day}", row, tells=False)


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


def _partition(day: date, shard: int) -> str:
    return f"DUE#{day.isoformat()}#{shard}"


def _shard(member_id: str) -> int:
    return zlib.crc32(member_id.encode()) % SHARDS
