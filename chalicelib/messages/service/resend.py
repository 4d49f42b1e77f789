"""Sending a message again: at once by the sweep, over channels and by gates and limits as when it was new."""

from chalicelib.access.model import Store, WrongStore, granted_everywhere
from chalicelib.kernel.clock import Clock
from chalicelib.kernel.errors import NotFound, TryAgain
from chalicelib.kernel.stamp import Stamp
from chalicelib.messages import table
from chalicelib.messages.model.message import Message
from chalicelib.messages.model.resend import resent

_TRIES = 3


def resend(message_id: str, reason: str, by: Stamp, at: Store | None, clock: Clock) -> Message:
    """`at` is the store of a caller who is bound to one, and has only its messages sent again.

    Raises NotFound, WrongStore, MessageUnderWay, ResentEnough, OutcomeInDoubt.
    """
    for _ in range(_TRIES):
        was = table.message(message_id, consistent=True)
        if was is None:
            raise NotFound
        if at and was.facts.store_id != at.store_id:
            raise WrongStore(granted_by=granted_everywhere("message:resend"))
        now = resent(was, by.who, by.role, reason, clock())
        if table.resend(was, now, by):
            return now
    raise TryAgain
