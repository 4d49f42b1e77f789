"""WeChat's pushes: whose they are, told by hashlib alone, and what they say, however they are written and sealed."""

import base64
import json
import random
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import pytest
from wechatpy.crypto import PrpCrypto, WeChatCrypto
from wechatpy.utils import WeChatSigner

from chalicelib.adapters.wechat import push
from chalicelib.adapters.wechat.push import BadPush, Item
from chalicelib.adapters.wechat.signature import fresh, sealed_part, signed
from infra.upstreams import wechat_push
from infra.upstreams.clock import Clock
from infra.upstreams.wechat_push import Ordered
from infra.upstreams.world import World

OPENID = "oMEMBER0000000000000000000001"
NOW = datetime(2026, 11, 22, 6, 5, tzinfo=UTC)
WORLD = World(clock=Clock(wall=NOW.timestamp))
APP_ID = WORLD.settings.wechat_app_id
TOKEN, KEY = WORLD.settings.wechat_push_token, WORLD.settings.wechat_push_aes_key
SENT = {"TemplateId": "tmpl-spend", "MsgID": "1864323726461255680", "ErrorCode": "0"}
SAID = Item("tmpl-spend", msg_id="1864323726461255680", error_code="0")
Form = Literal["json", "xml"]
FORMS = pytest.mark.parametrize("form", ["json", "xml"])


def made(**ordered: Any) -> wechat_push.Outgoing:  # noqa: ANN401
    each = Ordered(**{"openid": OPENID, "kind": "subscribe_msg_sent_event", **ordered})
    return wechat_push.request(WORLD, each, wechat_push.created(WORLD, each))


def reason_of(body: bytes, aes_key: str = "") -> str:
    with pytest.raises(BadPush) as refused:
        push.read(body, APP_ID, aes_key)
    return str(refused.value)


def test_the_signature_is_that_of_the_document() -> None:
    parts = ("1714036504", "1514711492")
    right = "f464b24fc39322e44b38aa78f5edd27bd1441696"
    assert signed(right, "AAAAA", *parts)
    assert not signed(right, "AAAAB", *parts)
    assert not signed(right[:-1] + "7", "AAAAA", *parts)
    assert not signed("", "AAAAA", *parts)


def test_what_is_not_ascii_is_no_signature() -> None:
    assert not signed("签名", "AAAAA", "1714036504", "1514711492")


def test_nothing_is_signed_where_no_token_is_set_up() -> None:
    signer = WeChatSigner()
    signer.add_data("", "1714036504", "1514711492")
    assert not signed(signer.signature, "", "1714036504", "1514711492")


@pytest.mark.parametrize(
    ("age_s", "is_fresh"), [(-30, True), (599, True), (600, True), (601, False)]
)
def test_a_push_is_fresh_for_ten_minutes(age_s: int, is_fresh: bool) -> None:  # noqa: FBT001
    stamp = str(int((NOW - timedelta(seconds=age_s)).timestamp()))
    assert fresh(stamp, NOW) is is_fresh


@pytest.mark.parametrize("stamp", ["", "x", "-1", "1.5", "²"])
def test_what_is_no_time_is_not_fresh(stamp: str) -> None:
    assert not fresh(stamp, NOW)


@FORMS
def test_wechatpy_opens_what_the_stand_in_seals(form: Form) -> None:
    out = made(items=[SENT], form=form)
    body = json.loads(out.body) if form == "json" else out.body
    crypto = WeChatCrypto(TOKEN, KEY, APP_ID)
    query = (out.query["msg_signature"], out.query["timestamp"], out.query["nonce"])
    assert OPENID in crypto.decrypt_message(body, *query)
    sealed = sealed_part(out.body)
    assert sealed is not None
    assert signed(query[0], TOKEN, *query[1:], sealed)
    assert signed(out.query["signature"], TOKEN, *query[1:])


@FORMS
@pytest.mark.parametrize("safe", [True, False])
@pytest.mark.parametrize("items", [[SENT], [SENT, {**SENT, "MsgID": "2"}], []])
def test_a_push_is_read_however_it_is_written(
    form: Form,
    safe: bool,  # noqa: FBT001
    items: list[dict[str, str]],
) -> None:
    out = made(items=items, form=form, safe=safe)
    read = push.read(out.body, APP_ID, KEY if safe else "")
    assert (read.openid, read.created_at, read.kind) == (OPENID, NOW, "subscribe_msg_sent_event")
    assert read.items == (SAID, SAID._replace(msg_id="2"))[: len(items)]


def test_one_item_may_come_as_a_list_of_one() -> None:
    out = made(items=[SENT], as_array=True, safe=False)
    assert isinstance(json.loads(out.body)["List"], list)
    assert push.read(out.body, APP_ID, "").items == (SAID,)


