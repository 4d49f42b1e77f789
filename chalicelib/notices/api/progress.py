"""How far a notice is on its way to those who want it."""

from typing import Annotated, Any

import msgspec

from chalicelib.access import paging
from chalicelib.access.edge import Routes
from chalicelib.adapters.http import At, Call, Paging, at
from chalicelib.kernel.errors import BadCursor, NotFound
from chalicelib.notices.model.jobs import Job
from chalicelib.notices.service import handing_over
from chalicelib.notices.service.handing_over import Progress
from chalicelib.outages.model.words import Words

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


class NoticeSummary(CountsView, kw_only=True):
    """`shards_done` of 64 have nobody left to tell. `withdraws`: it is told to nobody, and ends those before it."""

    notice_id: str
    kind: str
    about_id: str
    title: Words
    status: str
    withdraws: bool
    handed_over_at: At
    shards_done: int


class NoticeProgress(NoticeSummary, kw_only=True):
    shards: list[ShardView]


class NoticeList(msgspec.Struct):
    """Newest first."""

    items: list[NoticeSummary]
    next_cursor: str | None


class Asking(Paging, frozen=True, forbid_unknown_fields=True):
    """`about_id`: of one incident or maintenance."""

    about_id: (
        Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=r"^[a-z0-9-]+$(?!\n)")]
        | None
    ) = None


@routes.declare(
    "GET",
    "/v1/notices",
    needs=READ,
    asks=Asking,
    answers={200: NoticeList},
    raises=(BadCursor,),
)
def get_notices(call: Call, query: Asking) -> NoticeList:
    """What subscribers were told in the last ninety days, and how far each notice is."""
    scope = paging.scope(call, f"notices {query.about_id}")
    opened = paging.opened(scope, query.cursor)
    after = opened["after"] if opened else None
    found, last = handing_over.newest_first(query.about_id, after, query.limit)
    following = paging.sealed(scope, {"after": last} if last else None)
    return NoticeList([NoticeSummary(**_told(one)) for one in found], following)


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
    return NoticeProgress(**_told(found), shards=[_shard(job) for job in found.jobs])


def _told(one: Progress) -> dict[str, Any]:
    """The fields of a summary."""
    notice = one.notice
    return {
        **msgspec.structs.asdict(one.counts),
        "notice_id": notice.notice_id,
        "kind": notice.kind,
        "about_id": notice.about_id,
        "title": notice.title,
        "status": notice.status,
        "withdraws": notice.withdraws,
        "handed_over_at": at(one.handed_at),
        "shards_done": one.done,
    }


def _shard(job: Job) -> ShardView:
    return ShardView(**msgspec.structs.asdict(job.counts), shard=job.shard, state=job.turn)
