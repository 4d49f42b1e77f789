"""What is put into the tables straight away, as the ledger's own rows: it would take hours by the API."""

import itertools
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace

from bench.world import LOT_FEN, Event, World, record
from chalicelib.adapters.tables import Row
from chalicelib.kernel import clock, ids, stamp
from chalicelib.ledger.facts import EntryPosted, Lot, Payment
from chalicelib.ledger.model import spends
from chalicelib.ledger.model.account import Account, Holding
from chalicelib.ledger.model.posting import Order, Posting, post
from chalicelib.ledger.model.rules import Rules
from chalicelib.ledger.model.top_ups import TopUp
from chalicelib.ledger.table import accounts, entries, orders
from chalicelib.members.facts import PROFILE, partition
from infra.local import dynamodb

FEW, MANY = 10, 100_000
QUIET_PHONE, BUSY_PHONE = "13900000000", "13900000001"
_BATCH = 25
_SEEDERS = 4
_MEMBERS_AT_ONCE = 500
_BY = stamp.system("bench")
_RULES = Rules()
Item = dict[str, Any]


@dataclass(frozen=True)
class Grown:
    """`busy` has MANY entries and a store day of as many, `quiet` FEW; `days` are those dates."""

    quiet: str
    busy: str
    days: dict[int, str]


class Rows:
    """Takes what a transaction would, and keeps the rows."""

    def __init__(self) -> None:
        self.items: list[Item] = []

    def put(self, _name: str, row: Row, *_condition: object, **_options: object) -> None:
        self.items.append(row.serialize())

    put_new = put


def grow(world: World, told: Callable[[int, int], None]) -> Grown:
    """Give two more members FEW and MANY entries that add up, and the store a day of as many sales each."""
    quiet, busy = (world.house.register(phone) for phone in (QUIET_PHONE, BUSY_PHONE))
    today = clock.now().replace(hour=8)
    days = {}
    for member_id, count, days_ago in ((quiet, FEW, 400), (busy, MANY, 500)):
        booked = today - timedelta(days=days_ago)
        days[count] = world.house.store.business_date(booked).isoformat()
        done = itertools.count(1)
        _put_all(
            world,
            _history(world, member_id, count, booked),
            lambda done=done, count=count: told(next(done) * _BATCH, 2 * count),  # type: ignore[misc]
        )
    return Grown(quiet, busy, days)


def _history(world: World, member_id: str, count: int, booked: datetime) -> Iterator[Item]:
    """Entries with their orders, and the account that they come to."""
    account = Account(member_id)
    for seq in range(1, count + 1):
        moment = booked + timedelta(milliseconds=10 * seq)
        posting: Posting = _spend(world, f"seed-{member_id[-6:]}-{seq}")
        if seq == 1:
            paid = Payment("cash", 100_000_000)
            posting = TopUp(store=world.house.store, order_name=f"seed-{member_id}", paid=paid)
        posted = post(account, posting, _RULES, moment)
        account = posted.account
        yield from _posted(posting, posted.entry)
    yield from _kept(account)


def _spend(world: World, name: str) -> spends.Spend:
    payments = [Payment("balance", 10), Payment("cash", 20)]
    return spends.spend(world.house.store, name, total_fen=30, payments=payments)


def _posted(posting: Posting, entry: EntryPosted) -> list[Item]:
    rows = Rows()
    order = Order(posting.store.store_id, posting.kind, posting.order_name, "seeded")
    entries.add_entry(rows, entry, _BY)  # type: ignore[arg-type] # as much of a transaction as it needs
    orders.add_order(rows, order, entry, _BY)  # type: ignore[arg-type]
    return rows.items


def _kept(account: Account) -> list[Item]:
    rows = Rows()
    accounts.keep_account(rows, "account", account, account, _BY)  # type: ignore[arg-type]
    return rows.items


def members(world: World, lots: int) -> Iterator[str]:
    """Ever more members who have so many lots: half of them principal, half bonus that ends, each on its own day."""
    client = dynamodb.client(world.env["AWS_ENDPOINT_URL"])
    key = {"pk": {"S": partition(world.members[0])}, "sk": {"S": PROFILE}}
    profile = client.get_item(TableName=world.env["BOOK_TABLE"], Key=key)["Item"]
    while True:
        made = [ids.new(clock.now()) for _ in range(_MEMBERS_AT_ONCE)]
        own = [{**profile, "pk": {"S": partition(each)}, "member_id": {"S": each}} for each in made]
        kept = [item for each in made for item in _kept(_with_lots(each, lots))]
        _put_all(world, (*own, *kept))
        yield from made


def _with_lots(member_id: str, lots: int) -> Account:
    ends = clock.now() + timedelta(days=90)
    made = [
        Lot(f"{member_id}-{n // 2 + 1}.{n % 2}", "bonus" if n % 2 else "principal", LOT_FEN, LOT_FEN,
            2 * LOT_FEN, expires_at=ends + timedelta(days=n) if n % 2 else None)
        for n in range(lots)
    ]  # fmt: skip
    account = Account(member_id, seq=lots, top_ups=lots)
    return replace(account, holdings=tuple(Holding(lot, LOT_FEN) for lot in made))


def stream_event(world: World, size: int) -> Event:
    """A batch of new entries, each of which no consumer has seen."""
    now = clock.now()
    records = []
    for _ in range(size):
        serial = next(world.numbers)
        account = replace(_with_lots(world.spare_member(serial), 1), seq=1_000_000 + serial)
        posting = _spend(world, world.name())
        image = _posted(posting, post(account, posting, _RULES, now).entry)[0]
        records.append(record(world, "book", image))
    return {"Records": records}


def _put_all(world: World, items: Iterable[Item], told: Callable[[], None] = lambda: None) -> None:
    """Several hands at once."""
    lock, book, left = threading.Lock(), world.env["BOOK_TABLE"], iter(items)

    def work() -> None:
        client = dynamodb.client(world.env["AWS_ENDPOINT_URL"])
        while True:
            with lock:
                batch = list(itertools.islice(left, _BATCH))
            if not batch:
                return
            client.batch_write_item(
                RequestItems={book: [{"PutRequest": {"Item": item}} for item in batch]}
            )
            told()

    hands = [threading.Thread(target=work) for _ in range(_SEEDERS)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
