"""Tencent Cloud's API 3.0 in front of its SMS: the proof, the common headers, the error shape."""

import uuid
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from infra.upstreams import tc3
from infra.upstreams.faults import Fault
from infra.upstreams.phones import spellings
from infra.upstreams.wire import JSON_TYPE, No, Reply, Request, as_json
from infra.upstreams.world import World

VERSION = "2021-01-11"
REGIONS = ("ap-beijing", "ap-guangzhou", "ap-nanjing")
Order = TypeVar("Order")
Step = Callable[[World, Order, Fault | None], dict[str, Any]]
Answer = Callable[[World, Request, Fault | None], Reply]


class RequestRefused(No):
    """The whole request is refused; HTTP stays 200."""


def phones_of(_world: World, request: Request) -> set[str]:
    body = request.fields()
    listed = body.get("PhoneNumberSet")
    named = [*(listed if isinstance(listed, list) else []), body.get("PhoneNumber", "")]
    return set().union(*(spellings(phone) for phone in named if isinstance(phone, str)))


def answering(shape: type[Order], step: Step[Order]) -> Answer:
    """Make an endpoint of an action: believe, parse, do, and wrap as the cloud wraps."""

    def answer(world: World, request: Request, fault: Fault | None) -> Reply:
        try:
            _believe(world, request)
            order = _parsed(shape, request.body)
            return _response(_unless_ordered(fault, lambda: step(world, order, fault)))
        except (tc3.AuthFailure, RequestRefused) as no:
            return _response({"Error": {"Code": no.code, "Message": str(no)}})

    return answer


def refuse_action(world: World, request: Request, _fault: Fault | None) -> Reply:
    """Answer an action that this product does not have."""
    try:
        _believe(world, request)
    except (tc3.AuthFailure, RequestRefused) as no:
        return _response({"Error": {"Code": no.code, "Message": str(no)}})
    action = request.headers.get("x-tc-action", "")
    message = f"The action {action!r} is invalid or not found."
    return _response({"Error": {"Code": "InvalidAction", "Message": message}})


def _unless_ordered(fault: Fault | None, do_step: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    if fault is None or fault.kind != "tencent_code" or fault.scope != "request":
        return do_step()
    if fault.taken:
        do_step()
    raise RequestRefused(str(fault.code), "ordered by the fault control")


def _believe(world: World, request: Request) -> None:
    for name in ("X-TC-Action", "X-TC-Timestamp", "X-TC-Version", "X-TC-Region"):
        if not request.headers.get(name.lower()):
            raise RequestRefused("MissingParameter", f"The request is missing {name}.")
    if request.headers.get("content-type", "").partition(";")[0].strip() != JSON_TYPE:
        raise RequestRefused("UnsupportedProtocol", "Content-Type must be application/json.")
    known = {world.settings.sms_secret_id: world.settings.sms_secret_key}
    tc3.verify(known, "sms", world.clock.for_signatures(), request.headers, request.body)
    if request.headers["x-tc-version"] != VERSION:
        raise RequestRefused("NoSuchVersion", "The specified version does not exist.")
    if request.headers["x-tc-region"] not in REGIONS:
        raise RequestRefused("UnsupportedRegion", "The region is not supported.")


def _parsed(shape: type[Order], body: bytes) -> Order:
    try:
        return msgspec.json.decode(body, type=shape)
    except msgspec.ValidationError as wrong:
        said = str(wrong)
        if "missing required field" in said:
            raise RequestRefused("MissingParameter", said) from wrong
        unknown = "unknown field" in said
        code = "UnknownParameter" if unknown else "InvalidParameter"
        raise RequestRefused(code, said) from wrong
    except msgspec.DecodeError as wrong:
        raise RequestRefused("InvalidParameter", "The body is not JSON.") from wrong


def _response(content: dict[str, Any]) -> Reply:
    return as_json({"Response": {**content, "RequestId": str(uuid.uuid4())}})
