"""What is kept of members in the book: profiles, and the locks by which they are found and stay unique."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from msgspec.structs import asdict
from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.expressions.update import Action

from chalicelib.adapters import tables
from chalicelib.adapters.keyring import Keyring
from chalicelib.adapters.tables import Image, Key, Row, Transaction
from chalicelib.kernel import clock, phone
from chalicelib.kernel.stamp import Stamp
from chalicelib.members.facts import PROFILE, partition
from chalicelib.members.model import Consent, Member

_SEALED = ("phone", "openid", "name", "email")
_CARD = "CARD#"


class ProfileRow(Row):
    table = "book"
    member_id = UnicodeAttribute()
    card_no = UnicodeAttribute()
    created_at = UnicodeAttribute()
    phone = BinaryAttribute(null=True, legacy_encoding=False)
    openid = BinaryAttribute(null=True, legacy_encoding=False)
    name = BinaryAttribute(null=True, legacy_encoding=False)
    email = BinaryAttribute(null=True, legacy_encoding=False)
    language = UnicodeAttribute()
    consents = UnicodeAttribute()
    absorbed = UnicodeAttribute(null=True)
    merged_into = UnicodeAttribute(null=True)
    card_lost_at = UnicodeAttribute(null=True)
    version = NumberAttribute()


class LockRow(Row):
    """One value, one member. A phone's lock is listed by its tail; that of a card which was replaced stays, and says
    since when the card was lost.
    """

    table = "book"
    member_id = UnicodeAttribute()
    lost_at = UnicodeAttribute(null=True)
    list_key = UnicodeAttribute(null=True)
    list_sort = UnicodeAttribute(null=True)


class CardLock(NamedTuple):
    """Whose a card number is; `lost_at` where they have another one by now."""

    member_id: str
    lost_at: datetime | None


class Registry(msgspec.Struct, frozen=True):
    """Profiles and locks, sealed and hashed with the keys of this deployment."""

    keys: Keyring

    def profile(self, image: Image) -> Member:
        member_id = image["member_id"]["S"]
        opened = {
            name: self.keys.open(image[name]["B"], _place(member_id, name))
            if name in image
            else None
            for name in _SEALED
        }
        return Member(
            member_id=member_id,
            card_no=image["card_no"]["S"],
            created_at=clock.parse(image["created_at"]["S"]),
            language=image["language"]["S"],
            consents=msgspec.json.decode(image["consents"]["S"], type=dict[str, Consent]),
            absorbed=tuple(filter(None, image.get("absorbed", {"S": ""})["S"].split(","))),
            merged_into=image["merged_into"]["S"] if "merged_into" in image else None,
            card_lost_at=_moment(image, "card_lost_at"),
            version=int(image["version"]["N"]),
            **opened,
        )

    def member(self, member_id: str, *, consistent: bool = False) -> Member | None:
        image = tables.get("book", (partition(member_id), PROFILE), consistent=consistent)
        return self.profile(image) if image else None

    def by_phone(self, digits: str) -> str | None:
        return _locked(self.phone_key(digits), consistent=True)

    def by_openid(self, openid: str) -> str | None:
        return _locked(self._openid_key(openid), consistent=True)

    def by_card(self, card_no: str) -> CardLock | None:
        image = tables.get("book", _card_key(card_no))
        if image is None:
            return None
        return CardLock(image["member_id"]["S"], _moment(image, "lost_at"))

    def cards_lost(self, numbers: Iterable[str]) -> dict[str, datetime]:
        keys = [_card_key(number) for number in sorted(set(numbers))]
        known = (
            (image["pk"]["S"].removeprefix(_CARD), _moment(image, "lost_at"))
            for image in tables.batch_get("book", keys, consistent=True)
        )
        return {number: lost_at for number, lost_at in known if lost_at}

    def by_tail(self, digits: str, limit: int) -> list[str]:
        page = tables.query("book", self._tail_key(digits), index="listed", limit=limit)
        return [image["member_id"]["S"] for image in page.images]

    def any_of_phones(self, candidates: Iterable[str]) -> int:
        """How many of these phones are members'; one request for up to a hundred."""
        return len(tables.batch_get("book", [self.phone_key(digits) for digits in candidates]))

    def add(self, transaction: Transaction, member: Member, by: Stamp) -> None:
        """A new member with its locks, named `profile`, `card`, `phone` and `openid` in the transaction."""
        transaction.put_new("profile", self._row(member, by))
        for name, row in self._locks(member, by):
            transaction.put_new(name, row)

    def replace(
        self, transaction: Transaction, name: str, was: Member, now: Member, by: Stamp
    ) -> None:
        """The profile as it is now, if nobody changed it since `was` was read."""
        transaction.put(name, self._row(now, by), ProfileRow.version == was.version)

    def change(self, was: Member, now: Member, by: Stamp) -> None:
        """Raises ConditionFailed where somebody else changed the profile since `was` was read."""
        tables.save(self._row(now, by), ProfileRow.version == was.version)

    def lock_phone(self, transaction: Transaction, member_id: str, digits: str, by: Stamp) -> None:
        transaction.put_new("phone", self._phone_lock(member_id, digits, by))

    def free_phone(self, transaction: Transaction, member_id: str, digits: str) -> None:
        row = LockRow(*self.phone_key(digits))
        transaction.delete("old phone", row, LockRow.member_id == member_id)

    def lock_card(self, transaction: Transaction, member_id: str, card_no: str, by: Stamp) -> None:
        transaction.put_new("card", _card_lock(member_id, card_no, by))

    def retire_card(
        self, transaction: Transaction, card_no: str, lost_at: datetime, by: Stamp
    ) -> None:
        """The number stays taken for ever and opens nothing; one that was retired before keeps its day."""
        since = LockRow.lost_at.set(LockRow.lost_at | clock.text(lost_at))
        row = LockRow(*_card_key(card_no))
        transaction.update(
            f"old card {card_no}",
            row,
            [since, LockRow.by.set(by.text())],
            LockRow.member_id.exists(),
        )

    def turn_locks(
        self, transaction: Transaction, source: Member, target_id: str, by: Stamp
    ) -> None:
        """Let the locks of card and WeChat account of one member lead to another."""
        turn: list[Action] = [LockRow.member_id.set(target_id), LockRow.by.set(by.text())]
        keys = {"card": _card_key(source.card_no)}
        if source.openid:
            keys["openid"] = self._openid_key(source.openid)
        for name, key in keys.items():
            transaction.update(name, LockRow(*key), turn, LockRow.member_id == source.member_id)

    def phone_key(self, digits: str) -> Key:
        return (f"PHONE#{self.keys.find_by('phone', digits)}", "LOCK")

    def _openid_key(self, openid: str) -> Key:
        return (f"OPENID#{self.keys.find_by('openid', openid)}", "LOCK")

    def _tail_key(self, tail: str) -> str:
        return f"TAIL#{self.keys.find_by('tail', tail)}"

    def _phone_lock(self, member_id: str, digits: str, by: Stamp) -> LockRow:
        return LockRow(
            *self.phone_key(digits),
            member_id=member_id,
            list_key=self._tail_key(phone.tail(digits)),
            list_sort=member_id,
            by=by.text(),
        )

    def _locks(self, member: Member, by: Stamp) -> Sequence[tuple[str, LockRow]]:
        member_id = member.member_id
        locks = [("card", _card_lock(member_id, member.card_no, by))]
        if member.phone:
            locks.append(("phone", self._phone_lock(member_id, member.phone, by)))
        if member.openid:
            key = self._openid_key(member.openid)
            locks.append(("openid", LockRow(*key, member_id=member_id, by=by.text())))
        return locks

    def _row(self, member: Member, by: Stamp) -> ProfileRow:
        sealed: dict[str, Any] = {
            name: self.keys.seal(value, _place(member.member_id, name))
            for name in _SEALED
            if (value := getattr(member, name)) is not None
        }
        return ProfileRow(
            partition(member.member_id),
            PROFILE,
            member_id=member.member_id,
            card_no=member.card_no,
            created_at=clock.text(member.created_at),
            language=member.language,
            consents=msgspec.json.encode(
                {n: asdict(c) for n, c in member.consents.items()}
            ).decode(),
            absorbed=",".join(member.absorbed) or None,
            merged_into=member.merged_into,
            card_lost_at=clock.text(member.card_lost_at) if member.card_lost_at else None,
            version=member.version + 1,
            by=by.text(),
            **sealed,
        )


def _card_key(card_no: str) -> Key:
    return (_CARD + card_no, "LOCK")


def _card_lock(member_id: str, card_no: str, by: Stamp) -> LockRow:
    return LockRow(*_card_key(card_no), member_id=member_id, by=by.text())


def _place(member_id: str, field: str) -> str:
    return f"{partition(member_id)}/{PROFILE}/{field}"


def _moment(image: Image, name: str) -> datetime | None:
    return clock.parse(image[name]["S"]) if name in image else None


def _locked(key: Key, *, consistent: bool = False) -> str | None:
    image = tables.get("book", key, consistent=consistent)
    return image["member_id"]["S"] if image else None
