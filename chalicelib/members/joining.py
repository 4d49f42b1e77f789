"""Binding a phone, and with it making two members one: what the counter registered, and what the app began."""

from typing import Protocol

import msgspec
from msgspec.structs import replace

from chalicelib.adapters.tables import ConditionFailed, Transaction
from chalicelib.kernel import phone
from chalicelib.kernel.errors import TryAgain
from chalicelib.kernel.stamp import Stamp
from chalicelib.members.model import EditedMeanwhile, Member, PhoneBoundElsewhere, joined_of
from chalicelib.members.table import Registry

_TRIES = 3


class Purse(Protocol):
    """What joining needs of the ledger: the money of one member moves to another in the same transaction."""

    def join(self, transaction: Transaction, source: Member, target: Member, by: Stamp) -> None: ...


class Joining(msgspec.Struct, frozen=True):
    registry: Registry
    purse: Purse

    def bind_phone(self, member: Member, text: str, by: Stamp) -> str:
        """Give the member this phone, verified by WeChat; answers the id of the member they are from now on.

        Where the counter registered that phone, both become that member: locks, money and history in one transaction.
        Doing it again changes nothing. Raises PhoneBoundElsewhere, EditedMeanwhile.
        """
        digits = phone.parse(text)
        for attempt in range(_TRIES):
            try:
                return self._bind(member, digits, by)
            except ConditionFailed as failed:
                if attempt + 1 == _TRIES:
                    raise EditedMeanwhile from failed
                member = self._read_again(member)
        raise EditedMeanwhile

    def _bind(self, member: Member, digits: str, by: Stamp) -> str:
        """Raises ConditionFailed where a spend, or another change, came between."""
        holder_id = self.registry.by_phone(digits)
        if holder_id == member.member_id:
            return holder_id
        transaction = Transaction()
        if holder_id is None:
            self._take_phone(transaction, member, digits, by)
        else:
            self._join(transaction, member, self._joinable(holder_id), by)
        transaction.commit()
        return holder_id or member.member_id

    def _read_again(self, member: Member) -> Member:
        found = self.registry.member(member.member_id, consistent=True)
        if found is None or found.merged_into:
            raise EditedMeanwhile
        return found

    def _take_phone(self, transaction: Transaction, member: Member, digits: str, by: Stamp) -> None:
        self.registry.replace(transaction, "profile", member, replace(member, phone=digits), by)
        self.registry.lock_phone(transaction, member.member_id, digits, by)
        if member.phone:
            self.registry.free_phone(transaction, member.member_id, member.phone)

    def _joinable(self, holder_id: str) -> Member:
        holder = self.registry.member(holder_id, consistent=True)
        if holder is None:
            raise TryAgain
        if holder.openid:
            raise PhoneBoundElsewhere
        return holder

    def _join(self, transaction: Transaction, source: Member, target: Member, by: Stamp) -> None:
        joined = joined_of(source, target)
        left = replace(
            source, phone=None, openid=None, name=None, email=None, merged_into=target.member_id
        )
        self.registry.replace(transaction, "target", target, joined, by)
        self.registry.replace(transaction, "source", source, left, by)
        self.registry.turn_locks(transaction, source, target.member_id, by)
        if source.phone:
            self.registry.free_phone(transaction, source.member_id, source.phone)
        self.purse.join(transaction, source, target, by)
