"""How often a member may still be written to by WeChat: counted here, as no API of theirs tells it.

One tap on "allow" is one message of that template. What the mini program reports, each tap under a key of its own, is
the account; WeChat's 43101 sets it to nothing. It belongs to the WeChat account, so it follows when members are joined.
"""

from datetime import datetime, timedelta

from pynamodb.attributes import NumberAttribute

from chalicelib.adapters.tables import ConditionFailed, Row, Transaction, get
from chalicelib.kernel.stamp import Stamp

KEYS_KEPT = timedelta(days=400)


class QuotaRow(Row):
    table = "messages"
    remaining = NumberAttribute()


class AcceptRow(Row):
    """A tap that was counted."""

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
    transaction.update("quota", _row(holder, template), [QuotaRow.remaining.add(1)])
    try:
        transaction.commit()
    except ConditionFailed:
        return


def remaining(holder: str, template: str) -> int:
    image = get("messages", (_pk(holder), f"TEMPLATE#{template}"), consistent=True)
    return int(image["remaining"]["N"]) if image else 0


def take(transaction: Transaction, holder: str, template: str) -> None:
    """Take one; where there is none the transaction fails at `quota`."""
    left = QuotaRow.remaining > 0
    transaction.update("quota", _row(holder, template), [QuotaRow.remaining.add(-1)], left)


def give_back(transaction: Transaction, holder: str, template: str) -> None:
    transaction.update("quota", _row(holder, template), [QuotaRow.remaining.add(1)])


def empty(transaction: Transaction, holder: str, template: str) -> None:
    transaction.update("quota", _row(holder, template), [QuotaRow.remaining.set(0)])


def _row(holder: str, template: str) -> QuotaRow:
    return QuotaRow(_pk(holder), f"TEMPLATE#{template}")


def _pk(holder: str) -> str:
    return f"QUOTA#{holder}"
