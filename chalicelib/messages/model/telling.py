"""What is told of a ledger entry, and of an outage."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from chalicelib.ledger.facts import EntryPosted, Lot, LotKind
from chalicelib.messages.model.message import KINDS, OF_NO_STORE, Facts

_THINGS: tuple[LotKind, ...] = ("coupon", "count")


class Touched(NamedTuple):
    """A member to be told of an outage: what it is called, since when and at which of its stores it touched them."""

    member_id: str
    name: str
    title: str
    store_id: str
    store_name: str
    since: datetime


def facts_of_outage(told: Touched) -> Facts:
    """Nothing was booked, so no entry is named."""
    return Facts(
        kind="outage",
        entry_id="",
        store_id=told.store_id,
        store_name=told.store_name,
        order_name=told.name,
        amount_fen=0,
        balance_after_fen=0,
        booked_at=told.since,
        title=told.title,
    )


def facts_of(entry: EntryPosted) -> Facts | None:
    """None where nobody is told."""
    kind = next((kind for kind in KINDS if kind == entry.kind), None)
    if kind is None:
        return None
    notice = kind == "expiry_notice"
    return Facts(
        kind=kind,
        entry_id=entry.entry_id,
        store_id=entry.store_id,
        store_name=entry.store_name,
        order_name=entry.order_name,
        amount_fen=entry.total_fen,
        balance_after_fen=entry.balance_after_fen,
        booked_at=entry.booked_at,
        bonus_fen=entry.bonus_fen,
        delta_fen=entry.delta_fen,
        points=sum(paid.points for paid in entry.payments) if notice else entry.points_delta,
        points_after=entry.points_after,
        coupons=_named(entry, "coupon") if notice else _moved(entry, "coupon"),
        times=_named(entry, "count_card") if notice else _moved(entry, "count"),
        title=_title(entry),
        ends_at=entry.occurred_at if notice else _ends_at(entry),
        happened_at=entry.occurred_at if entry.late else None,
    )


def _named(entry: EntryPosted, method: str) -> int:
    return sum(paid.times for paid in entry.payments if paid.method == method)


def _moved(entry: EntryPosted, kind: LotKind) -> int:
    return abs(sum(move.amount for move in entry.moves if move.lot.kind == kind))


def _title(entry: EntryPosted) -> str | None:
    """Of the coupon or the count card, where it is only one."""
    titles = {move.lot.title for move in entry.moves if move.lot.kind in _THINGS}
    return titles.pop() if len(titles) == 1 else None


def _ends_at(entry: EntryPosted) -> datetime | None:
    """When what was given ends, or what has ended did; None where never, or not at one moment."""
    if entry.kind in OF_NO_STORE:
        return _one_end([move.lot for move in entry.moves])
    came = [move.lot for move in entry.moves if move.amount > 0]
    wanted: dict[str, tuple[LotKind, ...]] = {
        "top_up": ("bonus",),
        "card_sale": ("count",),
        "grant": (*_THINGS, "points"),
    }
    return _one_end([lot for lot in came if lot.kind in wanted.get(entry.kind, ())])


def _one_end(lots: Sequence[Lot]) -> datetime | None:
    ends = {lot.expires_at for lot in lots}
    return ends.pop() if len(ends) == 1 else None
