"""Who subscribes to notices, for operators: by what, to what, since when, and who could not be reached any more."""

from typing import Annotated, Literal

import msgspec

from chalicelib.access import paging
from chalicelib.access.edge import Routes, stamp
from chalicelib.adapters.http import At, Call, Paging, at, named
from chalicelib.kernel.errors import BadCursor, NotFound, TryAgain
from chalicelib.notices import built
from chalicelib.notices.model.masks import masked
from chalicelib.notices.model.subscribers import Aside, Channel, Subscriber
from chalicelib.notices.service.roll import Place, State
from chalicelib.outages.model.words import Language

routes = Routes(__name__)
NEEDS = "incident:publish"
_ID = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{32}$(?!\n)")]


class Asking(Paging, frozen=True, forbid_unknown_fields=True):
    """`put_aside`: those who are told no more, as they could not be reached or an operator took them out."""

    state: State = "live"


class AsideView(msgspec.Struct):
    """`why`: `failing` again and again, `operator`, or the code with which their address was refused for good."""

    since: At
    why: str


class SubscriberView(msgspec.Struct):
    """`address` is masked. No components or no stores: all of them."""

    subscriber_id: str
    state: Literal["live", "put_aside"]
    channel: Channel
    address: str
    component_ids: list[str]
    store_ids: list[str]
    language: Language
    since: At
    put_aside: AsideView | None


class SubscriberList(msgspec.Struct):
    """In no order that means anything."""

    items: list[SubscriberView]
    next_cursor: str | None


class StateRequest(msgspec.Struct, forbid_unknown_fields=True):
    state: State


@routes.declare(
    "GET",
    "/v1/notice-subscribers",
    needs=NEEDS,
    asks=Asking,
    answers={200: SubscriberList},
    raises=(BadCursor,),
)
def get_subscribers(call: Call, query: Asking) -> SubscriberList:
    """Who subscribes to notices, or who is told no more."""
    scope = paging.scope(call, f"subscribers {query.state}")
    opened = paging.opened(scope, query.cursor)
    start = Place(int(opened["shard"]), opened["after"]) if opened else Place()
    page = built.roll().page(query.state, start, query.limit)
    following = {"shard": str(page.next.shard), "after": page.next.after} if page.next else None
    return SubscriberList([_view(one) for one in page.subscribers], paging.sealed(scope, following))


@routes.declare(
    "PUT",
    "/v1/notice-subscribers/{subscriber_id}/state",
    needs=NEEDS,
    takes=StateRequest,
    answers={200: SubscriberView},
    raises=(NotFound, TryAgain),
)
def put_subscriber_state(call: Call, subscriber_id: str, body: StateRequest) -> SubscriberView:
    """Take a subscriber out, or back in. Who was taken out and asks and confirms anew is told again."""
    who = named(subscriber_id, _ID)
    return _view(built.roll().put(who, body.state, stamp(call)))


def _view(one: Subscriber) -> SubscriberView:
    return SubscriberView(
        subscriber_id=one.subscriber_id,
        state="put_aside" if one.aside else "live",
        channel=one.channel,
        address=masked(one.channel, one.contact.address),
        component_ids=list(one.scope.component_ids),
        store_ids=list(one.scope.store_ids),
        language=one.language,
        since=at(one.since),
        put_aside=_aside(one.aside) if one.aside else None,
    )


def _aside(one: Aside) -> AsideView:
    return AsideView(at(one.since), one.why)
