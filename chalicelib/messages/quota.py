"""How often a member may still be written to by WeChat: counted here, as no API of theirs tells it.

One tap on "allow" is one message of that template. What the mini program reports, each tap under a key of its own, is
the account; WeChat's 43101 sets it to nothing. It belongs to the WeChat account, so it follows when members are joined.
"""

from datetime import datetime, timedelta

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.expressions.update import Action

from chalicelib.adapters import tables
from chalicelib.adapters.tables import ConditionFailed, Row, Transaction, get
from chalicelib.kernel import clock
from chalicelib.kernel.stamp import Stamp

KEYS_KEPT = timedelta(days=400)
EVENTS_KEPT = timedelta(
    days=7
)  # twenty times as long as a push is fresh or a stream tries it again
_CLOCKS_APART = timedelta(seconds=3)  # WeChat's, which tells seconds, and ours


class QuotaRow(Row):
    """`accepts` are the taps that the mini program reported, `popups` those that WeChat told of beside."""

    table = "messages"
    remaining = NumberAttribute()
    accepts = NumberAttribute(null=True)
    accepted_at = UnicodeAttribute(null=True)
    popups = NumberAttribute(null=True)


class AcceptRow(Row):
    """A tap that was counted."""

    table = "messages"
    expires_at = NumberAttribute()


class EventRow(Row):
    """An event of WeChat's that was taken into account."""

    table = "messages"
    expires_at = NumberAttribute()


def accept(holder: str, template: str, key: str, now: datetime, by: Stamp) -> None:
    """Count one accept of one template; the same `key` again counts nothing. `holder` is a keyed hash of the openid."""
    transaction = Transaction()
    expires_at = int((now + KEYS_KEPT).timestamp())
    transaction.put_new(
        "key",
        AcceptRow(_pk(holder), f"KEY#{template}#{key}", expires_at=expires_at, by=by.text()),
    )
    changes: list[Action] = [
        QuotaRow.remaining.add(1),
        QuotaRow.accepts.add(1),
        QuotaRow.accepted_at.set(clock.text(now)),
    ]
    transaction.update("quota", _row(holder, template), changes)
    try:
        transaction.commit()
    except ConditionFailed:
        return


def refused(holder: str, template: str, event: str, at: datetime) -> bool:
    """The member takes no more of this template; whether that was news. `event` is counted once.

    What was accepted since stays: a stream may be a day late.
    """
    before = QuotaRow.accepted_at.does_not_exist() | (
        QuotaRow.accepted_at <= clock.text(at + _CLOCKS_APART)
    )
    transaction = _of_event(holder, template, event, at)
    transaction.update("quota", _row(holder, template), [QuotaRow.remaining.set(0)], before)
    return tables.holds(transaction.commit)


def popped_up(holder: str, template: str, event: str, at: datetime) -> int:
    """How many taps that WeChat told of before this one the mini program has not reported. Counts nothing else."""
    transaction = _of_event(holder, template, event, at)
    transaction.update("quota", _row(holder, template), [QuotaRow.popups.add(1)])
    counted = get("messages", (_pk(holder), f"TEMPLATE#{template}"), consistent=True) or {}
    popups, accepts = (int(counted.get(name, {"N": 0})["N"]) for name in ("popups", "accepts"))
    return max(0, popups - accepts) if tables.holds(transaction.commit) else 0


def remaining(holder: str, template: str) -> int:
    image = get("messages", (_pk(holder), f"TEMPLATE#{template}"), consistent=True)
    return int(image["remaining"]["N"]) if image and "remaining" in image else 0


def take(transaction: Transaction, holder: str, template: str) -> None:
    """Take one; where there is none the transaction fails at `quota`."""
    left = QuotaRow.remaining > 0
    transaction.update("quota", _row(holder, template), [QuotaRow.remaining.add(-1)], left)


def give_back(transaction: Transaction, holder: str, template: str) -> None:
    transaction.update("quota", _row(holder, template), [QuotaRow.remaining.add(1)])


def empty(transaction: Transaction, holder: str, template: str) -> None:
    transaction.update("quota", _row(holder, template), [QuotaRow.remaining.set(0)])


def _of_event(holder: str, template: str, event: str, at: datetime) -> Transaction:
    """A transaction that fails where the event was counted before."""
    transaction = Transaction()
    expires_at = int((at + EVENTS_KEPT).timestamp())
    row = EventRow(_pk(holder), f"EVENT#{template}#{event}", expires_at=expires_at)
    transaction.put_new("event", row, tells=False)
    return transaction


def _row(holder: str, template: str) -> QuotaRow:
    return QuotaRow(_pk(holder), f"TEMPLATE#{template}")


def _pk(holder: str) -> str:
    return f"QUOTA#{holder}"
