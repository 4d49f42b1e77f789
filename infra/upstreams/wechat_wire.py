"""How WeChat's API takes a call and refuses one: methods, error objects, the app's own proof."""

import secrets
from collections.abc import Callable, Mapping
from typing import Any

from infra.upstreams.faults import Fault
from infra.upstreams.wire import JSON_TYPE, Reply, Request, as_json
from infra.upstreams.world import World

Step = Callable[[World, Request, Fault | None], dict[str, Any]]
Answer = Callable[[World, Request, Fault | None], Reply]
SAID = {
    -1: "system error",
    40001: "invalid credential, access_token is invalid or not latest",
    40003: "invalid openid",
    40014: "invalid access_token",
    40029: "invalid code",
    40163: "code been used",
    40226: "high risk user, login is blocked",
    42001: "access_token expired",
    43101: "user refuse to accept the msg",
    45009: "reach max api daily quota limit",
    45011: "api minute-quota reach limit, must slower, retry next minute",
}


class Refused(Exception):
    """WeChat's own no: an error code and its words."""

    def __init__(self, errcode: int, errmsg: str) -> None:
        super().__init__(errmsg)
        self.errcode = errcode
        self.errmsg = errmsg


def answering(method: str, content_type: str = JSON_TYPE) -> Callable[[Step], Answer]:
    """Make an endpoint of a step that returns its answer or raises Refused."""

    def wrap(step: Step) -> Answer:
        def answer(world: World, request: Request, fault: Fault | None) -> Reply:
            try:
                _require_method(method, request)
                done = _unless_ordered(fault, lambda: step(world, request, fault))
                return as_json(done, content_type=content_type)
            except Refused as no:
                return as_json(_error(world, no), content_type=content_type)

        return answer

    return wrap


def _require_method(method: str, request: Request) -> None:
    if request.method != method:
        raise Refused(43001 if method == "GET" else 43002, f"require {method} method")


def _unless_ordered(fault: Fault | None, do_step: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    if fault is None or fault.kind != "errcode":
        return do_step()
    if fault.taken:
        do_step()
    errcode = int(fault.code or 0)
    raise Refused(errcode, SAID.get(errcode, "ordered by the fault control"))


def _error(world: World, no: Refused) -> dict[str, Any]:
    rid = f"{int(world.clock.wall()):x}-{secrets.token_hex(4)}-{secrets.token_hex(4)}"
    return {"errcode": no.errcode, "errmsg": f"{no.errmsg} rid: {rid}"}


def require_app(world: World, given: Mapping[str, object]) -> None:
    if given.get("appid") != world.settings.wechat_app_id:
        raise Refused(40013, "invalid appid")
    if given.get("secret") != world.settings.wechat_secret:
        raise Refused(40125, "invalid appsecret")
