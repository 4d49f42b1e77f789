"""A row that says how far the reader of a stream is behind: who watches writes it, the reader marks it as seen.

It lies in the table of messages, in a partition of its own, and takes the way of each message there: the same stream,
the same reader, nobody's data.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.expressions.update import Action

from chalicelib.adapters import tables
from chalicelib.adapters.tables import Image, Row
from chalicelib.kernel import clock

TABLE = "messages"
PARTITION, PREFIX = "CANARY", "CANARY#"
_KEPT = timedelta(days=1)
_LOOKED_AT = 90


class CanaryRow(Row):
    table = TABLE
    written_at = UnicodeAttribute()
    seen_at = UnicodeAttribute(null=True)
    expires_at = NumberAttribute()


class Canary(msgspec.Struct, frozen=True):
    written_at: datetime
    seen_at: datetime | None


def write(now: datetime) -> None:
    """Written twice in a moment it is one."""
    at = clock.text(now)
    gone_at = int((now + _KEPT).timestamp())
    tables.save(CanaryRow(PARTITION, PREFIX + at, written_at=at, expires_at=gone_at))


def mark(image: Image, now: datetime) -> None:
    """As seen by the stream's reader; the first time counts."""
    row = CanaryRow(image["pk"]["S"], image["sk"]["S"])
    seen: list[Action] = [CanaryRow.seen_at.set(clock.text(now))]
    unseen = CanaryRow.written_at.exists() & CanaryRow.seen_at.does_not_exist()
    tables.holds(tables.update, row, seen, unseen)


def newest() -> Sequence[Canary]:
    """Of the last hour or so, newest first."""
    found = tables.query(
        TABLE, PARTITION, begins=PREFIX, limit=_LOOKED_AT, newest_first=True, consistent=True
    )
    return [_canary(image) for image in found.images]


def _canary(image: Image) -> Canary:
    seen_at = clock.parse(image["seen_at"]["S"]) if "seen_at" in image else None
    return Canary(clock.parse(image["written_at"]["S"]), seen_at)
