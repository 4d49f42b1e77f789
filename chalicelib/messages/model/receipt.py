"""A receipt that a provider pushed: whose it is, and for how long it waits for an attempt to turn up."""

from datetime import datetime, timedelta
from typing import NamedTuple

from chalicelib.kernel import clock
from chalicelib.messages.model.hearing import Report
from chalicelib.messages.model.message import Message

# since it came; it may overtake the answer to the send, or the look-up that finds a send whose answer was lost
TRIED_AGAIN_AFTER = (
    timedelta(seconds=10),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(hours=24),
    timedelta(hours=72),
)


class Receipt(NamedTuple):
    """`reference` is ours where the provider gives it back, else empty; theirs is in the report.

    `one_of` are references of attempts, where all that is known is that it is about one of them.
    """

    provider: str
    reference: str
    report: Report
    one_of: tuple[str, ...] = ()


def message_id_in(reference: str) -> str:
    """Our references are a message's id and the attempt's number; another's come to nothing that exists."""
    return reference.rpartition("-")[0]


def attempt_of(message: Message, receipt: Receipt) -> int | None:
    """The number of the attempt that the receipt is about; None where it is none of this message's."""
    theirs = receipt.report.provider_ref
    for one in message.attempts:
        same = one.reference == receipt.reference or bool(theirs and one.provider_ref == theirs)
        if one.provider == receipt.provider and same:
            return one.n
    return None


def next_try(came_at: datetime, now: datetime) -> datetime | None:
    """None: it is given up."""
    return clock.next_after(came_at, TRIED_AGAIN_AFTER, now)
