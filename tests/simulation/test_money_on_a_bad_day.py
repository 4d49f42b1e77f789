"""Tills that go on sending while DynamoDB fails before and after the effect of every call: each order counts once."""

import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.client import Client, Reply
from tests.house import House
from tests.simulation.database_faults import bad_day

TILLS, ORDERS, SHARE = 4, 120, 0.3


def until_answered(till: Client, path: str, body: dict[str, Any]) -> Reply:
    """What a till does: the same again, until it is told."""
    reply = till.put(path, body)
    while reply.status == 503:
        reply = till.put(path, body)
    return reply


def orders(seed: int, member_ids: list[str]) -> list[tuple[str, dict[str, Any]]]:
    chance = random.Random(seed)
    made: list[tuple[str, dict[str, Any]]] = []
    for number in range(ORDERS):
        member_id, fen = chance.choice(member_ids), chance.randrange(1, 2_000)
        if chance.random() < 0.3:
            body: dict[str, Any] = {"member_id": member_id, "paid_fen": fen, "method": "cash"}
            made.append((f"top-ups/{seed}-{number}", body))
        else:
            paid = [{"method": "balance", "amount_fen": fen}]
            body = {"member_id": member_id, "total_fen": fen, "payments": paid}
            made.append((f"spends/{seed}-{number}", body))
    return made


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_order_counts_once_whatever_the_database_does(house: House, seed: int) -> None:
    members = [house.register(f"1351{seed}{n:06d}") for n in range(3)]
    todo = orders(seed, members)
    with bad_day(seed, SHARE) as drawn, ThreadPoolExecutor(TILLS) as tills:
        replies = list(
            tills.map(
                lambda each: until_answered(house.till, f"/v1/stores/s1/{each[0]}", each[1]), todo
            )
        )
    assert {"no line", "no answer", "throttled", "conflict"} <= set(drawn)
    assert {reply.status for reply in replies} <= {200, 201, 409}

    for (name, body), reply in zip(todo, replies, strict=True):
        again = house.till.put(f"/v1/stores/s1/{name}", body)
        assert again.status == (409 if reply.status == 409 else 200)
        assert again.headers["Idempotent-Replay"] == "true"
        if reply.status != 409:
            assert again.json == reply.json

    taken = [reply.json for reply in replies if reply.status != 409]
    for member_id in members:
        mine = [each for each in taken if each["member_id"] == member_id]
        entries = house.till.get(f"/v1/members/{member_id}/spends?limit=100").json["items"][::-1]
        assert [each["entry_id"] for each in entries] == [
            f"{member_id}-{seq}" for seq in range(1, len(mine) + 1)
        ]
        running = 0
        for entry in entries:
            running += entry["balance_change_fen"]
            assert entry["balance_after_fen"] == running >= 0
        assert house.till.get(f"/v1/members/{member_id}").json["balance_fen"] == running
