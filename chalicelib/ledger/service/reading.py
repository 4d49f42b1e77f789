"""Reading cards, orders, histories and a store's day."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec

from chalicelib.adapters.tables import Image
from chalicelib.kernel import clock
from chalicelib.kernel.clock import Clock
from chalicelib.kernel.errors import NotFound
from chalicelib.kernel.stamp import Stamp
from chalicelib.ledger import facts
from chalicelib.ledger.facts import EntryPosted
from chalicelib.ledger.model import tiers
from chalicelib.ledger.model.account import Account
from chalicelib.ledger.model.posting import Order
from chalicelib.ledger.model.rules import Rules
from chalicelib.ledger.model.tiers import Standing
from chalicelib.ledger.table import accounts, entries, orders
from chalicelib.members.facts import PROFILE, partition
from chalicelib.members.model import Member, Trail
from chalicelib.members.service import Found, Members

DAY_KINDS = (
    "spend", "refund", "void", "top_up", "top_up_refund", "card_sale", "grant", "correction",
    "transfer_out",
)  # fmt: skip
_HIDDEN = ("join_in", "join_out", "expiry_notice")


class Card(NamedTuple):
    """A member with what is theirs and can be used now."""

    member: Member
    account: Account
    standing: Standing


class History(NamedTuple):
    entries: Sequence[EntryPosted]
    next: Trail | None


class Day(NamedTuple):
    orders: Sequence[Order]
    last: Image | None


class Reading(msgspec.Struct, frozen=True):
    members: Members
    rules: Callable[[], Rules]
    clock: Clock = clock.now

    # Cards

    def card(self, member_id: str, *, consistent: bool = False) -> Card:
        """The member's card, or that of the one they became. Raises NotFound.

        `consistent` for who is about to change it, or changed it just now.
        """
        return self._card(self._now(member_id, consistent=consistent))

    def new_card(self, member: Member) -> Card:
        """The card of a member who was registered just now; nothing is read."""
        return self._of(member, Account(member.member_id))

    def cards(self, found: Found) -> list[Card]:
        """In the order found; members that were joined show as those they became, once."""
        if len(found.member_ids) == 1:
            return [self.card(found.member_ids[0])]
        images = accounts.read_now_of(found.member_ids) if found.member_ids else []
        by_partition: dict[str, list[Image]] = {}
        for image in images:
            by_partition.setdefault(image["pk"]["S"], []).append(image)
        cards = [
            self._card(by_partition[partition(member_id)])
            for member_id in found.member_ids
            if partition(member_id) in by_partition
        ]
        return [card for card in cards if card.member.merged_into is None]

    # Orders and entries

    def order(self, store_id: str, kind: str, name: str) -> Order:
        """Of a refused one that a person had posted after all, that one. Raises NotFound."""
        found = self.find_order(store_id, kind, name)
        if found and found.settled_as:
            found = self.find_order(store_id, kind, found.settled_as)
        if found is None:
            raise NotFound
        return found

    def find_order(self, store_id: str, kind: str, name: str) -> Order | None:
        return orders.order(store_id, kind, name)

    @staticmethod
    def settled_as(store_id: str, kind: str, name: str, settled: str, by: Stamp) -> None:
        """From now on a refused name leads to the order that a person had posted in its place."""
        orders.keep_settled_as(store_id, kind, name, settled, by)

    def orders_named(self, store_id: str, kinds: Sequence[str], name: str) -> list[Order]:
        """A till's name may stand for an order of each kind. One request, in no order."""
        return orders.orders_named(store_id, kinds, name)

    def orders_at(self, store_ids: Sequence[str], kind: str, name: str) -> list[Order]:
        """The same of one kind, at several stores; a request for each hundred."""
        return orders.orders_at(store_ids, kind, name)

    def order_of(self, entry_id: str) -> Order:
        """The order by which an entry came to be. Raises NotFound."""
        found = self.entry(entry_id)
        if found is None or not found.store_id:
            raise NotFound
        return self.order(found.store_id, found.kind, found.order_name)

    def entry(self, entry_id: str) -> EntryPosted | None:
        """By its public id, `{member_id}-{seq}`."""
        member_id, _, seq = entry_id.rpartition("-")
        return entries.entry(member_id, int(seq)) if member_id and seq.isdecimal() else None

    def history(self, trail: Trail, limit: int) -> History:
        """Newest first; after a member's own entries come those of the members that joined. One request a page.

        Who asks for a member that joined another begins with that other.
        """
        page = entries.entries(trail.member_id, limit, trail.before)
        read = [facts.decode(image) for image in page.images]
        if trail.before is None and read and read[0].kind == "join_out":
            return self.history(Trail(read[0].order_name), limit)
        then = trail.then + tuple(e.order_name for e in read if e.kind == "join_in")
        shown = [entry for entry in read if entry.kind not in _HIDDEN]
        if page.last:
            return History(shown, Trail(trail.member_id, page.last["sk"]["S"], then))
        return History(shown, Trail(then[0], entries.NEWEST, then[1:]) if then else None)

    def day(self, store_id: str, date: str, kind: str, limit: int, after: Image | None) -> Day:
        """A store's business day, newest first."""
        page = orders.day(store_id, date, kind, limit=limit, after=after, newest_first=True)
        return Day([orders.order_of(image) for image in page.images], page.last)

    def booked_between(
        self, store_id: str, date: str, kind: str, bounds: tuple[str, str], limit: int
    ) -> list[EntryPosted]:
        """Entries of one business day by the time they were booked (RFC 3339, both included), oldest first."""
        images = orders.day_between(store_id, date, kind, bounds, limit)
        return [facts.decode(image) for image in images]

    def day_entries(
        self,
        store_id: str,
        date: str,
        since: datetime | None = None,
        until: datetime | None = None,
        kinds: Sequence[str] = DAY_KINDS,
    ) -> Iterator[EntryPosted]:
        """A store's business day, kind by kind, each by the time it was booked; both bounds included.

        From an index that may lag a moment behind.
        """
        bounds = (clock.text(since) if since else "", clock.text(until) if until else "~")
        for kind in kinds:
            for image in orders.day_between(store_id, date, kind, bounds, None):
                yield facts.decode(image)

    def _now(self, member_id: str, *, consistent: bool = False) -> Sequence[Image]:
        """Of the member, or of the one they became. Who is not seen by a cheap read may have come just now."""
        images = accounts.read_now(member_id, consistent=consistent)
        if not images and not consistent:
            images = accounts.read_now(member_id, consistent=True)
        moved = self.members.moved_to(profile_of(images))
        return self._now(moved, consistent=consistent) if moved else images

    def _card(self, images: Sequence[Image]) -> Card:
        member = self.members.recognise(profile_of(images))
        return self._of(member, accounts.account(member.member_id, images))

    def _of(self, member: Member, account: Account) -> Card:
        now, rules = self.clock(), self.rules()
        return Card(
            member,
            account.live(now),
            tiers.standing(account.months, rules.tiers, rules.today(now)),
        )


def profile_of(images: Sequence[Image]) -> Image:
    """Raises NotFound."""
    for image in images:
        if image["sk"]["S"] == PROFILE:
            return image
    raise NotFound
