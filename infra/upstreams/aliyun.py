"""Aliyun's gateway in front of its SMS: the proof, the nonce, the parameters in the query, the two shapes of a no."""

import uuid
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from infra.upstreams import acs3
from infra.upstreams.faults import Fault
from infra.upstreams.phones import spellings
from infra.upstreams.wire import No, Reply, Request, as_json
from infra.upstreams.world import World

VERSION = "2017-05-25"
NONCE_KEPT_S = 2 * acs3.MAX_SKEW_S
MAX_NONCE_CHARS = 64
_STATUS_OF = {
    "InternalError": 500,
    "InvalidAccessKeyId.NotFound": 404,
    "InvalidAction.NotFound": 404,
    "ServiceUnavailable": 503,
}
Order = TypeVar("Order")
Step = Callable[[World, Order, Fault | None], dict[str, Any]]
Answer = Callable[[World, Request, Fault | None], Reply]


class GatewayRefused(No):
    """The gateway refuses the request, with a 4xx or 5xx."""


class ProductRefused(No):
    """The SMS product says no; HTTP stays 200."""


def phones_of(_world: World, request: Request) -> set[str]:
    named = [
        *request.query.get("PhoneNumbers", "").split(","),
        request.query.get("PhoneNumber", ""),
    ]
    return set().union(*(spellings(phone) for phone in named if phone))


def answering(shape: type[Order], step: Step[Order]) -> Answer:
    """Make an endpoint of an action: believe, parse, do, and wrap as the gateway or the product wraps."""

    def answer(world: World, request: Request, fault: Fault | None) -> Reply:
        def done() -> dict[str, Any]:
            order = _parsed(shape, request)
            return _unless_ordered(fault, lambda: step(world, order, fault))

        return _answered(world, request, done)

    return answer


def refuse_action(world: World, request: Request, _fault: Fault | None) -> Reply:
    """Answer an action that this product does not have."""

    def done() -> dict[str, Any]:
        raise GatewayRefused("InvalidAction.NotFound", "Specified api is not found.")

    return _answered(world, request, done)


def _answered(world: World, request: Request, do: Callable[[], dict[str, Any]]) -> Reply:
    try:
        _believe(world, request)
        return _said("OK", "OK", **do())
    except (acs3.NotBelieved, GatewayRefused) as no:
        return _said(no.code, str(no), _STATUS_OF.get(no.code, 400))
    except ProductRefused as no:
        return _said(no.code, str(no))


def _unless_ordered(fault: Fault | None, do_step: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    if fault is None or fault.kind != "aliyun_code":
        return do_step()
    if fault.taken:
        do_step()
    refused = GatewayRefused if fault.scope == "request" else ProductRefused
    raise refused(str(fault.code), "ordered by the fault control")


def _believe(world: World, request: Request) -> None:
    known = {world.settings.aliyun_key_id: world.settings.aliyun_key_secret}
    now = world.clock.for_signatures()
    acs3.verify(known, now, request.query, request.headers, request.body)
    nonce = request.headers["x-acs-signature-nonce"]
    if not 0 < len(nonce) <= MAX_NONCE_CHARS:
        raise GatewayRefused("InvalidParameter", "x-acs-signature-nonce is malformed.")
    used_at = world.store.get("aliyun_nonce", nonce)
    if used_at is not None and abs(now - used_at) <= NONCE_KEPT_S:
        raise GatewayRefused("SignatureNonceUsed", "Specified signature nonce was used already.")
    world.store.put("aliyun_nonce", nonce, now)
    if request.headers["x-acs-version"] != VERSION:
        raise GatewayRefused("InvalidVersion", "Specified parameter Version is not valid.")


def _parsed(shape: type[Order], request: Request) -> Order:
    try:
        return msgspec.convert(dict(request.query), shape, strict=False)
    except msgspec.ValidationError as wrong:
        said = str(wrong)
        missing = "missing required field" in said
        code = f"Missing{said.rpartition(' ')[2].strip('`')}" if missing else "InvalidParameter"
        raise GatewayRefused(code, said) from wrong


def _said(code: str, message: str, status: int = 200, **content: object) -> Reply:
    said = {"Code": code, "Message": message, "RequestId": str(uuid.uuid4()).upper(), **content}
    return as_json(said, status)
