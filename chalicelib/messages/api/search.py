"""Looking for messages: by whom they are for, what they tell of, what a provider calls them, or store and time."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

import msgspec

from chalicelib.access import paging
from chalicelib.access.edge import Routes, store_of
from chalicelib.access.model import Caller, WrongStore, granted_everywhere
from chalicelib.adapters.http import Call
from chalicelib.kernel.errors import BadCursor, InvalidRequest, NotFound, invalid
from chalicelib.kernel.phone import NotAPhone
from chalicelib.kernel.words import CALLER_NAME, STORE_ID
from chalicelib.members.model import Trail
from chalicelib.messages import built
from chalicelib.messages.api.views import TraceList, trace_view
from chalicelib.messages.model.choice import PROVIDERS
from chalicelib.messages.model.message import OF_STORES, Kind
from chalicelib.messages.service.find import (
    Finder,
    Found,
    FoundAtStore,
    Moment,
    Window,
)

routes = Routes(__name__)
Word = Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
OrderName = Annotated[str, msgspec.Meta(pattern=CALLER_NAME)]
StoreId = Annotated[str, msgspec.Meta(pattern=STORE_ID)]
_EARLIEST, _LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 12, 31, tzinfo=UTC)
_ONE_OF = ("phone", "member_id", "spend_id", "out_trade_no", "provider_ref")
_LONGEST = timedelta(hours=24)


class MessageSearch(msgspec.Struct, forbid_unknown_fields=True):
    """Exactly one of `phone`, `member_id`, `spend_id`, `out_trade_no`, `provider_ref`; or a store between two times.

    `out_trade_no` is looked for at `store_id`, which store staff may leave out: it is theirs. `from` (included) and
    `to` (left out) are times of booking, with zone; they narrow a search by phone or member. With no more than the two,
    at most a day apart, all of the store's messages are meant, oldest first, or those of one `kind`. `provider_ref` is
    what a provider calls the message; with `provider` only that one is asked.
    """

    phone: Word | None = None
    member_id: Word | None = None
    spend_id: Word | None = None
    out_trade_no: OrderName | None = None
    provider_ref: Word | None = None
    provider: Literal["tencent", "aliyun", "wechat", "smtp"] | None = None
    kind: Kind | None = None
    store_id: StoreId | None = None
    since: datetime | None = msgspec.field(default=None, name="from")
    until: datetime | None = msgspec.field(default=None, name="to")
    limit: Annotated[int, msgspec.Meta(ge=1, le=100)] = 20
    cursor: Annotated[str, msgspec.Meta(max_length=1024)] | None = None


@routes.declare(
    "POST",
    "/v1/messages/search",
    needs="message:search",
    takes=MessageSearch,
    answers={200: TraceList},
    raises=(BadCursor, InvalidRequest, NotAPhone, NotFound, WrongStore),
)
def post_message_search(call: Call, body: MessageSearch) -> TraceList:
    """Find messages by phone, member, spend, the till's own number, a provider's, or by store and time."""
    _check(body)
    finder = built.finder()
    scope = paging.scope(call, _asked_for(body))
    if _is_of_store(body):
        return _traces(call, scope, _at_store(call, finder, scope, body))
    if body.provider_ref:
        asked = [body.provider] if body.provider else [one.name for one in PROVIDERS]
        return _traces(call, scope, finder.of_provider(body.provider_ref, asked))
    if body.spend_id:
        return _traces(call, scope, finder.of_spend(body.spend_id))
    if body.out_trade_no:
        return _traces(call, scope, finder.of_order(_store_id(call, body), body.out_trade_no))
    start = _start(finder, scope, body)
    if start is None:
        return _traces(call, scope, Found([]))
    page = finder.page(start, body.limit, Window(body.since, body.until))
    return _traces(call, scope, page)


def _is_of_store(body: MessageSearch) -> bool:
    named = any(getattr(body, name) is not None for name in _ONE_OF)
    return not named and body.since is not None and body.until is not None


def _at_store(call: Call, finder: Finder, scope: str, body: MessageSearch) -> FoundAtStore:
    """Raises WrongStore, InvalidRequest, BadCursor, NotFound."""
    if body.since is None or body.until is None:
        raise AssertionError(scope)
    store = store_of(call, _store_id(call, body))
    told = paging.opened(scope, body.cursor)
    start = Moment.of(told) if told else Moment(body.since)
    kinds = (body.kind,) if body.kind else OF_STORES
    return finder.at_store(store, start, body.until, body.limit, kinds)


def _start(finder: Finder, scope: str, body: MessageSearch) -> Trail | None:
    if at := paging.opened(scope, body.cursor):
        return Trail.of(at)
    if body.phone:
        return finder.by_phone(body.phone)
    return finder.start(body.member_id or "")


def _check(body: MessageSearch) -> None:
    given = [name for name in _ONE_OF if getattr(body, name) is not None]
    if len(given) != 1 and not _is_of_store(body):
        raise invalid(
            "",
            "phone、member_id、spend_id、out_trade_no、provider_ref 请恰好给出一项，或给出 from 和 to",
            "give exactly one of phone, member_id, spend_id, out_trade_no, provider_ref; or from and to",
        )
    if body.provider and body.provider_ref is None:
        raise invalid("/provider", "只能与 provider_ref 同时给出", "it goes with provider_ref")
    if body.kind and not _is_of_store(body):
        raise invalid("/kind", "只能在按门店查找时给出", "it goes with a search of a store")
    for name, moment in (("from", body.since), ("to", body.until)):
        if moment is not None and moment.tzinfo is None:
            raise invalid(f"/{name}", "时间缺少时区", "the time zone is missing")
        if moment is not None and not _EARLIEST <= moment <= _LATEST:
            raise invalid(
                f"/{name}", "时间应在 2000 到 2200 年之间", "a time lies between 2000 and 2200"
            )
    if body.since and body.until and body.since > body.until:
        raise invalid("/to", "to 早于 from", "it lies before `from`")
    if body.since and body.until and not given and body.until - body.since > _LONGEST:
        raise invalid("/to", "按门店查找时最多 24 小时", "a store is searched a day at a time")


def _store_id(call: Call, body: MessageSearch) -> str:
    """Raises WrongStore where store staff ask for another store's order, InvalidRequest where none is named."""
    caller: Caller = call.caller
    if caller.store and body.store_id not in {None, caller.store.store_id}:
        raise WrongStore(granted_by=granted_everywhere("message:search"))
    store_id = body.store_id or (caller.store.store_id if caller.store else None)
    if store_id is None:
        raise invalid("/store_id", "请指明门店", "name the store")
    return store_id


def _asked_for(body: MessageSearch) -> str:
    """No phone goes into a cursor: the scope is signed and not carried."""
    whose = f"{body.phone} {body.member_id} {body.store_id} {body.kind}"
    return f"message search {whose} {body.since} {body.until}"


def _traces(call: Call, scope: str, found: Found | FoundAtStore) -> TraceList:
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
