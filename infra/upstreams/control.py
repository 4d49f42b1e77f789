"""The control API of the stand-ins under `/_control/`: order faults, read the outbox, set the scene."""

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

import msgspec

from infra.upstreams import sms_push, sms_pusher, wechat, wechat_pusher, wechat_subscribe
from infra.upstreams.faults import Fault
from infra.upstreams.outbox import CHANNELS
from infra.upstreams.phones import e164, mainland
from infra.upstreams.wechat_push import Ordered
from infra.upstreams.wire import Reply, Request, as_json
from infra.upstreams.world import World

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
Body = TypeVar("Body")


class LoginCode(msgspec.Struct, forbid_unknown_fields=True):
    code: Name
    openid: Name
    unionid: Name | None = None


class PhoneCode(msgspec.Struct, forbid_unknown_fields=True):
    code: Name
    phone: Name
    openid: Name | None = None


class Quota(msgspec.Struct, forbid_unknown_fields=True):
    """`count` is what is left from now on, not what is added."""

    openid: Name
    template_id: Name
    count: Annotated[int, msgspec.Meta(ge=0)]


class ClockChange(msgspec.Struct, forbid_unknown_fields=True):
    """See `Clock`: `offset_s` ages codes, tokens, limits, reports; `skew_s` spoils signatures."""

    offset_s: float | None = None
    skew_s: float | None = None


class Wrong(Exception):
    """The caller of the control API asked for something that makes no sense."""


def handle(world: World, request: Request) -> Reply:
    path = request.path.removeprefix("/_control/")
    step = STEPS.get((request.method, path))
    if step is None:
        known = sorted({f"{method} /_control/{name}" for method, name in STEPS})
        return as_json({"error": "no such control", "known": known}, status=404)
    try:
        return as_json(step(world, request))
    except (Wrong, msgspec.ValidationError, msgspec.DecodeError) as wrong:
        return as_json({"error": str(wrong)}, status=400)


def _body(request: Request, shape: type[Body]) -> Body:
    return msgspec.json.decode(request.body, type=shape)


def health(world: World, _request: Request) -> dict[str, Any]:
    return {"status": "ok", "accepted": world.outbox.size()}


def order_fault(world: World, request: Request) -> Any:  # noqa: ANN401
    return msgspec.to_builtins(world.faults.order(_body(request, Fault)))


def list_faults(world: World, _request: Request) -> dict[str, Any]:
    return {"faults": msgspec.to_builtins(world.faults.listed())}


def clear_faults(world: World, request: Request) -> dict[str, Any]:
    world.faults.clear(request.query.get("id", ""))
    return list_faults(world, request)


def read_outbox(world: World, request: Request) -> dict[str, Any]:
    """Read what was accepted; `channel`, `to` and `after` (a `seq`) narrow it."""
    channel, to = request.query.get("channel", ""), request.query.get("to", "")
    if channel and channel not in CHANNELS:
        raise Wrong(f"channel is one of {', '.join(CHANNELS)}")
    # in a query an unquoted + arrives as a space
    to = f"+{to[1:]}" if to.startswith(" ") else to
    after = request.query.get("after", "0")
    if not after.isdecimal():
        raise Wrong("after is a seq")
    return {"items": world.outbox.find(channel, e164(to), int(after))}


def empty_outbox(world: World, _request: Request) -> dict[str, Any]:
    world.outbox.empty()
    return {"items": []}


def count_calls(world: World, _request: Request) -> dict[str, Any]:
    return {"calls": dict(world.calls)}


def read_clock(world: World, _request: Request) -> dict[str, Any]:
    return {"offset_s": world.clock.offset_s, "skew_s": world.clock.skew_s}


def set_clock(world: World, request: Request) -> dict[str, Any]:
    change = _body(request, ClockChange)
    if change.offset_s is not None:
        world.clock.offset_s = change.offset_s
    if change.skew_s is not None:
        world.clock.skew_s = change.skew_s
    return read_clock(world, request)


def read_settings(world: World, _request: Request) -> Any:  # noqa: ANN401
    return msgspec.to_builtins(world.settings)


def change_settings(world: World, request: Request) -> Any:  # noqa: ANN401
    world.change_settings(_body(request, dict[str, Any]))
    return read_settings(world, request)


