"""WeCom's stand-in: only a known bot, only what fits, twenty a minute."""

import pytest

from infra.upstreams.world import World
from tests.unit.upstreams.caller import call, control, said

KEY = "standin-wecom-key"


def text(content: object) -> dict[str, object]:
    return {"msgtype": "text", "text": {"content": content}}


def say(world: World, body: object, key: str = KEY) -> int:
    answer = said(call(world, "POST", "/cgi-bin/webhook/send", body, key=key))
    return int(answer["errcode"])


def test_the_group_has_what_was_said(world: World) -> None:
    assert say(world, text("腾讯云短信已停用")) == 0
    (kept,) = world.outbox.find("wecom", "值班群")
    assert (kept["msgtype"], kept["text"]) == ("text", "腾讯云短信已停用")


def test_a_removed_bot_says_so(world: World) -> None:
    assert say(world, text("有人吗"), key="another") == 93000


@pytest.mark.parametrize(
    ("body", "errcode"),
    [
        (text("灯" * 682 + "ab"), 0),
        (text("灯" * 683), 40058),
        ({"msgtype": "markdown", "markdown": {"content": "x" * 4096}}, 0),
        ({"msgtype": "markdown", "markdown": {"content": "x" * 4097}}, 40058),
        ({"msgtype": "voice", "voice": {}}, 40008),
        ({"msgtype": "text"}, 40058),
        (text(" "), 44004),
        ([], 47001),
    ],
)
def test_only_what_fits_is_taken(world: World, body: object, errcode: int) -> None:
    assert say(world, body) == errcode
    assert len(world.outbox.find("wecom")) == (errcode == 0)


def test_twenty_a_minute_are_taken_whenever_the_minute_begins(world: World) -> None:
    assert [say(world, text("一条")) for _ in range(21)] == [0] * 20 + [45009]
    world.clock.offset_s = 59.9
    assert say(world, text("太早")) == 45009
    world.clock.offset_s = 60
    assert say(world, text("够久")) == 0


@pytest.mark.parametrize(("taken", "said_to_group"), [(False, 0), (True, 1)])
def test_busy_says_nothing_of_what_was_taken(
    world: World, said_to_group: int, *, taken: bool
) -> None:
    fault = {"endpoint": "wecom.webhook_send", "kind": "errcode", "code": -1, "taken": taken}
    control(world, "faults", fault)
    assert say(world, text("忙吗")) == -1
    assert len(world.outbox.find("wecom")) == said_to_group
