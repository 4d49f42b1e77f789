"""A job's turn, as long as there is time; and what follows when all jobs of an incident are done.

Whoever is killed at any point leaves a job that the clock brings again: each step, and each member, bears it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from msgspec.structs import replace

from chalicelib.access.model import Store
from chalicelib.adapters import log
from chalicelib.amends.model.amends import (
    AFTER,
    SHARDS,
    Affected,
    Amends,
    Counts,
    Job,
    Work,
    came_of,
    counted,
    rests_until,
)
from chalicelib.amends.service.finding import Finding
from chalicelib.amends.service.giving import Giver
from chalicelib.amends.service.telling import Teller
from chalicelib.amends.table import affected
from chalicelib.amends.table import jobs as table
from chalicelib.amends.table.affected import Search
from chalicelib.kernel import stamp
from chalicelib.kernel.clock import Clock

GIVEN_UP = "amends given up"
HasTime = Callable[[], bool]
_BY = stamp.system("amends")
_PAGE = 25
_log = log.logger("amends")


@dataclass(frozen=True)
class Turns:
    finding: Finding
    stores: Callable[[], Sequence[Store]]
    clock: Clock

    def go_on(self, incident_id: str, shard: int, has_time: HasTime) -> None:
        """The job is let go when time is up, and that write in the stream begins its next turn."""
        taken = table.take(incident_id, shard, self.clock())
        if taken is None:
            return
        amends = table.read(incident_id)
        if amends is None or amends.phase != taken.work or amends.round != taken.round:
            return  # left over: what is due next writes it anew
        does = {
            "finding": self._find,
            "counting": self._count,
            "telling": self._tell,
            "giving": self._give,
        }
        job = does[taken.work](amends, taken, has_time)
        if job and (job := table.let_go(job, self.clock())) and job.passed:
            self._next(incident_id)

    def ring(self, has_time: HasTime) -> None:
        """The clock's part: jobs that nobody goes on with, and an end that nobody saw."""
        for shard in range(SHARDS):
            for job, _ in table.due(shard, self.clock()):
                if not has_time():
                    return
                if job.turn != "done":
                    table.ring_again(job, self.clock())
                elif shard == 0:
                    self._next(job.incident_id)

    def _find(self, amends: Amends, job: Job, has_time: HasTime) -> Job | None:
        search = Search(amends.incident_id, amends.round)
        for step in self.finding.steps(self.stores(), amends, job):
            if not has_time():
                return job
            self.finding.look(step, amends.touched, search)
            moved = table.advance(job._replace(cursor=step.cursor), self.clock())
            if moved is None:
                return None
            job = moved
        return job._replace(passed=True)

    def _count(self, amends: Amends, job: Job, has_time: HasTime) -> Job | None:
        return self._through(amends, job, has_time, counted)

    def _tell(self, amends: Amends, job: Job, has_time: HasTime) -> Job | None:
        now = self.clock()
        teller = Teller(self.finding.ledger, amends, amends.told_at or now, now)
        return self._through(amends, job, has_time, teller.tell)

    def _give(self, amends: Amends, job: Job, has_time: HasTime) -> Job | None:
        if amends.giving is None:
            raise ValueError("nobody said what is given")
        giver = Giver(self.finding.ledger, amends, amends.giving)

        def give(one: Affected) -> Counts:
            return came_of(one.member_id, giver.give(one))

        through = self._through(amends, job, has_time, give)
        if through is None or not through.passed or not through.counts.failed:
            return through
        return self._rested(amends, through)

    def _rested(self, amends: Amends, job: Job) -> Job | None:
        """Held by nobody until the clock rings for it: then it goes through its members once more."""
        until = rests_until(amends, self.clock())
        if until is None:
            about = {"incident_id": amends.incident_id, "shard": job.shard}
            _log.error(GIVEN_UP, extra={**about, "failed": job.counts.failed})
            return job
        table.rest(job._replace(cursor="", passed=False), until)
        return None

    def _through(
        self, amends: Amends, job: Job, has_time: HasTime, do: Callable[[Affected], Counts]
    ) -> Job | None:
        """Page by page; how far it is and what came of it are one write. None where somebody else has the job."""
        if not job.cursor:
            job = job._replace(counts=Counts())  # what is gone through again is counted anew
        search = Search(amends.incident_id, amends.round)
        while has_time():
            page = affected.page(search, job.shard, job.cursor, _PAGE, consistent=True)
            if not page:
                return job._replace(passed=True)
            for one in page:
                if not has_time():
                    break
                counts = job.counts.plus(do(one))
                job = job._replace(cursor=one.member_id, counts=counts)
            moved = table.advance(job, self.clock())
            if moved is None:
                return None
            job = moved
        return job

    def _next(self, incident_id: str) -> None:
        """Where all are done; of several who see it one begins what follows."""
        amends = table.read(incident_id)
        if amends is None:
            return
        done = [
            job
            for job in table.jobs(incident_id)
            if (job.round, job.work, job.turn) == (amends.round, amends.phase, "done")
        ]
        if len(done) < SHARDS:
            return
        work = done[0].work
        total = replace(amends.counts, told=0) if work == "telling" else amends.counts
        for job in done:
            total = total.plus(job.counts)
        follows = _follows(amends, work, total, self.clock())
        table.keep(follows, amends, _WORK_OF.get(follows.phase), self.clock(), _BY)


_WORK_OF: dict[str, Work] = {"counting": "counting"}


def _follows(amends: Amends, work: Work, total: Counts, now: datetime) -> Amends:
    phase = AFTER[work]
    return replace(
        amends,
        phase=phase,
        counts=total,
        found_at=now if work == "counting" else amends.found_at,
        done_at=now if phase == "given" else amends.done_at,
        version=amends.version + 1,
    )
