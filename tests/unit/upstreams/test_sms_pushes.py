"""The stand-ins push receipts as the providers do: in batches, again where not taken, with faults on order."""

import json
from typing import Any

import pytest

from infra.upstreams import aliyun_send, sms_pusher, tencent_send
from infra.upstreams.faults import Fault
from infra.upstreams.sms_push import PROVIDERS, Ordered, Provider, taken
from infra.upstreams.world import World
from tests.unit.upstreams.caller import call as ask
from tests.unit.upstreams.caller import control, said

OK = {"tencent": b'{"result":0,"errmsg":"OK"}', "aliyun": b'{"code":0,"msg":"ok"}'}
NAMES = {"tencent": "sid", "aliyun": "biz_id"}
each_provider = pytest.mark.parametrize("provider", PROVIDERS)


class Line:
    """What was pushed, and what is answered to it."""

    def __init__(self, *answers: bytes | None) -> None:
        self.answers = list(answers)
        self.calls: list[list[Any]] = []

    def __call__(self, provider: Provider, body: bytes) -> bytes | None:
        self.calls.append(json.loads(body))
        return self.answers.pop(0) if self.answers else OK[provider]


def sent(world: World, provider: Provider, count: int = 1, fault: Fault | None = None) -> None:
    for n in range(count):
        phone = f"138{n:08d}"
        if provider == "tencent":
            order = tencent_send.SendSms(
                [f"+86{phone}"],
                world.settings.sms_app_id,
                "2000001",
                "灯塔",
                list("1234"),
                "ours-1",
            )
            tencent_send.send(world, order, fault)
        else:
            values = dict.fromkeys(("store", "amount", "balance", "time"), "1")
            aliyun = aliyun_send.SendSms(phone, "灯塔", "SMS_3000001", json.dumps(values), "ours-1")
            aliyun_send.send(world, aliyun, fault)


def configured(world: World, **more: object) -> World:
    urls = dict.fromkeys(PROVIDERS, "http://127.0.0.1:1/push")
    world.change_settings({"sms_push_urls": urls, "sms_same_content_limit_s": 0, **more})
    return world


def push_all(world: World, line: Line) -> list[list[Any]]:
    sms_pusher.gather(world)
    sms_pusher.push_due(world, line)
    return line.calls


@each_provider
def test_a_receipt_is_pushed_once_the_carrier_has_reported(
    world: World, provider: Provider
) -> None:
    sent(configured(world), provider)
    assert push_all(world, Line()) == []
    world.clock.offset_s = 1
    ((item,),) = push_all(world, Line())
    assert item[NAMES[provider]]
    assert item["errmsg" if provider == "tencent" else "err_code"].startswith("DELIV")
    assert push_all(world, Line()) == []


@each_provider
def test_a_hundred_at_most_in_a_call(world: World, provider: Provider) -> None:
    sent(configured(world), provider, 101)
    world.clock.offset_s = 1
    assert sorted(len(call) for call in push_all(world, Line())) == [1, 100]


@pytest.mark.parametrize(("provider", "laters"), [("tencent", (5, 5)), ("aliyun", (60, 300, 600))])
def test_what_is_not_taken_is_pushed_again_so_many_times_and_then_lost(
    world: World, provider: Provider, laters: tuple[int, ...]
) -> None:
    sent(configured(world), provider)
    line = Line(*[None] * 9)
    world.clock.offset_s = 1
    push_all(world, line)
    for n, later in enumerate(laters, start=1):
        world.clock.offset_s += later - 0.5
        push_all(world, line)
        assert len(line.calls) == n
        world.clock.offset_s += 0.5
        push_all(world, line)
        assert len(line.calls) == n + 1
    world.clock.offset_s += 10_000
    push_all(world, line)
    assert len(line.calls) == 1 + len(laters)
    assert sms_pusher.waiting(world) == []


@pytest.mark.parametrize("answer", [b"", b"null", b"ok", b'{"result":1,"code":1}', b"[]", None])
@each_provider
def test_only_their_own_word_for_it_is_taken(provider: Provider, answer: bytes | None) -> None:
    assert not taken(provider, answer)
    assert taken(provider, OK[provider])


@each_provider
def test_an_order_pushes_what_is_to_be_off(world: World, provider: Provider) -> None:
    sent(configured(world), provider, 3)
    order = Ordered(
        provider=provider, opposite=True, without_reference=True, malformed=2, strangers=1,
        copies=1, batch=4, after_s=72 * 3600,
    )  # fmt: skip
    sms_pusher.order(world, order)
    assert push_all(world, Line()) == []
    world.clock.offset_s = 72 * 3600
    line = Line()
    sms_pusher.push_due(world, line)
    assert sorted(len(call) for call in line.calls) == [2, 2, 4, 4]
    items = [one for call in line.calls for one in call]
    good = [one for one in items if isinstance(one, dict) and len(one) > 2]
    assert len(good) == 8
    assert len(items) - len(good) == 4
    assert sum(str(one[NAMES[provider]]).startswith("stranger-") for one in good) == 2
    assert {one["ext" if provider == "tencent" else "out_id"] for one in good} == {None}
    assert not any(
        "DELIV" in str(one.get("errmsg", one.get("err_code"))).replace("UNDELIV", "")
        for one in good
    )


def test_a_silent_carrier_reports_to_nobody(world: World) -> None:
    for provider in PROVIDERS:
        endpoint = f"{provider}.SendSms"
        sent(configured(world), provider, 1, Fault(endpoint=endpoint, kind="carrier_silent"))
    world.clock.offset_s = 10**6
    assert push_all(world, Line()) == []


def test_orders_are_refused_where_no_address_is_entered(world: World) -> None:
    reply = ask(world, "POST", "/_control/sms/pushes", {"provider": "aliyun"})
    assert (reply.status, "sms_push_urls" in said(reply)["error"]) == (400, True)
    assert control(world, "sms/probe", None) == {"taken": False}
    assert control(configured(world), "sms/pushes", {"provider": "aliyun"}) == {"waiting": []}
