"""What callers read and write: members, spends, top-ups. Phones are masked, but in a member's own profile."""

from typing import Annotated, Literal

import msgspec

from chalicelib.adapters.http import At, at
from chalicelib.kernel import phone
from chalicelib.kernel.money import Fen, PositiveFen
from chalicelib.kernel.words import CALLER_NAME, ONE_LINE
from chalicelib.ledger.facts import EntryPosted, Payment
from chalicelib.ledger.model import Order
from chalicelib.ledger.service import Card

OrderName = Annotated[str, msgspec.Meta(pattern=CALLER_NAME, examples=["20261122-0001"])]
MemberId = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^[0-9A-HJKMNP-TV-Z]{26}$(?!\n)", examples=["01KAMRZ3N8V6Q4T2Y7X5W9D1BC"]
    ),
]
PersonName = Annotated[str, msgspec.Meta(max_length=40, pattern=ONE_LINE, examples=["王芳"])]
Method = Literal["balance", "cash", "wechat_pay", "alipay", "card"]


class Consents(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """What the member agreed to; leave out what was not asked."""

    sms: bool | None = None
    email: bool | None = None

    def said(self) -> dict[str, bool]:
        both = {"sms": self.sms, "email": self.email}
        return {name: given for name, given in both.items() if given is not None}


class MemberView(msgspec.Struct):
    member_id: str
    card_no: str
    phone: str | None
    name: str | None
    email: str | None
    tier: str
    balance_fen: int
    points: int
    consents: dict[str, bool]
    language: str
    created_at: At


class PaymentView(msgspec.Struct):
    method: str
    amount_fen: int


class PaymentRequest(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    method: Method
    amount_fen: PositiveFen


class Line(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """One line of the order, kept as the till sent it."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=60, pattern=ONE_LINE)]
    quantity: Annotated[int, msgspec.Meta(ge=1, le=9999)]
    amount_fen: Fen
    sku: Annotated[str, msgspec.Meta(max_length=40, pattern=ONE_LINE)] | None = None


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
    payments: list[PaymentView]
    balance_change_fen: int
    balance_after_fen: int
    points_earned: int
    message_id: str
    occurred_at: At
    booked_at: At
    business_date: str
    note: str | None = None
    lines: list[Line] | None = None


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


class RefusedView(msgspec.Struct):
    """A name that was refused stays refused; a new try is a new name."""

    outcome: Literal["refused"]
    store_id: str
    name: str
    code: str


class EntryView(msgspec.Struct):
    """One line of a member's history."""

    entry_id: str
    kind: str
    store_id: str
    store_name: str
    out_trade_no: str
    total_fen: int
    bonus_fen: int
    payments: list[PaymentView]
    balance_change_fen: int
    balance_after_fen: int
    message_id: str
    occurred_at: At
    booked_at: At
    business_date: str


class EntryList(msgspec.Struct):
    items: list[EntryView]
    next_cursor: str | None


class SpendList(msgspec.Struct):
    items: list[SpendView]
    next_cursor: str | None


def member_view(card: Card, *, open_phone: bool = False) -> MemberView:
    """Tills read `138****5678` and the start of an address; only the members themselves read the whole."""
    member = card.member
    shown_phone = member.phone if open_phone or not member.phone else phone.masked(member.phone)
    shown_email = member.email if open_phone or not member.email else f"{member.email[:2]}***"
    return MemberView(
        member_id=member.member_id,
        card_no=member.card_no,
        phone=shown_phone,
        name=member.name,
        email=shown_email,
        tier="standard",
        balance_fen=card.account.balance_fen,
        points=0,
        consents={name: consent.given for name, consent in member.consents.items()},
        language=member.language,
        created_at=at(member.created_at),
    )


def payment_views(payments: tuple[Payment, ...]) -> list[PaymentView]:
    return [PaymentView(payment.method, payment.amount_fen) for payment in payments]


def entry_view(entry: EntryPosted) -> EntryView:
    return EntryView(
        entry_id=entry.entry_id,
        kind=entry.kind,
        store_id=entry.store_id,
        store_name=entry.store_name,
        out_trade_no=entry.order_name,
        total_fen=entry.total_fen,
        bonus_fen=entry.bonus_fen,
        payments=payment_views(entry.payments),
        balance_change_fen=entry.delta_fen,
        balance_after_fen=entry.balance_after_fen,
        message_id=entry.message_id,
        occurred_at=at(entry.occurred_at),
        booked_at=at(entry.booked_at),
        business_date=entry.business_date,
    )


def spend_view(order: Order, entry: EntryPosted) -> SpendView:
    return SpendView(
        spend_id=entry.entry_id,
        kind=entry.kind,
        outcome="taken",
        store_id=entry.store_id,
        store_name=entry.store_name,
        out_trade_no=entry.order_name,
        member_id=entry.member_id,
        total_fen=entry.total_fen,
        payments=payment_views(entry.payments),
        balance_change_fen=entry.delta_fen,
        balance_after_fen=entry.balance_after_fen,
        points_earned=0,
        message_id=entry.message_id,
        occurred_at=at(entry.occurred_at),
        booked_at=at(entry.booked_at),
        business_date=entry.business_date,
        note=order.note,
        lines=msgspec.json.decode(order.lines, type=list[Line]) if order.lines else None,
    )


def top_up_view(entry: EntryPosted) -> TopUpView:
    return TopUpView(
        top_up_id=entry.entry_id,
        kind=entry.kind,
        outcome="taken",
        store_id=entry.store_id,
        store_name=entry.store_name,
        out_top_up_no=entry.order_name,
        member_id=entry.member_id,
        paid_fen=entry.total_fen,
        bonus_fen=entry.bonus_fen,
        method=entry.payments[0].method,
        balance_after_fen=entry.balance_after_fen,
        message_id=entry.message_id,
        booked_at=at(entry.booked_at),
        business_date=entry.business_date,
    )
