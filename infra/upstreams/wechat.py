"""WeChat's server API as far as a mini program's backend uses it: log-in and the phone number."""

import hashlib
import re
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import Any

from infra.upstreams.faults import Fault
from infra.upstreams.wechat_tokens import require_token
from infra.upstreams.wechat_wire import Refused, answering, require_app
from infra.upstreams.wire import Request
from infra.upstreams.world import World

CODE_LIFE_S = 300
DEMO_LOGIN = re.compile(r"(demo-.+)-[^-]+")
DEMO_PHONE = re.compile(r"phone-(1[3-9][0-9]{9})-[^-]+")


def demo_openid(name: str) -> str:
    """Give the openid of a demo member: `demo-alice` for the codes `demo-alice-1`, `demo-alice-2`."""
    digest = hashlib.sha256(name.encode()).digest()
    return "o" + urlsafe_b64encode(digest).decode()[:27]


def meet(world: World, openid: str) -> None:
    """Remember an openid as one of this app's: messages to others are refused (40003)."""
    world.store.put("openid", openid, True)


def register_code(world: World, space: str, code: str, content: dict[str, Any]) -> None:
    world.store.put(space, code, {**content, "until": world.clock.now() + CODE_LIFE_S})


def who_logs_in(world: World, request: Request) -> set[str]:
    code = request.query.get("js_code", "")
    found = _login_of(world, code)
    return {code, found["openid"]} if found else {code}


def _login_of(world: World, code: str) -> dict[str, Any] | None:
    kept: dict[str, Any] | None = world.store.get("login", code)
    demo = DEMO_LOGIN.fullmatch(code)
    if kept is None and demo:
        return {"openid": demo_openid(demo[1])}
    return kept


@answering("GET", content_type="text/plain")
def jscode2session(world: World, request: Request, _fault: Fault | None) -> dict[str, Any]:
    """Trade a log-in code for the openid, once. No `errcode` stands in a good answer."""
    require_app(world, request.query)
    if request.query.get("grant_type") != "authorization_code":
        raise Refused(40002, "invalid grant_type")
    login = _spend_code(world, "login", request.query.get("js_code", ""), _login_of, used=40163)
    meet(world, login["openid"])
    answer = {"session_key": secrets.token_urlsafe(18), "openid": login["openid"]}
    return {**answer, "unionid": login["unionid"]} if login.get("unionid") else answer


def whose_phone(world: World, request: Request) -> set[str]:
    body = request.fields()
    code = str(body.get("code", ""))
    found = _phone_of(world, code) or {}
    return {code, str(body.get("openid", "")), str(found.get("phone", ""))}


def _phone_of(world: World, code: str) -> dict[str, Any] | None:
    kept: dict[str, Any] | None = world.store.get("phone", code)
    demo = DEMO_PHONE.fullmatch(code)
    return {"phone": demo[1]} if kept is None and demo else kept


@answering("POST")
def getuserphonenumber(world: World, request: Request, fault: Fault | None) -> dict[str, Any]:
    """Trade a phone code for the number, once. The code is another than that of the log-in."""
    require_token(world, request, fault)
    body = request.json()
    if not isinstance(body, dict):
        raise Refused(47001, "data format error")
    code, openid = str(body.get("code", "")), body.get("openid")
    found = _phone_of(world, code)
    if found and openid and found.get("openid", openid) != openid:
        raise Refused(40029, "invalid code")
    phone = _spend_code(world, "phone", code, _phone_of, used=40029)["phone"]
    watermark = {"timestamp": int(world.clock.wall()), "appid": world.settings.wechat_app_id}
    info = {"phoneNumber": phone, "purePhoneNumber": phone, "countryCode": "86"}
    return {"errcode": 0, "errmsg": "ok", "phone_info": {**info, "watermark": watermark}}


def _spend_code(
    world: World,
    space: str,
    code: str,
    find: Callable[[World, str], dict[str, Any] | None],
    *,
    used: int,
) -> dict[str, Any]:
    if not code:
        raise Refused(41008, "missing code")
    found = find(world, code)
    if found and found.get("used"):
        raise Refused(used, "code been used" if used == 40163 else "invalid code")  # noqa: PLR2004
    if found is None or world.clock.now() >= found.get("until", float("inf")):
        raise Refused(40029, "invalid code")
    world.store.put(space, code, {**found, "used": True})
    return found
