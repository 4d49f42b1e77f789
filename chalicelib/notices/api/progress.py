"""How far a notice is on its way to those who want it."""

import msgspec

from chalicelib.access.edge import Routes
from chalicelib.adapters.http import At, Call, at
from chalicelib.kernel.errors import NotFound
from chalicelib.notices.model.jobs import Counts, Job
from chalicelib.notices.service import handing_over

routes = Routes(__name__)
READ = "incident:publish"


class CountsView(msgspec.Struct):
    """`total`: those whose turn has come, the sum of the others. `unknown`: it may have arrived; not sent again.

    `waiting`: to be tried again. `overtaken`: not told, as a newer notice of the same thing goes to them.
    `withdrawn`: not told, as nobody may read any more what it tells of.
    """

    total: int
    sent: int
    failed: int
    unknown: int
    waiting: int
    overtaken: int
    withdrawn: int


class ShardView(CountsView, kw_only=True):
    """`state`: `ready` to be taken up, `held` by somebody or until it is time to try again, `done`."""

    shard: int
    state: str


class NoticeProgress(CountsView, kw_only=True):
    """`shards_done` of `shards` have nobody left to tell."""

    notice_id: str
    kind: str
    about_id: str
    handed_over_at: At
    shards_done: int
    shards: list[ShardView]


@routes.declare(
    "GET",
    "/v1/notices/{notice_id}",
    needs=READ,
    answers={200: NoticeProgress},
    raises=(NotFound,),
)
def get_notice(_call: Call, notice_id: str) -> NoticeProgress:
    """How many were told of an update so far, in all and by shard."""
    found = handing_over.progress(notice_id)
    return NoticeProgress(
        *_figures(found.counts),
        notice_id=notice_id,
        kind=found.notice.kind,
        about_id=found.notice.about_id,
        handed_over_at=at(found.handed_at),
        shards_done=found.done,
        shards=[_shard(job) for job in found.jobs],
    )


def _shard(job: Job) -> ShardView:
    return ShardView(*_figures(job.counts), shard=job.shard, state=job.turn)


def _figures(counts: Counts) -> tuple[int, ...]:
    return (
        counts.total,
        counts.sent,
        counts.failed,
        counts.unknown,
        counts.waiting,
        counts.overtaken,
        counts.withdrawn,
    )
