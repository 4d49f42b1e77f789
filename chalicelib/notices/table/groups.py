"""Groups of staff by name, each written together with the subscriber that it is."""

from collections.abc import Sequence

import msgspec
from pynamodb.attributes import UnicodeAttribute

from chalicelib.adapters import tables
from chalicelib.adapters.tables import Image, Row
from chalicelib.kernel.stamp import Stamp
from chalicelib.notices.model.subscribers import Group, Subscriber
from chalicelib.notices.table import subscribers
from chalicelib.notices.table.turns import TABLE

_GROUPS, _GROUP = "GROUPS", "GROUP#"
_group = msgspec.json.Decoder(Group)


class GroupRow(Row):
    table = TABLE
    doc = UnicodeAttribute()


def groups() -> Sequence[Group]:
    images = tables.query_all(TABLE, _GROUPS, between=(_GROUP, f"{_GROUP}~"), consistent=True)
    return [_of(image) for image in images]


def group(name: str) -> Group | None:
    image = tables.get(TABLE, (_GROUPS, _GROUP + name), consistent=True)
    return _of(image) if image else None


def put(
    new: Group, subscriber: Subscriber, was: Group | None, left: Subscriber | None, by: Stamp
) -> bool:
    """Whether nobody changed it since `was` was read; `left`: who stays of the bot that it had."""
    transaction = tables.Transaction()
    unchanged = GroupRow.doc == _json(was) if was else GroupRow.doc.does_not_exist()
    row = GroupRow(_GROUPS, _GROUP + new.name, doc=_json(new), by=by.text())
    transaction.put("group", row, unchanged)
    subscribers.save_with(transaction, subscriber, by)
    aside = subscribers.key_of(subscriber.subscriber_id, subscribers.ASIDE)
    transaction.delete("aside", subscribers.SubscriberRow(*aside))
    if was and was.subscriber_id != new.subscriber_id:
        _take_away(transaction, was, left, by)
    return tables.holds(transaction.commit)


def delete(one: Group, left: Subscriber | None, by: Stamp) -> None:
    """Who took it away is on record as the last who wrote it; `left`: who stays of its bot."""
    row = GroupRow(_GROUPS, _GROUP + one.name)
    tables.holds(tables.update, row, [GroupRow.by.set(by.text())], GroupRow.doc.exists())
    transaction = tables.Transaction()
    transaction.delete("group", row)
    _take_away(transaction, one, left, by)
    transaction.commit()


def _take_away(
    transaction: tables.Transaction, one: Group, left: Subscriber | None, by: Stamp
) -> None:
    if left:
        subscribers.save_with(transaction, left, by)
    else:
        subscribers.delete_with(transaction, one.subscriber_id)


def _of(image: Image) -> Group:
    return _group.decode(image["doc"]["S"])


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
