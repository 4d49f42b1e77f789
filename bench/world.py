"""What is measured against: tables on DynamoDB Local, members and entries, and the events of each operation."""

import itertools
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from chalicelib.access.model import Store
from chalicelib.kernel import clock, stamp
from chalicelib.ledger import model, table
from chalicelib.ledger.facts import EntryPosted, Payment
from chalicelib.ledger.model import Account
from infra.local import dynamodb
from tests.client import Client
from tests.house import KEYRING, SETTINGS, House, open_house, settled

Event = dict[str, Any]
MEMBERS = 20
ENTRIES = 40
FEW, MANY = 10, 100_000
QUIET_PHONE, BUSY_PHONE = "13900000000", "13900000001"
_BATCH = 25
_SEEDERS = 4
_BY = stamp.system("bench")


@dataclass
class World:
    """`busy` has MANY entries and a store day of as many, `quiet` FEW."""

    house: House
    env: dict[str, str]
    phones: list[str]
    members: list[str]
    quiet: str = ""
    busy: str = ""
    days: dict[int, str] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def name(self) -> str:
        return f"bench-{next(self.numbers)}"

    def spare_member(self, at: int) -> str:
        return self.members[at % len(self.members)]


@contextmanager
def opened() -> Iterator[World]:
    """A fresh DynamoDB Local with the house's tables and a few members; gone when the block is left."""
    logging.getLogger("dengta").setLevel(logging.WARNING)
    running = dynamodb.start()
    try:
        names = dynamodb.create_tables(running.url, "bench")
        with settled(running.url, names):
            env = SETTINGS | names | {
                "AWS_ENDPOINT_URL": running.url,
                "AWS_DEFAULT_REGION": SETTINGS["AWS_REGION"],
                "BENCH_KEYRING": KEYRING,
            }  # fmt: skip
            yield _peopled(open_house(), env)
    finally:
        running.stop()


def _peopled(house: House, env: dict[str, str]) -> World:
    phones = [f"1380000{at:04d}" for at in range(MEMBERS)]
    members = [house.register(phone, name="王小明") for phone in phones]
    for at, member_id in enumerate(members):
        house.top_up(member_id, f"seed-{at}", 50_000_000)
    world = World(house, env, phones, members)
    _report(house)
    for at in range(ENTRIES):
        take_spend(world, members[0], f"seed-history-{at}")
    return world


def _report(house: House) -> None:
    """A page with six components in two groups, and one incident with two updates."""
    ids = []
    for group in ("门店", "小程序"):
        over = _made(house, "components", {"name": {"zh": group}, "group": True})["component_id"]
        for name in ("收银", "查会员", "短信"):
            asked = {"name": {"zh": name}, "group_id": over}
            ids.append(_made(house, "components", asked)["component_id"])
    said = {
        "body": {"zh": "正在处理"},
        "components": [{"component_id": ids[2], "status": "partial_outage"}],
    }
    incident = _made(house, "incidents", {"name": {"zh": "短信延迟"}, **said})
    update = {"status": "identified", "body": {"zh": "已找到原因"}}
    _made(house, f"incidents/{incident['incident_id']}/updates", update)


def _made(house: House, path: str, asked: dict[str, Any]) -> dict[str, Any]:
    reply = house.office.post(f"/v1/{path}", asked)
    if reply.status != 201:
        raise RuntimeError(f"the seed was refused: {reply.text}")
    made: dict[str, Any] = reply.json
    return made


def take_spend(world: World, member_id: str, name: str) -> None:
    event = spend_event(world, member_id, name)
    answer = world.house.till.app(event, None)
    if answer["statusCode"] != 201:
        raise RuntimeError(f"the seed was refused: {answer['body']}")


def event(client: Client, method: str, path: str, body: str | None = None) -> Event:
    """As API Gateway sends it, where each header and query value comes twice."""
    made = client.event(method, path, body, {})
    made["multiValueHeaders"] = {name: [value] for name, value in made["headers"].items()}
    query = made["multiValueQueryStringParameters"]
    made["queryStringParameters"] = (
        {name: each[-1] for name, each in query.items()} if query else None
    )
    made["requestContext"] |= {"stage": "api", "path": made["path"], "protocol": "HTTP/1.1"}
    return made


def lookup_event(world: World, phone: str) -> Event:
    return event(world.house.till, "POST", "/v1/members/lookup", f'{{"phone": "{phone}"}}')


def history_event(world: World, member_id: str, limit: int = 20) -> Event:
    return event(world.house.till, "GET", f"/v1/members/{member_id}/spends?limit={limit}")


def day_event(world: World, date: str, limit: int = 20) -> Event:
    path = f"/v1/stores/{world.house.store.store_id}/spends?business_date={date}&limit={limit}"
    return event(world.house.till, "GET", path)


