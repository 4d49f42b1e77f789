"""Subscribers by shard: those who are told, and those who are not told any more."""

from typing import Literal, NamedTuple

import msgspec
from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.adapters import tables
from chalicelib.adapters.tables import Image, Row
from chalicelib.kernel import clock
from chalicelib.kernel.stamp import Stamp
from chalicelib.notices.model.subscribers import Aside, Failing, Scope, Subscriber, shard_of
from chalicelib.notices.table.contacts import as_json, opened, sealed
from chalicelib.notices.table.turns import TABLE

Kind = Literal["LIVE#", "ASIDE#"]
LIVE: Kind = "LIVE#"
ASIDE: Kind = "ASIDE#"


class SubscriberRow(Row):
    table = TABLE
    channel = UnicodeAttribute()
    contact = BinaryAttribute(legacy_encoding=False)
    scope = UnicodeAttribute()
    language = UnicodeAttribute()
    since = UnicodeAttribute()
    nonce = UnicodeAttribute()
    failing = UnicodeAttribute(null=True)
    aside = UnicodeAttribute(null=True)
    expires_at = NumberAttribute(null=True)


class Page(NamedTuple):
    subscribers: list[Subscriber]
    last: str | None


def page(shard: int, after: str, limit: int, kind: Kind = LIVE) -> Page:
    """By id, from behind `after` on; `last` is None when there is nobody behind this page."""
    partition = f"SHARD#{shard:02d}"
    start: Image | None = {"pk": {"S": partition}, "sk": {"S": kind + after}} if after else None
    found = tables.query(TABLE, partition, begins=kind, limit=limit, after=start)
    last = found.last["sk"]["S"].removeprefix(kind) if found.last else None
    return Page([_subscriber(image) for image in found.images], last)


def subscriber(subscriber_id: str, kind: Kind = LIVE) -> Subscriber | None:
    image = tables.get(TABLE, key_of(subscriber_id, kind), consistent=True)
    return _subscriber(image) if image else None


def save_with(transaction: tables.Transaction, new: Subscriber, by: Stamp) -> None:
    """One whose word is taken for granted."""
    transaction.put(new.subscriber_id, row_of(new, LIVE, by))


def put(new: Subscriber, by: Stamp) -> None:
    """In the place of what there was of them."""
    transaction = tables.Transaction()
    save_with(transaction, new, by)
    transaction.delete("aside", SubscriberRow(*key_of(new.subscriber_id, ASIDE)))
    transaction.commit()


def delete_with(transaction: tables.Transaction, subscriber_id: str) -> None:
    transaction.delete(subscriber_id, SubscriberRow(*key_of(subscriber_id)))


def failing(subscriber_id: str, now: Failing | None) -> None:
    """Nothing happens where they left meanwhile."""
    row = SubscriberRow(*key_of(subscriber_id))
    change = SubscriberRow.failing.set(as_json(now)) if now else SubscriberRow.failing.remove()
    tables.holds(tables.update, row, [change], SubscriberRow.since.exists())


def row_of(one: Subscriber, kind: Kind, by: Stamp) -> SubscriberRow:
    pk, sk = key_of(one.subscriber_id, kind)
    return SubscriberRow(
        pk,
        sk,
        channel=one.channel,
        contact=sealed(one.contact, pk, sk),
        scope=as_json(one.scope),
        language=one.language,
        since=clock.text(one.since),
        nonce=one.nonce,
        failing=as_json(one.failing) if one.failing else None,
        aside=as_json(one.aside) if one.aside else None,
        by=by.text(),
    )


def _subscriber(image: Image) -> Subscriber:
    return Subscriber(
        subscriber_id=image["sk"]["S"].partition("#")[2],
        channel=image["channel"]["S"],
        contact=opened(image),
        scope=msgspec.json.decode(image["scope"]["S"], type=Scope),
        language=image["language"]["S"],
        since=clock.parse(image["since"]["S"]),
        nonce=image["nonce"]["S"],
        failing=msgspec.json.decode(image["failing"]["S"], type=Failing)
        if "failing" in image
        else None,
        aside=msgspec.json.decode(image["aside"]["S"], type=Aside) if "aside" in image else None,
    )


def key_of(subscriber_id: str, kind: Kind = LIVE) -> tuple[str, str]:
    return f"SHARD#{shard_of(subscriber_id):02d}", f"{kind}{subscriber_id}"
