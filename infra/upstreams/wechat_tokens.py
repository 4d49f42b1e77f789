"""WeChat's access tokens: the stable one that containers share, and the old one that kills its elder."""

import re
import secrets
from typing import Any

from infra.upstreams.faults import Fault
from infra.upstreams.wechat_wire import SAID, Refused, answering, require_app
from infra.upstreams.wire import Request
from infra.upstreams.world import World

LIFE_S = 7200
OVERLAP_S = 300
FORCED_APART_S = 30
FORCED_A_DAY = 20
DAY_S = 86_400
SHAPE = re.compile(r"[0-9]{2}_[A-Za-z0-9_-]{100,500}")


@answering("POST")
def stable_token(world: World, request: Request, _fault: Fault | None) -> dict[str, Any]:
    """Answer the same token to everybody until its last five minutes; then a new one, both valid."""
    body = request.json()
    if not isinstance(body, dict):
        raise Refused(47001, "data format error")
    require_app(world, body)
    if body.get("grant_type") != "client_credential":
        raise Refused(40002, "invalid grant_type")
    if body.get("force_refresh") is True:
        return _forced(world)
    current = _current(world)
    if current and current["until"] - world.clock.now() > OVERLAP_S:
        return _shown(world, current)
    return _issue(world, "stable")


def _current(world: World) -> dict[str, Any] | None:
    token: dict[str, Any] | None = world.store.get("token_now", "stable")
    return token and {**token, **(world.store.get("token", token["value"]) or {})}


def _forced(world: World) -> dict[str, Any]:
    now = world.clock.now()
    earlier = [at for at in world.store.get("token_now", "forced") or [] if now - at < DAY_S]
    if len(earlier) >= FORCED_A_DAY:
        raise Refused(45009, SAID[45009])
    if earlier and now - earlier[-1] < FORCED_APART_S:
        raise Refused(45011, SAID[45011])
    world.store.put("token_now", "forced", [*earlier, now])
    current = _current(world)
    if current:
        end_token(world, current["value"])
    return _issue(world, "stable")


@answering("GET")
def token(world: World, request: Request, _fault: Fault | None) -> dict[str, Any]:
    """Answer a new token each time; the one before lives five minutes more. Nobody should call it."""
    require_app(world, request.query)
    if request.query.get("grant_type") != "client_credential":
        raise Refused(40002, "invalid grant_type")
    elder = world.store.get("token_now", "old")
    if elder:
        now = world.clock.now()
        until = min(world.store.get("token", elder["value"])["until"], now + OVERLAP_S)
        world.store.put("token", elder["value"], {"until": until})
    return _issue(world, "old")


def _issue(world: World, kind: str) -> dict[str, Any]:
    issued: dict[str, Any] = {
        "value": f"97_{secrets.token_urlsafe(100)}",
        "until": world.clock.now() + LIFE_S,
    }
    world.store.put("token", issued["value"], {"until": issued["until"]})
    world.store.put("token_now", kind, issued)
    return _shown(world, issued)


def _shown(world: World, issued: dict[str, Any]) -> dict[str, Any]:
    left_s = round(issued["until"] - world.clock.now())
    return {"access_token": issued["value"], "expires_in": left_s}


def end_token(world: World, value: str) -> None:
    world.store.put("token", value, {"until": world.clock.now()})


def require_token(world: World, request: Request, fault: Fault | None) -> None:
    value = request.query.get("access_token", "")
    if not value:
        raise Refused(41001, "access_token missing")
    if not SHAPE.fullmatch(value):
        raise Refused(40014, SAID[40014])
    known = world.store.get("token", value)
    if known is None:
        raise Refused(40001, SAID[40001])
    if fault is not None and fault.kind == "token_expired":
        end_token(world, value)
        errcode = int(fault.code or 42001)
        raise Refused(errcode, SAID.get(errcode, SAID[42001]))
    if world.clock.now() >= known["until"]:
        raise Refused(42001, SAID[42001])
