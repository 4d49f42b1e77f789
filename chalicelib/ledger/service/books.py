"""Proving the books: every member recomputed from their entries, every order held against its entry.

The walk is no snapshot. So what seems to differ is read again, consistently, the account first and then its entries up
to it, and it is believed where two such readings say the very same.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby, islice

import msgspec

from chalicelib.adapters.tables import Image
from chalicelib.ledger import facts
from chalicelib.ledger.facts import EntryPosted
from chalicelib.ledger.model.account import Account
from chalicelib.ledger.model.books import ORDER_KINDS, REFUNDS, Fold
from chalicelib.ledger.model.books_words import Difference
from chalicelib.ledger.model.posting import Order
from chalicelib.ledger.service.books_orders import (
    JOINED_AT_MOST,
    given_back_differs,
    orders_that_differ,
)
from chalicelib.ledger.table import accounts
from chalicelib.ledger.table import books as table

HasTime = Callable[[], bool]
Found = Callable[[Difference], None]


class Run(msgspec.Struct, kw_only=True):
    """How far a walk through the book got; `position` is the key of the last item that is done with."""

    position: tuple[str, str] | None = None
    members: int = 0
    entries: int = 0
    orders: int = 0
    differences: int = 0
    started_at: datetime | None = None
    done: bool = False


@dataclass
class Walk:
    """One walk; `found` is told each difference, `step` of each bit of progress."""

    run: Run
    found: Found
    step: Callable[[Run], None] = lambda _: None
    _orders: list[Image] = field(default_factory=list)
    _last: tuple[str, str] | None = None

    def go(self, has_time: HasTime = lambda: True) -> None:
        """To the end, or for as long as there is time; it goes on from there. A member is read in one piece."""
        self._last = self.run.position
        for pk, images in groupby(table.walk(self.run.position), key=lambda each: each["pk"]["S"]):
            if not has_time():
                break
            if pk.startswith(table.MEMBER):
                self._member(pk.removeprefix(table.MEMBER), self._passing(images))
                self.run.members += 1
            else:
                self._others(self._passing(images))
            if len(self._orders) >= table.BATCH:
                self._rest()
        else:
            self.run.done = True
        self._rest()

    def _passing(self, images: Iterable[Image]) -> Iterator[Image]:
        for image in images:
            self._last = image["pk"]["S"], image["sk"]["S"]
            yield image

    def _others(self, images: Iterable[Image]) -> None:
        for image in images:
            if image["pk"]["S"].startswith(table.ORDER) and "refused" not in image:
                self._orders.append(image)

    def _rest(self) -> None:
        """What was put off is done, so the walk may go on from here."""
        self.run.orders += len(self._orders)
        self._tell(orders_that_differ(self._orders))
        self._orders.clear()
        self.run.position = self._last
        self.step(self.run)

    def _member(self, member_id: str, images: Iterable[Image]) -> None:
        reading = Reading(Fold(member_id), consistent=False)
        account: Image | None = None
        for batch in _batches(images):
            reading.take(each for each in batch if each["sk"]["S"].startswith(table.ENTRY))
            account = next((each for each in batch if accounts.is_account(each)), account)
        self.run.entries += reading.count
        if reading.against(account):
            self._tell(believed(member_id))

    def _tell(self, differences: Iterable[Difference]) -> None:
        for each in differences:
            self.run.differences += 1
            self.found(each)


def believed(member_id: str) -> list[Difference]:
    """What differs in one member's books, as they are now."""
    first = _read_again(member_id)
    again = set(_read_again(member_id)) if first else set()
    return [each for each in first if each in again]


def _read_again(member_id: str) -> list[Difference]:
    now = accounts.read_now(member_id, consistent=True)
    account = next((each for each in now if accounts.is_account(each)), None)
    reading = Reading(Fold(member_id), consistent=True, upto=_seq(account))
    for batch in _batches(table.entries(member_id)):
        reading.take(batch)
    return reading.against(account)


