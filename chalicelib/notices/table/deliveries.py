"""Who was told of a notice: a claim before each call, and what came of it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from chalicelib.adapters import tables
from chalicelib.adapters.tables import ConditionFailed, Image, Row, Transaction
from chalicelib.kernel import clock
from chalicelib.kernel.errors import TryAgain
from chalicelib.notices.model.jobs import KEPT, Job, Outcome, State
from chalicelib.notices.table.turns import TABLE

UNANSWERED_AFTER = timedelta(seconds=150)  # a claim of which nobody says what became of it
_TRIES = 3


class DeliveryRow(Row):
    """In the index only while it is to be tried, in the queue of its channel."""

    table = TABLE
    channel = UnicodeAttribute()
    state = UnicodeAttribute()
    at = UnicodeAttribute()
    code = UnicodeAttribute(null=True)
    tries = NumberAttribute()
    claimed_by = UnicodeAttribute()
    due_key = UnicodeAttribute(null=True)
    due_at = UnicodeAttribute(null=True)
    expires_at = NumberAttribute()


class Delivery(NamedTuple):
    """`tries` is 0 of one whose channel rested when their turn came."""

    subscriber_id: str
    channel: str
    state: State
    tries: int

    def claimed_again(self) -> "Delivery":
        return self._replace(state="calling", tries=self.tries + 1)


def claim(job: Job, new: Delivery, by: str, now: datetime) -> Delivery | None:
    """None where it is ours now; else what became of a claim before. `by` is known again after a lost answer."""
    row = DeliveryRow(
        *_key(job, new.subscriber_id),
        channel=new.channel,
        state=new.state,
        at=clock.text(now),
        tries=new.tries,
        claimed_by=by,
        expires_at=int((now + KEPT).timestamp()),
    )
    if new.state == "waiting":
        row.due_key, row.due_at = _due_key(job, new.channel), clock.text(now)
    there = _in_the_way(lambda: tables.save_new(row))
    if there is None or there["claimed_by"]["S"] == by:
        return None
    return _delivery(there)


def claim_again(job: Job, one: Delivery, by: str, now: datetime) -> bool:
    """Whether it is ours: nobody has tried it since it was read."""
    row = DeliveryRow(*_key(job, one.subscriber_id))
    changes: list[Action] = [
        DeliveryRow.state.set("calling"),
        DeliveryRow.at.set(clock.text(now)),
        DeliveryRow.tries.set(one.tries + 1),
        DeliveryRow.claimed_by.set(by),
        DeliveryRow.due_at.set(clock.text(now + UNANSWERED_AFTER)),
    ]
    there = _in_the_way(lambda: tables.update(row, changes, _still(one)))
    if there is None:
        return True
    return there["claimed_by"]["S"] == by and _delivery(there) == one.claimed_again()


def settle(
    job: Job, one: Delivery, outcome: Outcome, now: datetime, due_at: datetime | None
) -> None:
    """What came of a claim."""
    row = DeliveryRow(*_key(job, one.subscriber_id))
    tables.holds(tables.update, row, _changes(job, one, outcome, now, due_at), _still(one))


def settle_with(
    transaction: Transaction, job: Job, one: Delivery, outcome: Outcome, now: datetime
) -> None:
    """The same inside a transaction, for one that is not tried again."""
    row = DeliveryRow(*_key(job, one.subscriber_id))
    transaction.update("delivery", row, _changes(job, one, outcome, now, None), _still(one))


def to_try_again(job: Job, channel: str, now: datetime, limit: int) -> list[Delivery]:
    """Those of this job and channel whose time has come, oldest first; the index may lag behind the table."""
    bounds = ("0", clock.text(now))
    found = tables.query(TABLE, _due_key(job, channel), index="due", between=bounds, limit=limit)
    return [_delivery(image) for image in found.images]


def next_due_at(job: Job, channel: str) -> datetime | None:
    found = tables.query(TABLE, _due_key(job, channel), index="due", limit=1)
    return clock.parse(found.images[0]["due_at"]["S"]) if found.images else None


def of_shard(notice_id: str, shard: int) -> list[Delivery]:
    return [_delivery(image) for image in tables.query_all(TABLE, _partition(notice_id, shard))]


def _in_the_way(write: Callable[[], object]) -> Image | None:
    """What kept the write from being done; asked again where no answer came, so that a claim is not lost with one."""
    for attempt in range(_TRIES):
        try:
            write()
        except ConditionFailed as failed:
            there = failed.images["row"]
            if there is None:
                raise
            return there
        except TryAgain:
            if attempt == _TRIES - 1:
                raise
        else:
            return None
    return None


def _still(one: Delivery) -> Condition:
    still: Condition = (DeliveryRow.state == one.state) & (DeliveryRow.tries == one.tries)
    return still


def _changes(
    job: Job, one: Delivery, outcome: Outcome, now: datetime, due_at: datetime | None
) -> list[Action]:
    changes: list[Action] = [
        DeliveryRow.state.set(outcome.state),
        DeliveryRow.at.set(clock.text(now)),
        *([DeliveryRow.code.set(outcome.code)] if outcome.code else []),
    ]
    if due_at is None:
        return [*changes, DeliveryRow.due_key.remove(), DeliveryRow.due_at.remove()]
    return [
        *changes,
        DeliveryRow.due_key.set(_due_key(job, one.channel)),
        DeliveryRow.due_at.set(clock.text(due_at)),
    ]


def _delivery(image: Image) -> Delivery:
    return Delivery(
        subscriber_id=image["sk"]["S"].removeprefix("TO#"),
        channel=image["channel"]["S"],
        state=image["state"]["S"],
        tries=int(image["tries"]["N"]),
    )


def _key(job: Job, subscriber_id: str) -> tuple[str, str]:
    return _partition(job.notice_id, job.shard), f"TO#{subscriber_id}"


def _partition(notice_id: str, shard: int) -> str:
    return f"TOLD#{notice_id}#{shard:02d}"


def _due_key(job: Job, channel: str) -> str:
    return f"AGAIN#{job.notice_id}#{job.shard:02d}#{channel}"
