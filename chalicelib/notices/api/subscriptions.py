"""Subscribing, and the pages behind the links of letters: a look changes nothing, one tap does."""

import re
from typing import Annotated, Literal

import msgspec

from chalicelib.access.edge import Routes, stamp
from chalicelib.access.model import PUBLIC
from chalicelib.adapters import webhook
from chalicelib.adapters.http import Answer, Call
from chalicelib.kernel.errors import Conflict, InvalidRequest, NotFound, Text, TooMany, invalid
from chalicelib.kernel.words import STORE_ID
from chalicelib.notices import built
from chalicelib.notices.model.subscribers import Contact, Scope
from chalicelib.notices.templates import pages
from chalicelib.outages.model.asked.texts import ComponentId

routes = Routes(__name__)
_HTML = "text/html; charset=utf-8"
_PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self';"
    " frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_MAIL = re.compile(r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,190}\.[A-Za-z]{2,63}\Z")
_TOKEN = re.compile(r"^[0-9a-f]{64}\Z")
StoreId = Annotated[str, msgspec.Meta(pattern=STORE_ID)]


class ChannelNotOffered(Conflict):
    """Notices go other ways only."""

    code = "channel_not_offered"
    title = Text("暂不支持这种订阅方式", "Notices are not sent that way")
    hint = Text("可选方式见 channels。", "`channels` names the ways there are.")


class NewSubscription(msgspec.Struct, forbid_unknown_fields=True):
    """`address` is an e-mail address or the `https` URL of a webhook. No components or no stores: all of them.

    `secret` is for webhooks: what they are sent is signed with it (`Dengta-Signature: t=…,v1=…`, HMAC-SHA256 of the
    time, a full stop and the body). A webhook is asked first, and confirms by saying the `challenge` back in its
    answer. `language`: of what is sent; by Accept-Language where it is left out.
    """

    channel: Literal["email", "webhook"]
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
    if body.channel not in (offered := built.offered()):
        raise ChannelNotOffered(channels=offered)
    contact = _contact(body)
    scope = Scope(tuple(sorted(set(body.component_ids))), tuple(sorted(set(body.store_ids))))
    language = body.language or ("en" if call.english else "zh-CN")
    built.subscribing().ask(body.channel, contact, scope, language, stamp(call))
    return Accepted("to_be_confirmed")


@routes.declare(
    "GET",
    "/v1/subscriptions/{token}/confirm",
    needs=PUBLIC,
    answers={200: str},
    content_type=_HTML,
    raises=(NotFound,),
)
def get_confirm(call: Call, token: str) -> Answer:
    """The page behind a letter's link: one button."""
    if not built.subscribing().known(_a_token(token)):
        raise NotFound
    return _page(pages.confirm(english=call.english))


@routes.declare(
    "POST",
    "/v1/subscriptions/{token}/confirm",
    needs=PUBLIC,
    answers={200: str},
    content_type=_HTML,
    raises=(NotFound,),
)
def post_confirm(call: Call, token: str) -> Answer:
    """Confirm a subscription; again is as good as once."""
    built.subscribing().confirm(_a_token(token), stamp(call))
    return _page(pages.confirmed(english=call.english))


@routes.declare(
    "GET",
    "/v1/subscriptions/{token}/leave",
    needs=PUBLIC,
    answers={200: str},
    content_type=_HTML,
    raises=(NotFound,),
)
def get_leave(call: Call, token: str) -> Answer:
    """The page behind a notice's link: one button. Programs that open links of letters take nobody off the list."""
    if not built.subscribing().may_leave(_a_token(token)):
        raise NotFound
    return _page(pages.leave(english=call.english))


@routes.declare(
    "POST",
    "/v1/subscriptions/{token}/leave",
    needs=PUBLIC,
    answers={200: str},
    content_type=_HTML,
    raises=(NotFound,),
)
def post_leave(call: Call, token: str) -> Answer:
    """Leave; nothing of the subscriber is kept. Mail programs send this by themselves (RFC 8058)."""
    built.subscribing().leave(_a_token(token))
    return _page(pages.left(english=call.english))


def _page(text: str) -> Answer:
    return Answer(text, 200, _HTML, _PAGE_HEADERS)


def _a_token(text: str) -> str:
    """Raises NotFound: no link of ours looks otherwise."""
    if not _TOKEN.match(text):
        raise NotFound
    return text


def _contact(body: NewSubscription) -> Contact:
    """Raises InvalidRequest."""
    if body.channel == "email":
        return Contact(_mail_address(body.address))
    if body.secret is None:
        raise invalid("/secret", "网络回调需要签名密钥", "a webhook needs a secret to sign with")
    try:
        webhook.target(body.address, nearby=built.on_one_machine())
    except webhook.BadAddressError:
        raise invalid(
            "/address", "应为公网 https 地址", "is no https URL in the public net"
        ) from None
    return Contact(body.address, body.secret)


def _mail_address(text: str) -> str:
    """Lower-cased, so that one letter-box is one subscriber. Raises InvalidRequest."""
    address = text.strip().lower()
    if not _MAIL.match(address):
        raise invalid("/address", "这不是邮箱地址", "is no e-mail address")
    return address
