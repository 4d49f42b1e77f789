"""Subscribers by shard, their addresses sealed; and those who asked and did not confirm."""

from datetime import datetime, timedelta
from typing import Literal, NamedTuple

import msgspec
from pynamodb.attributes import BinaryAttribute, BooleanAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.expressions.update import Action

from chalicelib.adapters import secrets, tables
from chalicelib.adapters.tables import ConditionFailed, Image, Row
from chalicelib.kernel import clock
from chalicelib.kernel.stamp import Stamp
from chalicelib.kernel.turns import UNHEARD_AFTER, Turn
from chalicelib.notices.model.subscribers import (
    CONFIRM_WITHIN,
    Aside,
    Asked,
    Contact,
    Failing,
    Scope,
    Subscriber,
    shard_of,
)
from chalicelib.notices.table.turns import DUE, TABLE, TurnRow, turned

Kind = Literal["LIVE#", "ASIDE#"]
LIVE: Kind = "LIVE#"
ASIDE: Kind = "ASIDE#"
_ASK = "ASK#"


class SubscriberRow(Row):
    table = TABLE
    channel = UnicodeAttribute()
    contact = BinaryAttribute(legacy_encoding=False)
    scope = UnicodeAttribute()
    language = UnicodeAttribute()
    since = UnicodeAttribute()
    nonce = UnicodeAttribute()
    failing = UnicodeAttribute(null=True)
    aside = UnicodeAttribute(null=True)
    expires_at = NumberAttribute(null=True)


class AskedRow(TurnRow):
    channel = UnicodeAttribute()
    contact = BinaryAttribute(legacy_encoding=False)
    scope = UnicodeAttribute()
    language = UnicodeAttribute()
    nonce = UnicodeAttribute()
    asked_at = UnicodeAttribute()
    letters = NumberAttribute()
    tries = NumberAttribute()
    guesses = NumberAttribute(null=True)
    leaving = BooleanAttribute(null=True)


class OriginRow(Row):
    table = TABLE
    times = NumberAttribute()
    expires_at = NumberAttribute()


class Page(NamedTuple):
    subscribers: list[Subscriber]
    last: str | None


def page(shard: int, after: str, limit: int, kind: Kind = LIVE) -> Page:
    """By id, from behind `after` on; `last` is None when there is nobody behind this page."""
    partition = f"SHARD#{shard:02d}"
    start: Image | None = {"pk": {"S": partition}, "sk": {"S": kind + after}} if after else None
    found = tables.query(TABLE, partition, begins=kind, limit=limit, after=start)
    last = found.last["sk"]["S"].removeprefix(kind) if found.last else None
    return Page([_subscriber(image) for image in found.images], last)


def subscriber(subscriber_id: str, kind: Kind = LIVE) -> Subscriber | None:
    image = tables.get(TABLE, key_of(subscriber_id, kind), consistent=True)
    return _subscriber(image) if image else None


def asked(subscriber_id: str) -> Asked | None:
    """Also one whose time is over and that has not gone yet."""
    image = tables.get(TABLE, _ask_key(subscriber_id), consistent=True)
    return _asked(image) if image else None


def save_asked(new: Asked, was: Asked | None, by: Stamp) -> bool:
    """To be told of by the stream; whether nobody was first."""
    pk, sk = _ask_key(new.subscriber_id)
    row = AskedRow(
        pk,
        sk,
        turn=new.turn,
        version=new.version,
        due_key=DUE,
        due_at=clock.text(new.asked_at + UNHEARD_AFTER),
        expires_at=int((new.asked_at + CONFIRM_WITHIN).timestamp()),
        channel=new.channel,
        contact=_sealed(new.contact, pk, sk),
        scope=_json(new.scope),
        language=new.language,
        nonce=new.nonce,
        asked_at=clock.text(new.asked_at),
        letters=new.letters,
        tries=new.tries,
        leaving=new.leaving or None,
        by=by.text(),
    )
    version = was.version if was else 0
    return tables.holds(tables.save, row, tables.of_version(version))


def widen_asked(one: Asked, scope: Scope) -> None:
    """What was asked for is more now; the letter that went says how to confirm all of it."""
    row = AskedRow(*_ask_key(one.subscriber_id))
    changes: list[Action] = [AskedRow.scope.set(_json(scope))]
    tables.holds(tables.update, row, changes, AskedRow.scope == _json(one.scope))


def turn_asked(one: Asked, due_at: datetime | None) -> Asked | None:
    """Taken up, or put off; with no `due_at` nobody looks again. None where somebody was first."""
    row = AskedRow(*_ask_key(one.subscriber_id))
    turn: Turn = "held" if due_at else "done"
    changes = [*turned(turn, one.version, due_at), AskedRow.tries.set(one.tries)]
    if not tables.holds(tables.update, row, changes, AskedRow.version == one.version):
        return None
    return msgspec.structs.replace(one, turn=turn, version=one.version + 1)


def count_guess(one: Asked, most: int) -> bool:
    """Whether so many may still be made at the code that was sent."""
    row = AskedRow(*_ask_key(one.subscriber_id))
    few = AskedRow.guesses.does_not_exist() | (AskedRow.guesses < most)
    same = AskedRow.nonce == one.nonce
    return tables.holds(tables.update, row, [AskedRow.guesses.add(1)], same & few)


