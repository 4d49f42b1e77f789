"""The names that callers chose, with what came of them; and a store's day, which lists those that were taken."""

from collections.abc import Iterable, Sequence
from contextlib import suppress

import msgspec
from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.expressions.operand import Path
from pynamodb.expressions.update import Action

from chalicelib.adapters import tables
from chalicelib.adapters.tables import ConditionFailed, Image, Key, Page, Row, Transaction
from chalicelib.kernel import clock
from chalicelib.kernel.errors import Refused
from chalicelib.kernel.stamp import Stamp
from chalicelib.ledger import facts
from chalicelib.ledger.facts import EntryPosted
from chalicelib.ledger.model import refusals
from chalicelib.ledger.model.posting import Order
from chalicelib.ledger.table.entries import EntryRow, day_key, fields


class OrderRow(EntryRow):
    """An order that was taken repeats its entry, so that the answer can be given again by one read."""

    table = "book"
    fingerprint = UnicodeAttribute()
    note = UnicodeAttribute(null=True)
    lines = UnicodeAttribute(null=True)
    discount_fen = NumberAttribute(null=True)
    refunds = NumberAttribute(null=True)
    refunded = UnicodeAttribute(null=True)
    list_key = UnicodeAttribute()
    list_sort = UnicodeAttribute()


class RefusalRow(Row):
    table = "book"
    fingerprint = UnicodeAttribute()
    refused = UnicodeAttribute()
    values = UnicodeAttribute()
    settled_as = UnicodeAttribute(null=True)


def add_order(transaction: Transaction, order: Order, entry: EntryPosted, by: Stamp) -> None:
    row = OrderRow(
        *order_key(order.store_id, order.kind, order.name),
        fingerprint=order.fingerprint,
        note=order.note,
        lines=order.lines,
        discount_fen=order.discount_fen or None,
        list_key=day_key(order.store_id, entry.business_date),
        list_sort=f"{order.kind}#{clock.text(entry.booked_at)}#{order.name}",
        by=by.text(),
        **fields(entry),
    )
    transaction.put_new("order", row)


def keep_refunded(transaction: Transaction, order: Order, refunded: str, by: Stamp) -> None:
    """What an order has given back by now, if nothing was given back since it was read; the write is `answered`."""
    row = OrderRow(*order_key(order.store_id, order.kind, order.name))
    actions: list[Action] = [
        OrderRow.refunds.set(order.refunds + 1),
        OrderRow.refunded.set(refunded),
        OrderRow.by.set(by.text()),
    ]
    first = Path("refunds").does_not_exist() & Path("pk").exists()
    unchanged = Path("refunds") == order.refunds if order.refunds else first
    transaction.update("answered", row, actions, unchanged)


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


def keep_settled_as(store_id: str, kind: str, name: str, settled_as: str, by: Stamp) -> None:
    """Beside a refusal, the name under which a person had it posted; nothing where there is no refusal."""
    row = RefusalRow(*order_key(store_id, kind, name))
    actions: list[Action] = [RefusalRow.settled_as.set(settled_as), RefusalRow.by.set(by.text())]
    with suppress(ConditionFailed):
        tables.update(row, actions, Path("refused").exists())


def order(store_id: str, kind: str, name: str) -> Order | None:
    """Read consistently: who asks got no answer, and would take under another name what is not seen here."""
    image = tables.get("book", order_key(store_id, kind, name), consistent=True)
    return order_of(image) if image else None


def orders_named(store_id: str, kinds: Iterable[str], name: str) -> list[Order]:
    """What a name stands for among these kinds, in one request."""
    keys = [order_key(store_id, kind, name) for kind in kinds]
    return [order_of(image) for image in tables.batch_get("book", keys, consistent=True)]


def orders_at(store_ids: Sequence[str], kind: str, name: str) -> list[Order]:
    """What a name stands for at these stores; a request for each hundred."""
    keys = [order_key(store_id, kind, name) for store_id in store_ids]
    return [order_of(image) for image in tables.batch_get("book", keys)]


def is_written_by(image: Image, by: Stamp) -> bool:
    writer: str = image["by"]["S"]
    return writer == by.text()


def order_of(image: Image) -> Order:
    _, store_id, kind, name = image["pk"]["S"].split("#", 3)
    fingerprint = image["fingerprint"]["S"]
    if "refused" in image:
        values = msgspec.json.decode(image["values"]["S"])
        refusal = refusals.kept(image["refused"]["S"], values)
        return Order(
            store_id,
            kind,
            name,
            fingerprint,
            refusal=refusal,
            settled_as=image["settled_as"]["S"] if "settled_as" in image else None,
        )
    return Order(
        store_id,
        kind,
        name,
        fingerprint,
        entry=facts.decode(image),
        note=image["note"]["S"] if "note" in image else None,
        lines=image["lines"]["S"] if "lines" in image else None,
        discount_fen=int(image["discount_fen"]["N"]) if "discount_fen" in image else 0,
        refunds=int(image["refunds"]["N"]) if "refunds" in image else 0,
        refunded=image["refunded"]["S"] if "refunded" in image else None,
    )


def day(
    store_id: str, date: str, kind: str, *, limit: int, after: Image | None, newest_first: bool
) -> Page:
    """Images of orders that were taken, by the time they were booked."""
    return tables.query(
        "book",
        day_key(store_id, date),
        index="listed",
        begins=f"{kind}#",
        limit=limit,
        newest_first=newest_first,
        after=after,
    )


def day_between(
    store_id: str, date: str, kind: str, bounds: tuple[str, str], limit: int | None
) -> list[Image]:
    """The same between two times (RFC 3339), both included, oldest first; fewer than `limit` only where that is all."""
    between = (f"{kind}#{bounds[0]}", f"{kind}#{bounds[1]}#~")
    partition = day_key(store_id, date)
    return tables.query_all("book", partition, index="listed", between=between, limit=limit)


def order_key(store_id: str, kind: str, name: str) -> Key:
    return (f"ORDER#{store_id}#{kind}#{name}", "NAME")
