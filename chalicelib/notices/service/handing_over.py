"""What the status page wants told becomes a job in each shard; and how far those jobs are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from chalicelib.kernel.clock import Clock
from chalicelib.kernel.errors import NotFound
from chalicelib.notices.model.jobs import Counts, Job
from chalicelib.notices.table import jobs as table
from chalicelib.notices.table import listed, turns
from chalicelib.notices.table.jobs import Handed
from chalicelib.outages.model.notices import Notice

HasTime = Callable[[], bool]
_AT_ONCE = 100


class Progress(NamedTuple):
    notice: Notice
    handed_at: datetime
    jobs: Sequence[Job]
    counts: Counts

    @property
    def done(self) -> int:
        return sum(job.turn == "done" for job in self.jobs)


def hand_over(notices: Sequence[Notice], now: datetime) -> None:
    """The same notice again changes nothing and costs a read. Raises TryAgain."""
    known = table.known([notice.notice_id for notice in notices])
    for notice in notices:
        if notice.notice_id not in known:
            listed.keep(notice, now)
            table.hand_over(notice, now)


def progress(notice_id: str) -> Progress:
    """Raises NotFound."""
    found = table.notice(notice_id)
    if found is None:
        raise NotFound
    return _progress(found, table.jobs(notice_id))


def newest_first(
    about_id: str | None, after: str | None, limit: int
) -> tuple[list[Progress], str | None]:
    """And where the next page begins. What was listed and is not handed over yet is left out."""
    page = listed.page(about_id, after, limit)
    found, jobs = table.notices(page.notice_ids), table.jobs_of(page.notice_ids)
    told = [_progress(found[one], jobs[one]) for one in page.notice_ids if one in found]
    return told, page.last


def _progress(found: Handed, jobs: Sequence[Job]) -> Progress:
    counts = Counts()
    for job in jobs:
        counts = counts.plus(job.counts)
    return Progress(found.notice, found.at, jobs, counts)


@dataclass(frozen=True)
class Ringing:
    """The clock's part: what nobody has taken up in time, or rests no longer, is brought by the stream once more."""

    clock: Clock

    def run(self, has_time: HasTime) -> None:
        while has_time():
            found = turns.due(self.clock(), _AT_ONCE)
            rung = [turns.ring_again(image, self.clock()) for image in found]
            if not any(rung):  # also where the index has not seen yet what was just rung
                return
