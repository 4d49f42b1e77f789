"""What is kept of messages: each with its attempts and decisions, found by its id, its member or a provider's name."""

import zlib
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import msgspec
from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.expressions.update import Action

from chalicelib.adapters import tables
from chalicelib.adapters.tables import Image, Page, Row, Transaction
from chalicelib.kernel import clock, ids
from chalicelib.kernel.stamp import Stamp
from chalicelib.messages import dues
from chalicelib.messages.dues import DueRow
from chalicelib.messages.model.message import (
    Attempt,
    Decision,
    Facts,
    Message,
    Resend,
    copies_of,
    copy_ids,
    is_message_id,
    key_of,
)

DUE_SHARDS = 4  # a partition of the index takes 1,000 writes a second
REFS_KEPT = timedelta(days=30)
_SORT, _COPY = "MSG#", "ALSO#"
_PAGE, _MOST_PAGES = 100, 5
_ATTEMPTS = tuple[Attempt, ...]
_DECISIONS = tuple[Decision, ...]
_RESENDS = tuple[Resend, ...]


class MessageRow(DueRow):
    """Due only while somebody has to look at the message again.

    `ref_key` is the provider's own name for the last attempt that it answered: its receipt is found by that.
    """

    message_id = UnicodeAttribute()
    facts = UnicodeAttribute()
    created_at = UnicodeAttribute()
    updated_at = UnicodeAttribute()
    state = UnicodeAttribute()
    version = NumberAttribute()
    attempts = UnicodeAttribute()
    decisions = UnicodeAttribute()
    resends = UnicodeAttribute(null=True)
    also = UnicodeAttribute(null=True)
    ref_key = UnicodeAttribute(null=True)


class ResendRow(Row):
    """Who had a message sent again, for the audit trail."""

    table = "messages"
    message_id = UnicodeAttribute()


class RefRow(Row):
    """Leads to the message by an attempt that its provider answered before the last one."""

    table = "messages"
    ref_key = UnicodeAttribute()
    message_id = UnicodeAttribute()
    expires_at = NumberAttribute()


def add(messages: Sequence[Message]) -> None:
    """Each with its copies, or none of them; those that are there already are left as they are."""
    unique = {message.message_id: message for message in messages}
    tables.put_all([[_row(each) for each in (one, *copies_of(one))] for one in unique.values()])


def message(message_id: str, *, consistent: bool = False) -> Message | None:
    """Raises NotFound for what cannot be an id."""
    image = tables.get("messages", _key(message_id), consistent=consistent)
    return message_of(image) if image else None


def messages(message_ids: Iterable[str]) -> dict[str, Message]:
    """As they are now, those that are there; one request for a hundred. What cannot be an id is left out."""
    keys = [_key(each) for each in message_ids if is_message_id(each)]
    images = tables.batch_get("messages", keys, consistent=True)
    return {image["message_id"]["S"]: message_of(image) for image in images}


def copies(one: Message) -> list[Message]:
    """What became of its copies; one request, none where it has none."""
    found = messages(copy_ids(one)) if one.also else {}
    return [found[name] for name in copy_ids(one) if name in found]


def since(member_id: str, moment: datetime) -> list[Message] | None:
    """All of a member's messages since then with their copies: two requests, or a few. None: too many to look at."""
    found: list[Message] = []
    for begins in (_SORT, _COPY):
        bounds, after = (f"{begins}{ids.floor(moment)}", f"{begins}~"), None
        for _ in range(_MOST_PAGES):
            page = tables.query(
                "messages", _partition(member_id), between=bounds, limit=_PAGE, after=after
            )
            found += [message_of(image) for image in page.images]
            after = page.last
            if after is None:
                break
        else:
            return None
    return found


def by_provider_ref(provider: str, provider_ref: str) -> Message | None:
    """The index may lag behind the table."""
    found = tables.query("messages", _ref_key(provider, provider_ref), index="refs", limit=1)
    if not found.images:
        return None
    (image,) = found.images
    return message_of(image) if "facts" in image else message(image["message_id"]["S"])


def missing(message_ids: Sequence[str]) -> set[str]:
    """Which of these are not there."""
    there = tables.batch_get("messages", [_key(message_id) for message_id in message_ids])
    return set(message_ids) - {image["message_id"]["S"] for image in there}


def replace(was: Message, now: Message) -> bool:
    """Whether it could be done: not where somebody changed the message since `was` was read."""
    _keep_found(was, now)
    row = MessageRow(*_key(was.message_id))
    return tables.holds(tables.update, row, _changes(now), MessageRow.version == was.version)


def replace_with(transaction: Transaction, was: Message, now: Message) -> None:
    """The same inside a transaction, where its name is `message`."""
    row = MessageRow(*_key(was.message_id))
    transaction.update("message", row, _changes(now), MessageRow.version == was.version)


