"""The control API beside the faults: outbox, calls, clock, settings, reset."""

import pytest

from infra.upstreams.world import World
from tests.unit.upstreams.caller import OPENID, call, control, said, send_sms, subscribe_send


def outbox(world: World, **query: str) -> list[str]:
    return [item["to"] for item in said(call(world, "GET", "/_control/outbox", **query))["items"]]


def test_the_outbox_is_in_order_and_narrowed_by_channel_person_and_seq(world: World) -> None:
    quota = {"openid": OPENID, "template_id": "tmpl-spend", "count": 1}
    control(world, "wechat/quota", quota)
    send_sms(world)
    subscribe_send(world)
    send_sms(world, PhoneNumberSet=["13800138001"])
    assert outbox(world) == ["+8613800138000", OPENID, "+8613800138001"]
    assert outbox(world, channel="wechat") == [OPENID]
    assert outbox(world, to="13800138001") == outbox(world, to=" 8613800138001")
    assert outbox(world, after="2") == ["+8613800138001"]
    control(world, "outbox", None, "DELETE")
    assert outbox(world) == []


def test_calls_are_counted_also_when_refused(world: World) -> None:
    send_sms(world)
    send_sms(world)
    call(world, "GET", "/sns/jscode2session")
    counted = control(world, "calls", None, "GET")["calls"]
    assert counted == {"tencent.SendSms": 2, "wechat.jscode2session": 1}


def test_a_skewed_clock_spoils_signatures_and_ages_nothing(world: World) -> None:
    control(world, "clock", {"skew_s": 301})
    assert send_sms(world)["Error"]["Code"] == "AuthFailure.SignatureExpire"
    control(world, "clock", {"skew_s": 0, "offset_s": 7200})
    assert "Error" not in send_sms(world)


def test_a_reset_forgets_everything_but_what_the_start_gave() -> None:
    world = World(given={"sms_param_max_chars": 6})
    control(world, "settings", {"sms_same_content_limit_s": 1, "sms_param_max_chars": 20})
    control(world, "faults", {"endpoint": "smtp", "kind": "hang_before"})
    control(world, "reset", None)
    settings = control(world, "settings", None, "GET")
    assert (settings["sms_same_content_limit_s"], settings["sms_param_max_chars"]) == (30, 6)
    assert control(world, "faults", None, "GET")["faults"] == []


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("settings", {"sms_sign_name": "灯塔"}),
        ("settings", {"wechat_templates": {"t": ["colour1"]}}),
        ("wechat/quota", {"openid": OPENID, "template_id": "tmpl-none", "count": 1}),
        ("wechat/phone-codes", {"code": "p", "phone": "12345"}),
        ("clock", {"offset": 1}),
        ("clock", None),
    ],
)
def test_a_control_that_makes_no_sense_is_refused(world: World, path: str, body: object) -> None:
    assert call(world, "POST", f"/_control/{path}", body).status == 400


def test_an_address_that_is_nobodys_is_answered_404(world: World) -> None:
    assert call(world, "GET", "/_control/nothing").status == 404
    assert call(world, "GET", "/cgi-bin/nothing").status == 404
