"""The WeChat stand-in: codes, tokens, quota and values."""

from collections.abc import Callable
from typing import Any

import pytest

from infra.upstreams.wechat import demo_openid
from infra.upstreams.world import World
from tests.unit.upstreams.caller import (
    OPENID,
    call,
    control,
    log_in,
    said,
    stable_token,
    subscribe_message,
    subscribe_send,
)


def age(world: World, seconds: float) -> None:
    world.clock.offset_s += seconds


def give_quota(world: World, count: int) -> None:
    quota = {"openid": OPENID, "template_id": "tmpl-spend", "count": count}
    control(world, "wechat/quota", quota)


def phone_number(world: World, body: object) -> Any:  # noqa: ANN401
    token = stable_token(world)["access_token"]
    return said(call(world, "POST", "/wxa/business/getuserphonenumber", body, access_token=token))


def test_a_registered_code_logs_in_once_and_shows_no_errcode(world: World) -> None:
    control(world, "wechat/codes", {"code": "c1", "openid": OPENID, "unionid": "u1"})
    first = log_in(world, "c1")
    assert (first["openid"], first["unionid"], "errcode" in first) == (OPENID, "u1", False)
    assert log_in(world, "c1")["errcode"] == 40163


@pytest.mark.parametrize(("age_s", "errcode"), [(299, None), (300, 40029), (301, 40029)])
def test_a_login_code_lives_five_minutes(world: World, age_s: int, errcode: int | None) -> None:
    control(world, "wechat/codes", {"code": "c1", "openid": OPENID})
    age(world, age_s)
    assert log_in(world, "c1").get("errcode") == errcode


def test_demo_codes_of_one_name_are_one_member_and_each_works_once(world: World) -> None:
    openids = {log_in(world, f"demo-alice-{number}")["openid"] for number in (1, 2)}
    assert openids == {demo_openid("demo-alice")}
    assert log_in(world, "demo-bob-1")["openid"] not in openids
    assert log_in(world, "demo-alice-1")["errcode"] == 40163


@pytest.mark.parametrize(
    ("wrong", "errcode"),
    [
        ({"appid": "wx1"}, 40013),
        ({"secret": "x"}, 40125),
        ({"grant_type": "client_credential"}, 40002),
        ({"js_code": ""}, 41008),
        ({"js_code": "nobody's"}, 40029),
    ],
)
def test_a_wrong_login_is_refused_with_its_own_code(
    world: World, wrong: dict[str, str], errcode: int
) -> None:
    refused = log_in(world, "demo-alice-1", **wrong)
    assert refused["errcode"] == errcode
    assert " rid: " in refused["errmsg"]
    assert "openid" in log_in(world, "demo-alice-1")


@pytest.mark.parametrize(("age_s", "same"), [(6899, True), (6900, False), (6901, False)])
def test_the_stable_token_stays_until_its_last_five_minutes(
    world: World, age_s: int, *, same: bool
) -> None:
    first = stable_token(world)
    age(world, age_s)
    second = stable_token(world)
    assert (second["access_token"] == first["access_token"]) is same
    assert second["expires_in"] == (7200 - age_s if same else 7200)


@pytest.mark.parametrize(("age_s", "errcode"), [(7199, 0), (7200, 42001), (7201, 42001)])
def test_an_old_token_works_beside_the_new_one_until_it_expires(
    world: World, age_s: int, errcode: int
) -> None:
    give_quota(world, 1)
    token = stable_token(world)["access_token"]
    age(world, 6900)
    stable_token(world)
    age(world, age_s - 6900)
    assert subscribe_send(world, token=token)["errcode"] == errcode


def test_the_old_kind_of_token_kills_its_elder_after_five_minutes_and_not_the_stable_one(
    world: World,
) -> None:
    give_quota(world, 9)
    proof = {
        "appid": world.settings.wechat_app_id,
        "secret": world.settings.wechat_secret,
        "grant_type": "client_credential",
    }
    stable = stable_token(world)["access_token"]
    elder, younger = (
        said(call(world, "GET", "/cgi-bin/token", **proof))["access_token"] for _ in range(2)
    )
    age(world, 299)
    assert subscribe_send(world, token=elder)["errcode"] == 0
    age(world, 1)
    outcomes = [subscribe_send(world, token=token)["errcode"] for token in (elder, younger, stable)]
    assert outcomes == [42001, 0, 0]


