"""What members wrote to us by WeChat, for customer service."""

from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec

from chalicelib.access import paging
from chalicelib.access.edge import Routes, stamp
from chalicelib.access.model import WrongStore, granted_everywhere
from chalicelib.adapters.http import At, Call, Paging, at
from chalicelib.kernel import clock
from chalicelib.kernel.errors import BadCursor, NotFound
from chalicelib.ledger.built import ledger

if TYPE_CHECKING:
    from chalicelib.messages.care import Care, Marked

routes = Routes(__name__)
_OPENID, _OURS = "FromUserName", "ToUserName"


class CareQuery(Paging, frozen=True, forbid_unknown_fields=True):
    """Those that nobody has closed, or those that were closed; newest first."""

    state: Literal["open", "closed"] = "open"


class MarkRequest(msgspec.Struct, forbid_unknown_fields=True):
    """`seen` tells the others that somebody is at it; `closed` takes it off the open list for good."""

    state: Literal["seen", "closed"]


class MarkView(msgspec.Struct):
    by: str
    at: At


class CareView(msgspec.Struct):
    """`kind` is `text`, `image` and the like of what a member wrote, or the name of an event that no rule here reads;
    `said` is what WeChat pushed, without the account's id, numbers as text: in XML there is nothing else. It is kept
    for 90 days.
    """

    care_id: Annotated[str, msgspec.Meta(description="Opaque; the same member's begin alike")]
    kind: str
    said_at: At
    said: dict[str, Any]
    seen: MarkView | None
    closed: MarkView | None


class CaseView(CareView):
    """`member_id` is null where no member has that WeChat account."""

    member_id: str | None


class CareList(msgspec.Struct):
    items: list[CareView]
    next_cursor: str | None = None


@routes.declare(
    "GET",
    "/v1/care",
    needs="care:read",
    asks=CareQuery,
    answers={200: CareList},
    raises=(BadCursor, WrongStore),
)
def get_care_list(call: Call, query: CareQuery) -> CareList:
    """What members wrote to us by WeChat, newest first."""
    from chalicelib.messages import care  # noqa: PLC0415 - seldom asked for

    _of_no_store(call)
    scope = paging.scope(call, f"care {query.state}")
    position = paging.opened(scope, query.cursor)
    after = {name: {"S": value} for name, value in position.items()} if position else None
    found, last = care.page(query.state, query.limit, after, clock.now())
    following = {name: value["S"] for name, value in last.items()} if last else None
    return CareList([_view(one) for one in found], paging.sealed(scope, following))


@routes.declare(
    "GET",
    "/v1/care/{care_id}",
    needs="care:read",
    answers={200: CaseView},
    raises=(NotFound, WrongStore),
)
def get_care(call: Call, care_id: str) -> CaseView:
    """One of them, with the member who wrote it."""
    from chalicelib.messages.service import caring  # noqa: PLC0415

    _of_no_store(call)
    return _case(caring.read(care_id, clock.now))


@routes.declare(
    "PUT",
    "/v1/care/{care_id}/mark",
    needs="care:write",
    takes=MarkRequest,
    answers={200: CaseView},
    raises=(NotFound, WrongStore),
)
def put_care_mark(call: Call, care_id: str, body: MarkRequest) -> CaseView:
    """Say that it was seen, or is closed. Who did so first stands; the same again changes nothing."""
    from chalicelib.messages.service import caring  # noqa: PLC0415

    _of_no_store(call)
    return _case(caring.mark(care_id, body.state, stamp(call), clock.now))


def _of_no_store(call: Call) -> None:
    """What a member wrote to the chain is not one store's to read."""
    if call.caller.store:
        raise WrongStore(granted_by=granted_everywhere("care:read"))


def _view(one: "Care") -> CareView:
    told = {name: value for name, value in one.said.items() if name not in {_OPENID, _OURS}}
    said = {name: str(value) if isinstance(value, int) else value for name, value in told.items()}
    return CareView(
        one.care_id, one.kind, at(one.said_at), said, _mark_view(one.seen), _mark_view(one.closed)
    )


def _case(one: "Care") -> CaseView:
    openid = one.said.get(_OPENID)
    member_id = ledger().members.by_openid(openid) if isinstance(openid, str) else None
    return CaseView(**msgspec.structs.asdict(_view(one)), member_id=member_id)


def _mark_view(one: "Marked | None") -> MarkView | None:
    return MarkView(one.by, at(one.at)) if one else None
