"""Subscribing, and the pages behind the links of letters: a look changes nothing, one tap does."""

import re
from typing import Annotated, Literal

import msgspec

from chalicelib.access.edge import Routes, stamp
from chalicelib.access.model import PUBLIC
from chalicelib.adapters.http import Answer, Call
from chalicelib.kernel.errors import InvalidRequest, NotFound, TooMany
from chalicelib.notices import built
from chalicelib.notices.api.asking import (
    CODE,
    HTML,
    StoreId,
    ask,
    let_in,
    page,
    phone_number,
)
from chalicelib.notices.model.refusals import ChannelNotOffered, CodeWrong
from chalicelib.notices.model.subscribers import Contact, Scope
from chalicelib.notices.templates import pages
from chalicelib.outages.model.asked.texts import ComponentId

routes = Routes(__name__)
_TOKEN = re.compile(r"^[0-9a-f]{64}\Z")


class NewSubscription(msgspec.Struct, forbid_unknown_fields=True):
    """`address` is an e-mail address, a mobile number or the `https` URL of a webhook. Without components or stores it
    is all of them.

    `secret` is for webhooks: what they are sent is signed with it (`Dengta-Signature: t=…,v1=…`, HMAC-SHA256 of the
    time, a full stop and the body). A webhook is asked first, and confirms by saying the `challenge` back in its
    answer. `language`: of what is sent; by Accept-Language where it is left out.
    """

    channel: Literal["email", "sms", "webhook"]
    address: Annotated[str, msgspec.Meta(min_length=3, max_length=500)]
    component_ids: Annotated[list[ComponentId], msgspec.Meta(max_length=50)] = []
    store_ids: Annotated[list[StoreId], msgspec.Meta(max_length=50)] = []
    secret: Annotated[str, msgspec.Meta(min_length=16, max_length=128)] | None = None
    language: Literal["zh-CN", "en"] | None = None


class Accepted(msgspec.Struct):
    """The same whether or not the address was known: `status` says what its owner has to do."""

    status: Literal["to_be_confirmed"]


@routes.declare(
    "POST",
    "/v1/subscriptions",
    needs=PUBLIC,
    takes=NewSubscription,
    answers={202: Accepted},
    raises=(InvalidRequest, ChannelNotOffered, TooMany),
)
def post_subscription(call: Call, body: NewSubscription) -> Accepted:
    """Ask for notices of outages and maintenance; nothing is sent until the address confirms, within seven days."""
    scope = Scope(tuple(sorted(set(body.component_ids))), tuple(sorted(set(body.store_ids))))
    language = body.language or ("en" if call.english else "zh-CN")
    ask(body.channel, Contact(body.address, body.secret or ""), scope, language, call)
    return Accepted("to_be_confirmed")


class Code(msgspec.Struct, forbid_unknown_fields=True):
    """What a text message asked its reader to type in."""

    phone: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    code: Annotated[str, msgspec.Meta(pattern=CODE, examples=["123456"])]


class Confirmed(msgspec.Struct):
    status: Literal["confirmed"]


@routes.declare(
    "POST",
    "/v1/subscriptions/code",
    needs=PUBLIC,
    takes=Code,
    answers={200: Confirmed},
    raises=(InvalidRequest, CodeWrong, TooMany),
)
def post_code(call: Call, body: Code) -> Confirmed:
    """Confirm a subscription by SMS; the refusal is the same whether or not the number was known."""
    phone = phone_number(body.phone)
    let_in(call, "guess")
    built.subscribing().confirm_by_code("sms", phone, body.code, stamp(call))
    return Confirmed("confirmed")


@routes.declare(
    "GET",
    "/v1/subscriptions/{token}/confirm",
    needs=PUBLIC,
    answers={200: str},
    content_type=HTML,
    raises=(NotFound,),
)
def get_confirm(call: Call, token: str) -> Answer:
    """The page behind a letter's link: one button."""
    if not built.subscribing().known(_a_token(token)):
        raise NotFound
    return page(pages.confirm(english=call.english))


@routes.declare(
    "POST",
    "/v1/subscriptions/{token}/confirm",
    needs=PUBLIC,
    answers={200: str},
    content_type=HTML,
    raises=(NotFound,),
)
def post_confirm(call: Call, token: str) -> Answer:
    """Confirm a subscription; again is as good as once."""
    built.subscribing().confirm(_a_token(token), stamp(call))
    return page(pages.confirmed(english=call.english))


@routes.declare(
    "GET",
    "/v1/subscriptions/{token}/leave",
    needs=PUBLIC,
    answers={200: str},
    content_type=HTML,
    raises=(NotFound,),
)
def get_leave(call: Call, token: str) -> Answer:
    """The page behind a notice's link: one button. Programs that open links of letters take nobody off the list."""
    if not built.subscribing().may_leave(_a_token(token)):
        raise NotFound
    return page(pages.leave(english=call.english))


@routes.declare(
    "POST",
    "/v1/subscriptions/{token}/leave",
    needs=PUBLIC,
    answers={200: str},
    content_type=HTML,
    raises=(NotFound,),
)
def post_leave(call: Call, token: str) -> Answer:
    """Leave; nothing of the subscriber is kept. Mail programs send this by themselves (RFC 8058)."""
    built.subscribing().leave(_a_token(token))
    return page(pages.left(english=call.english))


def _a_token(text: str) -> str:
    """Raises NotFound: no link of ours looks otherwise."""
    if not _TOKEN.match(text):
        raise NotFound
    return text
