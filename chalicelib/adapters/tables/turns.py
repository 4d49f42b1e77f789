"""Rows whose writing starts work: `turn` says whether they are to be taken up, `due_at` when the clock looks again.

A job is one part of a longer work. Who takes it up holds it, and keeps how far it is and what came of it in one write.
"""

from datetime import datetime
from typing import Protocol, TypeVar

import msgspec
from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from chalicelib.adapters.tables.meaning import ConditionFailed
from chalicelib.adapters.tables.reads import Image
from chalicelib.adapters.tables.rows import Row
from chalicelib.adapters.tables.writes import update
from chalicelib.kernel import clock
from chalicelib.kernel.turns import HELD_FOR, UNHEARD_AFTER, Turn


class TurnRow(Row):
    """A room's own names its table. `due_key` where an index finds what is due."""

    turn = UnicodeAttribute()
    version = NumberAttribute()
    due_key = UnicodeAttribute(null=True)
    due_at = UnicodeAttribute(null=True)
    expires_at = NumberAttribute()


class JobRow(TurnRow):
    cursor = UnicodeAttribute()
    passed = BooleanAttribute()
    counts = UnicodeAttribute()


class Job(Protocol):
    """`cursor` is how far it is, `passed` that nothing is behind that."""

    @property
    def cursor(self) -> str: ...
    @property
    def passed(self) -> bool: ...
    @property
    def counts(self) -> msgspec.Struct: ...
    @property
    def version(self) -> int: ...


R = TypeVar("R", bound=JobRow)


def begun(row: R, counts: msgspec.Struct, now: datetime) -> R:
    """As it is put: to be taken up, and nothing done yet."""
    row.turn, row.version, row.cursor, row.passed = "ready", 1, "", False
    row.counts, row.due_at = _json(counts), clock.text(now + UNHEARD_AFTER)
    return row


def take(row: JobRow, now: datetime) -> Image | None:
    """The job as it is held now; None where somebody has it, or where it is not ready."""
    changes: list[Action] = [
        TurnRow.turn.set("held"),
        TurnRow.version.add(1),
        TurnRow.due_at.set(clock.text(now + HELD_FOR)),
    ]
    try:
        return update(row, changes, TurnRow.turn == "ready")
    except ConditionFailed:
        return None


def turned(turn: Turn, version: int, due_at: datetime | None, due_key: str = "") -> list[Action]:
    """From this version to the next; without `due_at` nobody looks again."""
    changes: list[Action] = [TurnRow.turn.set(turn), TurnRow.version.set(version + 1)]
    if due_at is None:
        return [*changes, TurnRow.due_key.remove(), TurnRow.due_at.remove()]
    key = [TurnRow.due_key.set(due_key)] if due_key else []
    return [*changes, *key, TurnRow.due_at.set(clock.text(due_at))]


def progress(job: Job) -> list[Action]:
    return [
        JobRow.cursor.set(job.cursor),
        JobRow.passed.set(job.passed),
        JobRow.counts.set(_json(job.counts)),
    ]


def same_version(job: Job) -> Condition:
    still: Condition = TurnRow.version == job.version
    return still


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
