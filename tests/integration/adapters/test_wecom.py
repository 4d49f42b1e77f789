"""The group bot against the stand-in, which counts bytes and minutes."""

import pytest

from chalicelib.adapters.upstream import Refused, Unknown, Unreachable, UpstreamError
from chalicelib.adapters.wecom import MOST_BYTES, WeCom
from infra.upstreams.launch import Running
from tests.integration.adapters.conftest import Break
from tests.integration.adapters.leaks import leaked, shown_by

ENDPOINT = "wecom.webhook_send"
RENEWED = "renewed-secret-key"


def bot_at(upstreams: Running, base: str = "", key: str = "") -> WeCom:
    (known,) = upstreams.world.settings.wecom_groups
    url = f"{base or upstreams.url}/cgi-bin/webhook/send?key={key or known}"
    return WeCom(lambda: url, timeout_s=0.5)


def heard(upstreams: Running) -> list[str]:
    return [one["text"] for one in upstreams.world.outbox.find("wecom")]


def test_the_group_reads_what_was_said(upstreams: Running) -> None:
    bot_at(upstreams).say("腾讯云短信已停用：欠费")
    assert heard(upstreams) == ["腾讯云短信已停用：欠费"]


@pytest.mark.parametrize("text", ["灯" * 682 + "ab", "灯" * 683, "a" + "灯" * 2000, "🏮" * 600])
def test_a_long_text_is_cut_to_what_the_bot_takes(upstreams: Running, text: str) -> None:
    bot_at(upstreams).say(text)
    (kept,) = heard(upstreams)
    assert MOST_BYTES - 6 <= len(kept.encode()) <= MOST_BYTES
    assert text.startswith(kept.removesuffix("…"))


@pytest.mark.parametrize(
    ("code", "kind"),
    [(45009, "frequency"), (93000, "account"), (40058, "content"), (40008, "other"), (7, "other")],
)
def test_a_refusal_has_its_class(upstreams: Running, broken: Break, code: int, kind: str) -> None:
    broken(ENDPOINT, "errcode", code=code)
    with pytest.raises(Refused) as refused:
        bot_at(upstreams).say("有人吗")
    assert (refused.value.code, refused.value.kind) == (str(code), kind)


def test_the_twenty_first_in_a_minute_is_refused(upstreams: Running) -> None:
    bot = bot_at(upstreams)
    for number in range(20):
        bot.say(f"第{number}条")
    with pytest.raises(Refused) as refused:
        bot.say("太多")
    assert refused.value.kind == "frequency"


DOUBTFUL = [
    {"kind": "errcode", "code": -1, "taken": True},
    {"kind": "accept_then_hang", "seconds": 5},
    {"kind": "accept_then_hang", "seconds": 0},
    {"kind": "http_error", "status": 502, "taken": True},
    {"kind": "non_json", "taken": True},
]


@pytest.mark.parametrize("fault", DOUBTFUL, ids=lambda fault: f"{fault['kind']}")
def test_what_may_have_been_said_is_unknown(
    upstreams: Running, broken: Break, fault: dict[str, object]
) -> None:
    broken(ENDPOINT, **fault)
    with pytest.raises(Unknown) as unknown:
        bot_at(upstreams).say("有人吗")
    assert heard(upstreams) == ["有人吗"]
    assert leaked(shown_by(unknown.value), upstreams) == []


@pytest.mark.parametrize("base", ["http://127.0.0.1:9", "http://127.0.0.1:99999"])
def test_where_nobody_answers_nothing_was_said_and_the_key_is_not_told(
    upstreams: Running, base: str
) -> None:
    with pytest.raises(Unreachable) as unreachable:
        bot_at(upstreams, base).say("有人吗")
    assert leaked(shown_by(unreachable.value), upstreams) == []


def test_a_removed_bot_is_named_without_its_key(upstreams: Running) -> None:
    with pytest.raises(UpstreamError) as refused:
        bot_at(upstreams, key=RENEWED).say("有人吗")
    assert refused.value.code == "93000"
    assert RENEWED not in shown_by(refused.value)
