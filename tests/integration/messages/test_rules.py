"""The chain's message rules over HTTP: who writes them, what holds, and that of two writers one is told."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from chalicelib.adapters import tables
from chalicelib.messages import rulebook
from infra.functions import FUNCTIONS
from infra.tables import MESSAGES
from tests.house import House

PATH = "/v1/message-rules"
WECHAT_FIRST: dict[str, Any] = {"routes": [{"kinds": ["spend"], "channels": ["wechat", "sms"]}]}


def tag(house: House) -> str:
    return str(house.office.get(PATH).headers["ETag"])


def test_a_chain_that_has_set_nothing_reads_what_holds_by_default(house: House) -> None:
    reply = house.office.get(PATH)
    assert (reply.status, reply.json["routes"], reply.json["quiet_hours"]) == (200, [], [])
    assert reply.json["limits"]["phone_a_day"] == 50


def test_rules_are_replaced_under_the_version_that_was_read_and_each_version_is_kept(
    house: House,
) -> None:
    read = tag(house)
    first = house.office.put(PATH, WECHAT_FIRST, if_match=read)
    assert first.status == 200, first.text
    assert house.office.get(PATH).json == first.json
    assert tag(house) == first.headers["ETag"] != read
    late = house.office.put(PATH, {}, if_match=read)
    assert (late.status, late.json["code"]) == (412, "precondition_failed")
    version = int(read.strip('"'))
    row = tables.get("messages", ("RULES", f"RULES#{version + 1:08d}"), consistent=True)
    assert row is not None
    assert json.loads(row["by"]["S"])["role"] == "owner"
    assert house.office.put(PATH, {}, if_match="*").status == 200
    assert tables.get("messages", ("RULES", f"RULES#{version + 1:08d}"), consistent=True) == row


def test_a_provider_has_one_price(house: House) -> None:
    prices = [{"provider": "tencent", "part_milliyuan": 45}]
    kept = house.office.put(PATH, {"prices": prices}, if_match="*")
    assert (kept.status, kept.json["prices"]) == (200, prices)
    twice = house.office.put(PATH, {"prices": prices * 2}, if_match="*")
    assert (twice.status, twice.json["errors"][0]["pointer"]) == (422, "/prices")


def test_of_writers_at_once_under_one_version_one_wins(house: House) -> None:
    read = tag(house)
    with ThreadPoolExecutor(4) as pool:
        replies = list(
            pool.map(lambda _: house.office.put(PATH, WECHAT_FIRST, if_match=read), range(4))
        )
    assert sorted(reply.status for reply in replies) == [200, 412, 412, 412]


@pytest.mark.parametrize("invented", ['"999"', '"x"'])
def test_a_version_that_never_was_changes_nothing(house: House, invented: str) -> None:
    before = tag(house)
    assert house.office.put(PATH, {}, if_match=invented).status == 412
    assert house.office.put(PATH, {}).status == 428
    assert tag(house) == before


def test_a_till_reads_the_rules_and_head_office_writes_them(house: House) -> None:
    assert house.till.get(PATH).status == 200
    refused = house.till.put(PATH, {}, if_match="*")
    assert (refused.status, refused.json["missing"]) == (403, "rules:write")


def test_what_was_written_holds_here_at_once(house: House) -> None:
    house.office.put(PATH, WECHAT_FIRST, if_match="*")
    assert rulebook.of_the_minute().routes[0].channels == ("wechat", "sms")
    house.office.put(PATH, {}, if_match="*")
    assert rulebook.of_the_minute().routes == ()


def test_a_container_reads_the_rules_once_a_minute(house: House, counting: list[str]) -> None:
    assert house
    rulebook.forget()
    counting.clear()
    for _ in range(3):
        rulebook.of_the_minute()
    assert counting == ["Query"]


def test_what_people_write_of_messages_reaches_the_audit_trail() -> None:
    audit = next(each for each in FUNCTIONS if each.name == "audit")
    heard = next(each.new_prefixes for each in audit.sources if each.table is MESSAGES)
    assert {"RULES#", "RESEND#"} <= set(heard)
