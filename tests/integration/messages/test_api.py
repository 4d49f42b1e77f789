"""Finding messages again over HTTP: the member, the store, the office, and those who may not."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.kernel import clock
from chalicelib.ledger.built import ledger
from chalicelib.ledger.facts import EntryPosted
from chalicelib.messages import built, table
from chalicelib.messages.model import course
from chalicelib.messages.model.message import Attempt, Message
from chalicelib.messages.service.announce import announce
from tests.client import Client
from tests.house import House


@pytest.fixture(scope="module")
def phones() -> Iterator[str]:
    return (f"138{number:08d}" for number in range(10, 10_000))


def spend(house: House, member_id: str, name: str, total_fen: int = 6800) -> Mapping[str, Any]:
    body = {
        "member_id": member_id,
        "total_fen": total_fen,
        "payments": [{"method": "cash", "amount_fen": total_fen}],
    }
    reply = house.till.put(f"/v1/stores/{house.store.store_id}/spends/{name}", body)
    assert reply.status == 201, reply.text
    taken: Mapping[str, Any] = reply.json
    entry = ledger().entry(taken["spend_id"])
    assert entry is not None
    announce([entry], clock.now())
    return taken


def sent(message_id: str) -> Message:
    """As if Tencent had taken it."""
    was = table.message(message_id)
    assert was is not None
    attempt = Attempt(
        1, "sms", "tencent", f"{message_id}-1", "138****0001", clock.now(), "accepted",
        clock.now(), "2640:1",
    )  # fmt: skip
    now = replace(was, state="sent", due_at=None, attempts=(attempt,), version=was.version + 1)
    assert table.replace(was, now)
    return now


def search(client: Client, **asked: Any) -> list[str]:  # noqa: ANN401
    reply = client.post("/v1/messages/search", asked)
    assert reply.status == 200, reply.text
    return [item["message_id"] for item in reply.json["items"]]


def test_the_member_reads_the_message_in_both_languages(
    house: House, phones: Iterator[str]
) -> None:
    member_id = house.register(next(phones))
    taken = spend(house, member_id, "inbox-1")
    (item,) = house.member(member_id).get("/v1/me/messages").json["items"]
    assert item["message_id"] == taken["message_id"]
    assert item["spend_id"] == taken["spend_id"]
    assert "68.00 yuan" in item["text"]
    zh = house.member(member_id).get("/v1/me/messages", accept_language="zh-CN").json["items"]
    assert "消费68.00元" in zh[0]["text"]


def test_a_members_list_is_paged_newest_first_without_gap_or_double(
    house: House, phones: Iterator[str]
) -> None:
    member_id = house.register(next(phones))
    made = [spend(house, member_id, f"paged-{n}")["message_id"] for n in range(5)]
    me, seen, cursor = house.member(member_id), [], ""
    while True:
        page = me.get(f"/v1/me/messages?limit=2{cursor}").json
        seen += [item["message_id"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert seen == made[::-1]


def test_a_cursor_of_one_member_is_worth_nothing_to_another(
    house: House, phones: Iterator[str]
) -> None:
    mine, other = house.register(next(phones)), house.register(next(phones))
    for n in range(2):
        spend(house, mine, f"foreign-{n}")
    cursor = house.member(mine).get("/v1/me/messages?limit=1").json["next_cursor"]
    reply = house.member(other).get(f"/v1/me/messages?cursor={cursor}")
    assert (reply.status, reply.json["code"]) == (400, "invalid_cursor")


def test_the_desk_finds_a_message_every_way_and_reads_no_phone(
    house: House, phones: Iterator[str]
) -> None:
    phone = next(phones)
    member_id = house.register(phone)
    taken = spend(house, member_id, "found-1")
    sent(taken["message_id"])
    manager = house.staff(house.store, "store_manager")
    wanted = [taken["message_id"]]
    assert search(manager, phone=phone) == wanted
    assert search(manager, phone=f"+86 {phone[:3]}-{phone[3:]}") == wanted
    assert search(manager, member_id=member_id) == wanted
    assert search(manager, spend_id=taken["spend_id"]) == wanted
    assert search(manager, out_trade_no="found-1") == wanted
    assert search(house.office, out_trade_no="found-1", store_id=house.store.store_id) == wanted
    reply = manager.post("/v1/messages/search", {"phone": phone})
    assert reply.json["items"][0]["attempts"][0]["to"] == "138****0001"
    assert phone not in reply.text


def test_a_window_narrows_a_search(house: House, phones: Iterator[str]) -> None:
    member_id = house.register(next(phones))
    taken = spend(house, member_id, "window-1")
    booked = clock.parse(taken["booked_at"])
    at, later = clock.text(booked), clock.text(booked + timedelta(milliseconds=1))
    before = clock.text(booked - timedelta(milliseconds=1))
    wanted = [taken["message_id"]]
    assert search(house.office, member_id=member_id, **{"from": at, "to": later}) == wanted
    assert search(house.office, member_id=member_id, **{"from": before, "to": at}) == []
    assert search(house.office, member_id=member_id, **{"from": later}) == []


@pytest.mark.parametrize(
    ("asked", "pointer"),
    [
        ({}, ""),
        ({"phone": "13800000001", "member_id": "x"}, ""),
        ({"out_trade_no": "a"}, "/store_id"),
        ({"member_id": "x", "from": "2026-11-22T00:00:00"}, "/from"),
        ({"member_id": "x", "from": "0001-01-01T00:00:00Z"}, "/from"),
        ({"member_id": "x", "from": "2026-11-22T00:00:00Z", "to": "2026-11-21T00:00:00Z"}, "/to"),
    ],
)
def test_a_search_that_is_not_one_question_is_refused(
    house: House, asked: Mapping[str, str], pointer: str
) -> None:
    reply = house.office.post("/v1/messages/search", asked)
    assert reply.status == 422
    assert reply.json["errors"][0]["pointer"] == pointer


def test_a_search_for_nobody_says_what_to_check(house: House) -> None:
    reply = house.office.post("/v1/messages/search", {"phone": "13999999999"})
    assert (reply.status, reply.json["items"]) == (200, [])
    assert reply.json["hint"]


def test_staff_do_not_reach_into_another_stores_orders(house: House) -> None:
    manager = house.staff(house.store, "store_manager")
    asked = {"out_trade_no": "a", "store_id": house.other_store.store_id}
    reply = manager.post("/v1/messages/search", asked)
    assert (reply.status, reply.json["code"]) == (403, "wrong_store")


def test_a_bare_till_is_told_which_permission_a_search_needs(house: House) -> None:
    reply = house.till.post("/v1/messages/search", {"phone": "13800000001"})
    assert (reply.status, reply.json["code"]) == (403, "permission_denied")
    assert "store_manager" in reply.json["granted_by"]


@pytest.mark.parametrize(
    "message_id", ["x", "0" * 26, "0" * 26 + "-" + "1" * 26, "%20", "M#1-" + "0" * 26, "9" * 3000]
)
def test_an_id_that_is_nobodys_is_not_found(house: House, message_id: str) -> None:
    assert house.office.get(f"/v1/messages/{message_id}").status == 404


def test_a_trace_is_one_request(house: House, phones: Iterator[str], counting: list[str]) -> None:
    taken = spend(house, house.register(next(phones)), "trace-1")
    sent(taken["message_id"])
    house.office.get("/v1/stores")
    counting.clear()
    reply = house.office.get(f"/v1/messages/{taken['message_id']}")
    assert counting == ["GetItem"]
    assert [one["state"] for one in reply.json["attempts"]] == ["accepted"]


def test_twenty_five_entries_are_announced_in_one_request(
    house: House, phones: Iterator[str], counting: list[str]
) -> None:
    member_id = house.register(next(phones))
    taken = [spend(house, member_id, f"batch-{n}") for n in range(25)]
    entries = [entry for one in taken if (entry := ledger().entry(one["spend_id"]))]
    a_day_later = [_later(entry) for entry in entries]
    counting.clear()
    announce(a_day_later, clock.now())
    assert counting == ["TransactWriteItems"]


def _later(entry: EntryPosted) -> EntryPosted:
    return replace(entry, booked_at=entry.booked_at + timedelta(days=1))


def test_a_message_the_member_cannot_get_elsewhere_says_why(
    house: House, phones: Iterator[str]
) -> None:
    """Nothing is set up here: every channel is left, with its reason, and the inbox has it."""
    member_id = house.register(next(phones))
    taken = spend(house, member_id, "nowhere-1")
    message = table.message(taken["message_id"])
    assert message is not None
    assert built.deliveries().go_on(message).state == "inbox"
    assert course.step(message, clock.now()) == "send"
    (item,) = house.member(member_id).get("/v1/me/messages").json["items"]
    assert (item["state"], item["channel"]) == ("inbox", None)
