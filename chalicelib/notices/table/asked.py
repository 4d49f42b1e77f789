"""Those who asked and did not confirm, and how often was asked from where."""

from datetime import datetime, timedelta

import msgspec
from pynamodb.attributes import BinaryAttribute, BooleanAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.expressions.update import Action

from chalicelib.adapters import tables
from chalicelib.adapters.tables import Image, Row
from chalicelib.kernel import clock
from chalicelib.kernel.stamp import Stamp
from chalicelib.kernel.turns import UNHEARD_AFTER, Turn
from chalicelib.notices.model.subscribers import CONFIRM_WITHIN, Asked, Scope, Subscriber
from chalicelib.notices.table.contacts import as_json, opened, sealed
from chalicelib.notices.table.subscribers import ASIDE, LIVE, SubscriberRow, key_of, save_with
from chalicelib.notices.table.turns import DUE, TABLE, TurnRow, turned

_ASK = "ASK#"


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


def find(subscriber_id: str) -> Asked | None:
    """Also one whose time is over and that has not gone yet."""
    image = tables.get(TABLE, _ask_key(subscriber_id), consistent=True)
    return _asked(image) if image else None


def save(new: Asked, was: Asked | None, by: Stamp) -> bool:
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
        contact=sealed(new.contact, pk, sk),
        scope=as_json(new.scope),
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


def widen(one: Asked, scope: Scope) -> None:
    """What was asked for is more now; the letter that went says how to confirm all of it."""
    row = AskedRow(*_ask_key(one.subscriber_id))
    changes: list[Action] = [AskedRow.scope.set(as_json(scope))]
    tables.holds(tables.update, row, changes, AskedRow.scope == as_json(one.scope))


def turn(one: Asked, due_at: datetime | None) -> Asked | None:
    """Taken up, or put off; with no `due_at` nobody looks again. None where somebody was first."""
    row = AskedRow(*_ask_key(one.subscriber_id))
    state: Turn = "held" if due_at else "done"
    changes = [*turned(state, one.version, due_at), AskedRow.tries.set(one.tries)]
    if not tables.holds(tables.update, row, changes, AskedRow.version == one.version):
        return None
    return msgspec.structs.replace(one, turn=state, version=one.version + 1)


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


def leave(subscriber_id: str) -> None:
    """Nothing of them is kept, whether or not there was anything."""
    transaction = tables.Transaction()
    for kind in (LIVE, ASIDE):
        transaction.delete(kind, SubscriberRow(*key_of(subscriber_id, kind)))
    transaction.delete(_ASK, AskedRow(*_ask_key(subscriber_id)))
    transaction.commit()


def count_origin(origin: str, now: datetime, most: int) -> bool:
    """Whether so many may still be asked for from there in this hour."""
    row = OriginRow(f"ORIGIN#{origin}", f"HOUR#{now:%Y-%m-%dT%H}")
    until = int((now + timedelta(hours=2)).timestamp())
    below = OriginRow.times.does_not_exist() | (OriginRow.times < most)
    changes: list[Action] = [OriginRow.times.add(1), OriginRow.expires_at.set(until)]
    return tables.holds(tables.update, row, changes, below)


def _asked(image: Image) -> Asked:
    return Asked(
        subscriber_id=image["sk"]["S"].removeprefix(_ASK),
        channel=image["channel"]["S"],
        contact=opened(image),
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


def _ask_key(subscriber_id: str) -> tuple[str, str]:
    return f"{_ASK}{subscriber_id}", f"{_ASK}{subscriber_id}"
