"""Messages, for stores and the office: those of a member, the trace of one, and the search."""

from datetime import UTC, datetime
from typing import Annotated

import msgspec

from chalicelib.access import paging
from chalicelib.access.edge import Routes
from chalicelib.access.model import Caller, WrongStore
from chalicelib.adapters.http import Call, Paging
from chalicelib.kernel.errors import BadCursor, InvalidRequest, NotFound, invalid
from chalicelib.kernel.phone import NotAPhone
from chalicelib.kernel.words import CALLER_NAME, STORE_ID
from chalicelib.members.model import Trail
from chalicelib.messages import built
from chalicelib.messages.api.lists import messages_of
from chalicelib.messages.api.views import (
    MessageList,
    TraceList,
    TraceView,
    trace_view,
)
from chalicelib.messages.service.find import Finder, Found, Window

routes = Routes(__name__)
Word = Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
OrderName = Annotated[str, msgspec.Meta(pattern=CALLER_NAME)]
StoreId = Annotated[str, msgspec.Meta(pattern=STORE_ID)]
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_ONE_OF = ("phone", "member_id", "spend_id", "out_trade_no")


class MessageSearch(msgspec.Struct, forbid_unknown_fields=True):
    """Exactly one of `phone`, `member_id`, `spend_id`, `out_trade_no`.

    `out_trade_no` is looked for at `store_id`, which store staff may leave out: it is theirs. `from` (included) and
    `to` (left out) are times of booking, with zone; they narrow a search by phone or member.
    """

    phone: Word | None = None
    member_id: Word | None = None
    spend_id: Word | None = None
    out_trade_no: OrderName | None = None
    store_id: StoreId | None = None
    since: datetime | None = msgspec.field(default=None, name="from")
    until: datetime | None = msgspec.field(default=None, name="to")
    limit: Annotated[int, msgspec.Meta(ge=1, le=100)] = 20
    cursor: Annotated[str, msgspec.Meta(max_length=1024)] | None = None


@routes.declare(
    "GET",
    "/v1/members/{member_id}/messages",
    needs="message:read",
    asks=Paging,
    answers={200: MessageList},
    raises=(BadCursor, NotFound),
)
def get_member_messages(call: Call, member_id: str, query: Paging) -> MessageList:
    """A member's messages, newest first."""
    return messages_of(call, member_id, query)


@routes.declare(
    "GET",
    "/v1/messages/{message_id}",
    needs="message:read",
    answers={200: TraceView},
    raises=(NotFound,),
)
def get_message(call: Call, message_id: str) -> TraceView:
    """One message with every attempt and every decision."""
    return trace_view(built.finder().message(message_id), english=call.english)


@routes.declare(
    "POST",
    "/v1/messages/search",
    needs="message:search",
    takes=MessageSearch,
    answers={200: TraceList},
    raises=(BadCursor, InvalidRequest, NotAPhone, NotFound, WrongStore),
)
def post_message_search(call: Call, body: MessageSearch) -> TraceList:
    """Find messages by phone, member, spend or the till's own number."""
    _check(body)
    finder = built.finder()
    scope = paging.scope(call, _asked_for(body))
    if body.spend_id:
        return _traces(call, scope, finder.of_spend(body.spend_id))
    if body.out_trade_no:
        return _traces(call, scope, finder.of_order(_store_id(call, body), body.out_trade_no))
    start = _start(finder, scope, body)
    if start is None:
        return _traces(call, scope, Found([]))
    page = finder.page(start, body.limit, Window(body.since, body.until))
    return _traces(call, scope, page)


def _start(finder: Finder, scope: str, body: MessageSearch) -> Trail | None:
    if at := paging.opened(scope, body.cursor):
        return Trail.of(at)
    if body.phone:
        return finder.by_phone(body.phone)
    return finder.start(body.member_id or "")


def _check(body: MessageSearch) -> None:
    given = [name for name in _ONE_OF if getattr(body, name) is not None]
    if len(given) != 1:
        raise invalid(
            "",
            "phone、member_id、spend_id、out_trade_no 请恰好给出一项",
            "give exactly one of phone, member_id, spend_id, out_trade_no",
        )
    for name, moment in (("from", body.since), ("to", body.until)):
        if moment is not None and moment.tzinfo is None:
            raise invalid(f"/{name}", "时间缺少时区", "the time zone is missing")
        if moment is not None and moment < _EARLIEST:
            raise invalid(f"/{name}", "时间过早", "that is too long ago")
    if body.since and body.until and body.since > body.until:
        raise invalid("/to", "to 早于 from", "it lies before `from`")


def _store_id(call: Call, body: MessageSearch) -> str:
    """Raises WrongStore where store staff ask for another store's order, InvalidRequest where none is named."""
    caller: Caller = call.caller
    if caller.store and body.store_id not in {None, caller.store.store_id}:
        raise WrongStore
    store_id = body.store_id or (caller.store.store_id if caller.store else None)
    if store_id is None:
        raise invalid("/store_id", "请指明门店", "name the store")
    return store_id


def _asked_for(body: MessageSearch) -> str:
    """No phone goes into a cursor: the scope is signed and not carried."""
    return f"message search {body.phone} {body.member_id} {body.since} {body.until}"


def _traces(call: Call, scope: str, found: Found) -> TraceList:
    traces = [trace_view(message, english=call.english) for message in found.messages]
    return TraceList(
        traces,
        paging.sealed(scope, found.next and found.next.told()),
        _hint(call) if not traces else None,
    )


def _hint(call: Call) -> str:
    if call.english:
        return "Check the number; a spend shows here within a few minutes."
    return "请核对输入；消费记录通常几分钟内出现在这里。"
