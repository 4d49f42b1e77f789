"""From a ledger entry to the intention to tell its member."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from chalicelib.kernel import ids
from chalicelib.ledger.facts import EntryPosted
from chalicelib.messages import rulebook, table
from chalicelib.messages.model.course import UNHEARD
from chalicelib.messages.model.message import Facts, Message
from chalicelib.messages.model.telling import Touched, facts_of, facts_of_outage


def announce(entries: Iterable[EntryPosted], now: datetime) -> None:
    """One message for each entry that concerns its member, however often this is called; with its copies.

    Raises TryAgain; then some may be there.
    """
    table.add([made for entry in entries if (made := intention(entry, now))])


def announce_outage(
    told: Touched, at: datetime, now: datetime, absorbed: Sequence[str] = ()
) -> None:
    """One message to each member for each outage: `at` is the same whenever this is called for it. Raises TryAgain.

    Who was told as one of `absorbed`, whom they were before they became one, is not told again.
    """
    if absorbed and table.messages(_of_outage(told.name, each, at) for each in absorbed):
        return
    message_id = _of_outage(told.name, told.member_id, at)
    table.add([_made(message_id, told.member_id, facts_of_outage(told), now)])


def _of_outage(name: str, member_id: str, at: datetime) -> str:
    return f"{member_id}-{ids.following(at, f'{name} {member_id}')}"


def intention(entry: EntryPosted, now: datetime) -> Message | None:
    """None for entries of a joining: no money came or went, and the member who joined has the answer on screen."""
    facts = facts_of(entry)
    if facts is None:
        return None
    return _made(entry.message_id, entry.member_id, facts, now)


def _made(message_id: str, member_id: str, facts: Facts, now: datetime) -> Message:
    route = rulebook.of_the_minute().route_of(facts.kind)
    return Message(
        message_id=message_id,
        member_id=member_id,
        facts=facts,
        created_at=now,
        updated_at=now,
        due_at=now + UNHEARD,
        also=route.also if route else (),
    )
