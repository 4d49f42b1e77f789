"""What callers read of members and their histories. Phones are masked, but in a member's own profile."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from chalicelib.adapters.http import At, at
from chalicelib.kernel import phone
from chalicelib.kernel.words import ONE_LINE
from chalicelib.ledger.facts import EntryPosted, Off, Payment
from chalicelib.ledger.model.account import Account, Holding, total
from chalicelib.ledger.model.tiers import Standing
from chalicelib.ledger.service import Card

PersonName = Annotated[str, msgspec.Meta(max_length=40, pattern=ONE_LINE, examples=["王芳"])]


class Consents(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """What the member agreed to; leave out what was not asked."""

    sms: bool | None = None
    email: bool | None = None

    def said(self) -> dict[str, bool]:
        both = {"sms": self.sms, "email": self.email}
        return {name: given for name, given in both.items() if given is not None}


class TierView(msgspec.Struct):
    """`until` is the last day of the tier with nothing more; `missing` (fen spent, or points) is to the next one."""

    title: str | None
    until: str | None
    so_far: int
    next: str | None
    missing: int


class CouponView(msgspec.Struct, omit_defaults=True):
    """`lot_id` names it when it pays."""

    lot_id: str
    coupon: str
    title: str
    amount_off_fen: int = 0
    percent_off: int = 0
    cap_fen: int | None = None
    threshold_fen: int = 0
    stores: tuple[str, ...] = ()
    starts_at: At | None = None
    expires_at: At | None = None


class CountCardView(msgspec.Struct, omit_defaults=True):
    """`lot_id` names it when it pays."""

    lot_id: str
    count_card: str
    title: str
    service: str
    left: int
    stores: tuple[str, ...] = ()
    expires_at: At | None = None


class ExpiringView(msgspec.Struct):
    """What ends first, if nobody uses it before."""

    kind: str
    amount: int
    expires_at: At


class MemberView(msgspec.Struct):
    """`balance_fen` is `principal_fen` and `bonus_fen`; what is owed (`debt_fen`) is taken off the next top-up."""

    member_id: str
    card_no: str
    phone: str | None
    name: str | None
    email: str | None
    tier: str
    tier_standing: TierView
    balance_fen: int
    principal_fen: int
    bonus_fen: int
    debt_fen: int
    points: int
    count_cards: list[CountCardView]
    coupons: list[CouponView]
    expiring: list[ExpiringView]
    card_lost: bool
    consents: dict[str, bool]
    language: str
    created_at: At


class PaymentView(msgspec.Struct, omit_defaults=True):
    method: str
    amount_fen: int
    lot_id: str | None = None
    points: int = 0
    times: int = 0
    line: int | None = None


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
    points_change: int
    points_after: int
    corrects: str | None
    message_id: str
    occurred_at: At
    booked_at: At
    business_date: str


class EntryList(msgspec.Struct):
    items: list[EntryView]
    next_cursor: str | None


def member_view(card: Card, *, open_phone: bool = False) -> MemberView:
    """Tills read `138****5678` and the start of an address; only the members themselves read the whole."""
    member, account = card.member, card.account
    shown_phone = member.phone if open_phone or not member.phone else phone.masked(member.phone)
    shown_email = member.email if open_phone or not member.email else f"{member.email[:2]}***"
    return MemberView(
        member_id=member.member_id,
        card_no=member.card_no,
        phone=shown_phone,
        name=member.name,
        email=shown_email,
        tier=card.standing.tier,
        tier_standing=_tier(card.standing),
        balance_fen=max(0, account.balance_fen),
        principal_fen=total(account.holdings, ("principal",)),
        bonus_fen=total(account.holdings, ("bonus",)),
        debt_fen=-total(account.holdings, ("debt",)),
        points=account.points,
        count_cards=[_count_card(one) for one in account.of("count")],
        coupons=[coupon_view(one) for one in account.of("coupon")],
        expiring=_expiring(account),
        card_lost=account.lost,
        consents={name: consent.given for name, consent in member.consents.items()},
        language=member.language,
        created_at=at(member.created_at),
    )


def coupon_view(one: Holding) -> CouponView:
    lot, off = one.lot, one.lot.off or Off()
    return CouponView(
        lot.lot_id,
        lot.product or "",
        lot.title or "",
        off.amount_fen,
        off.percent,
        off.cap_fen,
        off.threshold_fen,
        lot.stores,
        at(lot.starts_at) if lot.starts_at else None,
        at(lot.expires_at) if lot.expires_at else None,
    )


def _count_card(one: Holding) -> CountCardView:
    lot = one.lot
    return CountCardView(
        lot.lot_id,
        lot.product or "",
        lot.title or "",
        lot.service or "",
        one.left,
        lot.stores,
        at(lot.expires_at) if lot.expires_at else None,
    )


def _tier(standing: Standing) -> TierView:
    return TierView(
        standing.title,
        standing.until.isoformat() if standing.until else None,
        standing.so_far,
        standing.next.tier if standing.next else None,
        standing.missing,
    )


def _expiring(account: Account) -> list[ExpiringView]:
    """Points and stored value by the time at which they end, soonest first."""
    sums: dict[tuple[datetime, str], int] = {}
    for one in account.of("principal", "bonus", "points"):
        if one.lot.expires_at:
            kind = "points" if one.lot.kind == "points" else "balance"
            key = (one.lot.expires_at, kind)
            sums[key] = sums.get(key, 0) + one.left
    return [ExpiringView(kind, amount, at(ends)) for (ends, kind), amount in sorted(sums.items())]


def payment_views(payments: tuple[Payment, ...]) -> list[PaymentView]:
    return [
        PaymentView(each.method, each.amount_fen, each.lot_id, each.points, each.times, each.line)
        for each in payments
    ]


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
        points_change=entry.points_delta,
        points_after=entry.points_after,
        corrects=entry.corrects,
        message_id=entry.message_id,
        occurred_at=at(entry.occurred_at),
        booked_at=at(entry.booked_at),
        business_date=entry.business_date,
    )