def resend(was: Message, now: Message, by: Stamp) -> bool:
    """The same for a message that `by` has sent again."""
    pk, sk = _key(was.message_id)
    told = f"RESEND#{sk.partition('#')[2]}#{len(now.resends)}"
    transaction = Transaction()
    replace_with(transaction, was, now)
    transaction.put_new("resend", ResendRow(pk, told, message_id=was.message_id, by=by.text()))
    return tables.holds(transaction.commit)


def page(
    member_id: str,
    limit: int,
    before: str | None = None,
    window: tuple[datetime | None, datetime | None] = (None, None),
) -> Page:
    """Images of a member's messages, newest first; `before` is the sort key at which the page before ended."""
    low = ids.floor(window[0]) if window[0] else ""
    high = ids.floor(window[1]) if window[1] else "~"
    after = {"pk": {"S": _partition(member_id)}, "sk": {"S": before}} if before else None
    return tables.query(
        "messages",
        _partition(member_id),
        between=(f"{_SORT}{low}", f"{_SORT}{high}"),
        limit=limit,
        newest_first=True,
        after=after,
    )


def due(shard: int, now: datetime, limit: int) -> list[Message]:
    """Oldest first; the index may lag behind the table."""
    return [message_of(image) for image in dues.images(_due_key(shard), now, limit)]


def message_of(image: Image) -> Message:
    """From a read or from a stream."""
    return Message(
        message_id=image["message_id"]["S"],
        member_id=image["pk"]["S"].removeprefix("M#"),
        facts=msgspec.json.decode(image["facts"]["S"], type=Facts),
        created_at=clock.parse(image["created_at"]["S"]),
        updated_at=clock.parse(image["updated_at"]["S"]),
        state=image["state"]["S"],
        version=int(image["version"]["N"]),
        due_at=clock.parse(image["due_at"]["S"]) if "due_at" in image else None,
        attempts=msgspec.json.decode(image["attempts"]["S"], type=_ATTEMPTS),
        decisions=msgspec.json.decode(image["decisions"]["S"], type=_DECISIONS),
        resends=msgspec.json.decode(image["resends"]["S"], type=_RESENDS)
        if "resends" in image
        else (),
        also=tuple(image["also"]["S"].split()) if "also" in image else (),
    )


def _row(message: Message) -> MessageRow:
    due_at = message.due_at
    return MessageRow(
        *_key(message.message_id),
        message_id=message.message_id,
        facts=_json(message.facts),
        created_at=clock.text(message.created_at),
        updated_at=clock.text(message.updated_at),
        state=message.state,
        version=message.version,
        attempts=_json(message.attempts),
        decisions=_json(message.decisions),
        also=" ".join(message.also) or None,
        due_key=_due_key(_shard(message)) if due_at else None,
        due_at=clock.text(due_at) if due_at else None,
    )


def _changes(now: Message) -> list[Action]:
    due = dues.due(_due_key(_shard(now)), now.due_at) if now.due_at else dues.no_more()
    return [
        MessageRow.state.set(now.state),
        MessageRow.version.set(now.version),
        MessageRow.updated_at.set(clock.text(now.updated_at)),
        MessageRow.attempts.set(_json(now.attempts)),
        MessageRow.decisions.set(_json(now.decisions)),
        *([MessageRow.resends.set(_json(now.resends))] if now.resends else []),
        *due,
        *[MessageRow.ref_key.set(last) for last in _ref_keys(now)[-1:]],
    ]


def _keep_found(was: Message, now: Message) -> None:
    """An attempt whose name makes room for that of a later one is found by a row of its own."""
    for ref_key in _ref_keys(was)[-1:]:
        if _ref_keys(now)[-1] != ref_key:
            expires_at = int((now.updated_at + REFS_KEPT).timestamp())
            row = RefRow(f"REF#{ref_key}", "REF", ref_key=ref_key, expires_at=expires_at)
            row.message_id = was.message_id
            tables.save(row)


def _ref_keys(message: Message) -> list[str]:
    """The providers' own names for the attempts that they answered; a mail relay has none but ours."""
    return [
        _ref_key(one.provider, one.provider_ref)
        for one in message.attempts
        if one.provider_ref and one.provider_ref != one.reference
    ]


def _key(message_id: str) -> tuple[str, str]:
    member_id, ulid, beside = key_of(message_id)
    return _partition(member_id), f"{_COPY}{ulid}#{beside}" if beside else f"{_SORT}{ulid}"


def _partition(member_id: str) -> str:
    return f"M#{member_id}"


def _shard(message: Message) -> int:
    return zlib.crc32(message.message_id.encode()) % DUE_SHARDS


def _due_key(shard: int) -> str:
    return f"DUE#{shard}"


def _ref_key(provider: str, provider_ref: str) -> str:
    return f"{provider}#{provider_ref}"


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