def status_event(world: World) -> Event:
    return event(world.house.public, "GET", "/v2/summary.json")


def spend_event(world: World, member_id: str, name: str) -> Event:
    body = (
        f'{{"member_id": "{member_id}", "total_fen": 3000, "payments": '
        '[{"method": "balance", "amount_fen": 1000}, {"method": "cash", "amount_fen": 2000}]}'
    )
    return event(
        world.house.till, "PUT", f"/v1/stores/{world.house.store.store_id}/spends/{name}", body
    )


def stream_event(world: World, size: int) -> Event:
    """A batch of new entries, each of which no consumer has seen."""
    now = clock.now()
    records = []
    for _ in range(size):
        serial = next(world.numbers)
        entry = _entry(world.spare_member(serial), 1_000_000 + serial, world.house.store, now)
        image = _row(entry)
        records.append({
            "eventID": f"{serial:032x}", "eventName": "INSERT", "eventVersion": "1.1",
            "eventSource": "aws:dynamodb", "awsRegion": "us-east-1",
            "eventSourceARN": "arn:aws:dynamodb:us-east-1:000000000000:table/book/stream/1",
            "dynamodb": {
                "Keys": {"pk": image["pk"], "sk": image["sk"]}, "NewImage": image,
                "SequenceNumber": f"{serial:021d}", "SizeBytes": 500,
                "ApproximateCreationDateTime": int(now.timestamp()),
                "StreamViewType": "NEW_AND_OLD_IMAGES",
            },
        })  # fmt: skip
    return {"Records": records}


def grow(world: World, told: Callable[[int, int], None]) -> None:
    """Give two more members FEW and MANY entries, and the store a day of as many sales each."""
    world.quiet = world.house.register(QUIET_PHONE)
    world.busy = world.house.register(BUSY_PHONE)
    today = clock.now().replace(hour=8)
    for member_id, count, days_ago in ((world.quiet, FEW, 400), (world.busy, MANY, 500)):
        booked = today - timedelta(days=days_ago)
        world.days[count] = world.house.store.business_date(booked).isoformat()
        _post_many(world, member_id, count, booked, told)


def _post_many(
    world: World,
    member_id: str,
    count: int,
    booked: datetime,
    told: Callable[[int, int], None],
) -> None:
    """At the table, through the rows that the ledger writes, several hands at once."""
    rows = (
        row
        for seq in range(1, count + 1)
        for row in _posted(_entry(member_id, seq, world.house.store, booked + timedelta(milliseconds=10 * seq)))
    )  # fmt: skip
    lock, book, done = threading.Lock(), world.env["BOOK_TABLE"], itertools.count(1)

    def work() -> None:
        client = dynamodb.client(world.env["AWS_ENDPOINT_URL"])
        while True:
            with lock:
                batch = list(itertools.islice(rows, _BATCH))
            if not batch:
                return
            client.batch_write_item(
                RequestItems={book: [{"PutRequest": {"Item": r}} for r in batch]}
            )
            told(next(done) * _BATCH, 2 * count)

    hands = [threading.Thread(target=work) for _ in range(_SEEDERS)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    _keep(world, Account(member_id, 1_000_000, count))


def _posted(entry: EntryPosted) -> tuple[dict[str, Any], dict[str, Any]]:
    pk, sk = table.order_key(entry.store_id, entry.kind, entry.order_name)
    day, sort = table._listed(entry)  # noqa: SLF001 - the very row, without a transaction each
    order = table.OrderRow(
        pk, sk, fingerprint="seeded", list_key=day, list_sort=sort, by=_BY.text(),
        **table._fields(entry),
    )  # fmt: skip
    return _row(entry), order.serialize()


def _row(entry: EntryPosted) -> dict[str, Any]:
    row = table.EntryRow(
        table.partition(entry.member_id),
        table._entry_key(entry.seq),  # noqa: SLF001
        by=_BY.text(),
        **table._fields(entry),
    )
    return row.serialize()


def _keep(world: World, account: Account) -> None:
    row = table.AccountRow(
        table.partition(account.member_id), "NOW#ACCOUNT", member_id=account.member_id,
        balance_fen=account.balance_fen, seq=account.seq, by=_BY.text(),
    )  # fmt: skip
    dynamodb.client(world.env["AWS_ENDPOINT_URL"]).put_item(
        TableName=world.env["BOOK_TABLE"], Item=row.serialize()
    )


def _entry(member_id: str, seq: int, store: Store, booked: datetime) -> EntryPosted:
    posting = model.spend(
        store, f"seed-{member_id[-6:]}-{seq}", total_fen=3000,
        payments=[Payment("balance", 1000), Payment("cash", 2000)],
    )  # fmt: skip
    return model.post(Account(member_id, 1_000_000, seq - 1), posting, booked)[1]
