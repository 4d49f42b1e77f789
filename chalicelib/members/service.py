"""Registering members, finding them, and changing what they say of themselves."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Literal, NamedTuple

import msgspec
from msgspec.structs import replace

from chalicelib.adapters.keyring import Keyring
from chalicelib.adapters.tables import ConditionFailed, Image, Transaction
from chalicelib.kernel import clock, ids, phone
from chalicelib.kernel.clock import Clock
from chalicelib.kernel.errors import TryAgain
from chalicelib.kernel.stamp import Stamp
from chalicelib.members import codes
from chalicelib.members.cards import Cards
from chalicelib.members.joining import Joining, Purse
from chalicelib.members.model import (
    CardLost,
    CardSlip,
    Consent,
    EditedMeanwhile,
    Member,
    MemberMoved,
    PhoneTaken,
    card_slip,
    luhn,
    new_card_no,
)
from chalicelib.members.offline_card import OfflineCard
from chalicelib.members.table import Registry

CardTrouble = CardSlip | Literal["unknown", "replaced"]
TAIL_LIMIT = 20
_TRIES = 3


class Contact(NamedTuple):
    """Where a member can be reached, and by what they agreed to be."""

    member_id: str
    phone: str | None
    openid: str | None
    email: str | None
    language: str
    consents: frozenset[str]


class Found(NamedTuple):
    """Members by id; where there is none, how many phones of members are one slip away, or what is with the card."""

    member_ids: Sequence[str]
    near: int = 0
    trouble: CardTrouble | None = None


class Members(msgspec.Struct, frozen=True):
    registry: Registry
    code_key: bytes
    clock: Clock = clock.now
    new_id: ids.IdMaker = ids.new

    @classmethod
    def of(cls, keys: Keyring) -> "Members":
        return cls(Registry(keys), keys.codes)

    # Finding

    def by_phone(self, text: str) -> Found:
        """Raises NotAPhone. Two requests at the most: the phone, and if it is nobody's, its near neighbours."""
        digits = phone.parse(text)
        member_id = self.registry.by_phone(digits)
        if member_id:
            return Found([member_id])
        return Found([], near=self.registry.any_of_phones(phone.slips(digits)))

    def by_openid(self, openid: str) -> str | None:
        return self.registry.by_openid(openid)

    def by_tail(self, tail: str) -> Found:
        return Found(self.registry.by_tail(tail, TAIL_LIMIT))

    def by_card(self, card_no: str) -> Found:
        """By its digits. Whether the card was reported lost, the member says."""
        if slip := card_slip(card_no):
            return Found([], trouble=slip)
        lock = self.registry.by_card(card_no)
        if lock is None:
            return Found([], trouble="unknown")
        return Found([], trouble="replaced") if lock.lost_at else Found([lock.member_id])

    def by_code(self, code: str) -> Found:
        prefix = codes.card_prefix(self.code_key, code, self.clock())
        return self.by_card(prefix + luhn(prefix)) if prefix else Found([], trouble="unknown")

    def recognise(self, image: Image) -> Member:
        """The member in an image of a profile, read by whoever reads a whole partition."""
        return self.registry.profile(image)

    @staticmethod
    def moved_to(image: Image) -> str | None:
        """Whom the member in a profile's image became, if anybody; nothing is opened for that."""
        return image["merged_into"]["S"] if "merged_into" in image else None

    def contact(self, member_id: str) -> Contact | None:
        """Of the member, or of the one that this member became."""
        member = self.registry.member(member_id)
        while member and member.merged_into:
            member = self.registry.member(member.merged_into)
        if member is None:
            return None
        return Contact(
            member.member_id,
            member.phone,
            member.openid,
            member.email,
            member.language,
            member.consented(),
        )

    def code(self, member: Member) -> tuple[str, int]:
        """A rotating code and for how many seconds it is good. Raises CardLost."""
        if member.card_lost_at:
            raise CardLost
        now = self.clock()
        return codes.code(self.code_key, member.card_no, now), codes.expires_in_s(now)

    # The card

    @property
    def cards(self) -> Cards:
        return Cards(self.registry, self.clock)

    def offline_card(
        self, member: Member, *, tier: str, trust_fen: int, lives_s: int
    ) -> tuple[str, datetime]:
        """The signed card for tills without a line, and when it ends. Raises CardLost."""
        return self.cards.signed(member, tier=tier, trust_fen=trust_fen, lives_s=lives_s)

    def read_offline_card(self, text: str, at: datetime) -> OfflineCard:
        """The card, if it was good at the time of the sale. Raises BadCard."""
        return self.cards.read(text, at)

    def offline_keys(self) -> Mapping[str, bytes]:
        """By key id, the raw Ed25519 public keys of off-line cards."""
        return self.cards.public_keys()

    def cards_lost_since(self, numbers: Collection[str]) -> dict[str, datetime]:
        """Of these card numbers those that were given up for another, and since when they count as lost.

        One request for up to a hundred. A loss that is reported and may be lifted again is the account's to tell.
        """
        return self.registry.cards_lost(numbers)

    def report_lost(self, transaction: Transaction, member: Member, by: Stamp) -> Member:
        """Add the write that lets nobody use the card; the same member, and no write, where it is lost already.

        The write is named `profile`: a failed condition means that the member was changed since they were read.
        """
        return self.cards.report_lost(transaction, member, by)

    def found_again(self, transaction: Transaction, member: Member, by: Stamp) -> Member:
        """Add the write that lifts the report; the same member, and no write, where there is none."""
        return self.cards.found_again(transaction, member, by)

    def replace_card(self, transaction: Transaction, member: Member, by: Stamp) -> Member:
        """Add the writes of a new card number; the old ones, also of members who were joined, open nothing any more.

        Beside `profile` there is `card`: a failed condition means that the new number is taken, and to draw again with
        a new transaction.
        """
        return self.cards.replace(transaction, member, by)

    # Registering

    def register(
        self, text: str, name: str | None, consents: Mapping[str, bool], by: Stamp
    ) -> Member:
        """At the counter. Raises NotAPhone; PhoneTaken without its `card`, which the edge adds."""
        member = self._new(
            phone=phone.parse(text), name=name, consents=self._consents({}, consents, "till")
        )
        return self._add(member, by, self._phone_taken)

    def log_in(self, openid: str, by: Stamp) -> str:
        """The member of this WeChat account, a new one where there was none."""
        found = self.registry.by_openid(openid)
        if found:
            return found
        made = self._add(self._new(openid=openid), by, self._someone_else_was_first)
        return made.member_id

    def change(
        self,
        was: Member,
        *,
        name: str | None,
        email: str | None,
        language: str | None,
        consents: Mapping[str, bool],
        by: Stamp,
    ) -> Member:
        """None leaves a value as it is, an empty text removes it. Raises EditedMeanwhile."""
        now = replace(
            was,
            name=was.name if name is None else name or None,
            email=was.email if email is None else email or None,
            language=language or was.language,
            consents=self._consents(was.consents, consents, "app"),
        )
        try:
            self.registry.change(was, now, by)
        except ConditionFailed as failed:
            raise EditedMeanwhile from failed
        return now

    def bind_phone(self, member: Member, text: str, purse: Purse, by: Stamp) -> str:
        """See Joining: the id of the member they are from now on."""
        return Joining(self.registry, purse).bind_phone(member, text, by)

    # Inside

    def _new(self, **values: object) -> Member:
        now = self.clock()
        return Member(self.new_id(now), new_card_no(), now, **values)  # type: ignore[arg-type] # named above

    def _add(self, member: Member, by: Stamp, clash: Callable[[Member], Member]) -> Member:
        """`clash` answers for a phone or a WeChat account that is taken; a card number that is taken is drawn anew."""
        for _ in range(_TRIES):
            transaction = Transaction()
            self.registry.add(transaction, member, by)
            try:
                transaction.commit()
            except ConditionFailed as failed:
                if set(failed.images) != {"card"}:
                    return clash(member)
                member = replace(member, card_no=new_card_no())
            else:
                return member
        raise TryAgain

    def _phone_taken(self, member: Member) -> Member:
        holder = self.registry.by_phone(member.phone or "")
        raise PhoneTaken(member_id=holder)

    def _someone_else_was_first(self, member: Member) -> Member:
        holder = self.registry.by_openid(member.openid or "")
        if holder is None:
            raise TryAgain
        return replace(member, member_id=holder)

    def _consents(
        self, was: Mapping[str, Consent], said: Mapping[str, bool], how: str
    ) -> dict[str, Consent]:
        """What was said before stands, with its date, unless something else is said now."""
        now = clock.text(self.clock())
        new = {
            name: Consent(given, now, how)
            for name, given in said.items()
            if name not in was or was[name].given != given
        }
        return {**was, **new}


def own(member: Member, member_id: str) -> None:
    """Raises MemberMoved where the member of a session is somebody else by now: their token must not open that card."""
    if member.member_id != member_id:
        raise MemberMoved
