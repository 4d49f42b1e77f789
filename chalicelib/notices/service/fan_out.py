"""A job's turn: page by page through its shard, each receiver claimed before the call; then those to be tried again.

What a crash leaves behind is read from the claims: a page that was not kept is gone through once more, and who was
claimed in it is counted as they stand, not told again.
"""

import random
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import get_args

from chalicelib.adapters import tables
from chalicelib.kernel.clock import Clock
from chalicelib.kernel.turns import UNHEARD_AFTER
from chalicelib.notices.audience import Audience
from chalicelib.notices.model.jobs import (
    LASTS,
    Job,
    Later,
    Outcome,
    State,
    wait_after,
)
from chalicelib.notices.model.subscribers import Channel, Subscriber
from chalicelib.notices.service.resting import Resting
from chalicelib.notices.table import deliveries
from chalicelib.notices.table import jobs as table
from chalicelib.notices.table.deliveries import Delivery
from chalicelib.outages.model.notices import Notice

Tell = Callable[[Subscriber, Notice], Outcome]
HasTime = Callable[[], bool]
_CHANNELS: tuple[Channel, ...] = get_args(Channel)
_REST = timedelta(seconds=15)
_FRESH_FOR = timedelta(seconds=2)
_PAGE = 25
_UNKNOWN = Outcome("unknown", "no_answer_kept")
_LEFT = Outcome("failed", "left")
_NOT_REACHED = Outcome("failed", "not_reached")


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
        name = secrets.token_hex(8)
        turn = _Turn(self, name, has_time, *self._notice(notice_id), Resting(job.rests))
        while job and not job.passed and has_time():
            job = turn.page(job)
        more = True
        while job and job.passed and job.counts.waiting and more and has_time():
            job, more = turn.again(job)
        if job:
            self._let_go(job._replace(rests=turn.resting.rests), turn)

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
        elif not job.passed:
            table.let_go(job, "ready", self.clock() + UNHEARD_AFTER)
        else:
            earliest = self.clock() + _REST
            table.let_go(job, "held", max(turn.goes_on_at(job) or earliest, earliest))


@dataclass
class _Turn:
    """One notice, told by one holder of one job.

    Whose turn comes while their channel rests waits in its queue, and the other channels go on.
    """

    by: FanOut
    claimant: str
    has_time: HasTime
    notice: Notice
    handed_at: datetime
    resting: Resting
    later: Later = field(default_factory=Later)
    looked_at: datetime | None = None

    @property
    def is_late(self) -> bool:
        return self.by.clock() >= self.handed_at + LASTS

    def rests_now(self, channel: str) -> bool:
        return self.resting.is_on(channel, self.by.clock())

    def goes_on_at(self, job: Job) -> datetime | None:
        """When somebody is to be tried whose channel rests no longer, or is to be given up."""
        found = {channel: deliveries.next_due_at(job, channel) for channel in _CHANNELS}
        latest = self.handed_at + LASTS
        return min(
            (self.resting.over_at(channel, at, latest) for channel, at in found.items() if at),
            default=None,
        )

    def page(self, job: Job) -> Job | None:
        """As much of one as there is time for. None where somebody else has the job now.

        How far it is, is kept at the end of each page but the last: that is kept as the job is let go.
        """
        found = self.by.audience.page(job.shard, job.cursor, _PAGE)
        moved = job._replace(passed=found.last is None)
        for receiver in found.receivers:
            if not self.has_time():
                return table.advance(moved._replace(passed=False))
            if receiver.since <= self.handed_at and receiver.scope.wants(self.notice):
                counts = moved.counts.one_more(self._told(job, receiver))
                moved = moved._replace(counts=counts)
            moved = moved._replace(cursor=receiver.subscriber_id)
        return moved if moved.passed else table.advance(moved)

    def again(self, job: Job) -> tuple[Job | None, bool]:
        """And whether more of them may be due."""
        left: Job | None = job
        more = False
        for channel in _CHANNELS:
            if self.rests_now(channel) and not self.is_late:
                continue
            found = deliveries.to_try_again(job, channel, self.by.clock(), _PAGE)
            more = more or len(found) == _PAGE
            for one in found:
                if left is None or not self.has_time():
                    return left, False
                if self.rests_now(channel) and not self.is_late:
                    break
                left = self._tried_again(left, one)
        return left, more

    def _instead(self, receiver: Subscriber) -> State | None:
        """What spares them this notice. Looked for again every other second, so that it ends also within a page."""
        now = self.by.clock()
        if self.looked_at is None or now - self.looked_at > _FRESH_FOR:
            self.looked_at, self.later = now, table.later(self.notice)
        return self.later.instead_for(receiver.scope)

    def _told(self, job: Job, receiver: Subscriber) -> State:
        now = self.by.clock()
        state = self._instead(receiver) or self._at_first(receiver)
        mine = Delivery(receiver.subscriber_id, receiver.channel, state, int(state == "calling"))
        there = deliveries.claim(job, mine, self.claimant, now)
        if there is None and state != "calling":
            return state
        if there is None:
            (outcome, due_at) = self._try(receiver, mine)
            deliveries.settle(job, mine, outcome, self.by.clock(), due_at)
            return outcome.state
        if there.state == "calling":
            deliveries.settle(job, there, _UNKNOWN, now, None)
            return "unknown"
        return there.state

    def _at_first(self, receiver: Subscriber) -> State:
        return "waiting" if self.rests_now(receiver.channel) else "calling"

    def _tried_again(self, job: Job, one: Delivery) -> Job | None:
        receiver = self.by.audience.receiver(one.subscriber_id)
        outcome = self._uncalled(one, receiver)
        if outcome or receiver is None:
            return self._settled(job, one, outcome or _LEFT)
        if not deliveries.claim_again(job, one, self.claimant, self.by.clock()):
            return job
        one = one.claimed_again()
        (outcome, due_at) = self._try(receiver, one)
        if due_at is None:
            return self._settled(job, one, outcome)
        deliveries.settle(job, one, outcome, self.by.clock(), due_at)
        return job

    def _uncalled(self, one: Delivery, receiver: Subscriber | None) -> Outcome | None:
        """What came of one who is not called any more; None of one who is."""
        if one.state == "calling":
            return _UNKNOWN
        if receiver is None:
            return _LEFT
        if instead := self._instead(receiver):
            return Outcome(instead)
        return _NOT_REACHED if self.rests_now(one.channel) else None

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
        self.resting.note(receiver.channel, outcome, now)
        if outcome.state != "waiting":
            return outcome, None
        if self.is_late:
            return Outcome("failed", outcome.code), None
        wait = wait_after(one.tries, self.by.chance())
        return outcome, min(now + wait, self.handed_at + LASTS)