@dataclass
class Reading:
    """One member's entries, a batch at a time; those above `upto` were posted since the account was read."""

    fold: Fold
    consistent: bool
    upto: int | None = None
    depth: int = 0
    count: int = 0
    above: list[str] = field(default_factory=list)
    elsewhere: list[Difference] = field(default_factory=list)

    def take(self, images: Iterable[Image]) -> None:
        read = [entry for entry in map(self._decoded, images) if entry]
        self.count += len(read)
        entries = [each for each in read if self.upto is None or each.seq <= self.upto]
        self.above = (self.above + [each.entry_id for each in read[len(entries) :]])[:1]
        found = self._orders(entries)
        for entry in entries:
            kind = ORDER_KINDS.get(entry.kind)
            order = found.get(table.order_key_of(entry, kind)) if kind else None
            self.fold.add(entry, order, self._joined(entry))
        self.elsewhere += self._answered_elsewhere(entries)

    def against(self, account: Image | None) -> list[Difference]:
        """Where the member was joined into another, refunds may stand in that one's books."""
        member_id = self.fold.member_id
        try:
            kept, sums = _account(member_id, account)
        except table.UNREADABLE as error:
            words = f"the account cannot be read: {type(error).__name__}"
            return [*self.fold.found, *self.elsewhere, Difference(member_id, words)]
        differences = [*self.fold.against(kept, sums), *self.elsewhere]
        if self.above:
            words = f"stands above the account, which is at {kept.seq}"
            differences.append(Difference(member_id, words, tuple(self.above)))
        if self.fold.closed_into:
            for sold_id in self.fold.due_back:
                differences += given_back_differs(sold_id)
        return differences

    def _decoded(self, image: Image) -> EntryPosted | None:
        try:
            return facts.decode(image)
        except table.UNREADABLE as error:
            seq = image["sk"]["S"].removeprefix(table.ENTRY).lstrip("0")
            entry_id = f"{self.fold.member_id}-{seq}"
            words = f"cannot be read: {type(error).__name__}"
            self.elsewhere.append(Difference(self.fold.member_id, words, (entry_id,)))
            return None

    def _orders(self, entries: Iterable[EntryPosted]) -> dict[tuple[str, str], Order]:
        keys = [
            table.order_key_of(entry, ORDER_KINDS[entry.kind])
            for entry in entries
            if entry.kind in ORDER_KINDS and entry.store_id
        ]
        return table.orders_by_key(keys, consistent=self.consistent)

    def _joined(self, entry: EntryPosted) -> Fold | None:
        """The books of a member who came, up to when they did."""
        if entry.kind != "join_in" or self.depth >= JOINED_AT_MOST:
            return None
        theirs = Reading(Fold(entry.order_name), consistent=self.consistent, depth=self.depth + 1)
        for batch in _batches(table.entries(entry.order_name)):
            theirs.take(batch)
        return theirs.fold

    def _answered_elsewhere(self, entries: Iterable[EntryPosted]) -> Iterator[Difference]:
        """Of members who were joined into this one."""
        answers = [
            (entry, entry.corrects)
            for entry in entries
            if entry.corrects and entry.corrects.rpartition("-")[0] != self.fold.member_id
        ]
        ids = [corrects for _, corrects in answers]
        there = table.entry_images(ids, consistent=self.consistent)
        for entry, corrects in answers:
            if corrects not in there:
                words = f"answers {corrects}, which is not there"
                yield Difference(self.fold.member_id, words, (entry.entry_id,))
            elif entry.kind in REFUNDS:
                yield from given_back_differs(corrects, self.fold.member_id)


def _account(member_id: str, image: Image | None) -> tuple[Account, tuple[int, int]]:
    if image is None:
        return Account(member_id), (0, 0)
    return accounts.account_of(image), accounts.kept_sums(image)


def _seq(account: Image | None) -> int:
    return int(account["seq"]["N"]) if account else 0


def _batches(images: Iterable[Image]) -> Iterator[list[Image]]:
    left = iter(images)
    while batch := list(islice(left, table.BATCH)):
        yield batch
