"""The book as it is walked through by night, and how far that got.

The position is kept in another table: who proves the book cannot write to it.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime

import msgspec
from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.adapters import tables
from chalicelib.adapters.tables import Image, Key, Row
from chalicelib.kernel import clock
from chalicelib.kernel.stamp import Stamp
from chalicelib.ledger.facts import EntryPosted
from chalicelib.ledger.model.posting import Order
from chalicelib.ledger.table import orders
from chalicelib.ledger.table.entries import day_key, entry_key
from chalicelib.members.facts import partition

MEMBER, ORDER, ENTRY = "M#", "ORDER#", "ENTRY#"
UNREADABLE = (KeyError, ValueError, TypeError, msgspec.MsgspecError)
BATCH = 100
_PAGE = 400  # images held at once
_RUN = ("BOOKS", "RUN")


class RunRow(Row):
    """`busy_until` keeps a second run away; `turn` is another one each time."""

    table = "stores"
    document = UnicodeAttribute()
    turn = NumberAttribute()
    busy_until = UnicodeAttribute(null=True)


def walk(after: Key | None) -> Iterator[Image]:
    """Every item of the book from one key on, a partition's items together."""
    start: Image | None = {"pk": {"S": after[0]}, "sk": {"S": after[1]}} if after else None
    while True:
        page = tables.scan("book", after=start, limit=_PAGE)
        yield from page.images
        start = page.last
        if start is None:
            return


def entries(member_id: str) -> Iterator[Image]:
    """All of a member's entries as they are now, oldest first."""
    after: Image | None = None
    while True:
        page = tables.query(
            "book", partition(member_id), begins=ENTRY, limit=_PAGE, after=after, consistent=True
        )
        yield from page.images
        after = page.last
        if after is None:
            return


def whole_day(store_id: str, date: str) -> Iterator[Image]:
    """A store's business day as its orders repeat it, of every kind, a page at a time."""
    after: Image | None = None
    while True:
        page = tables.query(
            "book", day_key(store_id, date), index="listed", limit=_PAGE, after=after
        )
        yield from page.images
        after = page.last
        if after is None:
            return


def orders_by_key(keys: Iterable[Key], *, consistent: bool) -> dict[Key, Order]:
    """Without those that cannot be read: they are told of by themselves."""
    found: dict[Key, Order] = {}
    for image in tables.batch_get("book", keys, consistent=consistent):
        with suppress(*UNREADABLE):
            found[image["pk"]["S"], image["sk"]["S"]] = orders.order_of(image)
    return found


def order_image(key: Key) -> Image | None:
    return tables.get("book", key, consistent=True)


def entry_images(ids: Iterable[str], *, consistent: bool) -> dict[str, Image]:
    """Of entries by their public ids; those that are not there are left out."""
    keys = {_key_of(entry_id): entry_id for entry_id in ids}
    images = tables.batch_get("book", keys, consistent=consistent)
    return {keys[image["pk"]["S"], image["sk"]["S"]]: image for image in images}


def order_key_of(entry: EntryPosted, kind: str) -> Key:
    return orders.order_key(entry.store_id, kind, entry.order_name)


def _key_of(entry_id: str) -> Key:
    member_id, _, seq = entry_id.rpartition("-")
    return partition(member_id), entry_key(int(seq)) if seq.isdecimal() else ENTRY


# How far the night's run got


def run() -> tuple[bytes | None, int, str]:
    """The document, its turn, and until when somebody is at it."""
    image = tables.get("stores", _RUN, consistent=True)
    if image is None:
        return None, 0, ""
    busy = image["busy_until"]["S"] if "busy_until" in image else ""
    return image["document"]["S"].encode(), int(image["turn"]["N"]), busy


def keep_run(
    document: msgspec.Struct, turn: int, busy_until: datetime | None, was_turn: int, by: Stamp
) -> bool:
    """Whether it was still that turn."""
    row = RunRow(
        *_RUN,
        document=msgspec.json.encode(document).decode(),
        turn=turn,
        busy_until=clock.text(busy_until) if busy_until else None,
        by=by.text(),
    )
    return tables.holds(tables.save, row, tables.of_version(was_turn, "turn"))
