"""What a difference in the books is, and what one entry, or an order, promises by its kind."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec

from chalicelib.ledger.facts import EntryPosted, Move
from chalicelib.ledger.model.posting import Order
from chalicelib.ledger.model.sold import Refunded
from chalicelib.ledger.model.top_ups import PaidBack

DIFFER, PROVED = "books differ", "books proved"  # lines in the log, which alarms count

_PAID = ("spend", "refund", "void", "top_up", "top_up_refund", "card_sale")
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
        rows, points_taken = _state(order.refunded or "", sold)
    except msgspec.MsgspecError:
        return said | Counter({"unreadable state": 1})
    said["points taken"] = points_taken
    for paid, fen in zip(sold.payments, rows, strict=False):
        said[f"fen by {paid.method}"] += fen
    return said


def _state(refunded: str, sold: EntryPosted) -> tuple[list[int], int]:
    """What is back of each payment, and the points."""
    if sold.kind == "spend":
        of_spend = msgspec.json.decode(refunded, type=Refunded)
        return [sum(row) for row in of_spend.cells], of_spend.points_taken
    of_purchase = msgspec.json.decode(refunded, type=PaidBack)
    return [of_purchase.back_fen], of_purchase.points_taken


def same_moves(left: Sequence[Move], came: Sequence[Move]) -> bool:
    """Whether all that left came, in the same kinds and under the same terms; its lots may have other names there."""
    return [_nameless(move, -move.amount) for move in left] == [
        _nameless(move, move.amount) for move in came[: len(left)]
    ]


def _nameless(move: Move, amount: int) -> Move:
    return Move(msgspec.structs.replace(move.lot, lot_id="", reopens=None), amount)


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
