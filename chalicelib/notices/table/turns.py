"""Rows whose writing starts work: `turn` says whether they are to be taken up, `due_at` when the clock looks again."""

from datetime import datetime

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.expressions.update import Action

from chalicelib.adapters import tables
from chalicelib.adapters.tables import Image, Row
from chalicelib.kernel import clock
from chalicelib.notices.model.jobs import UNHEARD_AFTER, Turn

DUE = "DUE"
TABLE = "subscribers"


class TurnRow(Row):
    table = TABLE
    turn = UnicodeAttribute()
    version = NumberAttribute()
    due_key = UnicodeAttribute(null=True)
    due_at = UnicodeAttribute(null=True)
    expires_at = NumberAttribute()


def turned(turn: Turn, version: int, due_at: datetime | None) -> list[Action]:
    """From this version to the next."""
    changes: list[Action] = [TurnRow.turn.set(turn), TurnRow.version.set(version + 1)]
    if due_at is None:
        return [*changes, TurnRow.due_key.remove(), TurnRow.due_at.remove()]
    return [*changes, TurnRow.due_key.set(DUE), TurnRow.due_at.set(clock.text(due_at))]


def due(now: datetime, limit: int) -> list[Image]:
    """Oldest first; the index may lag behind the table."""
    bounds = ("0", clock.text(now))
    return list(tables.query(TABLE, DUE, index="due", between=bounds, limit=limit).images)


def ring_again(image: Image, now: datetime) -> bool:
    """Let the stream bring it once more; whether nobody was first."""
    version = int(image["version"]["N"])
    row = TurnRow(image["pk"]["S"], image["sk"]["S"])
    changes = turned("ready", version, now + UNHEARD_AFTER)
    return tables.holds(tables.update, row, changes, TurnRow.version == version)