def test_a_forced_refresh_ends_the_token_and_is_rationed(world: World) -> None:
    give_quota(world, 1)
    first = stable_token(world)["access_token"]
    stable_token(world, force_refresh=True)
    assert subscribe_send(world, token=first)["errcode"] == 42001
    assert stable_token(world, force_refresh=True)["errcode"] == 45011
    for _ in range(19):
        age(world, 30)
        assert "access_token" in stable_token(world, force_refresh=True)
    age(world, 30)
    assert stable_token(world, force_refresh=True)["errcode"] == 45009


@pytest.mark.parametrize(
    ("token", "errcode"), [("97_" + "a" * 120, 40001), ("nonsense", 40014), ("", 41001)]
)
def test_a_token_that_is_none_is_refused(world: World, token: str, errcode: int) -> None:
    query = {"access_token": token} if token else {}
    reply = call(world, "POST", "/cgi-bin/message/subscribe/send", subscribe_message(), **query)
    assert said(reply)["errcode"] == errcode


def test_a_phone_code_gives_the_number_once(world: World) -> None:
    answer = phone_number(world, {"code": "phone-13800138000-1"})
    assert answer["phone_info"]["purePhoneNumber"] == "13800138000"
    assert phone_number(world, {"code": "phone-13800138000-1"})["errcode"] == 40029


def test_a_phone_code_bound_to_another_openid_is_refused_and_not_used_up(world: World) -> None:
    bound = {"code": "p1", "phone": "+8613800138001", "openid": OPENID}
    control(world, "wechat/phone-codes", bound)
    assert phone_number(world, {"code": "p1", "openid": "o-else"})["errcode"] == 40029
    right = phone_number(world, {"code": "p1", "openid": OPENID})
    assert right["phone_info"]["phoneNumber"] == "13800138001"


def test_one_consent_is_one_message(world: World) -> None:
    give_quota(world, 1)
    sent = subscribe_send(world)
    assert [sent["errcode"], subscribe_send(world)["errcode"]] == [0, 43101]
    [item] = world.outbox.find("wechat", OPENID)
    assert (item["id"], item["values"]["amount2"]) == (str(sent["msgid"]), "35.00元")


def data_with(**changed: object) -> dict[str, object]:
    data = subscribe_message()["data"]
    assert isinstance(data, dict)
    return {"data": {**data, **changed}}


@pytest.mark.parametrize(
    ("wrong", "errcode", "named"),
    [
        (lambda: {"touser": "o-nobody"}, 40003, "openid"),
        (lambda: {"template_id": "tmpl-none"}, 40037, "template_id"),
        (lambda: {"page": "https://else.example/"}, 41030, "page"),
        (lambda: {"miniprogram_state": None}, 47003, "miniprogram_state"),
        (lambda: {"lang": "zh-CN"}, 47003, "lang"),
        (lambda: {"Data": {}}, 47003, "Data"),
        (lambda: {"data": {}}, 47003, "data.thing1.value is empty"),
        (lambda: data_with(thing1={"value": "店" * 21}), 47003, "data.thing1.value invalid"),
        (lambda: data_with(amount2={"value": 35}), 47003, "data.amount2.value invalid"),
        (lambda: data_with(thing1={"value": ""}), 47003, "data.thing1.value is empty"),
        (lambda: data_with(thing9={"value": "x"}), 47003, "data.thing9.value invalid"),
    ],
)
def test_a_wrong_message_is_refused_by_name_and_costs_no_quota(
    world: World, wrong: Callable[[], dict[str, object]], errcode: int, named: str
) -> None:
    give_quota(world, 1)
    refused = subscribe_send(world, wrong())
    assert refused["errcode"] == errcode
    assert named in refused["errmsg"]
    assert subscribe_send(world)["errcode"] == 0


def test_only_the_named_pages_are_live_once_some_are_named(world: World) -> None:
    give_quota(world, 1)
    control(world, "settings", {"wechat_pages": ["pages/home/index"]})
    assert subscribe_send(world)["errcode"] == 41030
    assert subscribe_send(world, {"page": "pages/home/index?x=1"})["errcode"] == 0
