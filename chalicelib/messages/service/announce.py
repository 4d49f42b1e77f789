"""From a ledger entry to the intention to tell its member."""

from collections.abc import Iterable
from datetime import datetime

from chalicelib.ledger.facts import EntryPosted
from chalicelib.messages import table
from chalicelib.messages.model.course import UNHEARD
from chalicelib.messages.model.message import KINDS, Facts, Message


def announce(entries: Iterable[EntryPosted], now: datetime) -> None:
    """One message for each entry of money, however often this is called. Raises TryAgain; then some may be there."""
    table.add([made for entry in entries if (made := intention(entry, now))])


def intention(entry: EntryPosted, now: datetime) -> Message | None:
    """None for entries of a joining: no money came or went, and the member who joined has the answer on screen."""
    if entry.kind not in KINDS:
        return None
    kind = next(kind for kind in KINDS if kind == entry.kind)
    return Message(
        message_id=entry.message_id,
        member_id=entry.member_id,
        facts=Facts(
            kind=kind,
            entry_id=entry.entry_id,
            store_id=entry.store_id,
            store_name=entry.store_name,
            order_name=entry.order_name,
            amount_fen=entry.total_fen,
            balance_after_fen=entry.balance_after_fen,
            booked_at=entry.booked_at,
            bonus_fen=entry.bonus_fen,
        ),
        created_at=now,
        updated_at=now,
        due_at=now + UNHEARD,
    )
