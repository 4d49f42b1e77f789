"""Asking why one may not: over HTTP, with the staff who are there."""

from typing import Any

import pytest

from chalicelib.access import service
from tests.client import Client
from tests.house import BY, House

WHY = "/v1/permissions/why"


@pytest.fixture(scope="module", autouse=True)
def crew(house: House) -> None:
    assert house
    for store_id, staff_no, name, role, active in (
        ("s1", "31", "王芳", "store_manager", True),
        ("s1", "32", "李雷", "cashier", True),
        ("s1", "33", "赵六", "store_manager", False),
        ("s2", "41", "孙七", "store_manager", True),
    ):
        service.save_staff(
            store_id, staff_no, name=name, role=role, pin="2468", active=active, by=BY
        )


def ask(client: Client, query: str) -> Any:  # noqa: ANN401
    reply = client.get(f"{WHY}?permission={query}")
    assert reply.status == 200, reply.text
    return reply.json


def test_a_till_learns_who_at_its_store_can_do_it(house: House) -> None:
    found = ask(house.till, "held:settle")
    assert (found["allowed"], found["store_id"]) == (False, "s1")
    assert [each["what"] for each in found["missing"]] == ["permission"]
    assert found["people"] == [{"staff_no": "31", "name": "王芳", "role": "store_manager"}]
    assert found["granted_by"] == ["operator", "owner", "store_manager"]
    assert found["given_by"] == ["operator", "owner"]
    assert "王芳 (no. 31)" in found["next"]


def test_a_limit_is_told_with_what_was_asked_and_who_goes_further(house: House) -> None:
    found = ask(house.till, "refund:create&amount_fen=50001")
    assert found["missing"] == [
        {
            "what": "limit", "store_id": None, "limited": "refund_fen", "limit": 50_000, "asked": 50_001,
        }
    ]  # fmt: skip
    assert [each["staff_no"] for each in found["people"]] == ["31"]
    assert ask(house.till, "refund:create&amount_fen=50000")["allowed"]


def test_who_may_is_told_by_which_role(house: House) -> None:
    found = ask(house.office, "rules:write&store_id=s1")
    assert (found["allowed"], found["by_roles"], found["missing"]) == (True, ["owner"], [])


def test_asking_about_another_store_names_nobody_there(house: House) -> None:
    found = ask(house.till, "refund:create&store_id=s2")
    assert found["missing"][0] == {
        "what": "store", "store_id": "s1", "limited": None, "limit": None, "asked": None,
    }  # fmt: skip
    assert found["people"] == []
    assert "孙七" not in found["next"]
    nowhere = ask(house.till, "refund:create&store_id=nowhere")
    assert {**nowhere, "store_id": "s2"} == found


def test_head_office_may_ask_about_any_store_that_there_is(house: House) -> None:
    assert [each["name"] for each in ask(house.office, "held:settle&store_id=s2")["people"]] == [
        "孙七"
    ]
    assert ask(house.office, "held:settle")["people"] == []
    assert house.office.get(f"{WHY}?permission=held:settle&store_id=nowhere").status == 404


def test_the_sentence_comes_in_the_callers_language(house: House) -> None:
    reply = house.till.get(f"{WHY}?permission=held:settle", accept_language="zh-CN")
    assert reply.json["next"] == ("请王芳（工号 31）操作，或请总部运营或总部负责人授予该权限。")


def test_a_mistyped_permission_is_answered_with_near_ones(house: House) -> None:
    reply = house.till.get(f"{WHY}?permission=refund:creat")
    assert (reply.status, reply.json["code"]) == (422, "unknown_permission")
    assert "refund:create" in reply.json["near"]
    assert reply.json["errors"][0]["pointer"] == "/permission"
    assert "refund:creat" not in reply.json["detail"].replace("refund:create", "")
