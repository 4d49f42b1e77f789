"""Notices that were handed over, and their jobs: one in each shard."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.expressions.update import Action

from chalicelib.adapters import tables
from chalicelib.adapters.tables import ConditionFailed, Image, Row, Transaction
from chalicelib.kernel import clock
from chalicelib.notices.model.jobs import HELD_FOR, KEPT, UNHEARD_AFTER, Counts, Job, Turn
from chalicelib.notices.model.subscribers import SHARDS
from chalicelib.notices.table.turns import DUE, TABLE, TurnRow, turned
from chalicelib.outages.model.notices import Notice

_notice = msgspec.json.Decoder(Notice)
_counts = msgspec.json.Decoder(Counts)


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


def known(notice_ids: Sequence[str]) -> set[str]:
    """Which of these were handed over."""
    images = tables.batch_get(TABLE, [_notice_key(one) for one in notice_ids])
    return {image["pk"]["S"].removeprefix("NOTICE#") for image in images}


def hand_over(notice: Notice, now: datetime) -> None:
    """The same notice again changes nothing. Raises TryAgain."""
    expires_at = int((now + KEPT).timestamp())
    _keep_latest(notice, expires_at)
    row = NoticeRow(*_notice_key(notice.notice_id), expires_at=expires_at)
    row.doc, row.handed_at = _json(notice), clock.text(now)
    transaction = Transaction()  # one: who sees the notice finds all its jobs
    transaction.put_new("notice", row, tells=False)
    for shard in range(SHARDS):
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


def latest(overtakes: str) -> Notice | None:
    image = tables.get(TABLE, (f"ABOUT#{overtakes}", "LATEST"), consistent=True)
    return _notice.decode(image["doc"]["S"]) if image else None


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
    ]


def _keep_latest(notice: Notice, expires_at: int) -> None:
    """Unless a newer one is there."""
    row = LatestRow(f"ABOUT#{notice.overtakes}", "LATEST", doc=_json(notice), expires_at=expires_at)
    row.place = f"{clock.text(notice.at)}#{notice.notice_id}"
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
    )


def _bare(job: Job) -> JobRow:
    return JobRow(*_key(job.notice_id, job.shard))


def _key(notice_id: str, shard: int) -> tuple[str, str]:
    return f"SHARD#{shard:02d}", f"JOB#{notice_id}"


def _notice_key(notice_id: str) -> tuple[str, str]:
    return f"NOTICE#{notice_id}", "NOTICE"


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
