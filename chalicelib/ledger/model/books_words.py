"""What a difference in the books is, and what one entry, or an order, promises by its kind."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec

from chalicelib.ledger.facts import EntryPosted, Lot, Move
from chalicelib.ledger.model.posting import Order
from chalicelib.ledger.model.sold import Refunded
from chalicelib.ledger.model.top_ups import PaidBack

DIFFER, PROVED = "books differ", "books proved"  # lines in the log, which alarms count

_PAID = ("spend", "refund", "void", "top_up", "top_up_refund", "card_sale")
_BOUGHT = ("top_up", "card_sale")
_NO_MONEY = ("card_sale", "grant", "expiry_notice", "card_lost", "card_replaced")


class Difference(NamedTuple):
    """What does not fit, in words, with the entries that make it, oldest first; `about` is a member or an order."""

    about: str
    words: str
    entries: tuple[str, ...] = ()


def broken_promises(entry: EntryPosted) -> Iterator[str]:
    """What an entry of its kind must come to, and this one does not."""
    paid = sum(each.amount_fen for each in entry.payments)
    if entry.kind in _PAID and paid != entry.total_fen:
        yield f"its payments come to {paid} fen, it says {entry.total_fen}"
    promised = _promised_fen(entry)
    if promised is not None and entry.delta_fen != promised:
        yield f"a {entry.kind} like this moves {promised} fen, it says {entry.delta_fen}"
    if entry.kind == "expiry" and (kept := sum(_kept(entry))):
        yield f"takes {-kept} from lots that had not expired"
    redeemed = sum(each.points for each in entry.payments)
    if entry.kind == "spend" and entry.points_delta != entry.points_earned - redeemed:
        yield f"earned {entry.points_earned} points and redeemed {redeemed}, it says {entry.points_delta}"


def gave_back(entry: EntryPosted) -> Counter[str]:
    """What a refund, a void or the refund of a purchase did, in the words of `said_back`."""
    done = Counter({"refunds": 1, "points taken": -entry.points_earned})
    for paid in entry.payments:
        done[f"fen by {paid.method}"] += paid.amount_fen
    return done


def said_back(order: Order, sold: EntryPosted) -> Counter[str]:
    """What the order of a spend or a purchase says was given back."""
    said = Counter({"refunds": order.refunds})
    try:
        said.update(_state(order.refunded or "", sold))
    except msgspec.MsgspecError:
        said["unreadable state"] = 1
    return said


def _state(refunded: str, sold: EntryPosted) -> Counter[str]:
    """What was owed and came back onto the card is paid out in cash."""
    state: Counter[str] = Counter()
    if sold.kind != "spend":
        of_purchase = msgspec.json.decode(refunded, type=PaidBack)
        method = sold.payments[0].method if sold.kind in _BOUGHT else "cash"
        state[f"fen by {method}"] = of_purchase.back_fen
        state["points taken"] = of_purchase.points_taken
        return state
    of_spend = msgspec.json.decode(refunded, type=Refunded)
    state["points taken"] = of_spend.points_taken
    for paid, row in zip(sold.payments, of_spend.cells, strict=False):
        state[f"fen by {paid.method}"] += sum(row)
    return state


def same_moves(left: Sequence[Move], came: Sequence[Move]) -> bool:
    """Whether all that left came, in the same kinds and under the same terms; its lots may have other names there."""
    return [(_terms(move.lot), -move.amount) for move in left] == [
        (_terms(move.lot), move.amount) for move in came[: len(left)]
    ]


def not_as_said(member_id: str, sold_id: str, due: Counter[str]) -> Difference:
    """`due`: what an order says beyond what entries gave back; below zero where they gave more."""
    off = ", ".join(f"{what} by {n}" for what, n in sorted(due.items()) if n)
    words = f"what the order of {sold_id} says was given back differs from its refunds: {off}"
    return Difference(member_id, words, (sold_id,))


def differing_fields(order: EntryPosted, entry: EntryPosted) -> list[str]:
    """In what an order does not repeat its entry."""
    names = EntryPosted.__struct_fields__
    return [name for name in names if getattr(order, name) != getattr(entry, name)]


def untimely(lot: Lot, amount: int, entry: EntryPosted) -> str | None:
    expired = lot.expires_at is not None and lot.expires_at <= entry.booked_at
    if expired and entry.kind != "expiry":
        return f"moves lot {lot.lot_id}, which had expired before"
    if not expired and entry.kind == "expiry" and not _priced_anew(lot, entry):
        return f"lets lot {lot.lot_id} expire, which had not"
    early = lot.starts_at is not None and lot.starts_at > entry.booked_at
    if early and entry.kind == "spend" and amount < 0:
        return f"uses lot {lot.lot_id} before its first day"
    return None


def _priced_anew(lot: Lot, entry: EntryPosted) -> bool:
    """Principal whose bonus has ended moves to a lot with another price."""
    return lot.kind == "principal" and any(
        move.amount > 0 and move.lot.kind == "principal" and move.lot.bought == lot.bought_with
        for move in entry.moves
    )


def _kept(entry: EntryPosted) -> Iterator[int]:
    """Principal whose bonus expired moves to a lot of another price."""
    for move in entry.moves:
        if move.lot.expires_at is None or move.lot.expires_at > entry.booked_at:
            yield move.amount


def _terms(lot: Lot) -> tuple[object, ...]:
    return (
        lot.kind, lot.given, lot.paid_fen, lot.worth_fen, lot.starts_at, lot.expires_at,
        lot.product, lot.title, lot.service, lot.stores, lot.off,
    )  # fmt: skip


def _promised_fen(entry: EntryPosted) -> int | None:
    """None where the kind alone does not say."""
    if entry.kind in _NO_MONEY:
        return 0
    by_balance = sum(each.amount_fen for each in entry.payments if each.method == "balance")
    return {
        "spend": -by_balance,
        "refund": by_balance,
        "void": by_balance,
        "top_up": entry.total_fen + entry.bonus_fen,
        "transfer_in": entry.total_fen,
        "transfer_out": -entry.total_fen,
        "expiry": -entry.total_fen,
    }.get(entry.kind)
