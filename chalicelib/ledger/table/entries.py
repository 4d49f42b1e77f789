"""Entries: immutable, gapless, in their member's partition."""

from typing import Any

import msgspec
from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.adapters import tables
from chalicelib.adapters.tables import Page, Row, Transaction
from chalicelib.kernel import clock
from chalicelib.kernel.stamp import Stamp
from chalicelib.ledger import facts
from chalicelib.ledger.facts import EntryPosted
from chalicelib.members.facts import partition

NEWEST = "ENTRY#~"  # sorts after every entry
WITHOUT_ORDER = frozenset({"expiry", "transfer_in"})  # no name lists them: they list themselves


class EntryRow(Row):
    table = "book"
    member_id = UnicodeAttribute()
    seq = NumberAttribute()
    kind = UnicodeAttribute()
    delta_fen = NumberAttribute()
    balance_after_fen = NumberAttribute()
    total_fen = NumberAttribute()
    bonus_fen = NumberAttribute()
    payments = UnicodeAttribute()
    moves = UnicodeAttribute()
    points_delta = NumberAttribute()
    points_after = NumberAttribute()
    points_earned = NumberAttribute()
    spent_fen = NumberAttribute()
    earning_fen = NumberAttribute()
    counts_in = UnicodeAttribute()
    corrects = UnicodeAttribute(null=True)
    reason = UnicodeAttribute(null=True)
    till_id = UnicodeAttribute(null=True)
    late = NumberAttribute(null=True)
    booked_at = UnicodeAttribute()
    occurred_at = UnicodeAttribute()
    business_date = UnicodeAttribute()
    store_id = UnicodeAttribute()
    store_name = UnicodeAttribute()
    order_name = UnicodeAttribute()
    list_key = UnicodeAttribute(null=True)
    list_sort = UnicodeAttribute(null=True)


def day_key(store_id: str, business_date: str) -> str:
    """The partition of the index in which a store's business day is listed."""
    return f"DAY#{store_id}#{business_date}"


def add_entry(transaction: Transaction, entry: EntryPosted, by: Stamp) -> None:
    row = EntryRow(partition(entry.member_id), entry_key(entry.seq), by=by.text(), **fields(entry))
    if entry.kind in WITHOUT_ORDER:
        row.list_key = day_key(entry.store_id, entry.business_date)
        row.list_sort = f"{entry.kind}#{clock.text(entry.booked_at)}#{entry.entry_id}"
    transaction.put_new(f"entry {entry.entry_id}", row)


def entry(member_id: str, seq: int) -> EntryPosted | None:
    image = tables.get("book", (partition(member_id), entry_key(seq)))
    return facts.decode(image) if image else None


def entries(member_id: str, limit: int, before: str | None) -> Page:
    """Images of entries, newest first, from the one before the sort key `before` on."""
    after = {"pk": {"S": partition(member_id)}, "sk": {"S": before}} if before else None
    return tables.query(
        "book",
        partition(member_id),
        begins="ENTRY#",
        limit=limit,
        newest_first=True,
        after=after,
    )


def upto(member_id: str, seq: int) -> list[EntryPosted]:
    """All entries up to that number, oldest first, read consistently."""
    bounds = (entry_key(1), entry_key(seq))
    images = tables.query_all("book", partition(member_id), between=bounds, consistent=True)
    return [facts.decode(image) for image in images]


def entry_key(seq: int) -> str:
    return f"ENTRY#{seq:012d}"


def fields(entry: EntryPosted) -> dict[str, Any]:
    return {
        "member_id": entry.member_id,
        "seq": entry.seq,
        "kind": entry.kind,
        "delta_fen": entry.delta_fen,
        "balance_after_fen": entry.balance_after_fen,
        "total_fen": entry.total_fen,
        "bonus_fen": entry.bonus_fen,
        "payments": msgspec.json.encode(entry.payments).decode(),
        "moves": msgspec.json.encode(entry.moves).decode(),
        "points_delta": entry.points_delta,
        "points_after": entry.points_after,
        "points_earned": entry.points_earned,
        "spent_fen": entry.spent_fen,
        "earning_fen": entry.earning_fen,
        "counts_in": entry.counts_in,
        "corrects": entry.corrects,
        "reason": entry.reason,
        "till_id": entry.till_id,
        "late": 1 if entry.late else None,
        "booked_at": clock.text(entry.booked_at),
        "occurred_at": clock.text(entry.occurred_at),
        "business_date": entry.business_date,
        "store_id": entry.store_id,
        "store_name": entry.store_name,
        "order_name": entry.order_name,
    }
