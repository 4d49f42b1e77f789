"""Asking over HTTP why a message cannot be found: who may, what each reads of it, and what it costs."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.kernel import clock
from chalicelib.ledger.built import ledger
from chalicelib.messages import built, table
from chalicelib.messages.service.announce import announce
from tests.client import Client, Reply
from tests.house import House
from tests.integration.stores.journals import registered

PATH, MINE = "/v1/messages/diagnosis", "/v1/me/messages/diagnosis"


@pytest.fixture(scope="module")
def phones() -> Iterator[str]:
    return (f"136{number:08d}" for number in range(10, 10_000))


@pytest.fixture(scope="module")
def manager(house: House) -> Client:
    return house.staff(house.store, "store_manager")


def spend(house: House, member_id: str, name: str, *, made: bool = True) -> str:
    body = {
        "member_id": member_id,
        "total_fen": 6800,
        "payments": [{"method": "cash", "amount_fen": 6800}],
    }
    spend_id: str = house.till.put(f"/v1/stores/s1/spends/{name}", body).json["spend_id"]
    entry = ledger().entry(spend_id)
    if made and entry:
        announce([entry], clock.now())
        message = table.message(entry.message_id)
        assert message is not None
        built.deliveries().go_on(message)
    return spend_id


def ask(client: Client, language: str = "en", **asked: Any) -> Reply:  # noqa: ANN401
    return client.post(PATH, asked, accept_language=language)


def test_staff_read_the_codes_and_a_member_reads_it_plainly(
    house: House, manager: Client, phones: Iterator[str]
) -> None:
    """Nothing is set up here, so that the kind is sent nowhere."""
    phone = next(phones)
    member_id = house.register(phone)
    spend_id = spend(house, member_id, "plain-1")
    staff = ask(manager, spend_id=spend_id)
    assert (staff.status, staff.json["verdict"]) == (200, "not_offered")
    assert "not_set_up" in [one["code"] for one in staff.json["evidence"]]
    mine = house.member(member_id).get(f"{MINE}?spend_id={spend_id}")
    assert mine.json["verdict"] == "not_offered"
    assert mine.json["message"]["spend_id"] == spend_id
    named = ("code", "provider", "reference")
    assert {one[name] for one in mine.json["evidence"] for name in named} == {None}
    assert mine.json["says"] != staff.json["says"]
    assert phone not in staff.text + mine.text


def test_each_reads_it_in_their_language(
    house: House, manager: Client, phones: Iterator[str]
) -> None:
    house.register(next(phones))
    reply = ask(manager, "zh-CN", phone=next(phones))
    assert reply.json["verdict"] == "no_such_member"
    assert "没有会员用这个手机号" in reply.json["says"]
    assert reply.json["next_step"].startswith("请会员把号码念一遍")


def test_how_many_members_are_near_a_mistyped_phone_is_told_and_not_who(
    house: House, manager: Client
) -> None:
    for phone in ("13512345678", "13512345679"):
        house.register(phone)
    reply = ask(manager, phone="13512345670")
    assert "The phones of 2 members differ" in reply.json["says"]
    (near,) = reply.json["evidence"]
    assert near["what"] == "phones_near"
    assert "1351234567" not in reply.text


def test_a_text_that_is_no_phone_is_told_what_is_wrong_with_it(manager: Client) -> None:
    reply = ask(manager, phone="1380013800")
    assert (reply.status, reply.json["code"]) == (422, "not_a_phone")
    assert reply.json["reason"] == "too_short"


def test_a_bare_till_is_told_who_may_ask(house: House) -> None:
    reply = ask(house.till, phone="13800000001")
    assert (reply.status, reply.json["code"]) == (403, "permission_denied")
    assert {"cashier", "store_manager", "support"} <= set(reply.json["granted_by"])


def test_staff_of_another_store_are_told_whose_it_is_to_ask(house: House, manager: Client) -> None:
    reply = ask(manager, out_trade_no="a", store_id="s2")
    assert (reply.status, reply.json["code"]) == (403, "wrong_store")
    assert reply.json["granted_by"] == ["support", "operator", "auditor", "owner"]
    assert ask(house.office, out_trade_no="a", store_id="s2").status == 200


def test_a_member_is_told_nothing_of_anothers_spend(house: House, phones: Iterator[str]) -> None:
    theirs = spend(house, house.register(next(phones)), "theirs-1")
    me = house.member(house.register(next(phones)))
    reply = me.get(f"{MINE}?spend_id={theirs}")
    never = me.get(f"{MINE}?spend_id=nonsense")
    assert reply.json["verdict"] == "no_such_spend"
    assert reply.json == never.json
    assert (reply.json["message"], reply.json["evidence"]) == (None, [])


def test_a_member_may_ask_without_knowing_the_spend(house: House, phones: Iterator[str]) -> None:
    member_id = house.register(next(phones))
    me = house.member(member_id)
    assert me.get(MINE).json["verdict"] == "nothing_then"
    spend_id = spend(house, member_id, "latest-1")
    assert me.get(MINE).json["message"]["spend_id"] == spend_id
    before = clock.text(clock.now() - timedelta(days=2))
    assert me.get(f"{MINE}?about_at={before}").json["verdict"] == "nothing_then"


def test_a_member_who_names_the_store_learns_that_its_till_may_be_off_line(
    house: House, phones: Iterator[str]
) -> None:
    member_id = house.register(next(phones))
    registered(house, "front")
    me = house.member(member_id)
    reply = me.get(f"{MINE}?store_id=s1").json
    assert (reply["verdict"], reply["sure"]) == ("spend_not_here_yet", "possible")
    assert reply["evidence"] == []
    assert me.get(f"{MINE}?store_id=s2").json["verdict"] == "nothing_then"


def test_an_incident_of_that_time_belongs_to_the_answer_and_moves_what_is_promised(
    house: House, manager: Client, phones: Iterator[str]
) -> None:
    eta = clock.text(clock.now() + timedelta(hours=3))
    component = house.office.post("/v1/components", {"name": {"zh": "短信", "en": "SMS"}})
    assert component.status == 201, component.text
    opened = house.office.post("/v1/incidents", incident(component.json["component_id"], eta))
    assert opened.status == 201, opened.text
    spend_id = spend(house, house.register(next(phones)), "incident-1", made=False)
    during = ask(manager, spend_id=spend_id).json
    assert (during["verdict"], during["expected_at"]) == ("just_booked", eta)
    (told,) = [one for one in during["evidence"] if one["what"] == "incident"]
    assert told["code"] == opened.json["incident_id"]
    assert told["says"] == "Incident “SMS is late”, still open."
    over = {"status": "resolved", "body": {"en": "Over"}}
    house.office.post(f"/v1/incidents/{opened.json['incident_id']}/updates", over)
    later = spend(house, house.register(next(phones)), "incident-2", made=False)
    assert [one["what"] for one in ask(manager, spend_id=later).json["evidence"]] == ["booked"]


def incident(component_id: str, eta: str) -> dict[str, Any]:
    return {
        "name": {"zh": "短信延迟", "en": "SMS is late"},
        "status": "investigating",
        "body": {"en": "We look"},
        "eta_at": eta,
        "components": [{"component_id": component_id, "status": "major_outage"}],
    }


@pytest.mark.parametrize(
    ("asked", "pointer"),
    [
        ({}, ""),
        ({"phone": "13800000001", "member_id": "x"}, ""),
        ({"spend_id": "x-1", "member_id": "x"}, ""),
        ({"out_trade_no": "a"}, "/store_id"),
        ({"phone": "13800000001", "about_at": "2026-11-22T00:00:00"}, "/about_at"),
        ({"phone": "13800000001", "about_at": "0001-01-01T00:00:00Z"}, "/about_at"),
        ({"phone": "13800000001", "about_at": "9999-12-31T23:59:59Z"}, "/about_at"),
    ],
)
def test_what_is_not_one_question_is_refused(
    house: House, asked: Mapping[str, str], pointer: str
) -> None:
    reply = ask(house.office, **asked)
    assert reply.status == 422
    assert reply.json["errors"][0]["pointer"] == pointer


def test_a_member_who_is_not_there_is_not_found(house: House) -> None:
    assert ask(house.office, member_id="0" * 26).status == 404


def test_a_plain_question_costs_three_requests(
    house: House, manager: Client, phones: Iterator[str], counting: list[str]
) -> None:
    """The entry, its message, and how its member can be reached."""
    spend_id = spend(house, house.register(next(phones)), "cost-1")
    ask(manager, spend_id=spend_id)
    counting.clear()
    assert ask(manager, spend_id=spend_id).json["verdict"] == "not_offered"
    assert counting == ["GetItem"] * 3
