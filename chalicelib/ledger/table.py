"""What is kept of money in the book: accounts, entries, and the names that tills chose."""

from collections.abc import Sequence
from typing import Any

import msgspec
from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.operand import Path

from chalicelib.adapters import tables
from chalicelib.adapters.tables import ConditionFailed, Image, Key, Page, Row, Transaction
from chalicelib.kernel import clock
from chalicelib.kernel.errors import Refused
from chalicelib.kernel.stamp import Stamp
from chalicelib.ledger import facts
from chalicelib.ledger.facts import EntryPosted
from chalicelib.ledger.model import REFUSALS, Account, Order
from chalicelib.members.facts import PROFILE, partition

_ACCOUNT = "NOW#ACCOUNT"
NEWEST = "ENTRY#~"  # sorts after every entry


class AccountRow(Row):
    table = "book"
    member_id = UnicodeAttribute()
    balance_fen = NumberAttribute()
    seq = NumberAttribute()
    closed_into = UnicodeAttribute(null=True)


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
    booked_at = UnicodeAttribute()
    occurred_at = UnicodeAttribute()
    business_date = UnicodeAttribute()
    store_id = UnicodeAttribute()
    store_name = UnicodeAttribute()
    order_name = UnicodeAttribute()


class OrderRow(EntryRow):
    """An order that was taken repeats its entry, so that the answer can be given again by one read."""

    table = "book"
    fingerprint = UnicodeAttribute()
    note = UnicodeAttribute(null=True)
    lines = UnicodeAttribute(null=True)
    list_key = UnicodeAttribute()
    list_sort = UnicodeAttribute()


class RefusalRow(Row):
    table = "book"
    fingerprint = UnicodeAttribute()
    refused = UnicodeAttribute()
    values = UnicodeAttribute()


def read_now(member_id: str, *, consistent: bool = False) -> Sequence[Image]:
    """All that is now: the profile's image and the account's, in one request."""
    bounds = (
        "NOW#",
        "NOW#~",
    )  # a prefix says the same, but DynamoDB Local would walk through all entries
    return tables.query("book", partition(member_id), between=bounds, consistent=consistent).images


def read_now_of(member_ids: Sequence[str]) -> list[Image]:
    """The same for several members in one request; up to 50."""
    keys: list[Key] = []
    for member_id in member_ids:
        keys += [(partition(member_id), PROFILE), (partition(member_id), _ACCOUNT)]
    return tables.batch_get("book", keys)


def account(member_id: str, images: Sequence[Image]) -> Account:
    """The account among a member's images; a member who never had an entry has an empty one."""
    for image in images:
        if image["sk"]["S"] == _ACCOUNT and image["pk"]["S"] == partition(member_id):
            return account_of(image)
    return Account(member_id)


def account_of(image: Image) -> Account:
    return Account(
        image["member_id"]["S"],
        int(image["balance_fen"]["N"]),
        int(image["seq"]["N"]),
        image["closed_into"]["S"] if "closed_into" in image else None,
    )


def keep_account(
    transaction: Transaction, name: str, was: Account, now: Account, by: Stamp
) -> None:
    """The account as it is now, if nothing was posted to it since `was` was read."""
    row = AccountRow(
        partition(now.member_id),
        _ACCOUNT,
        member_id=now.member_id,
        balance_fen=now.balance_fen,
        seq=now.seq,
        closed_into=now.closed_into,
        by=by.text(),
    )
    transaction.put(name, row, _unchanged(was))


def _unchanged(was: Account) -> Condition:
    if was.seq == 0:
        return Path("seq").does_not_exist()
    unchanged: Condition = (Path("seq") == was.seq) & Path("closed_into").does_not_exist()
    return unchanged


def add_entry(transaction: Transaction, entry: EntryPosted, by: Stamp) -> None:
    row = EntryRow(
        partition(entry.member_id), _entry_key(entry.seq), by=by.text(), **_fields(entry)
    )
    transaction.put_new(f"entry {entry.entry_id}", row)


