"""What is measured against: tables on DynamoDB Local, members and entries, and the events of each operation."""

import itertools
import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from bench.provider import PROVIDER, SECRETS, provider
from chalicelib.kernel import clock
from infra.local import dynamodb
from tests.client import Client
from tests.house import KEYRING, SETTINGS, House, open_house, settled

Event = dict[str, Any]
MEMBERS = 20
ENTRIES = 40
SOLD_FEN, REFUND_FEN = 30_000, 3  # a till may give back so much of one sale, and no more
LOT_FEN = 1000


@dataclass
class World:
    """Each contestant has a member of its own, by its place in the line, and a sale called `sold-{place}`."""

    house: House
    env: dict[str, str]
    phones: list[str]
    members: list[str]
    rich: dict[int, Iterator[str]] = field(default_factory=dict)  # by how many lots they have
    numbers: Iterator[int] = field(default_factory=itertools.count)
    readers: list[str] = field(default_factory=list)

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
            env = SETTINGS | PROVIDER | names | {
                "AWS_ENDPOINT_URL": running.url,
                "AWS_DEFAULT_REGION": SETTINGS["AWS_REGION"],
                "BENCH_KEYRING": KEYRING,
                "BENCH_SECRETS": json.dumps(SECRETS),
            }  # fmt: skip
            with provider() as url:
                yield _peopled(open_house(), env | {"TENCENT_SMS_ENDPOINT": url})
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
        _taken(house, spend_event(world, members[0], f"seed-history-{at}"))
    for at, member_id in enumerate(members):
        _taken(house, spend_event(world, member_id, f"sold-{at}", SOLD_FEN))
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


def _taken(house: House, event: Event) -> None:
    answer = house.till.app(event, None)
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


def record(world: World, table: str, image: Mapping[str, Any]) -> Event:
    """A new item as the table's stream brings it."""
    number = next(world.numbers)
    return {
        "eventID": f"{number:032x}", "eventName": "INSERT", "eventVersion": "1.1",
        "eventSource": "aws:dynamodb", "awsRegion": "us-east-1",
        "eventSourceARN": f"arn:aws:dynamodb:us-east-1:000000000000:table/{table}/stream/1",
        "dynamodb": {
            "Keys": {"pk": image["pk"], "sk": image["sk"]}, "NewImage": image,
            "SequenceNumber": f"{number:021d}", "SizeBytes": 500,
            "ApproximateCreationDateTime": int(clock.now().timestamp()),
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        },
    }  # fmt: skip


def lookup_event(world: World, phone: str) -> Event:
    return event(world.house.till, "POST", "/v1/members/lookup", f'{{"phone": "{phone}"}}')


def history_event(world: World, member_id: str, limit: int = 20) -> Event:
    return event(world.house.till, "GET", f"/v1/members/{member_id}/spends?limit={limit}")


def day_event(world: World, date: str, limit: int = 20) -> Event:
    path = f"/v1/stores/{world.house.store.store_id}/spends?business_date={date}&limit={limit}"
    return event(world.house.till, "GET", path)


def status_event(world: World) -> Event:
    return event(world.house.public, "GET", "/v2/summary.json")


def receipt_event(world: World, secret: str) -> Event:
    """As Tencent Cloud pushes it to the address that bears the secret."""
    item = {
        "user_receive_time": "2026-11-22 17:00:00", "nationcode": "86", "mobile": "13800000000",
        "report_status": "SUCCESS", "errmsg": "DELIVRD", "description": "", "sid": "bench:1",
    }  # fmt: skip
    path = f"/callbacks/sms/tencent/{secret}"
    return event(world.house.public, "POST", path, json.dumps([item]))


def spend_event(world: World, member_id: str, name: str, total_fen: int = 3000) -> Event:
    """A third from the balance, the rest in cash."""
    paid = {"balance": total_fen // 3, "cash": total_fen - total_fen // 3}
    payments = [{"method": method, "amount_fen": fen} for method, fen in paid.items()]
    return _put(world, f"spends/{name}", {
        "member_id": member_id, "total_fen": total_fen, "payments": payments,
    })  # fmt: skip


def balance_event(world: World, member_id: str, lots: int) -> Event:
    """From the balance alone, so much that each of so many lots gives some."""
    fen = lots * LOT_FEN - 100
    return _put(world, f"spends/{world.name()}", {
        "member_id": member_id, "total_fen": fen,
        "payments": [{"method": "balance", "amount_fen": fen}],
    })  # fmt: skip


def refund_event(world: World, at: int) -> Event:
    """Another small part of one sale."""
    asked = {"out_trade_no": f"sold-{at}", "reason": "少了一件", "amount_fen": REFUND_FEN}
    return _put(world, f"refunds/{world.name()}", asked)


def _put(world: World, path: str, asked: dict[str, Any]) -> Event:
    place = f"/v1/stores/{world.house.store.store_id}"
    return event(world.house.till, "PUT", f"{place}/{path}", json.dumps(asked, ensure_ascii=False))
