"""What callers read of an order: what it took, or gave back, and what is on the card after it."""

from typing import Literal

import msgspec

from chalicelib.adapters.http import At, at
from chalicelib.ledger.api.views import PaymentView, payment_views
from chalicelib.ledger.facts import EntryPosted
from chalicelib.ledger.model import lines
from chalicelib.ledger.model.posting import Order
from chalicelib.ledger.model.sold import Sold


class LineView(msgspec.Struct):
    """`net_fen` is what the line comes to after the discount; the nets add up to the total."""

    name: str
    quantity: int
    amount_fen: int
    net_fen: int
    refunded_fen: int
    refunded_quantity: int
    sku: str | None = None


class SpendView(msgspec.Struct):
    """`spend_id` finds it everywhere; `message_id` is that of the message that tells the member."""

    spend_id: str
    kind: str
    outcome: Literal["taken"]
    store_id: str
    store_name: str
    out_trade_no: str
    member_id: str
    total_fen: int
    discount_fen: int
    refunded_fen: int
    payments: list[PaymentView]
    balance_change_fen: int
    balance_after_fen: int
    points_earned: int
    points_after: int
    message_id: str
    occurred_at: At
    booked_at: At
    business_date: str
    note: str | None = None
    lines: list[LineView] | None = None


class RefundView(msgspec.Struct):
    """`payments` is what goes back in each way; `corrects` the spend that it answers."""

    refund_id: str
    kind: str
    outcome: Literal["taken"]
    store_id: str
    store_name: str
    out_refund_no: str
    member_id: str
    corrects: str
    refunded_fen: int
    payments: list[PaymentView]
    balance_change_fen: int
    balance_after_fen: int
    points_change: int
    points_after: int
    reason: str | None
    message_id: str
    booked_at: At
    business_date: str


class TopUpView(msgspec.Struct):
    top_up_id: str
    kind: str
    outcome: Literal["taken"]
    store_id: str
    store_name: str
    out_top_up_no: str
    member_id: str
    paid_fen: int
    bonus_fen: int
    method: str
    balance_after_fen: int
    message_id: str
    booked_at: At
    business_date: str


class TopUpRefundView(msgspec.Struct):
    """`back_fen` is paid back by `method`; `corrects` is what had been bought."""

    refund_id: str
    kind: str
    outcome: Literal["taken"]
    store_id: str
    store_name: str
    out_refund_no: str
    member_id: str
    corrects: str
    back_fen: int
    method: str
    balance_change_fen: int
    balance_after_fen: int
    reason: str | None
    message_id: str
    booked_at: At
    business_date: str


class CardSaleView(msgspec.Struct):
    """`lot_id` names the count card when it pays."""

    sale_id: str
    kind: str
    outcome: Literal["taken"]
    store_id: str
    store_name: str
    out_sale_no: str
    member_id: str
    count_card: str
    lot_id: str
    times: int
    price_fen: int
    method: str
    points_earned: int
    message_id: str
    booked_at: At
    business_date: str


class PostingView(msgspec.Struct):
    """A grant, a correction or a transfer; `lot_ids` are those that came or changed."""

    entry_id: str
    kind: str
    outcome: Literal["taken"]
    store_id: str
    store_name: str
    name: str
    member_id: str
    total_fen: int
    balance_change_fen: int
    balance_after_fen: int
    points_change: int
    points_after: int
    lot_ids: list[str]
    corrects: str | None
    reason: str | None
    message_id: str
    booked_at: At
    business_date: str


def spend_view(order: Order, entry: EntryPosted) -> SpendView:
    sold = Sold.of(order, entry)
    return SpendView(
        spend_id=entry.entry_id,
        kind=entry.kind,
        outcome="taken",
        store_id=entry.store_id,
        store_name=entry.store_name,
        out_trade_no=order.name,
        member_id=entry.member_id,
        total_fen=entry.total_fen,
        discount_fen=order.discount_fen,
        refunded_fen=entry.total_fen - sold.left_fen,
        payments=payment_views(entry.payments),
        balance_change_fen=entry.delta_fen,
        balance_after_fen=entry.balance_after_fen,
        points_earned=entry.points_earned,
        points_after=entry.points_after,
        message_id=entry.message_id,
        occurred_at=at(entry.occurred_at),
        booked_at=at(entry.booked_at),
        business_date=entry.business_date,
        note=order.note,
        lines=line_views(sold) if sold.lines else None,
    )