def confirm(one: Asked, new: Subscriber, by: Stamp) -> None:
    """The subscription takes the place of what was asked for. Raises ConditionFailed where that changed meanwhile."""
    transaction = tables.Transaction()
    transaction.delete(
        "asked", AskedRow(*_ask_key(one.subscriber_id)), AskedRow.version == one.version
    )
    save_with(transaction, new, by)
    transaction.delete("aside", SubscriberRow(*key_of(new.subscriber_id, ASIDE)))
    transaction.commit()


def save_with(transaction: tables.Transaction, new: Subscriber, by: Stamp) -> None:
    """One whose word is taken for granted."""
    transaction.put(new.subscriber_id, row_of(new, LIVE, by))


def put(new: Subscriber, by: Stamp) -> None:
    """In the place of what there was of them."""
    transaction = tables.Transaction()
    save_with(transaction, new, by)
    transaction.delete("aside", SubscriberRow(*key_of(new.subscriber_id, ASIDE)))
    transaction.commit()


def delete_with(transaction: tables.Transaction, subscriber_id: str) -> None:
    transaction.delete(subscriber_id, SubscriberRow(*key_of(subscriber_id)))


def leave(subscriber_id: str) -> None:
    """Nothing of them is kept, whether or not there was anything."""
    transaction = tables.Transaction()
    for kind in (LIVE, ASIDE):
        transaction.delete(kind, SubscriberRow(*key_of(subscriber_id, kind)))
    transaction.delete(_ASK, AskedRow(*_ask_key(subscriber_id)))
    transaction.commit()


def failing(subscriber_id: str, now: Failing | None) -> None:
    """Nothing happens where they left meanwhile."""
    row = SubscriberRow(*key_of(subscriber_id))
    change = SubscriberRow.failing.set(_json(now)) if now else SubscriberRow.failing.remove()
    tables.holds(tables.update, row, [change], SubscriberRow.since.exists())


def count_origin(origin: str, now: datetime, most: int) -> bool:
    """Whether so many may still be asked for from there in this hour."""
    row = OriginRow(f"ORIGIN#{origin}", f"HOUR#{now:%Y-%m-%dT%H}")
    until = int((now + timedelta(hours=2)).timestamp())
    below = OriginRow.times.does_not_exist() | (OriginRow.times < most)
    changes: list[Action] = [OriginRow.times.add(1), OriginRow.expires_at.set(until)]
    try:
        tables.update(row, changes, below)
    except ConditionFailed:
        return False
    return True


def row_of(one: Subscriber, kind: Kind, by: Stamp) -> SubscriberRow:
    pk, sk = key_of(one.subscriber_id, kind)
    return SubscriberRow(
        pk,
        sk,
        channel=one.channel,
        contact=_sealed(one.contact, pk, sk),
        scope=_json(one.scope),
        language=one.language,
        since=clock.text(one.since),
        nonce=one.nonce,
        failing=_json(one.failing) if one.failing else None,
        aside=_json(one.aside) if one.aside else None,
        by=by.text(),
    )


def _subscriber(image: Image) -> Subscriber:
    return Subscriber(
        subscriber_id=image["sk"]["S"].partition("#")[2],
        channel=image["channel"]["S"],
        contact=_opened(image),
        scope=msgspec.json.decode(image["scope"]["S"], type=Scope),
        language=image["language"]["S"],
        since=clock.parse(image["since"]["S"]),
        nonce=image["nonce"]["S"],
        failing=msgspec.json.decode(image["failing"]["S"], type=Failing)
        if "failing" in image
        else None,
        aside=msgspec.json.decode(image["aside"]["S"], type=Aside) if "aside" in image else None,
    )


def _asked(image: Image) -> Asked:
    return Asked(
        subscriber_id=image["sk"]["S"].removeprefix(_ASK),
        channel=image["channel"]["S"],
        contact=_opened(image),
        scope=msgspec.json.decode(image["scope"]["S"], type=Scope),
        language=image["language"]["S"],
        nonce=image["nonce"]["S"],
        asked_at=clock.parse(image["asked_at"]["S"]),
        letters=int(image["letters"]["N"]),
        tries=int(image["tries"]["N"]),
        turn=image["turn"]["S"],
        version=int(image["version"]["N"]),
        leaving="leaving" in image,
    )


def _sealed(contact: Contact, pk: str, sk: str) -> bytes:
    return secrets.keyring().seal(_json(contact), f"subscribers/{pk}/{sk}/contact")


def _opened(image: Image) -> Contact:
    place = f"subscribers/{image['pk']['S']}/{image['sk']['S']}/contact"
    text = secrets.keyring().open(image["contact"]["B"], place)
    return msgspec.json.decode(text, type=Contact)


def key_of(subscriber_id: str, kind: Kind = LIVE) -> tuple[str, str]:
    return f"SHARD#{shard_of(subscriber_id):02d}", f"{kind}{subscriber_id}"


def _ask_key(subscriber_id: str) -> tuple[str, str]:
    return f"{_ASK}{subscriber_id}", f"{_ASK}{subscriber_id}"


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
