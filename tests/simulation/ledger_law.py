"""The ledger's law, over entries as they were read: for any member, and over all members of a chain."""

from collections import Counter
from collections.abc import Iterable, Sequence

from chalicelib.ledger.facts import MONEY, POINTS, EntryPosted

BACK = ("refund", "void", "top_up_refund")


def holds(read: Sequence[EntryPosted]) -> None:
    """Gapless; the balance is the sum of the entries; what an entry says it moved is what it moved."""
    balance = points = 0
    for seq, entry in enumerate(read, start=1):
        balance += entry.delta_fen
        points += entry.points_delta
        assert (entry.seq, entry.balance_after_fen, entry.points_after) == (seq, balance, points)
        moves = entry.moves
        assert entry.delta_fen == sum(m.amount for m in moves if m.lot.kind in MONEY)
        assert entry.points_delta == sum(m.amount for m in moves if m.lot.kind in POINTS)


def no_money_is_made(entries: Iterable[EntryPosted]) -> None:
    """Of all members together: each entry's change has its reason, and nothing comes back that was not paid."""
    entries = list(entries)
    for entry in entries:
        assert entry.delta_fen == reason(entry), entry
    between_members = [e for e in entries if e.kind.startswith(("transfer_", "join_"))]
    assert sum(entry.delta_fen for entry in between_members) == 0
    back = Counter[tuple[str, str]]()
    for entry in entries:
        if entry.kind in BACK and entry.corrects:
            back.update(paid_by(entry.corrects, entry))
    paid = Counter[tuple[str, str]]()
    for entry in entries:
        paid.update(paid_by(entry.entry_id, entry))
    assert all(fen <= paid[key] for key, fen in back.items()), back - paid


def paid_by(entry_id: str, entry: EntryPosted) -> Counter[tuple[str, str]]:
    """By entry: in all, by way of payment, and the points that were earned.

    What is left of a purchase may be paid out in another way than it came.
    """
    sums = Counter[tuple[str, str]]()
    sums[entry_id, "all"] += entry.total_fen
    for each in entry.payments if entry.kind != "top_up_refund" else ():
        sums[entry_id, each.method] += each.amount_fen
        sums[entry_id, f"{each.method}: points"] += each.points
        sums[entry_id, f"{each.method}: times"] += each.times
    sums[entry_id, "earned"] += abs(entry.points_earned)
    return sums


def reason(entry: EntryPosted) -> int:
    """What the balance should have changed by, said by the rest of the entry."""
    of_balance = sum(each.amount_fen for each in entry.payments if each.method == "balance")
    if entry.kind in {"join_in", "join_out", "top_up_refund"}:
        return sum(move.amount for move in entry.moves if move.lot.kind in MONEY)
    if entry.kind == "correction" and entry.delta_fen > 0:
        return entry.total_fen
    return {
        "spend": -of_balance,
        "refund": of_balance,
        "void": of_balance,
        "top_up": entry.total_fen + entry.bonus_fen,
        "transfer_in": entry.total_fen,
        "transfer_out": -entry.total_fen,
        "expiry": -entry.total_fen,
        "correction": -entry.total_fen,
    }.get(entry.kind, 0)
