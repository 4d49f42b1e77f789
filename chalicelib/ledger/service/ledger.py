"""Posting to accounts, exactly once under the name that the caller chose."""

import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

from msgspec.structs import replace

from chalicelib.adapters.tables import ConditionFailed, Image, Transaction
from chalicelib.adapters.tables.writes import jitter_s
from chalicelib.kernel.errors import InvalidRequest, NotAllowed, NotFound, Refused, TryAgain
from chalicelib.kernel.stamp import Stamp
from chalicelib.ledger.facts import EntryPosted
from chalicelib.ledger.model.account import Account
from chalicelib.ledger.model.expiry import next_look
from chalicelib.ledger.model.gifts import JoinIn, JoinOut, TransferIn, TransferOut
from chalicelib.ledger.model.posting import (
    Order,
    Posted,
    Posting,
    check_occurred_at,
    expired,
    post,
)
from chalicelib.ledger.model.refusals import NameTaken, SameMember
from chalicelib.ledger.service.reading import Reading, profile_of
from chalicelib.ledger.table import accounts, dues, entries, orders
from chalicelib.members.model import Member

_PATIENCE_S = 10.0


Also = Callable[[Transaction], None]


class Taken(NamedTuple):
    """What a name stands for; `first` where this call made it so."""

    order: Order
    first: bool