def reset(world: World, _request: Request) -> dict[str, Any]:
    world.reset()
    return {"status": "forgotten"}


def add_login_code(world: World, request: Request) -> dict[str, Any]:
    login = _body(request, LoginCode)
    wechat.meet(world, login.openid)
    content = {"openid": login.openid, "unionid": login.unionid}
    wechat.register_code(world, "login", login.code, content)
    return {"code": login.code, "expires_in": wechat.CODE_LIFE_S}


def add_phone_code(world: World, request: Request) -> dict[str, Any]:
    asked = _body(request, PhoneCode)
    digits = mainland(asked.phone)
    if digits is None:
        raise Wrong("phone is a mainland mobile number")
    bound = {"openid": asked.openid} if asked.openid else {}
    wechat.register_code(world, "phone", asked.code, {"phone": digits, **bound})
    return {"code": asked.code, "expires_in": wechat.CODE_LIFE_S}


def set_quota(world: World, request: Request) -> dict[str, Any]:
    """Set what a member has left of a template, as if it had tapped "accept" that often."""
    quota = _body(request, Quota)
    if quota.template_id not in world.settings.wechat_templates:
        raise Wrong(f"template_id is one of {', '.join(world.settings.wechat_templates)}")
    wechat.meet(world, quota.openid)
    key = wechat_subscribe.quota_key(quota.openid, quota.template_id)
    world.store.put("quota", key, quota.count)
    return {"openid": quota.openid, "template_id": quota.template_id, "count": quota.count}


def read_quota(world: World, request: Request) -> dict[str, Any]:
    openid = request.query.get("openid", "")
    templates = world.settings.wechat_templates
    left = {name: wechat_subscribe.quota_of(world, openid, name) for name in templates}
    return {"openid": openid, "left": left}


def order_push(world: World, request: Request) -> dict[str, Any]:
    """Have WeChat push an event or a member's words, with what is to be off about it."""
    if not world.settings.wechat_push_url:
        raise Wrong("wechat_push_url is not set")
    wechat_pusher.order(world, _body(request, Ordered))
    return list_pushes(world, request)


def order_receipts(world: World, request: Request) -> dict[str, Any]:
    """Have an SMS provider push receipts, due or not, with what is to be off about them."""
    ordered = _body(request, sms_push.Ordered)
    if not world.settings.sms_push_urls.get(ordered.provider):
        raise Wrong(f"sms_push_urls names none for {ordered.provider}")
    sms_pusher.order(world, ordered)
    return list_receipts(world, request)


def list_receipts(world: World, _request: Request) -> dict[str, Any]:
    return {"waiting": msgspec.to_builtins(sms_pusher.waiting(world))}


def list_pushes(world: World, _request: Request) -> dict[str, Any]:
    return {"waiting": msgspec.to_builtins(wechat_pusher.waiting(world))}


def read_openid(_world: World, request: Request) -> dict[str, Any]:
    """Tell the openid behind a demo member's codes: `?demo=demo-alice`."""
    return {"openid": wechat.demo_openid(request.query.get("demo", ""))}


STEPS: dict[tuple[str, str], Callable[[World, Request], Any]] = {
    ("GET", "health"): health,
    ("POST", "faults"): order_fault,
    ("GET", "faults"): list_faults,
    ("DELETE", "faults"): clear_faults,
    ("GET", "outbox"): read_outbox,
    ("DELETE", "outbox"): empty_outbox,
    ("GET", "calls"): count_calls,
    ("GET", "clock"): read_clock,
    ("POST", "clock"): set_clock,
    ("GET", "settings"): read_settings,
    ("POST", "settings"): change_settings,
    ("POST", "reset"): reset,
    ("POST", "wechat/codes"): add_login_code,
    ("POST", "wechat/phone-codes"): add_phone_code,
    ("POST", "wechat/quota"): set_quota,
    ("GET", "wechat/quota"): read_quota,
    ("POST", "wechat/pushes"): order_push,
    ("GET", "wechat/pushes"): list_pushes,
    ("POST", "sms/pushes"): order_receipts,
    ("GET", "sms/pushes"): list_receipts,
    ("POST", "sms/probe"): lambda world, _request: sms_pusher.probe(world),
    ("GET", "wechat/openid"): read_openid,
}
