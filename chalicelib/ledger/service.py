"""Taking spends and top-ups, exactly once under the name that the till chose; and reading them again."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from chalicelib.access.model import Store
from chalicelib.adapters.tables import ConditionFailed, Image, Transaction
from chalicelib.adapters.tables.writes import jitter_s
from chalicelib.kernel import clock
from chalicelib.kernel.clock import Clock
from chalicelib.kernel.errors import InvalidRequest, NotFound, Refused, TryAgain
from chalicelib.kernel.stamp import Stamp
from chalicelib.ledger import facts, model, table
from chalicelib.ledger.facts import EntryPosted
from chalicelib.ledger.model import Account, NameTaken, Order, Posting
from chalicelib.members.facts import PROFILE, partition
from chalicelib.members.model import Member, Trail
from chalicelib.members.service import Found, Members

_PATIENCE_S = 10.0


class Card(NamedTuple):
    """A member with what is theirs."""

    member: Member
    account: Account


class Taken(NamedTuple):
    """What a name stands for; `first` where this call made it so."""

    order: Order
    first: bool


class History(NamedTuple):
    entries: Sequence[EntryPosted]
    next: Trail | None


class Day(NamedTuple):
    orders: Sequence[Order]
    last: Image | None


@dataclass(frozen=True)
class Ledger:
    members: Members
    clock: Clock = clock.now

    # Cards

    def card(self, member_id: str, *, consistent: bool = False) -> Card:
        """The member's card, or that of the one they became. Raises NotFound.

        `consistent` for who is about to change it, or changed it just now.
        """
        return self._card(self._now(member_id, consistent=consistent))

    def new_card(self, member: Member) -> Card:
        """The card of a member who was registered just now; nothing is read."""
        return Card(member, Account(member.member_id))

    def cards(self, found: Found) -> list[Card]:
        """In the order found; members that were joined show as those they became, once."""
        if len(found.member_ids) == 1:
            return [self.card(found.member_ids[0])]
        images = table.read_now_of(found.member_ids) if found.member_ids else []
        by_partition: dict[str, list[Image]] = {}
        for image in images:
            by_partition.setdefault(image["pk"]["S"], []).append(image)
        cards = [
            self._card(by_partition[partition(member_id)])
            for member_id in found.member_ids
            if partition(member_id) in by_partition
        ]
        return [card for card in cards if card.member.merged_into is None]

    # Posting

    def take(self, member_id: str, posting: Posting, fingerprint: str, by: Stamp) -> Taken:
        """Post once under the posting's name; two requests where nobody else is posting to the account.

        The same name with the same fingerprint answers what it stands for. Raises NotFound, NameTaken, a kept Refused,
        InvalidRequest, TryAgain (then nothing is known, and the same may be sent again).
        """
        order = Order(
            posting.store.store_id,
            posting.kind,
            posting.order_name,
            fingerprint,
            note=posting.note,
            lines=posting.lines,
        )
        if late := self._taken_in_time(order, posting.occurred_at):
            return late
        account = self._account(member_id)
        started = time.monotonic()
        attempt = 0
        while time.monotonic() - started < _PATIENCE_S:
            try:
                after, entry = model.post(account, posting, self.clock())
                self._write(account, after, entry, order, by)
            except Refused as refusal:
                return self._refuse(order, refusal, by)
            except ConditionFailed as failed:
                known = failed.images.get("order")
                if known:
                    return self._again(order, table.order_of(known), entry)
                account = self._moved_on(member_id, failed.images.get("account"))
            else:
                return Taken(replace(order, entry=entry), first=True)
            time.sleep(jitter_s(attempt))
            attempt += 1
        raise TryAgain

    def join(self, transaction: Transaction, source: Member, target: Member, by: Stamp) -> None:
        """Move what a member has to the one they become; both accounts must stand still meanwhile.

        A member who never had an entry leaves none; their account is closed all the same, so that a till that is about
        to post to it finds out.
        """
        giving, taking = (
            table.account(each.member_id, table.read_now(each.member_id, consistent=True))
            for each in (source, target)
        )
        closed = replace(giving, closed_into=target.member_id)
        if giving.seq:
            out = self._joining("join_out", -giving.balance_fen, target.member_id)
            into = self._joining("join_in", giving.balance_fen, source.member_id)
            closed, left = model.post(closed, out, self.clock())
            taken, came = model.post(taking, into, self.clock())
            table.add_entry(transaction, left, by)
            table.add_entry(transaction, came, by)
            table.keep_account(transaction, "target account", taking, taken, by)
        table.keep_account(transaction, "source account", giving, closed, by)

    # Reading

    def order(self, store_id: str, kind: str, name: str) -> Order:
        """Raises NotFound."""
        found = table.order(store_id, kind, name)
        if found is None:
            raise NotFound
        return found

    def entry(self, entry_id: str) -> EntryPosted | None:
        """By its public id, `{member_id}-{seq}`."""
        member_id, _, seq = entry_id.rpartition("-")
        return table.entry(member_id, int(seq)) if member_id and seq.isdecimal() else None

    def history(self, trail: Trail, limit: int) -> History:
        """Newest first; after a member's own entries come those of the members that joined. One request a page.

        Who asks for a member that joined another begins with that other.
        """
        page = table.entries(trail.member_id, limit, trail.before)
        read = [facts.decode(image) for image in page.images]
        if trail.before is None and read and read[0].kind == "join_out":
            return self.history(Trail(read[0].order_name), limit)
        then = trail.then + tuple(e.order_name for e in read if e.kind == "join_in")
        entries = [entry for entry in read if not entry.kind.startswith("join_")]
        if page.last:
            return History(entries, Trail(trail.member_id, page.last["sk"]["S"], then))
        return History(entries, Trail(then[0], table.NEWEST, then[1:]) if then else None)

    def day(self, store_id: str, date: str, kind: str, limit: int, after: Image | None) -> Day:
        """A store's business day, newest first."""
        page = table.day(store_id, date, kind, limit=limit, after=after, newest_first=True)
        return Day([table.order_of(image) for image in page.images], page.last)

    def booked_between(
        self, store_id: str, date: str, kind: str, bounds: tuple[str, str], limit: int
    ) -> list[EntryPosted]:
        """Entries of one business day by the time they were booked (RFC 3339, both included), oldest first."""
        images = table.day_between(store_id, date, kind, bounds, limit)
        return [facts.decode(image) for image in images]

    # Inside

    def _now(self, member_id: str, *, consistent: bool = False) -> Sequence[Image]:
        """Of the member, or of the one they became. Who is not seen by a cheap read may have come just now."""
        images = table.read_now(member_id, consistent=consistent)
        if not images and not consistent:
            images = table.read_now(member_id, consistent=True)
        moved = self.members.moved_to(_profile(images))
        return self._now(moved, consistent=consistent) if moved else images

    def _card(self, images: Sequence[Image]) -> Card:
        member = self.members.recognise(_profile(images))
        return Card(member, table.account(member.member_id, images))

    def _account(self, member_id: str) -> Account:
        images = self._now(member_id, consistent=True)
        return table.account(_profile(images)["member_id"]["S"], images)

    def _moved_on(self, member_id: str, image: Image | None) -> Account:
        """The account as somebody else left it; read anew where it was closed meanwhile."""
        if image is None or "closed_into" in image:
            return self._account(member_id)
        return table.account_of(image)

    def _write(
        self, was: Account, now: Account, entry: EntryPosted, order: Order, by: Stamp
    ) -> None:
        transaction = Transaction()
        table.keep_account(transaction, "account", was, now, by)
        table.add_entry(transaction, entry, by)
        table.add_order(transaction, order, entry, by)
        transaction.commit()

    def _taken_in_time(self, order: Order, occurred_at: datetime | None) -> Taken | None:
        """What the name stands for, where it is too late for a new one. Raises InvalidRequest where it is new."""
        try:
            model.check_occurred_at(occurred_at, self.clock())
        except InvalidRequest:
            known = table.order(order.store_id, order.kind, order.name)
            if known is None:
                raise
            return self._again(order, known, None)
        return None

    def _refuse(self, order: Order, refusal: Refused, by: Stamp) -> Taken:
        known = table.keep_refusal(order, refusal, by)
        if known is None:
            raise refusal
        return self._again(order, table.order_of(known), None)

    def _again(self, asked: Order, known: Order, mine: EntryPosted | None) -> Taken:
        """What the name stands for already; it is ours where an answer got lost between DynamoDB and here."""
        if known.fingerprint != asked.fingerprint:
            raise NameTaken
        if known.refusal:
            known.refusal.replayed = True
            raise known.refusal
        return Taken(known, first=known.entry == mine)

    def _joining(self, kind: str, delta_fen: int, other_id: str) -> Posting:
        nowhere = Store(store_id="", name="")
        return Posting(kind, delta_fen, 0, (), nowhere, order_name=other_id)


def _profile(images: Sequence[Image]) -> Image:
    for image in images:
        if image["sk"]["S"] == PROFILE:
            return image
    raise NotFound
