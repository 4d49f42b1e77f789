"""What starts work here: jobs, and questions whether an address wants notices; one index finds those that are due."""

from datetime import datetime

from pynamodb.expressions.update import Action

from chalicelib.adapters import tables
from chalicelib.adapters.tables import Image, turns
from chalicelib.kernel import clock
from chalicelib.kernel.turns import UNHEARD_AFTER, Turn

DUE = "DUE"
TABLE = "subscribers"


class TurnRow(turns.TurnRow):
    table = TABLE


def turned(turn: Turn, version: int, due_at: datetime | None) -> list[Action]:
    """From this version to the next."""
    return turns.turned(turn, version, due_at, DUE)


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
