"""Refunds of a spend, whole, in part or by line; and voids on the same day."""

from typing import Annotated

import msgspec

from chalicelib.access.edge import Routes, store_of
from chalicelib.access.model import Caller, LimitExceeded, hold_to
from chalicelib.adapters.http import Answer, Call
from chalicelib.kernel.errors import NotFound, invalid
from chalicelib.kernel.money import PositiveFen
from chalicelib.kernel.words import Reason
from chalicelib.ledger.api.order_views import RefundView, refund_view
from chalicelib.ledger.api.posting import RAISES, asked, new_name, posted
from chalicelib.ledger.api.views import RefusedView
from chalicelib.ledger.built import ledger
from chalicelib.ledger.model.asked import LinePart, OrderName
from chalicelib.ledger.model.refunds import Refund, Void
from chalicelib.ledger.model.refusals import (
    BalanceTooHigh,
    CardFull,
    NothingLeft,
    NotToday,
    RefundedAlready,
    RefundTooHigh,
)
from chalicelib.ledger.model.sold import Sold

routes = Routes(__name__)


class RefundRequest(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A sum, or lines; all that is left of the spend where neither is given."""

    out_trade_no: OrderName
    reason: Reason
    amount_fen: PositiveFen | None = None
    lines: Annotated[list[LinePart], msgspec.Meta(min_length=1, max_length=100)] | None = None


class VoidRequest(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    out_trade_no: OrderName
    reason: Reason


@routes.declare(
    "PUT",
    "/v1/stores/{store_id}/refunds/{out_refund_no}",
    needs="refund:create",
    takes=RefundRequest,
    answers={201: RefundView, 200: RefundView},
    raises=(*RAISES, RefundTooHigh, NothingLeft, CardFull, BalanceTooHigh, LimitExceeded),
)
def put_refund(call: Call, store_id: str, out_refund_no: OrderName, body: RefundRequest) -> Answer:
    """Give back what a spend took, each way of payment to where it came from; never more than was paid."""
    caller: Caller = call.caller
    sold = _sold(store_id, body.out_trade_no)
    refund = Refund(
        store=store_of(call, store_id),
        order_name=new_name(out_refund_no),
        sold=sold,
        amount_fen=body.amount_fen,
        parts=_parts(sold, body),
        within=lambda back_fen: hold_to(caller, refund_fen=back_fen),
        reason=body.reason,
        till_id=caller.till_id,
    )
    return posted(call, sold.entry.member_id, refund, body, refund_view)


@routes.declare(
    "GET",
    "/v1/stores/{store_id}/refunds/{out_refund_no}",
    needs="ledger:read",
    answers={200: RefundView | RefusedView},
    raises=(NotFound,),
)
def get_refund(_call: Call, store_id: str, out_refund_no: OrderName) -> object:
    """What came of a refund's name."""
    return asked(store_id, "refund", out_refund_no, refund_view)


@routes.declare(
    "PUT",
    "/v1/stores/{store_id}/voids/{out_void_no}",
    needs="void:create",
    takes=VoidRequest,
    answers={201: RefundView, 200: RefundView},
    raises=(
        *RAISES,
        NotToday,
        RefundedAlready,
        NothingLeft,
        CardFull,
        BalanceTooHigh,
        LimitExceeded,
    ),
)
def put_void(call: Call, store_id: str, out_void_no: OrderName, body: VoidRequest) -> Answer:
    """Undo a whole spend on the business day on which it was booked."""
    caller: Caller = call.caller
    sold = _sold(store_id, body.out_trade_no)
    void = Void(
        store=store_of(call, store_id),
        order_name=new_name(out_void_no),
        sold=sold,
        within=lambda back_fen: hold_to(caller, refund_fen=back_fen, refunding="void:create"),
        reason=body.reason,
        till_id=caller.till_id,
    )
    return posted(call, sold.entry.member_id, void, body, refund_view)


@routes.declare(
    "GET",
    "/v1/stores/{store_id}/voids/{out_void_no}",
    needs="ledger:read",
    answers={200: RefundView | RefusedView},
    raises=(NotFound,),
)
def get_void(_call: Call, store_id: str, out_void_no: OrderName) -> object:
    """What came of a void's name."""
    return asked(store_id, "void", out_void_no, refund_view)


def _sold(store_id: str, out_trade_no: str) -> Sold:
    """Raises NotFound, for a name that was refused too."""
    order = ledger().order(store_id, "spend", out_trade_no)
    if order.entry is None:
        raise NotFound
    return Sold.of(order, order.entry)


def _parts(sold: Sold, body: RefundRequest) -> tuple[LinePart, ...]:
    """Raises InvalidRequest for lines that are not there, or a sum beside them."""
    if body.lines is None:
        return ()
    numbers = [each.line for each in body.lines]
    if body.amount_fen is not None:
        raise invalid("/amount_fen", "不能与 lines 同时给出", "is not given beside lines")
    if len(set(numbers)) < len(numbers) or max(numbers) >= len(sold.lines):
        raise invalid("/lines", "行号重复或不存在", "a line is named twice, or is not there")
    return tuple(body.lines)
