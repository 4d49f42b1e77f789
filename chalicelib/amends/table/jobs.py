"""The head of an incident's amends, and the jobs by which it goes on: a job whose `turn` is ready is in the stream."""

from datetime import datetime

import msgspec
from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.operand import Path

from chalicelib.adapters import tables
from chalicelib.adapters.tables import Image, Key, Row, Transaction, turns
from chalicelib.amends.model.amends import (
    KEPT,
    SHARDS,
    Amends,
    Counts,
    Job,
    Work,
)
from chalicelib.kernel import clock
from chalicelib.kernel.stamp import Stamp
from chalicelib.kernel.turns import HELD_FOR, UNHEARD_AFTER, Turn

TABLE = "amends"
_amends = msgspec.json.Decoder(Amends)
_counts = msgspec.json.Decoder(Counts)


class HeadRow(Row):
    table = TABLE
    doc = UnicodeAttribute()
    version = NumberAttribute()
    expires_at = NumberAttribute()


class JobRow(turns.JobRow):
    table = TABLE
    round = NumberAttribute()
    work = UnicodeAttribute()


def read(incident_id: str) -> Amends | None:
    image = tables.get(TABLE, _head_key(incident_id), consistent=True)
    return _amends.decode(image["doc"]["S"]) if image else None


def keep(new: Amends, was: Amends | None, work: Work | None, now: datetime, by: Stamp) -> bool:
    """With a job in each shard where there is work, with none where not; whether it was still as it was read."""
    transaction = Transaction()
    still = tables.of_version(was.version if was else 0)
    transaction.put("head", _head(new, now, by), still, tells=False)
    for shard in range(SHARDS):
        if work is None:
            transaction.delete(f"job {shard}", JobRow(*_key(new.incident_id, shard)))
            continue
        row = JobRow(*_key(new.incident_id, shard), round=new.round, work=work)
        row.expires_at = _expires_at(now)
        turns.begun(row, Counts(), now)
        transaction.put(f"job {shard}", row, tells=False)
    return tables.holds(transaction.commit)


def keep_head(new: Amends, was: Amends, now: datetime, by: Stamp) -> bool:
    """Without touching its jobs; whether it was still as it was read."""
    return tables.holds(tables.save, _head(new, now, by), tables.of_version(was.version))


def jobs(incident_id: str) -> list[Job]:
    keys = [_key(incident_id, shard) for shard in range(SHARDS)]
    return [_job(image) for image in tables.batch_get(TABLE, keys, consistent=True)]


def take(incident_id: str, shard: int, now: datetime) -> Job | None:
    """The job, held until it is let go; None where somebody has it, or where it is not ready."""
    image = turns.take(JobRow(*_key(incident_id, shard)), now)
    return _job(image) if image else None


def advance(job: Job, now: datetime) -> Job | None:
    """Keep how far it is; None where it was taken from us."""
    return _moved(job, "held", now + HELD_FOR)


def rest(job: Job, until: datetime) -> Job | None:
    """Nobody has it until then, and then the clock rings for it; None where it was taken from us."""
    return _moved(job, "held", until)


def let_go(job: Job, now: datetime) -> Job | None:
    return _moved(job, "done" if job.passed else "ready", now + UNHEARD_AFTER)


def due(shard: int, now: datetime) -> list[tuple[Job, datetime]]:
    """All of a shard that should have gone on, or that are done and wait for the others."""
    images = tables.query_all(TABLE, _shard(shard), between=("JOB#", "JOB#~"))
    found = [(_job(image), clock.parse(image["due_at"]["S"])) for image in images]
    return [(job, due_at) for job, due_at in found if due_at <= now]


def ring_again(job: Job, now: datetime) -> bool:
    """Let the stream bring it once more; whether nobody was first."""
    return _moved(job, "ready", now + UNHEARD_AFTER) is not None


def _moved(job: Job, turn: Turn, due_at: datetime) -> Job | None:
    actions = [*turns.turned(turn, job.version, due_at), *turns.progress(job)]
    row = JobRow(*_key(job.incident_id, job.shard))
    if not tables.holds(tables.update, row, actions, _still(job)):
        return None
    return job._replace(turn=turn, version=job.version + 1)


def _still(job: Job) -> Condition:
    """A new round, or other work, begins at version 1 again."""
    same = (Path("round") == job.round) & (Path("work") == job.work)
    still: Condition = turns.same_version(job) & same
    return still


def _job(image: Image) -> Job:
    return Job(
        incident_id=image["sk"]["S"].removeprefix("JOB#"),
        shard=int(image["pk"]["S"].removeprefix("SHARD#")),
        round=int(image["round"]["N"]),
        work=image["work"]["S"],
        turn=image["turn"]["S"],
        cursor=image["cursor"]["S"],
        passed=image["passed"]["BOOL"],
        counts=_counts.decode(image["counts"]["S"]),
        version=int(image["version"]["N"]),
    )


def _head(amends: Amends, now: datetime, by: Stamp) -> HeadRow:
    return HeadRow(
        *_head_key(amends.incident_id),
        doc=_json(amends),
        version=amends.version,
        expires_at=_expires_at(now),
        by=by.text(),
    )


def _expires_at(now: datetime) -> int:
    return int((now + KEPT).timestamp())


def _key(incident_id: str, shard: int) -> Key:
    return _shard(shard), f"JOB#{incident_id}"


def _shard(shard: int) -> str:
    return f"SHARD#{shard:02d}"


def _head_key(incident_id: str) -> Key:
    return f"AMENDS#{incident_id}", "HEAD"


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
