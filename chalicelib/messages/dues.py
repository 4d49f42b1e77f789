"""What somebody has to look at again: it lies in an index by the time at which, and leaves it when that is done."""

from collections.abc import Sequence
from datetime import datetime

from pynamodb.attributes import UnicodeAttribute
from pynamodb.expressions.update import Action

from chalicelib.adapters import tables
from chalicelib.adapters.tables import Image, Row
from chalicelib.kernel import clock


class DueRow(Row):
    """`due_key` says who looks, `due_at` when; neither is there where nobody has to."""

    table = "messages"
    due_key = UnicodeAttribute(null=True)
    due_at = UnicodeAttribute(null=True)


def due(key: str, at: datetime) -> list[Action]:
    return [DueRow.due_key.set(key), DueRow.due_at.set(clock.text(at))]


def no_more() -> list[Action]:
    return [DueRow.due_key.remove(), DueRow.due_at.remove()]


def images(key: str, now: datetime, limit: int) -> Sequence[Image]:
    """Those that are due by now, oldest first; the index may lag behind the table."""
    bounds = ("0", clock.text(now))
    return tables.query("messages", key, index="due", between=bounds, limit=limit).images