def test_numbers_may_come_as_numbers_and_what_was_opened_may_say_what_was_sealed() -> None:
    popup = {"TemplateId": "tmpl-spend", "SubscribeStatusString": "accept", "PopupScene": "0"}
    content = {
        "FromUserName": OPENID, "CreateTime": "1795327500", "MsgType": "event", "Encrypt": "old",
        "Event": "subscribe_msg_popup_event", "List": {**popup, "MsgID": 5, "ErrorCode": 0},
    }  # fmt: skip
    sealed = PrpCrypto(base64.b64decode(KEY + "=")).encrypt(json.dumps(content), APP_ID).decode()
    read = push.read(json.dumps({"Encrypt": sealed}).encode(), APP_ID, KEY)
    assert read.created_at == NOW
    assert read.items == (Item("tmpl-spend", "accept", "5", "0"),)


@FORMS
def test_two_things_that_a_member_writes_are_told_apart(form: Form) -> None:
    fields = {"MsgType": "text", "Content": "我的短信呢", "MsgId": 23210}
    one, other = (
        push.read(made(kind="text", form=form, fields={**fields, "MsgId": each}).body, APP_ID, KEY)
        for each in (23210, 23211)
    )
    assert (one.kind, one.fields["Content"]) == ("text", "我的短信呢")
    assert one.digest != other.digest


def test_a_push_is_the_same_however_it_is_sealed() -> None:
    tries = [made(items=[SENT]) for _ in range(3)]
    assert len({each.body for each in tries}) == 3
    assert len({push.read(each.body, APP_ID, KEY).digest for each in tries}) == 1


def test_a_push_for_another_app_is_not_read() -> None:
    assert reason_of(made(items=[SENT], other_app=True).body, KEY) == "other_app"


def test_nothing_in_the_open_is_read_where_pushes_are_sealed() -> None:
    assert reason_of(made(items=[SENT], safe=False).body, KEY) == "not_sealed"
    both = json.dumps({"Encrypt": "AAAA", "FromUserName": OPENID}).encode()
    assert reason_of(both, KEY) == "cannot_open"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "cannot_read"),
        (b"{", "cannot_read"),
        (b"[]", "cannot_read"),
        (b"<xml>", "cannot_read"),
        (b"\xff\xfe", "cannot_read"),
        (
            b'<!DOCTYPE x [<!ENTITY a "b">]><xml><FromUserName>&a;</FromUserName></xml>',
            "cannot_read",
        ),
        (b"<other></other>", "no_fields"),
        (b"<xml/>", "no_fields"),
        (b"{}", "no_openid"),
        (b'{"FromUserName": "\\ud800"}', "cannot_read"),
        (b'{"FromUserName": "o", "CreateTime": "x"}', "no_time"),
        (b'{"FromUserName": "o", "CreateTime": -1}', "no_time"),
        (b'{"FromUserName": "o", "CreateTime": 1795327500}', "no_kind"),
        (b'{"FromUserName": "o", "CreateTime": 1795327500, "MsgType": "event"}', "no_kind"),
    ],
)
def test_what_says_nothing_is_refused_by_a_reason(body: bytes, reason: str) -> None:
    assert reason_of(body) == reason


def test_what_is_far_too_much_is_not_read() -> None:
    assert reason_of(b"{" + b" " * push.MOST_BYTES) == "too_long"
    assert push.read(made(items=[SENT] * 100, safe=False).body, APP_ID, "").items == (SAID,) * 100
    assert reason_of(made(items=[SENT] * 101, safe=False).body) == "too_many"


@FORMS
@pytest.mark.parametrize("safe", [True, False])
def test_whatever_comes_is_read_or_refused(form: Form, safe: bool) -> None:  # noqa: FBT001
    """What broke the reader otherwise would be brought by the stream again and again."""
    chance = random.Random(f"{form} {safe}")
    good = made(items=[SENT, SENT], form=form, safe=safe).body
    told: Counter[str] = Counter()
    for _ in range(400):
        wrong = bytearray(good)
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(wrong))
            wrong[at : at + chance.randint(0, 3)] = chance.randbytes(chance.randint(0, 3))
        try:
            push.read(bytes(wrong), APP_ID, KEY if safe else "")
        except BadPush as bad:
            told[str(bad)] += 1
    assert len(told) > 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b'{"Encrypt": 5}',
        b"<xml></xml>",
        b"<xml><Encrypt>AAAA</Encrypt><Encrypt>BBBB</Encrypt></xml>",
        b"<xml><Encrypt><![CDATA[]]></Encrypt></xml>",
        b'{"a":' + b"[" * 3000,
    ],
)
def test_a_body_without_one_sealed_part_has_none(body: bytes) -> None:
    assert sealed_part(body) is None


def test_whose_a_push_is_is_told_without_importing_wechatpy() -> None:
    told = "import sys; import chalicelib.adapters.wechat.signature; print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert not set(ran.stdout.split()) & {"wechatpy", "requests", "xmltodict"}
