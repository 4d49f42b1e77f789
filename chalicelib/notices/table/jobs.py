"""Notices that were handed over, and their jobs: one in each shard."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec
from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.expressions.update import Action

from chalicelib.adapters import tables
from chalicelib.adapters.tables import Image, Row, Transaction, turns
from chalicelib.kernel import clock
from chalicelib.kernel.turns import Turn
from chalicelib.notices.model.jobs import (
    KEPT,
    Counts,
    Job,
    Later,
    Rest,
    overtakes,
    place,
)
from chalicelib.notices.model.subscribers import SHARDS
from chalicelib.notices.table.turns import DUE, TABLE, turned
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


class JobRow(turns.JobRow):
    table = TABLE
    rests = UnicodeAttribute(null=True)


class Handed(NamedTuple):
    """With the moment at which it was handed over."""

    notice: Notice
    at: datetime


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
        job = JobRow(*_key(notice.notice_id, shard), due_key=DUE, expires_at=expires_at)
        turns.begun(job, Counts(), now)
        transaction.put_new(f"job {shard}", job, tells=False)
    tables.holds(transaction.commit)


def notice(notice_id: str) -> Handed | None:
    image = tables.get(TABLE, _notice_key(notice_id), consistent=True)
    return _handed(image) if image else None


def notices(notice_ids: Sequence[str]) -> dict[str, Handed]:
    """Those of them that were handed over."""
    images = tables.batch_get(TABLE, [_notice_key(one) for one in notice_ids])
    found = map(_handed, images)
    return {handed.notice.notice_id: handed for handed in found}


def later(notice: Notice) -> Later:
    images = tables.query(TABLE, f"ABOUT#{notice.overtakes}", consistent=True).images
    said = {image["sk"]["S"]: _notice.decode(image["doc"]["S"]) for image in images}
    found = {name: one for name, one in said.items() if overtakes(one, notice)}
    return Later(found.get(_LATEST), _TAKEN_BACK in found)


def jobs(notice_id: str) -> list[Job]:
    return jobs_of([notice_id])[notice_id]


def jobs_of(notice_ids: Sequence[str]) -> dict[str, list[Job]]:
    """Of each, by shard; a request for each hundred."""
    keys = [_key(one, shard) for one in notice_ids for shard in range(SHARDS)]
    found: dict[str, list[Job]] = {one: [] for one in notice_ids}
    for job in map(_job, tables.batch_get(TABLE, keys, consistent=True)):
        found[job.notice_id].append(job)
    return {one: sorted(jobs, key=lambda job: job.shard) for one, jobs in found.items()}


def take(notice_id: str, shard: int, now: datetime) -> Job | None:
    """The job, held until it is let go; None where somebody has it, or where it is not ready."""
    image = turns.take(JobRow(*_key(notice_id, shard)), now)
    return _job(image) if image else None


def advance(job: Job) -> Job | None:
    """Keep how far it is; None where it was taken from us."""
    return _moved(job, "held", job.due_at)


def let_go(job: Job, turn: Turn, due_at: datetime | None) -> Job | None:
    return _moved(job, turn, due_at)


def advance_with(transaction: Transaction, job: Job) -> None:
    """The same inside a transaction, where its name is `job`."""
    changes = _moves(job, "held", job.due_at)
    transaction.update("job", _bare(job), changes, turns.same_version(job))


def _moved(job: Job, turn: Turn, due_at: datetime | None) -> Job | None:
    changes = _moves(job, turn, due_at)
    if not tables.holds(tables.update, _bare(job), changes, turns.same_version(job)):
        return None
    return job._replace(turn=turn, version=job.version + 1, due_at=due_at)


def _moves(job: Job, turn: Turn, due_at: datetime | None) -> list[Action]:
    rests = JobRow.rests.set(_json(job.rests))
    return [*turned(turn, job.version, due_at), *turns.progress(job), rests]


def _keep_latest(notice: Notice, expires_at: int) -> None:
    """Unless a newer one is there."""
    kind = _TAKEN_BACK if notice.withdraws else _LATEST
    row = LatestRow(f"ABOUT#{notice.overtakes}", kind, doc=_json(notice), expires_at=expires_at)
    row.place = place(notice)
    newer = LatestRow.place.does_not_exist() | (LatestRow.place < row.place)
    tables.holds(tables.save, row, newer)


def _handed(image: Image) -> Handed:
    return Handed(_notice.decode(image["doc"]["S"]), clock.parse(image["handed_at"]["S"]))


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
