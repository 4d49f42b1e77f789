"""Notices that were handed over, and their jobs: one in each shard."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.expressions.update import Action

from chalicelib.adapters import tables
from chalicelib.adapters.tables import ConditionFailed, Image, Row, Transaction
from chalicelib.kernel import clock
from chalicelib.notices.model.jobs import (
    HELD_FOR,
    KEPT,
    UNHEARD_AFTER,
    Counts,
    Job,
    Later,
    Rest,
    Turn,
    overtakes,
    place,
)
from chalicelib.notices.model.subscribers import SHARDS
from chalicelib.notices.table.turns import DUE, TABLE, TurnRow, turned
from chalicelib.outages.model.notices import Notice

_LATEST, _TAKEN_BACK = "LATEST", "TAKEN_BACK"
_notice = msgspec.json.Decoder(Notice)
_counts = msgspec.json.Decoder(Counts)
_rests = msgspec.json.Decoder(dict[str, Rest])


class NoticeRow(Row):
    table = TABLE
    doc = UnicodeAttribute()
    handed_at = UnicodeAttribute()
    expires_at = NumberAttribute()


class LatestRow(Row):
    """`place` sorts as notices overtake each other."""

    table = TABLE
    doc = UnicodeAttribute()
    place = UnicodeAttribute()
    expires_at = NumberAttribute()


class JobRow(TurnRow):
    cursor = UnicodeAttribute()
    passed = BooleanAttribute()
    counts = UnicodeAttribute()
    rests = UnicodeAttribute(null=True)


def known(notice_ids: Sequence[str]) -> set[str]:
    """Which of these were handed over."""
    images = tables.batch_get(TABLE, [_notice_key(one) for one in notice_ids])
    return {image["pk"]["S"].removeprefix("NOTICE#") for image in images}


def hand_over(notice: Notice, now: datetime) -> None:
    """The same notice again changes nothing; one that withdraws others is told to nobody. Raises TryAgain."""
    expires_at = int((now + KEPT).timestamp())
    _keep_latest(notice, expires_at)
    row = NoticeRow(*_notice_key(notice.notice_id), expires_at=expires_at)
    row.doc, row.handed_at = _json(notice), clock.text(now)
    transaction = Transaction()  # one: who sees the notice finds all its jobs
    transaction.put_new("notice", row, tells=False)
    for shard in range(0 if notice.withdraws else SHARDS):
        job = JobRow(
            *_key(notice.notice_id, shard),
            turn="ready",
            version=1,
            due_key=DUE,
            due_at=clock.text(now + UNHEARD_AFTER),
            expires_at=expires_at,
            cursor="",
            passed=False,
            counts=_json(Counts()),
        )
        transaction.put_new(f"job {shard}", job, tells=False)
    tables.holds(transaction.commit)


def notice(notice_id: str) -> tuple[Notice, datetime] | None:
    """With the moment at which it was handed over."""
    image = tables.get(TABLE, _notice_key(notice_id), consistent=True)
    if image is None:
        return None
    return _notice.decode(image["doc"]["S"]), clock.parse(image["handed_at"]["S"])


def later(notice: Notice) -> Later:
    images = tables.query(TABLE, f"ABOUT#{notice.overtakes}", consistent=True).images
    said = {image["sk"]["S"]: _notice.decode(image["doc"]["S"]) for image in images}
    found = {name: one for name, one in said.items() if overtakes(one, notice)}
    return Later(found.get(_LATEST), _TAKEN_BACK in found)


def jobs(notice_id: str) -> list[Job]:
    keys = [_key(notice_id, shard) for shard in range(SHARDS)]
    images = tables.batch_get(TABLE, keys, consistent=True)
    return sorted((_job(image) for image in images), key=lambda one: one.shard)


def take(notice_id: str, shard: int, now: datetime) -> Job | None:
    """The job, held until it is let go; None where somebody has it, or where it is not ready."""
    changes: list[Action] = [
        JobRow.turn.set("held"),
        JobRow.version.add(1),
        JobRow.due_at.set(clock.text(now + HELD_FOR)),
    ]
    try:
        image = tables.update(JobRow(*_key(notice_id, shard)), changes, JobRow.turn == "ready")
    except ConditionFailed:
        return None
    return _job(image)


def advance(job: Job) -> Job | None:
    """Keep how far it is; None where it was taken from us."""
    return _moved(job, "held", job.due_at, _progress(job))


def let_go(job: Job, turn: Turn, due_at: datetime | None) -> Job | None:
    return _moved(job, turn, due_at, _progress(job))


def advance_with(transaction: Transaction, job: Job) -> None:
    """The same inside a transaction, where its name is `job`."""
    changes = [*turned("held", job.version, job.due_at), *_progress(job)]
    transaction.update("job", _bare(job), changes, JobRow.version == job.version)


def _moved(job: Job, turn: Turn, due_at: datetime | None, more: list[Action]) -> Job | None:
    changes = [*turned(turn, job.version, due_at), *more]
    if not tables.holds(tables.update, _bare(job), changes, JobRow.version == job.version):
        return None
    return job._replace(turn=turn, version=job.version + 1, due_at=due_at)


def _progress(job: Job) -> list[Action]:
    return [
        JobRow.cursor.set(job.cursor),
        JobRow.passed.set(job.passed),
        JobRow.counts.set(_json(job.counts)),
        JobRow.rests.set(_json(job.rests)),
    ]


def _keep_latest(notice: Notice, expires_at: int) -> None:
    """Unless a newer one is there."""
    kind = _TAKEN_BACK if notice.withdraws else _LATEST
    row = LatestRow(f"ABOUT#{notice.overtakes}", kind, doc=_json(notice), expires_at=expires_at)
    row.place = place(notice)
    newer = LatestRow.place.does_not_exist() | (LatestRow.place < row.place)
    tables.holds(tables.save, row, newer)


def _job(image: Image) -> Job:
    return Job(
        notice_id=image["sk"]["S"].removeprefix("JOB#"),
        shard=int(image["pk"]["S"].removeprefix("SHARD#")),
        turn=image["turn"]["S"],
        cursor=image["cursor"]["S"],
        passed=image["passed"]["BOOL"],
        counts=_counts.decode(image["counts"]["S"]),
        version=int(image["version"]["N"]),
        due_at=clock.parse(image["due_at"]["S"]) if "due_at" in image else None,
        rests=_rests.decode(image["rests"]["S"]) if "rests" in image else {},
    )


def _bare(job: Job) -> JobRow:
    return JobRow(*_key(job.notice_id, job.shard))


def _key(notice_id: str, shard: int) -> tuple[str, str]:
    return f"SHARD#{shard:02d}", f"JOB#{notice_id}"


def _notice_key(notice_id: str) -> tuple[str, str]:
    return f"NOTICE#{notice_id}", "NOTICE"


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
