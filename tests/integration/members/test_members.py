"""Registering members and finding them in every way."""

import random
from typing import Any

import pytest

from chalicelib.ledger import built
from chalicelib.members.model import PhoneBoundElsewhere
from tests.house import BY, House


def new_phone() -> str:
    return f"137{random.randrange(10**8):08d}"


def lookup(house: House, **by: str) -> Any:  # noqa: ANN401 - JSON
    reply = house.till.post("/v1/members/lookup", by)
    assert reply.status == 200, reply.text
    return reply.json


def test_a_member_is_found_by_phone_tail_card_and_code(house: House) -> None:
    phone = new_phone()
    member_id = house.register(phone, name="王芳")
    card_no = house.till.get(f"/v1/members/{member_id}").json["card_no"]
    code = house.member(member_id).get("/v1/me/code").json["code"]
    ways = [
        {"phone": f"+86 {phone[:3]}-{phone[3:]}"},
        {"phone_tail": phone[-4:]},
        {"card_no": f"{card_no[:4]} {card_no[4:]}"},
        {"code": code},
    ]
    for way in ways:
        found = lookup(house, **way)
        assert member_id in [item["member_id"] for item in found["items"]], way
        assert phone not in str(found)


def test_a_known_phone_answers_with_the_member_masked(house: House) -> None:
    phone = new_phone()
    member_id = house.register(phone)
    again = house.till.post("/v1/members", {"phone": phone, "consents": {}})
    assert (again.status, again.json["code"]) == (409, "phone_taken")
    assert again.json["card"]["member_id"] == member_id
    assert again.json["card"]["phone"] == f"{phone[:3]}****{phone[-4:]}"
    assert phone not in again.text


def test_a_slip_of_the_finger_is_hinted_at_without_saying_whose(house: House) -> None:
    phone = new_phone()
    house.register(phone)
    wrong = phone[:-1] + str((int(phone[-1]) + 1) % 10)
    found = lookup(house, phone=wrong)
    assert found["items"] == []
    assert "differ from it by one digit" in str(found["hint"])
    assert phone[-4:] not in str(found)


def test_a_stranger_gets_no_hint_of_near_ones(house: House) -> None:
    assert lookup(house, phone="19911110000")["hint"] == "No member was found."


def test_a_phone_that_is_none_gets_its_reason(house: House) -> None:
    reply = house.till.post("/v1/members/lookup", {"phone": "1380013800"})
    assert (reply.status, reply.json["code"], reply.json["reason"]) == (
        422,
        "not_a_phone",
        "too_short",
    )


@pytest.mark.parametrize("by", [{}, {"phone": "13800138000", "code": "1" * 18}])
def test_a_look_up_names_exactly_one_way(house: House, by: dict[str, str]) -> None:
    assert house.till.post("/v1/members/lookup", by).status == 422


def test_a_wrong_card_or_code_finds_nobody(house: House) -> None:
    assert lookup(house, card_no="600000000001")["items"] == []
    assert "expired" in str(lookup(house, code="123456789012345678")["hint"])


@pytest.mark.usefixtures("house")
def test_logging_in_twice_is_one_member() -> None:
    members = built.ledger().members
    assert members.log_in("openid-a", BY) == members.log_in("openid-a", BY)
    assert members.log_in("openid-a", BY) != members.log_in("openid-b", BY)


def test_binding_a_new_phone_makes_the_member_findable(house: House) -> None:
    desk_now, phone = built.ledger(), new_phone()
    member_id = desk_now.members.log_in(f"openid {phone}", BY)
    bound = desk_now.members.bind_phone(desk_now.card(member_id).member, phone, desk_now, BY)
    assert bound == member_id
    assert lookup(house, phone=phone)["items"][0]["member_id"] == member_id
    other = new_phone()
    desk_now.members.bind_phone(desk_now.card(member_id).member, other, desk_now, BY)
    assert lookup(house, phone=phone)["items"] == []
    assert lookup(house, phone=other)["items"][0]["member_id"] == member_id


