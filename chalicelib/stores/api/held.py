"""Held records: a manager sees what waits, and settles each."""

from typing import Annotated, Any, Literal

import msgspec

from chalicelib.access import paging
from chalicelib.access.edge import Routes, stamp, store_of
from chalicelib.adapters.http import Answer, At, Call, Paging, at, replayed
from chalicelib.kernel.errors import BadCursor, InvalidRequest, NotFound, Refused, TryAgain
from chalicelib.kernel.words import Reason
from chalicelib.stores.api.devices import after_of, position_of
from chalicelib.stores.built import queue
from chalicelib.stores.model import replays
from chalicelib.stores.model.held import Held, SettledOtherwise, Settlement
from chalicelib.stores.model.replays_words import why

routes = Routes(__name__)
_HELD_ID = r"^[0-9A-HJKMNP-TV-Z]{26}$(?!\n)"
HeldId = Annotated[str, msgspec.Meta(pattern=_HELD_ID, examples=["01KAMRZ3N8V6Q4T2Y7X5W9D1BC"])]


class HeldQuery(Paging, frozen=True, forbid_unknown_fields=True):
    """Open ones oldest first, settled ones newest first."""

    state: Literal["open", "settled"] = "open"


class SettlementRequest(msgspec.Struct, forbid_unknown_fields=True):
    """`charge`: the member pays, owing what the balance lacks. `write_off`: the chain bears what the card was to pay.

    `cancel`: nothing is posted, the goods came back.
    """

    way: Literal["charge", "write_off", "cancel"]
    reason: Reason


class SettlementView(msgspec.Struct):
    """`spend_id` is null where nothing was posted."""

    way: Literal["charge", "write_off", "cancel"]
    reason: str
    settled_by: str
    settled_at: At
    spend_id: str | None


class HeldView(msgspec.Struct):
    """A sale made off line that a person decides on: `spend` is as the till signed it, `code` says why it waits."""

    held_id: str
    store_id: str
    device_id: str
    counter: int
    out_trade_no: str
    code: str
    detail: str | None
    member_id: str | None
    total_fen: int | None
    from_balance_fen: int | None
    occurred_at: At
    held_at: At
    spend: Any
    settlement: SettlementView | None


class HeldList(msgspec.Struct):
    items: list[HeldView]
    next_cursor: str | None = None


@routes.declare(
    "GET",
    "/v1/stores/{store_id}/held",
    needs="held:read",
    asks=HeldQuery,
    answers={200: HeldList},
    raises=(BadCursor, NotFound),
)
def get_held_list(call: Call, store_id: str, query: HeldQuery) -> HeldList:
    """Off-line sales that wait for a decision, or those that were decided on."""
    store_of(call, store_id)
    scope = paging.scope(call, f"held {store_id} {query.state}")
    after = after_of(paging.opened(scope, query.cursor))
    found, last = queue().page(store_id, query.state, query.limit, after)
    following = paging.sealed(scope, position_of(last))
    return HeldList([_view(each, call) for each in found], following)


@routes.declare(
    "GET",
    "/v1/stores/{store_id}/held/{held_id}",
    needs="held:read",
    answers={200: HeldView},
    raises=(NotFound,),
)
def get_held(call: Call, store_id: str, held_id: HeldId) -> HeldView:
    """One of them, open or settled."""
    return _view(queue().read(store_id, _named(held_id)), call)


@routes.declare(
    "PUT",
    "/v1/stores/{store_id}/held/{held_id}/settlement",
    needs="held:settle",
    takes=SettlementRequest,
    answers={201: HeldView, 200: HeldView},
    raises=(InvalidRequest, NotFound, SettledOtherwise, Refused, TryAgain),
)
def put_settlement(call: Call, store_id: str, held_id: HeldId, body: SettlementRequest) -> Answer:
    """Settle it one way, once; the same again answers the same."""
    store = store_of(call, store_id)
    done = queue().settle(store, _named(held_id), body.way, body.reason, stamp(call))
    status = 201 if done.first else 200
    return Answer(_view(done.held, call), status, headers=replayed(again=not done.first))


def _view(held: Held, call: Call) -> HeldView:
    said = why(held.code)
    return HeldView(
        held_id=held.held_id,
        store_id=held.store_id,
        device_id=held.device_id,
        counter=held.counter,
        out_trade_no=held.out_trade_no,
        code=held.code,
        detail=(said.en if call.english else said.zh) if said else None,
        member_id=held.member_id,
        total_fen=held.total_fen,
        from_balance_fen=held.from_balance_fen,
        occurred_at=at(held.occurred_at),
        held_at=at(held.held_at),
        spend=replays.read(held.signed).record.spend,
        settlement=_settlement(held.settlement) if held.settlement else None,
    )


def _settlement(made: Settlement) -> SettlementView:
    return SettlementView(
        made.way, made.reason, made.settled_by, at(made.settled_at), made.spend_id
    )


def _named(held_id: str) -> str:
    try:
        checked: str = msgspec.convert(held_id, HeldId)
    except msgspec.ValidationError as error:
        raise NotFound from error
    return checked
