"""A job's turn: page by page through its shard, each receiver claimed before the call; then those to be tried again.

What a crash leaves behind is read from the claims: a page that was not kept is gone through once more, and who was
claimed in it is counted as they stand, not told again.
"""

import random
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from chalicelib.adapters import tables
from chalicelib.kernel.clock import Clock
from chalicelib.notices.audience import Audience
from chalicelib.notices.model.jobs import (
    UNHEARD_AFTER,
    Job,
    Outcome,
    State,
    overtakes,
    wait_after,
)
from chalicelib.notices.model.subscribers import Subscriber
from chalicelib.notices.table import deliveries
from chalicelib.notices.table import jobs as table
from chalicelib.notices.table.deliveries import Delivery
from chalicelib.outages.model.notices import Notice

Tell = Callable[[Subscriber, Notice], Outcome]
HasTime = Callable[[], bool]
_REST = timedelta(seconds=15)
_MOST_IN_A_ROW = (
    5  # not reached: then the job rests, and does not wait out a time-out for each receiver
)
_PAUSE = timedelta(minutes=1)
_PAGE = 25
_UNKNOWN = Outcome("unknown", "no_answer_kept")
_LEFT = Outcome("failed", "left")
_OVERTAKEN = Outcome("overtaken")


@dataclass(frozen=True)
class FanOut:
    """`tell` never raises for what its channel did. `known` are notices of this container's last jobs."""

    audience: Audience
    tell: Tell
    clock: Clock
    chance: Callable[[], float] = random.random
    known: dict[str, tuple[Notice, datetime]] = field(default_factory=dict)

    def go_on(self, notice_id: str, shard: int, has_time: HasTime) -> None:
        """One turn, as long as there is time; the job is let go then, and that write in the stream begins the next."""
        job = table.take(notice_id, shard, self.clock())
        if job is None:
            return
        turn = _Turn(self, secrets.token_hex(8), has_time, *self._notice(notice_id))
        while job and not job.passed and turn.may_go_on():
            job = turn.page(job)
        tried = _PAGE
        while job and job.passed and job.counts.waiting and tried == _PAGE and turn.may_go_on():
            job, tried = turn.again(job)
        if job:
            self._let_go(job, turn)

    def _notice(self, notice_id: str) -> tuple[Notice, datetime]:
        """It never changes, and was written together with its jobs."""
        if notice_id not in self.known:
            found = table.notice(notice_id)
            if found is None:
                raise LookupError(notice_id)
            self.known.clear()
            self.known[notice_id] = found
        return self.known[notice_id]

    def _let_go(self, job: Job, turn: "_Turn") -> None:
        if job.over:
            table.let_go(job, "done", None)
        elif not job.passed and turn.nobody_is_reached:
            table.let_go(job, "held", self.clock() + _PAUSE)
        elif not job.passed:
            table.let_go(job, "ready", self.clock() + UNHEARD_AFTER)
        else:
            earliest = self.clock() + _REST
            table.let_go(job, "held", max(deliveries.next_due_at(job) or earliest, earliest))


@dataclass
class _Turn:
    """One notice, told by one holder of one job. `not_reached` counts those in a row: who is away is spared."""

    by: FanOut
    claimant: str
    has_time: HasTime
    notice: Notice
    handed_at: datetime
    not_reached: int = 0

    @property
    def nobody_is_reached(self) -> bool:
        return self.not_reached >= _MOST_IN_A_ROW

    def may_go_on(self) -> bool:
        return not self.nobody_is_reached and self.has_time()

    def page(self, job: Job) -> Job | None:
        """As much of one as there is time for. None where somebody else has the job now.

        How far it is, is kept at the end of each page but the last: that is kept as the job is let go.
        """
        found = self.by.audience.page(job.shard, job.cursor, _PAGE)
        newer = self._newer() if found.receivers else None
        moved = job._replace(passed=found.last is None)
        for receiver in found.receivers:
            if not self.may_go_on():
                return table.advance(moved._replace(passed=False))
            if receiver.since <= self.handed_at and receiver.scope.wants(self.notice):
                counts = moved.counts.one_more(self._told(job, receiver, newer))
                moved = moved._replace(counts=counts)
            moved = moved._replace(cursor=receiver.subscriber_id)
        return moved if moved.passed else table.advance(moved)

    def again(self, job: Job) -> tuple[Job | None, int]:
        """And how many there were to be tried again."""
        newer = self._newer()
        found = deliveries.to_try_again(job, self.by.clock(), _PAGE)
        left: Job | None = job
        for one in found:
            if left is None or not self.may_go_on():
                break
            left = self._tried_again(left, one, newer)
        return left, len(found)

    def _newer(self) -> Notice | None:
        found = table.latest(self.notice.overtakes)
        return found if found and overtakes(found, self.notice) else None

    def _told(self, job: Job, receiver: Subscriber, newer: Notice | None) -> State:
        late = newer is not None and receiver.scope.wants(newer)
        now = self.by.clock()
        state: State = "overtaken" if late else "calling"
        there = deliveries.claim(job, receiver.subscriber_id, self.claimant, now, state)
        if there is None and late:
            return "overtaken"
        if there is None:
            one = Delivery(receiver.subscriber_id, "calling", 1)
            (outcome, due_at) = self._try(receiver, one)
            deliveries.settle(job, one, outcome, self.by.clock(), due_at)
            return outcome.state
        if there.state == "calling":
            deliveries.settle(job, there, _UNKNOWN, now, None)
            return "unknown"
        return there.state

    def _tried_again(self, job: Job, one: Delivery, newer: Notice | None) -> Job | None:
        now = self.by.clock()
        if one.state == "calling":
            return self._settled(job, one, _UNKNOWN)
        receiver = self.by.audience.receiver(one.subscriber_id)
        if receiver is None:
            return self._settled(job, one, _LEFT)
        if newer and receiver.scope.wants(newer):
            return self._settled(job, one, _OVERTAKEN)
        if not deliveries.claim_again(job, one, self.claimant, now):
            return job
        one = one.claimed_again()
        (outcome, due_at) = self._try(receiver, one)
        if due_at is None:
            return self._settled(job, one, outcome)
        deliveries.settle(job, one, outcome, self.by.clock(), due_at)
        return job

    def _settled(self, job: Job, one: Delivery, outcome: Outcome) -> Job | None:
        """The receiver and the figures in one: nobody is counted twice, or stays waiting for ever."""
        job = job._replace(counts=job.counts.settled(outcome.state))
        transaction = tables.Transaction()
        deliveries.settle_with(transaction, job, one, outcome, self.by.clock())
        table.advance_with(transaction, job)
        if not tables.holds(transaction.commit):
            return None
        return job._replace(version=job.version + 1)

    def _try(self, receiver: Subscriber, one: Delivery) -> tuple[Outcome, datetime | None]:
        """What telling them came to, and when to try again; `one` is claimed."""
        outcome = self.by.tell(receiver, self.notice)
        now = self.by.clock()
        self.by.audience.heard(receiver, outcome, now)
        self.not_reached = self.not_reached + 1 if outcome.state == "waiting" else 0
        if outcome.state != "waiting":
            return outcome, None
        wait = wait_after(one.tries, self.by.chance())
        return (outcome, now + wait) if wait else (Outcome("failed", outcome.code), None)
