"""Those who are told no more, until they ask anew, an operator brings them back, or they are forgotten."""

from datetime import datetime

from msgspec.structs import replace
from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.adapters import tables
from chalicelib.adapters.tables import Row, Transaction
from chalicelib.kernel import clock
from chalicelib.kernel.stamp import Stamp
from chalicelib.notices.model.subscribers import KEPT_ASIDE, Aside, Subscriber
from chalicelib.notices.table.subscribers import (
    ASIDE,
    LIVE,
    SubscriberRow,
    key_of,
    row_of,
    save_with,
    subscriber,
)
from chalicelib.notices.table.turns import TABLE


class SetRow(Row):
    """That an operator took somebody out, or back in; the audit trail tells of these."""

    table = TABLE
    state = UnicodeAttribute()
    expires_at = NumberAttribute()


def set_aside(subscriber_id: str) -> Subscriber | None:
    return subscriber(subscriber_id, ASIDE)


def put_aside(one: Subscriber, aside: Aside, by: Stamp) -> bool:
    """Whether they were still there, as they were."""
    transaction = Transaction()
    _put_aside_with(transaction, one, aside, by)
    return tables.holds(transaction.commit)


def take_out(one: Subscriber, aside: Aside, by: Stamp) -> bool:
    """The same by an operator."""
    transaction = Transaction()
    _put_aside_with(transaction, one, aside, by)
    transaction.put("set", _set(one, "put_aside", aside.since, by))
    return tables.holds(transaction.commit)


def bring_back(one: Subscriber, now: datetime, by: Stamp) -> bool:
    """Whether they were still aside. What went wrong before counts no more."""
    back = replace(one, aside=None, failing=None)
    transaction = Transaction()
    there = SubscriberRow.since == clock.text(one.since)
    transaction.delete("aside", SubscriberRow(*key_of(one.subscriber_id, ASIDE)), there)
    save_with(transaction, back, by)
    transaction.put("set", _set(one, "live", now, by))
    return tables.holds(transaction.commit)


def _put_aside_with(transaction: Transaction, one: Subscriber, aside: Aside, by: Stamp) -> None:
    there = SubscriberRow.since == clock.text(one.since)
    transaction.delete("live", SubscriberRow(*key_of(one.subscriber_id, LIVE)), there)
    row = row_of(replace(one, aside=aside), ASIDE, by)
    row.expires_at = _forgotten_at(aside.since)
    transaction.put("aside", row)


def _set(one: Subscriber, state: str, now: datetime, by: Stamp) -> SetRow:
    row = SetRow(f"SET#{one.subscriber_id}", f"SET#{clock.text(now)}", state=state, by=by.text())
    row.expires_at = _forgotten_at(now)
    return row


def _forgotten_at(now: datetime) -> int:
    return int((now + KEPT_ASIDE).timestamp())
