"""WeCom's group bot: a key in the URL, texts within their bytes, twenty a minute."""

import secrets
from typing import Any

from infra.upstreams.faults import Fault
from infra.upstreams.wire import Reply, Request, as_json
from infra.upstreams.world import World

PER_MINUTE = 20
MINUTE_S = 60
MOST_BYTES = {"text": 2048, "markdown": 4096}
_SENT = "wecom_sent"


class Refused(Exception):
    """The bot's own no: an error code and its words; HTTP stays 200."""

    def __init__(self, errcode: int, errmsg: str) -> None:
        super().__init__(errmsg)
        self.errcode = errcode


def group_of(world: World, request: Request) -> set[str]:
    return {world.settings.wecom_groups.get(request.query.get("key", ""), "")}


def webhook_send(world: World, request: Request, fault: Fault | None) -> Reply:
    try:
        _unless_ordered(world, request, fault)
    except Refused as no:
        return as_json({"errcode": no.errcode, "errmsg": str(no)})
    return as_json({"errcode": 0, "errmsg": "ok"})


def _unless_ordered(world: World, request: Request, fault: Fault | None) -> None:
    ordered = fault is not None and fault.kind == "errcode"
    if not ordered or (fault and fault.taken):
        _send(world, request)
    if ordered and fault:
        raise Refused(int(fault.code or 0), "ordered by the fault control")


def _send(world: World, request: Request) -> None:
    if request.method != "POST":
        raise Refused(43002, "require POST method")
    key = request.query.get("key", "")
    group = world.settings.wecom_groups.get(key)
    if group is None:
        raise Refused(93000, "invalid webhook url")
    kind, content = _checked(request.json())
    _count(world, key)
    world.outbox.add("wecom", group, secrets.token_hex(8), {"msgtype": kind, "text": content})


def _checked(body: Any) -> tuple[str, str]:  # noqa: ANN401 - any JSON value
    """Kind and content of what may be said."""
    if not isinstance(body, dict):
        raise Refused(47001, "data format error")
    kind = body.get("msgtype")
    if kind not in MOST_BYTES:
        raise Refused(40008, "invalid message type")
    given = body.get(kind)
    content = given.get("content") if isinstance(given, dict) else None
    if not isinstance(content, str):
        raise Refused(40058, f"invalid Request Parameter, {kind}.content")
    if not content.strip():
        raise Refused(44004, "empty content")
    if len(content.encode()) > MOST_BYTES[kind]:
        raise Refused(40058, f"{kind}.content exceed max length {MOST_BYTES[kind]}")
    return str(kind), content


def _count(world: World, key: str) -> None:
    """What was said in the last minute counts, whatever the wall's minute is."""
    now = world.clock.now()
    said: list[float] = [at for at in world.store.get(_SENT, key) or [] if now - at < MINUTE_S]
    if len(said) >= PER_MINUTE:
        raise Refused(45009, "api freq out of limit")
    world.store.put(_SENT, key, [*said, now])
