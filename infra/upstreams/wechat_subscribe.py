"""WeChat's subscribe messages: one accepted consent is one message, and every value has its rule."""

import re
import secrets
from typing import Any

from infra.upstreams.faults import Fault
from infra.upstreams.wechat_pusher import tell_sent
from infra.upstreams.wechat_tokens import require_token
from infra.upstreams.wechat_values import fault_of
from infra.upstreams.wechat_wire import SAID, Refused, answering
from infra.upstreams.wire import Request
from infra.upstreams.world import World

FIELDS = {"touser", "template_id", "page", "data", "miniprogram_state", "lang"}
STATES = ("developer", "trial", "formal")
LANGUAGES = ("zh_CN", "en_US", "zh_HK", "zh_TW")
PAGE = re.compile(r"pages(/[A-Za-z0-9_-]+)+")


def addressee(_world: World, request: Request) -> set[str]:
    return {str(request.fields().get("touser", ""))}


def quota_key(openid: str, template_id: str) -> str:
    return f"{openid} {template_id}"


def quota_of(world: World, openid: str, template_id: str) -> int:
    return int(world.store.get("quota", quota_key(openid, template_id)) or 0)


@answering("POST")
def subscribe_send(world: World, request: Request, fault: Fault | None) -> dict[str, Any]:
    require_token(world, request, fault)
    body = request.json()
    if not isinstance(body, dict):
        raise Refused(47001, "data format error")
    values = _checked(world, body)
    openid, template_id = body["touser"], body["template_id"]
    left = quota_of(world, openid, template_id)
    if left <= 0:
        raise Refused(43101, SAID[43101])
    world.store.put("quota", quota_key(openid, template_id), left - 1)
    # digits only, too long for a double: a client must keep it as it came
    msgid = 3_000_000_000_000_000_000 + secrets.randbelow(10**18)
    content = {name: body.get(name) for name in ("page", "miniprogram_state", "lang")}
    content |= {"template_id": template_id, "values": values}
    world.outbox.add("wechat", openid, str(msgid), content)
    tell_sent(world, openid, template_id, str(msgid))
    return {"errcode": 0, "errmsg": "ok", "msgid": msgid}


def _checked(world: World, body: dict[str, Any]) -> dict[str, str]:
    """Go through the checks of a message; returns its values by key."""
    if world.store.get("openid", str(body.get("touser", ""))) is None:
        raise Refused(40003, SAID[40003])
    keys = world.settings.wechat_templates.get(str(body.get("template_id", "")))
    if keys is None:
        raise Refused(40037, "invalid template_id")
    _check_page(world, body.get("page"))
    _check_words(body)
    return _checked_values(keys, body.get("data"))


def _check_page(world: World, page: object) -> None:
    if page is None:
        return
    path = page.partition("?")[0] if isinstance(page, str) else ""
    live = world.settings.wechat_pages
    if (path not in live) if live else not PAGE.fullmatch(path):
        raise Refused(41030, "invalid page")


def _check_words(body: dict[str, Any]) -> None:
    if body.get("miniprogram_state") not in STATES:
        raise Refused(47003, "argument invalid! miniprogram_state invalid")
    if body.get("lang") not in LANGUAGES:
        raise Refused(47003, "argument invalid! lang invalid")
    for name in sorted(set(body) - FIELDS):
        raise Refused(47003, f"argument invalid! {name} invalid")


def _checked_values(keys: list[str], data: object) -> dict[str, str]:
    if not isinstance(data, dict):
        raise Refused(47003, "argument invalid! data is empty")
    for key in sorted(set(data) - set(keys)):
        raise Refused(47003, f"argument invalid! data.{key}.value invalid")
    values = {}
    for key in keys:
        given = data.get(key)
        value = given.get("value") if isinstance(given, dict) else ""
        wrong = fault_of(key, value)
        if wrong:
            raise Refused(47003, f"argument invalid! data.{key}.value {wrong}")
        values[key] = str(value)
    return values
