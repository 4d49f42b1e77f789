"""Calls on the stand-ins as plain values: what a client would put on the wire."""

import json
from typing import Any

from infra.upstreams import app, tc3
from infra.upstreams.wire import Reply, Request
from infra.upstreams.world import World

NOW_S = 1_795_312_800.0
OPENID = "oMEMBER0000000000000000000001"


def call(world: World, method: str, path: str, body: object = None, **query: str) -> Reply:
    raw = b"" if body is None else json.dumps(body).encode()
    return app.handle(world, Request(method, path, query, {}, raw))


def said(reply: Reply) -> Any:  # noqa: ANN401
    return json.loads(reply.body)


def control(world: World, path: str, body: object, method: str = "POST") -> Any:  # noqa: ANN401
    reply = call(world, method, f"/_control/{path}", body)
    assert reply.status == 200, said(reply)
    return said(reply)


def log_in(world: World, code: str, **other: str) -> Any:  # noqa: ANN401
    query = {
        "appid": world.settings.wechat_app_id,
        "secret": world.settings.wechat_secret,
        "js_code": code,
        "grant_type": "authorization_code",
        **other,
    }
    return said(call(world, "GET", "/sns/jscode2session", **query))


def stable_token(world: World, **other: object) -> Any:  # noqa: ANN401
    body = {
        "appid": world.settings.wechat_app_id,
        "secret": world.settings.wechat_secret,
        "grant_type": "client_credential",
        **other,
    }
    return said(call(world, "POST", "/cgi-bin/stable_token", body))


def subscribe_message(**other: object) -> dict[str, object]:
    values = {"thing1": "人民路店", "amount2": "35.00元", "amount3": "165.00元"}
    values["time4"] = "2026年11月22日 15:01"
    return {
        "touser": OPENID,
        "template_id": "tmpl-spend",
        "page": "pages/spends/detail?id=1",
        "data": {key: {"value": value} for key, value in values.items()},
        "miniprogram_state": "formal",
        "lang": "zh_CN",
        **other,
    }


def subscribe_send(world: World, other: dict[str, object] | None = None, *, token: str = "") -> Any:  # noqa: ANN401
    shown = token or stable_token(world)["access_token"]
    message = subscribe_message(**(other or {}))
    return said(call(world, "POST", "/cgi-bin/message/subscribe/send", message, access_token=shown))


def sms_order(**other: object) -> dict[str, object]:
    return {
        "PhoneNumberSet": ["+8613800138000"],
        "SmsSdkAppId": "1400000001",
        "TemplateId": "2000001",
        "SignName": "灯塔",
        "TemplateParamSet": ["人民路店", "35.00", "165.00", "11-22 15:01"],
        "SessionContext": "m1-a1",
        **other,
    }


def signed(
    world: World, action: str, body: object, changed: dict[str, str] | None = None
) -> Request:
    """Sign an action as a client would; `changed` overwrites headers after signing."""
    raw = json.dumps(body).encode()
    sent = {
        "content-type": "application/json; charset=utf-8",
        "host": "127.0.0.1:8700",
        "x-tc-action": action,
        "x-tc-version": "2021-01-11",
        "x-tc-region": "ap-guangzhou",
        "x-tc-timestamp": str(int(NOW_S)),
    }
    names = ("content-type", "host", "x-tc-action")
    key = world.settings.sms_secret_key
    proof = tc3.signature(key, int(NOW_S), "sms", headers=sent, signed=names, body=raw)
    sent["authorization"] = (
        "TC3-HMAC-SHA256 Credential=standin-id/2026-11-22/sms/tc3_request, "
        f"SignedHeaders={';'.join(names)}, Signature={proof}"
    )
    return Request("POST", "/", {}, {**sent, **(changed or {})}, raw)


def tencent(world: World, action: str, body: object) -> Any:  # noqa: ANN401
    return said(app.handle(world, signed(world, action, body)))["Response"]


def send_sms(world: World, **other: object) -> Any:  # noqa: ANN401
    return tencent(world, "SendSms", sms_order(**other))


def codes(answer: Any) -> list[str]:  # noqa: ANN401
    return [status["Code"] for status in answer["SendStatusSet"]]
