"""Sending a message again over HTTP: who may, what is kept of it, and that two at once send it once."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.adapters import tables
from chalicelib.messages import table
from chalicelib.messages.model.message import AttemptState, Message
from tests.client import Client, Reply
from tests.house import House
from tests.integration.messages.told import told_by_sms


@pytest.fixture(scope="module")
def names() -> Iterator[int]:
    return iter(range(1, 10_000))


@pytest.fixture
def rested(house: House, names: Iterator[int]) -> Message:
    return made(house, next(names))


def made(house: House, number: int, state: AttemptState = "accepted") -> Message:
    return told_by_sms(house, f"137{number:08d}", f"again-{number}", state)


def ask(client: Client, message: Message, reason: str = "顾客说没收到") -> Reply:
    return client.post(f"/v1/messages/{message.message_id}/resend", {"reason": reason})


def test_a_manager_has_it_sent_again_and_that_is_on_the_message_and_in_the_trail(
    house: House, rested: Message
) -> None:
    reply = ask(house.staff(house.store, "store_manager", "41"), rested)
    assert (reply.status, reply.json["state"]) == (202, "retrying"), reply.text
    (resend,) = reply.json["resends"]
    assert (resend["reason"], resend["role"]) == ("顾客说没收到", "store_manager")
    assert resend["channels"] == ["sms", "wechat", "email"]
    assert house.office.get(f"/v1/messages/{rested.message_id}").json["resends"] == [resend]
    kept = table.message(rested.message_id, consistent=True)
    assert kept is not None
    assert kept.due_at == kept.resends[0].at, "the sweep finds it"
    pk, ulid = f"M#{rested.member_id}", rested.message_id.split("-")[1]
    row = tables.get("messages", (pk, f"RESEND#{ulid}#1"), consistent=True)
    assert row is not None
    assert json.loads(row["by"]["S"])["who"] == resend["who"]
    listed = house.office.get(f"/v1/members/{rested.member_id}/messages").json["items"]
    assert [one["message_id"] for one in listed] == [rested.message_id]


@pytest.mark.parametrize(
    ("role", "staff_no", "status"),
    [
        ("store_manager", "51", 202),
        ("support", "52", 202),
        ("cashier", "53", 403),
        ("auditor", "54", 403),
    ],
)
def test_who_at_the_store_may(
    house: House, rested: Message, role: str, staff_no: str, status: int
) -> None:
    reply = ask(house.staff(house.store, role, staff_no), rested)
    assert reply.status == status
    if status == 403:
        assert reply.json["missing"] == "message:resend"
        assert "store_manager" in reply.json["granted_by"]


def test_who_else_may(house: House, rested: Message) -> None:
    for nobody, status in (
        (house.public, 401),
        (house.till, 403),
        (house.member(rested.member_id), 403),
    ):
        assert ask(nobody, rested).status == status
    stranger = ask(house.staff(house.other_store, "store_manager", "43"), rested)
    assert (stranger.status, stranger.json["code"]) == (403, "wrong_store")
    assert stranger.json["granted_by"] == ["support", "operator", "owner"]
    assert ask(house.office, rested).status == 202


def test_of_many_at_once_one_is_kept(house: House, rested: Message) -> None:
    with ThreadPoolExecutor(4) as pool:
        replies = list(pool.map(lambda _: ask(house.office, rested), range(4)))
    assert sorted(one.status for one in replies) == [202, 409, 409, 409]
    assert {one.json["code"] for one in replies if one.status == 409} == {"message_under_way"}


def test_after_three_times_it_is_enough(house: House, rested: Message) -> None:
    for _ in range(3):
        assert ask(house.office, rested).status == 202
        was = table.message(rested.message_id, consistent=True)
        assert was is not None
        assert table.replace(was, replace(was, state="sent", version=was.version + 1))
    refused = ask(house.office, rested)
    assert (refused.status, refused.json["code"]) == (409, "resent_enough")


def test_while_its_outcome_is_unknown_it_is_not_sent_again(
    house: House, names: Iterator[int]
) -> None:
    doubtful = made(house, next(names), "unknown")
    refused = ask(house.office, doubtful)
    assert (refused.status, refused.json["code"]) == (409, "message_under_way")


@pytest.mark.parametrize("body", [{}, {"reason": ""}, {"reason": "a\nb"}, {"reason": "x" * 201}])
def test_a_reason_is_asked_for(house: House, rested: Message, body: dict[str, Any]) -> None:
    reply = house.office.post(f"/v1/messages/{rested.message_id}/resend", body)
    assert reply.status == 422


def test_what_is_no_message_is_not_found(house: House) -> None:
    nobodys = f"{'0' * 26}-{'0' * 26}"
    assert house.office.post(f"/v1/messages/{nobodys}/resend", {"reason": "x"}).status == 404


def test_the_life_of_a_message_is_told_in_the_order_of_time(house: House, rested: Message) -> None:
    assert ask(house.office, rested).status == 202
    life = house.office.get(f"/v1/messages/{rested.message_id}").json["timeline"]
    assert [one["what"] for one in life] == [
        "booked",
        "made",
        "attempt",
        "resent",
        "looked_at_next",
    ]
    times = [one["at"] for one in life]
    assert times == sorted(times)
