"""A member's card: signed for tills without a line, reported lost, found again, replaced."""

from datetime import datetime, timedelta

import msgspec
from msgspec.structs import replace

from chalicelib.adapters.tables import Transaction
from chalicelib.kernel import clock
from chalicelib.kernel.clock import Clock
from chalicelib.kernel.stamp import Stamp
from chalicelib.members import offline_card
from chalicelib.members.model import CardLost, Member, new_card_no
from chalicelib.members.offline_card import OfflineCard
from chalicelib.members.table import Registry


class Cards(msgspec.Struct, frozen=True):
    registry: Registry
    clock: Clock = clock.now

    def signed(
        self, member: Member, *, tier: str, trust_fen: int, lives_s: int
    ) -> tuple[str, datetime]:
        """The off-line card as text, and its end. Raises CardLost: nobody could tell such a till of the loss."""
        if member.card_lost_at:
            raise CardLost
        keys = self.registry.keys
        now = self.clock().replace(microsecond=0)
        card = OfflineCard(
            kid=keys.current,
            member_id=member.member_id,
            card_no=member.card_no,
            tier=tier,
            trust_fen=trust_fen,
            issued_at=now,
            expires_at=now + timedelta(seconds=lives_s),
        )
        text = offline_card.issue(card, lambda signed: keys.sign(offline_card.PURPOSE, signed))
        return text, card.expires_at

    def read(self, text: str, at: datetime) -> OfflineCard:
        """Raises BadCard."""
        return offline_card.read(text, self.public_keys(), at)

    def public_keys(self) -> dict[str, bytes]:
        return self.registry.keys.public_keys(offline_card.PURPOSE)

    def report_lost(self, transaction: Transaction, member: Member, by: Stamp) -> Member:
        if member.card_lost_at:
            return member
        return self._keep(transaction, member, replace(member, card_lost_at=self.clock()), by)

    def found_again(self, transaction: Transaction, member: Member, by: Stamp) -> Member:
        if member.card_lost_at is None:
            return member
        return self._keep(transaction, member, replace(member, card_lost_at=None), by)

    def replace(self, transaction: Transaction, member: Member, by: Stamp) -> Member:
        lost_at = member.card_lost_at or self.clock()
        for number in (member.card_no, *self._joined(member)):
            self.registry.retire_card(transaction, number, lost_at, by)
        now = replace(member, card_no=new_card_no(), card_lost_at=None)
        self.registry.lock_card(transaction, member.member_id, now.card_no, by)
        return self._keep(transaction, member, now, by)

    def _joined(self, member: Member) -> list[str]:
        """The numbers that lead to this member because others were joined into them."""
        others = (self.registry.member(each, consistent=True) for each in member.absorbed)
        return [other.card_no for other in others if other]

    def _keep(self, transaction: Transaction, was: Member, now: Member, by: Stamp) -> Member:
        self.registry.replace(transaction, "profile", was, now, by)
        return replace(now, version=was.version + 1)
