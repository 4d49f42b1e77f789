"""What a till posts: spends and top-ups, each a PUT on a name that the store chose."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Literal

import msgspec

from chalicelib.access.edge import Routes, stamp, store_of
from chalicelib.adapters.http import Answer, Call, replayed
from chalicelib.kernel.errors import InvalidRequest, NotFound, TryAgain, invalid
from chalicelib.kernel.money import Fen, PositiveFen
from chalicelib.kernel.words import ONE_LINE
from chalicelib.ledger import model
from chalicelib.ledger.api.views import (
    Line,
    MemberId,
    OrderName,
    PaymentRequest,
    RefusedView,
    SpendView,
    TopUpView,
    spend_view,
    top_up_view,
)
from chalicelib.ledger.built import ledger
from chalicelib.ledger.facts import EntryPosted, Payment
from chalicelib.ledger.model import BalanceTooHigh, BalanceTooLow, NameTaken, Order, Posting
from chalicelib.ledger.service import Taken

routes = Routes(__name__)


class SpendRequest(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """The payments must add up to `total_fen`."""

    member_id: MemberId
    total_fen: PositiveFen
    payments: Annotated[list[PaymentRequest], msgspec.Meta(min_length=1, max_length=10)]
    lines: Annotated[list[Line], msgspec.Meta(max_length=100)] | None = None
    occurred_at: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    note: Annotated[str, msgspec.Meta(max_length=200, pattern=ONE_LINE)] | None = None


class TopUpRequest(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    member_id: MemberId
    paid_fen: PositiveFen
    method: Literal["cash", "wechat_pay", "alipay", "card"]
    bonus_fen: Fen = 0


@routes.declare(
    "PUT",
    "/v1/stores/{store_id}/spends/{out_trade_no}",
    needs="spend:create",
    takes=SpendRequest,
    answers={201: SpendView, 200: SpendView},
    raises=(InvalidRequest, NotFound, BalanceTooLow, NameTaken, TryAgain),
)
def put_spend(call: Call, store_id: str, out_trade_no: OrderName, body: SpendRequest) -> Answer:
    """Take a spend under the store's own name for it; the same again answers the same and takes nothing."""
    posting = model.spend(
        store_of(call, store_id),
        order_name(out_trade_no),
        total_fen=body.total_fen,
        payments=[Payment(each.method, each.amount_fen) for each in body.payments],
        occurred_at=body.occurred_at,
        note=body.note,
        lines=msgspec.json.encode(body.lines).decode() if body.lines else None,
    )
    return _answer(_take(call, body.member_id, posting, body), spend_view)


@routes.declare(
    "GET",
    "/v1/stores/{store_id}/spends/{out_trade_no}",
    needs="ledger:read",
    answers={200: SpendView | RefusedView},
    raises=(NotFound,),
)
def get_spend(_call: Call, store_id: str, out_trade_no: OrderName) -> SpendView | RefusedView:
    """What came of a name: for a till that got no answer."""
    order = ledger().order(store_id, "spend", order_name(out_trade_no))
    return spend_view(order, order.entry) if order.entry else _refused(order)


@routes.declare(
    "PUT",
    "/v1/stores/{store_id}/top-ups/{out_top_up_no}",
    needs="top_up:create",
    takes=TopUpRequest,
    answers={201: TopUpView, 200: TopUpView},
    raises=(InvalidRequest, NotFound, BalanceTooHigh, NameTaken, TryAgain),
)
def put_top_up(call: Call, store_id: str, out_top_up_no: OrderName, body: TopUpRequest) -> Answer:
    """Put money on a member's card, with what the store gives on top."""
    posting = model.top_up(
        store_of(call, store_id),
        order_name(out_top_up_no),
        paid=Payment(body.method, body.paid_fen),
        bonus_fen=body.bonus_fen,
    )
    return _answer(_take(call, body.member_id, posting, body), lambda _, entry: top_up_view(entry))


@routes.declare(
    "GET",
    "/v1/stores/{store_id}/top-ups/{out_top_up_no}",
    needs="ledger:read",
    answers={200: TopUpView | RefusedView},
    raises=(NotFound,),
)
def get_top_up(_call: Call, store_id: str, out_top_up_no: OrderName) -> TopUpView | RefusedView:
    """What came of a top-up's name."""
    order = ledger().order(store_id, "top_up", order_name(out_top_up_no))
    return top_up_view(order.entry) if order.entry else _refused(order)


def order_name(text: str) -> str:
    """Raises InvalidRequest, as a name that is not one could never be found again."""
    try:
        name: str = msgspec.convert(text, OrderName)
    except msgspec.ValidationError as error:
        raise invalid(
            "",
            "单号应为 1 到 64 位字母、数字或 _-|*@.",
            "a name is 1 to 64 letters, digits or _-|*@.",
        ) from error
    return name


def _take(call: Call, member_id: str, posting: Posting, body: msgspec.Struct) -> Taken:
    return ledger().take(member_id, posting, fingerprint(body), stamp(call))


def fingerprint(body: msgspec.Struct) -> str:
    """The same for the same request, however it was spaced or ordered, and whatever fields came up since."""
    return hashlib.sha256(msgspec.json.encode(body)).hexdigest()


def _answer(taken: Taken, view: Callable[[Order, EntryPosted], object]) -> Answer:
    entry = taken.order.entry
    if entry is None:
        raise NotFound
    headers = replayed(again=not taken.first)
    return Answer(view(taken.order, entry), status=201 if taken.first else 200, headers=headers)


def _refused(order: Order) -> RefusedView:
    code = order.refusal.code if order.refusal else "refused"
    return RefusedView("refused", order.store_id, order.name, code)