def line_views(sold: Sold) -> list[LineView]:
    return [
        LineView(
            name=line.name,
            quantity=line.quantity,
            amount_fen=line.amount_fen,
            net_fen=sum(lines.column(sold.cells, n)),
            refunded_fen=sum(lines.column(sold.so_far.cells, n)),
            refunded_quantity=sold.so_far.units[n],
            sku=line.sku,
        )
        for n, line in enumerate(sold.lines)
    ]


def refund_view(order: Order, entry: EntryPosted) -> RefundView:
    return RefundView(
        refund_id=entry.entry_id,
        kind=entry.kind,
        outcome="taken",
        store_id=entry.store_id,
        store_name=entry.store_name,
        out_refund_no=order.name,
        member_id=entry.member_id,
        corrects=entry.corrects or "",
        refunded_fen=entry.total_fen,
        payments=payment_views(entry.payments),
        balance_change_fen=entry.delta_fen,
        balance_after_fen=entry.balance_after_fen,
        points_change=entry.points_delta,
        points_after=entry.points_after,
        reason=entry.reason,
        message_id=entry.message_id,
        booked_at=at(entry.booked_at),
        business_date=entry.business_date,
    )


def top_up_view(order: Order, entry: EntryPosted) -> TopUpView:
    return TopUpView(
        top_up_id=entry.entry_id,
        kind=entry.kind,
        outcome="taken",
        store_id=entry.store_id,
        store_name=entry.store_name,
        out_top_up_no=order.name,
        member_id=entry.member_id,
        paid_fen=entry.total_fen,
        bonus_fen=entry.bonus_fen,
        method=entry.payments[0].method,
        balance_after_fen=entry.balance_after_fen,
        message_id=entry.message_id,
        booked_at=at(entry.booked_at),
        business_date=entry.business_date,
    )


def top_up_refund_view(order: Order, entry: EntryPosted) -> TopUpRefundView:
    return TopUpRefundView(
        refund_id=entry.entry_id,
        kind=entry.kind,
        outcome="taken",
        store_id=entry.store_id,
        store_name=entry.store_name,
        out_refund_no=order.name,
        member_id=entry.member_id,
        corrects=entry.corrects or "",
        back_fen=entry.total_fen,
        method=entry.payments[0].method,
        balance_change_fen=entry.delta_fen,
        balance_after_fen=entry.balance_after_fen,
        reason=entry.reason,
        message_id=entry.message_id,
        booked_at=at(entry.booked_at),
        business_date=entry.business_date,
    )


def card_sale_view(order: Order, entry: EntryPosted) -> CardSaleView:
    sold = entry.moves[0]
    return CardSaleView(
        sale_id=entry.entry_id,
        kind=entry.kind,
        outcome="taken",
        store_id=entry.store_id,
        store_name=entry.store_name,
        out_sale_no=order.name,
        member_id=entry.member_id,
        count_card=sold.lot.product or "",
        lot_id=sold.lot.lot_id,
        times=sold.amount,
        price_fen=entry.total_fen,
        method=entry.payments[0].method,
        points_earned=entry.points_earned,
        message_id=entry.message_id,
        booked_at=at(entry.booked_at),
        business_date=entry.business_date,
    )


def posting_view(order: Order, entry: EntryPosted) -> PostingView:
    return PostingView(
        entry_id=entry.entry_id,
        kind=entry.kind,
        outcome="taken",
        store_id=entry.store_id,
        store_name=entry.store_name,
        name=order.name,
        member_id=entry.member_id,
        total_fen=entry.total_fen,
        balance_change_fen=entry.delta_fen,
        balance_after_fen=entry.balance_after_fen,
        points_change=entry.points_delta,
        points_after=entry.points_after,
        lot_ids=list(dict.fromkeys(move.lot.lot_id for move in entry.moves)),
        corrects=entry.corrects,
        reason=entry.reason,
        message_id=entry.message_id,
        booked_at=at(entry.booked_at),
        business_date=entry.business_date,
    )