def add_order(transaction: Transaction, order: Order, entry: EntryPosted, by: Stamp) -> None:
    day, sort = _listed(entry)
    row = OrderRow(
        *order_key(order.store_id, order.kind, order.name),
        fingerprint=order.fingerprint,
        note=order.note,
        lines=order.lines,
        list_key=day,
        list_sort=sort,
        by=by.text(),
        **_fields(entry),
    )
    transaction.put_new("order", row)


def keep_refusal(order: Order, refusal: Refused, by: Stamp) -> Image | None:
    """The image of what the name stood for already, if it did."""
    row = RefusalRow(
        *order_key(order.store_id, order.kind, order.name),
        fingerprint=order.fingerprint,
        refused=refusal.code,
        values=msgspec.json.encode(refusal.values).decode(),
        by=by.text(),
    )
    try:
        tables.save_new(row)
    except ConditionFailed as failed:
        return failed.images["row"]
    return None


def order(store_id: str, kind: str, name: str) -> Order | None:
    """Read consistently: who asks got no answer, and would take under another name what is not seen here."""
    image = tables.get("book", order_key(store_id, kind, name), consistent=True)
    return order_of(image) if image else None


def order_of(image: Image) -> Order:
    _, store_id, kind, name = image["pk"]["S"].split("#", 3)
    fingerprint = image["fingerprint"]["S"]
    if "refused" in image:
        values = msgspec.json.decode(image["values"]["S"])
        refusal = REFUSALS[image["refused"]["S"]](**values)
        return Order(store_id, kind, name, fingerprint, refusal=refusal)
    return Order(
        store_id,
        kind,
        name,
        fingerprint,
        entry=facts.decode(image),
        note=image["note"]["S"] if "note" in image else None,
        lines=image["lines"]["S"] if "lines" in image else None,
    )


def entry(member_id: str, seq: int) -> EntryPosted | None:
    image = tables.get("book", (partition(member_id), _entry_key(seq)))
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


def day(
    store_id: str, date: str, kind: str, *, limit: int, after: Image | None, newest_first: bool
) -> Page:
    """Images of orders that were taken, by the time they were booked."""
    return tables.query(
        "book",
        f"DAY#{store_id}#{date}",
        index=True,
        begins=f"{kind}#",
        limit=limit,
        newest_first=newest_first,
        after=after,
    )


def day_between(
    store_id: str, date: str, kind: str, bounds: tuple[str, str], limit: int
) -> list[Image]:
    """The same between two times (RFC 3339), both included, oldest first; fewer than `limit` only where that is all."""
    between = (f"{kind}#{bounds[0]}", f"{kind}#{bounds[1]}#~")
    partition = f"DAY#{store_id}#{date}"
    return tables.query_all("book", partition, index=True, between=between, limit=limit)


def order_key(store_id: str, kind: str, name: str) -> Key:
    return (f"ORDER#{store_id}#{kind}#{name}", "NAME")


def _entry_key(seq: int) -> str:
    return f"ENTRY#{seq:012d}"


def _listed(entry: EntryPosted) -> tuple[str, str]:
    booked = clock.text(entry.booked_at)
    return (
        f"DAY#{entry.store_id}#{entry.business_date}",
        f"{entry.kind}#{booked}#{entry.order_name}",
    )


def _fields(entry: EntryPosted) -> dict[str, Any]:
    return {
        "member_id": entry.member_id,
        "seq": entry.seq,
        "kind": entry.kind,
        "delta_fen": entry.delta_fen,
        "balance_after_fen": entry.balance_after_fen,
        "total_fen": entry.total_fen,
        "bonus_fen": entry.bonus_fen,
        "payments": msgspec.json.encode(entry.payments).decode(),
        "booked_at": clock.text(entry.booked_at),
        "occurred_at": clock.text(entry.occurred_at),
        "business_date": entry.business_date,
        "store_id": entry.store_id,
        "store_name": entry.store_name,
        "order_name": entry.order_name,
    }