class Ledger(Reading, frozen=True):
    def take(
        self,
        member_id: str,
        posting: Posting,
        fingerprint: str,
        by: Stamp,
        also: Also | None = None,
    ) -> Taken:
        """Post once under the posting's name; two requests where nobody else is posting to the account.

        The same name with the same fingerprint answers what it stands for. `also` adds writes that happen with it,
        under a condition of their own. Raises NotFound, NameTaken, a kept Refused,
        InvalidRequest, TryAgain (then nothing is known, and the same may be sent again).
        """
        order = Order.of(posting, fingerprint)
        if late := self._taken_in_time(order, posting):
            return late
        account = self._account(member_id)
        for _ in _tries():
            try:
                posted = post(account, posting, self.rules(), self.clock())
                transaction = self._transaction(account, posted, order, posting, by)
                if also:
                    also(transaction)
                transaction.commit()
            except (Refused, NotAllowed) as no:
                return self._refuse(order, no, by)
            except ConditionFailed as failed:
                if known := failed.images.get("order"):
                    return _again_or_mine(order, known, posted.entry, by)
                if "answered" in failed.images:
                    posting = posting.answering(self._answered(posting))
                account = self._moved_on(account, failed.images.get("account"))
            else:
                return Taken(replace(order, entry=posted.entry), first=True)
        raise TryAgain

    def transfer(self, member_id: str, posting: TransferOut, fingerprint: str, by: Stamp) -> Taken:
        """Balance from one member to another, both in one transaction; as `take` otherwise."""
        order = Order.of(posting, fingerprint)
        for _ in _tries():
            giving, taking = self._account(member_id), self._account(posting.other_id)
            try:
                if giving.member_id == taking.member_id:
                    raise SameMember
                out, came = self._moved_over(giving, taking, posting)
                transaction = self._transaction(giving, out, order, posting, by)
                self._keep(transaction, "target account", taking, came, by)
                transaction.commit()
            except Refused as refusal:
                return self._refuse(order, refusal, by)
            except ConditionFailed as failed:
                if known := failed.images.get("order"):
                    return _again_or_mine(order, known, out.entry, by)
            else:
                return Taken(replace(order, entry=out.entry), first=True)
        raise TryAgain

    def join(self, transaction: Transaction, source: Member, target: Member, by: Stamp) -> None:
        """Move what a member has to the one they become; both accounts must stand still meanwhile.

        A member who never had an entry leaves none; their account is closed all the same, so that a till that is about
        to post to it finds out.
        """
        giving, taking = (self._own(each.member_id) for each in (source, target))
        if not giving.seq:
            closed = replace(giving, closed_into=target.member_id)
            accounts.keep_account(transaction, "source account", giving, closed, by)
            return
        now, rules = self.clock(), self.rules()
        out = post(giving, JoinOut(into=target.member_id), rules, now)
        came = post(taking, JoinIn(left=giving, out=out.entry), rules, now)
        self._keep(transaction, "source account", giving, out, by)
        self._keep(transaction, "target account", taking, came, by)

    def expire(self, member_id: str, by: Stamp) -> EntryPosted | None:
        """Let what has expired leave the account; the entry of it, None where nothing had."""
        for _ in _tries():
            account = self._own(member_id)
            posted = expired(account, self.rules(), self.clock())
            if posted is None:
                return None
            transaction = Transaction()
            self._keep(transaction, "account", account, posted, by)
            try:
                transaction.commit()
            except ConditionFailed:
                continue
            return posted.entry
        raise TryAgain

    # Inside

    def _account(self, member_id: str) -> Account:
        images = self._now(member_id, consistent=True)
        profile = profile_of(images)
        account = accounts.account(profile["member_id"]["S"], images)
        return replace(account, has_phone="phone" in profile)

    def _own(self, member_id: str) -> Account:
        """Of that very member, also where they became another."""
        return accounts.account(member_id, accounts.read_now(member_id, consistent=True))

    def _moved_on(self, was: Account, image: Image | None) -> Account:
        """The account as somebody else left it; read anew where it was closed meanwhile."""
        if image is None or "closed_into" in image:
            return self._account(was.member_id)
        return replace(accounts.account_of(image), has_phone=was.has_phone)

    def _transaction(
        self, was: Account, posted: Posted, order: Order, posting: Posting, by: Stamp
    ) -> Transaction:
        transaction = Transaction()
        self._keep(transaction, "account", was, posted, by)
        orders.add_order(transaction, order, posted.entry, by)
        answered = posting.answers()
        if answered and posted.refunded:
            orders.keep_refunded(transaction, answered, posted.refunded, by)
        return transaction

    def _keep(
        self, transaction: Transaction, name: str, was: Account, posted: Posted, by: Stamp
    ) -> None:
        """The account, its entries, and the first day on which somebody has to look at what is new."""
        accounts.keep_account(transaction, name, was, posted.account, by)
        for entry in filter(None, (posted.expired, posted.entry)):
            entries.add_entry(transaction, entry, by)
        known = {one.lot.lot_id for one in was.holdings}
        new = [move.lot for move in posted.entry.moves if move.lot.lot_id not in known]
        day = next_look(new, self.rules(), posted.entry.booked_at)
        if day:
            dues.add_due(transaction, posted.account.member_id, day, by)

    def _moved_over(
        self, giving: Account, taking: Account, posting: TransferOut
    ) -> tuple[Posted, Posted]:
        now, rules = self.clock(), self.rules()
        out = post(giving, replace(posting, other_id=taking.member_id), rules, now)
        into = TransferIn(
            store=posting.store, order_name=posting.order_name, out=out.entry, reason=posting.reason,
            till_id=posting.till_id,
        )  # fmt: skip
        return out, post(taking, into, rules, now)

    def _taken_in_time(self, order: Order, posting: Posting) -> Taken | None:
        """What the name stands for, where it is too late for a new one. Raises InvalidRequest where it is new."""
        if posting.late:
            return None
        try:
            check_occurred_at(posting.occurred_at, self.clock())
        except InvalidRequest:
            known = self.find_order(order.store_id, order.kind, order.name)
            if known is None:
                raise
            return _again(order, known)
        return None

    def _answered(self, posting: Posting) -> Order:
        was = posting.answers()
        found = was and self.find_order(was.store_id, was.kind, was.name)
        if not found:
            raise NotFound
        return found

    def _refuse(self, order: Order, no: Refused | NotAllowed, by: Stamp) -> Taken:
        """What the name stood for before; a limit of the caller is not kept under it."""
        if isinstance(no, NotAllowed):
            found = self.find_order(order.store_id, order.kind, order.name)
        else:
            image = orders.keep_refusal(order, no, by)
            found = orders.order_of(image) if image else None
        if found is None:
            raise no
        return _again(order, found)


def _tries() -> Iterator[int]:
    """Again and again, a little later each time, for as long as a caller waits."""
    started = time.monotonic()
    attempt = 0
    while time.monotonic() - started < _PATIENCE_S:
        if attempt:
            time.sleep(jitter_s(attempt - 1))
        yield attempt
        attempt += 1


def _again_or_mine(asked: Order, image: Image, mine: EntryPosted, by: Stamp) -> Taken:
    """It is this call's own where the answer got lost between DynamoDB and here.

    Two calls can come to the same entry in the same millisecond, so who wrote the order counts too.
    """
    again = _again(asked, orders.order_of(image))
    return again._replace(first=again.order.entry == mine and orders.is_written_by(image, by))


def _again(asked: Order, known: Order) -> Taken:
    """What the name stands for already."""
    if known.fingerprint != asked.fingerprint:
        raise NameTaken
    if known.refusal:
        known.refusal.replayed = True
        raise known.refusal
    return Taken(known, first=False)
