"""Faults on order: they hit whom they name, as often as told, and leave the right traces."""

import pytest

from infra.upstreams import app
from infra.upstreams.wire import Reply
from infra.upstreams.world import World
from tests.unit.upstreams.caller import (
    OPENID,
    call,
    codes,
    control,
    log_in,
    said,
    send_sms,
    signed,
    sms_order,
    stable_token,
    subscribe_message,
    subscribe_send,
    tencent,
)


@pytest.fixture
def consented(world: World) -> World:
    quota = {"openid": OPENID, "template_id": "tmpl-spend", "count": 9}
    control(world, "wechat/quota", quota)
    return world


def order(world: World, endpoint: str, kind: str, **other: object) -> None:
    control(world, "faults", {"endpoint": endpoint, "kind": kind, **other})


def raw_sms(world: World) -> Reply:
    return app.handle(world, signed(world, "SendSms", sms_order()))


def test_a_fault_fires_as_often_as_told_and_is_gone(consented: World) -> None:
    order(consented, "wechat.subscribe_send", "errcode", code=45009, times=2)
    assert [subscribe_send(consented)["errcode"] for _ in range(3)] == [45009, 45009, 0]
    assert control(consented, "faults", None, "GET") == {"faults": []}


def test_a_fault_with_a_match_spares_everybody_else(world: World) -> None:
    order(
        world,
        "tencent.SendSms",
        "tencent_code",
        code="FailedOperation.PhoneNumberInBlacklist",
        match="13800138000",
        times="always",
    )
    both = ["+8613800138000", "+8613800138001"]
    assert codes(send_sms(world, PhoneNumberSet=both)) == [
        "FailedOperation.PhoneNumberInBlacklist",
        "Ok",
    ]


def test_a_fault_may_name_the_openid_behind_a_code(world: World) -> None:
    order(
        world,
        "wechat.jscode2session",
        "errcode",
        code=40226,
        match=log_in(world, "demo-alice-2")["openid"],
    )
    assert "openid" in log_in(world, "demo-bob-1")
    assert log_in(world, "demo-alice-3")["errcode"] == 40226
    assert "openid" in log_in(world, "demo-alice-3")


def test_always_lasts_until_it_is_cleared(consented: World) -> None:
    order(consented, "wechat.*", "errcode", code=-1, times="always")
    assert [stable_token(consented)["errcode"] for _ in range(3)] == [-1, -1, -1]
    control(consented, "faults", None, "DELETE")
    assert "access_token" in stable_token(consented)


def test_an_expired_token_really_ends_and_the_next_one_is_good(consented: World) -> None:
    token = stable_token(consented)["access_token"]
    order(consented, "wechat.subscribe_send", "token_expired")
    assert subscribe_send(consented, token=token)["errcode"] == 42001
    assert subscribe_send(consented, token=token)["errcode"] == 42001
    assert subscribe_send(consented)["errcode"] == 0


def test_a_whole_request_is_refused_in_the_clouds_error_shape(world: World) -> None:
    order(world, "tencent.SendSms", "tencent_code", code="RequestLimitExceeded", scope="request")
    assert tencent(world, "SendSms", sms_order())["Error"]["Code"] == "RequestLimitExceeded"
    assert world.outbox.find() == []


@pytest.mark.parametrize(("taken", "accepted"), [(False, 0), (True, 1)])
def test_a_gateway_error_says_nothing_of_what_was_taken(
    world: World, accepted: int, *, taken: bool
) -> None:
    order(world, "tencent.SendSms", "http_error", status=503, taken=taken)
    reply = raw_sms(world)
    assert (reply.status, reply.content_type) == (503, "text/html")
    assert len(world.outbox.find()) == accepted


def test_an_answer_that_is_no_json_comes_with_200(world: World) -> None:
    order(world, "tencent.SendSms", "non_json")
    reply = raw_sms(world)
    assert (reply.status, reply.body[:6]) == (200, b"<html>")


def test_a_hang_before_leaves_nothing_behind(world: World) -> None:
    order(world, "tencent.SendSms", "hang_before", seconds=3)
    assert raw_sms(world).silence_s == 3
    assert world.outbox.find() == []


def test_an_accepted_message_that_hangs_has_spent_its_quota(consented: World) -> None:
    order(consented, "wechat.subscribe_send", "accept_then_hang")
    token = stable_token(consented)["access_token"]
    path = "/cgi-bin/message/subscribe/send"
    reply = call(consented, "POST", path, subscribe_message(), access_token=token)
    assert reply.silence_s == 30
    left = said(call(consented, "GET", "/_control/wechat/quota", openid=OPENID))["left"]
    assert (left["tmpl-spend"], len(consented.outbox.find("wechat"))) == (8, 1)


def test_a_login_that_hangs_has_spent_its_code(world: World) -> None:
    order(world, "wechat.jscode2session", "errcode", code=-1, taken=True)
    assert log_in(world, "demo-alice-1")["errcode"] == -1
    assert log_in(world, "demo-alice-1")["errcode"] == 40163


def reports(world: World) -> list[tuple[str, str]]:
    order = {"Limit": 100, "SmsSdkAppId": "1400000001"}
    world.clock.offset_s += 60
    rows = tencent(world, "PullSmsSendStatus", order)["PullSmsSendStatusSet"]
    return [(row["ReportStatus"], row["Description"]) for row in rows]


def test_a_carrier_may_fail_what_was_accepted_or_never_speak(world: World) -> None:
    order(world, "tencent.SendSms", "carrier_fails", code="MK:0001")
    assert codes(send_sms(world)) == ["Ok"]
    assert reports(world) == [("FAIL", "MK:0001")]
    order(world, "tencent.SendSms", "carrier_silent")
    assert codes(send_sms(world)) == ["Ok"]
    assert reports(world) == []


@pytest.mark.parametrize(
    ("fault", "said_of"),
    [
        ({"endpoint": "wechat.login", "kind": "hang_before"}, "endpoint"),
        ({"endpoint": "smtp", "kind": "errcode", "code": 1}, "kind"),
        ({"endpoint": "smtp", "kind": "http_error"}, "kind"),
        ({"endpoint": "wechat.token", "kind": "errcode"}, "code"),
        ({"endpoint": "wechat.token", "kind": "errcode", "code": "x"}, "code"),
        ({"endpoint": "tencent.SendSms", "kind": "tencent_code", "code": 1}, "code"),
        ({"endpoint": "smtp", "kind": "hang_before", "seconds": 31}, "seconds"),
        ({"endpoint": "smtp", "kind": "hang_before", "times": 0}, "times"),
        ({"endpoint": "smtp", "kind": "hang_before", "often": 1}, "often"),
    ],
)
def test_a_fault_that_could_never_fire_is_refused(
    world: World, fault: dict[str, object], said_of: str
) -> None:
    reply = call(world, "POST", "/_control/faults", fault)
    assert reply.status == 400
    assert said_of in said(reply)["error"]