def test_joining_brings_both_balances_histories_and_cards_together(house: House) -> None:
    phone = new_phone()
    counter = house.register(phone, name="李雷")
    house.top_up(counter, f"c-{phone}", 5_000)
    desk_now = built.ledger()
    app_member = desk_now.members.log_in(f"openid {phone}", BY)
    house.top_up(app_member, f"a-{phone}", 700)
    old_card = house.till.get(f"/v1/members/{app_member}").json["card_no"]
    own_token = house.member(app_member)

    joined = desk_now.members.bind_phone(desk_now.card(app_member).member, phone, desk_now, BY)

    assert joined == counter
    assert desk_now.members.log_in(f"openid {phone}", BY) == counter
    for way in ({"phone": phone}, {"card_no": old_card}):
        found = lookup(house, **way)["items"]
        assert [(m["member_id"], m["balance_fen"]) for m in found] == [(counter, 5_700)]
    assert house.till.get(f"/v1/members/{app_member}").json["member_id"] == counter
    names: list[str] = []
    path = "/v1/me/spends?limit=1"
    while path:
        page = house.member(counter).get(path).json
        names += [item["out_trade_no"] for item in page["items"]]
        path = f"/v1/me/spends?limit=1&cursor={page['next_cursor']}" if page["next_cursor"] else ""
    assert sorted(names) == sorted([f"c-{phone}", f"a-{phone}"])
    by_old_id = house.till.get(f"/v1/members/{app_member}/spends").json
    assert [item["out_trade_no"] for item in by_old_id["items"]] == [f"c-{phone}"]
    rest = house.till.get(
        f"/v1/members/{app_member}/spends?cursor={by_old_id['next_cursor']}"
    ).json["items"]
    assert [item["out_trade_no"] for item in rest] == [f"a-{phone}"]
    moved = own_token.get("/v1/me")
    assert (moved.status, moved.json["code"]) == (401, "member_moved")


def test_a_till_that_still_holds_the_joined_member_sells_to_the_one_they_became(
    house: House,
) -> None:
    phone = new_phone()
    counter = house.register(phone)
    desk_now = built.ledger()
    app_member = desk_now.members.log_in(f"openid {phone}", BY)
    desk_now.members.bind_phone(desk_now.card(app_member).member, phone, desk_now, BY)
    body = {
        "member_id": app_member,
        "total_fen": 10,
        "payments": [{"method": "cash", "amount_fen": 10}],
    }
    taken = house.till.put(f"/v1/stores/s1/spends/j-{phone}", body)
    assert (taken.status, taken.json["member_id"]) == (201, counter)


@pytest.mark.usefixtures("house")
def test_a_phone_tied_to_another_wechat_account_is_not_taken_over() -> None:
    phone = new_phone()
    desk_now = built.ledger()
    first = desk_now.members.log_in(f"first {phone}", BY)
    desk_now.members.bind_phone(desk_now.card(first).member, phone, desk_now, BY)
    second = desk_now.members.log_in(f"second {phone}", BY)
    with pytest.raises(PhoneBoundElsewhere):
        desk_now.members.bind_phone(desk_now.card(second).member, phone, desk_now, BY)


def test_consents_keep_the_day_on_which_they_were_given(house: House) -> None:
    member_id = house.register(new_phone())
    before = built.ledger().card(member_id).member.consents["sms"]
    mine = house.member(member_id)
    mine.patch("/v1/me", {"consents": {"sms": True, "email": False}, "email": "a@example.com"})
    after = built.ledger().card(member_id).member
    assert after.consents["sms"] == before
    assert (after.consents["email"].given, after.consents["email"].how) == (False, "app")
    assert mine.get("/v1/me").json["email"] == "a@example.com"
    assert "a@example.com" not in house.till.get(f"/v1/members/{member_id}").text
