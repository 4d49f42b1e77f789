"""The stand-in's pushes: what they say, when they come, and until when they are tried."""

import json
from typing import Any

import pytest

from infra.upstreams import wechat, wechat_pusher
from infra.upstreams.wechat_push import Ordered, Outgoing, request
from infra.upstreams.world import World
from tests.unit.upstreams.caller import NOW_S, OPENID, call, control, said, subscribe_send

ITEM = {"TemplateId": "tmpl-spend", "SubscribeStatusString": "reject"}
CHANGE = "subscribe_msg_change_event"


class Line:
    """An app that answers each push as it is told to."""

    def __init__(self, *answers: bytes | None) -> None:
        self.answers = list(answers)
        self.heard: list[Outgoing] = []

    def __call__(self, outgoing: Outgoing) -> bytes | None:
        self.heard.append(outgoing)
        return self.answers.pop(0) if self.answers else b"success"

    @property
    def contents(self) -> list[Any]:
        return [json.loads(each.body) for each in self.heard]


@pytest.fixture
def pushing(world: World) -> World:
    world.change_settings({"wechat_push_url": "http://127.0.0.1:1/", "wechat_push_safe": False})
    wechat.meet(world, OPENID)
    return world


def change(**other: Any) -> Ordered:  # noqa: ANN401
    return Ordered(OPENID, CHANGE, [ITEM], **{"safe": False, **other})


def test_a_push_that_is_not_taken_is_tried_three_times_and_says_the_same(pushing: World) -> None:
    wechat_pusher.order(pushing, change())
    line = Line(None, b"oops", None)
    made = []
    for offset_s in (0, 4, 5, 9, 10, 100):
        pushing.clock.offset_s = offset_s
        made.append(wechat_pusher.push_due(pushing, line))
    assert made == [1, 0, 1, 0, 1, 0]
    assert len({each.query["nonce"] for each in line.heard}) == 3
    assert line.contents == [line.contents[0]] * 3
    assert wechat_pusher.waiting(pushing) == []


@pytest.mark.parametrize("answer", [b"success", b""])
def test_a_push_that_is_taken_is_not_tried_again(pushing: World, answer: bytes) -> None:
    wechat_pusher.order(pushing, change())
    line = Line(answer)
    assert [wechat_pusher.push_due(pushing, line) for _ in range(2)] == [1, 0]


def test_a_message_that_is_taken_is_told_of_as_often_and_as_late_as_set(pushing: World) -> None:
    settings = {"wechat_sent_events": 2, "wechat_sent_event_delay_s": 3}
    control(pushing, "settings", settings)
    pushing.store.put("quota", f"{OPENID} tmpl-spend", 1)
    msgid = subscribe_send(pushing)["msgid"]
    line = Line()
    assert wechat_pusher.push_due(pushing, line) == 0
    pushing.clock.offset_s = 3
    assert wechat_pusher.push_due(pushing, line) == 2
    told = line.contents[0]
    assert (told["FromUserName"], told["Event"]) == (OPENID, "subscribe_msg_sent_event")
    assert told["List"]["MsgID"] == str(msgid)
    assert line.contents[1] == told


def test_a_message_that_is_refused_is_not_told_of(pushing: World) -> None:
    assert subscribe_send(pushing)["errcode"] == 43101
    assert wechat_pusher.waiting(pushing) == []


def test_the_control_orders_a_push_that_is_off(pushing: World) -> None:
    ordered = {"openid": OPENID, "kind": CHANGE, "items": [ITEM], "signed_s_ago": 700, "copies": 1}
    assert len(control(pushing, "wechat/pushes", ordered)["waiting"]) == 2
    line = Line()
    wechat_pusher.push_due(pushing, line)
    assert [each.query["timestamp"] for each in line.heard] == [str(int(NOW_S - 700))] * 2
    assert all("Encrypt" in each for each in line.contents)


def test_nothing_is_ordered_where_nobody_is_pushed_to(world: World) -> None:
    reply = call(world, "POST", "/_control/wechat/pushes", {"openid": OPENID, "kind": CHANGE})
    assert (reply.status, said(reply)["error"]) == (400, "wechat_push_url is not set")


def test_in_xml_a_list_stands_below_the_events_own_name(world: World) -> None:
    ordered = change(form="xml", as_array=True)
    content = {"MsgType": "event", "Event": CHANGE, "List": [ITEM, ITEM]}
    body = request(world, ordered, content).body.decode()
    assert body.count("<List>") == 2
    assert "<SubscribeMsgChangeEvent><List>" in body
