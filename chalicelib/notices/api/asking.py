"""What all ways to subscribe have in common: addresses as they are typed, and pages for those who follow a link."""

import re
from typing import Annotated

import msgspec

from chalicelib.access.edge import stamp
from chalicelib.adapters import webhook
from chalicelib.adapters.http import Answer, Call
from chalicelib.kernel import phone
from chalicelib.kernel.errors import invalid
from chalicelib.kernel.words import STORE_ID
from chalicelib.notices import built
from chalicelib.notices.model.refusals import ChannelNotOffered
from chalicelib.notices.model.subscribers import Channel, Contact, Scope, What
from chalicelib.outages.model.words import Language

HTML = "text/html; charset=utf-8"
CODE = r"^[0-9]{6}$(?!\n)"
_PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self';"
    " frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_MAIL = re.compile(r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,190}\.[A-Za-z]{2,63}\Z")
StoreId = Annotated[str, msgspec.Meta(pattern=STORE_ID)]


def ask(channel: Channel, typed: Contact, scope: Scope, language: Language, call: Call) -> None:
    """`typed`: as it came. Raises ChannelNotOffered, InvalidRequest, TooMany, TryAgain."""
    if channel not in (offered := built.offered()):
        raise ChannelNotOffered(channels=offered)
    contact = _checked(channel, typed)
    let_in(call, "ask")
    built.subscribing().ask(channel, contact, scope, language, stamp(call))


def let_in(call: Call, what: What) -> None:
    """Raises TooMany."""
    built.subscribing().let_in(what, call.origin, call.visitor)


def page(text: str, status: int = 200) -> Answer:
    return Answer(text, status, HTML, _PAGE_HEADERS)


def phone_number(text: str, pointer: str = "/phone") -> str:
    """Raises InvalidRequest."""
    try:
        return phone.parse(text)
    except phone.NotAPhone as error:
        said = error.detail_text()
        raise invalid(pointer, said.zh, said.en) from error


def _checked(channel: Channel, typed: Contact) -> Contact:
    if channel == "email":
        return Contact(_mail_address(typed.address))
    if channel == "sms":
        return Contact(phone_number(typed.address, "/address"))
    if not typed.secret:
        raise invalid("/secret", "网络回调需要签名密钥", "a webhook needs a secret to sign with")
    try:
        webhook.target(typed.address, nearby=built.on_one_machine())
    except webhook.BadAddressError:
        raise invalid(
            "/address", "应为公网 https 地址", "is no https URL in the public net"
        ) from None
    return typed


def _mail_address(text: str) -> str:
    """Lower-cased, so that one letter-box is one subscriber. Raises InvalidRequest."""
    address = text.strip().lower()
    if not _MAIL.match(address):
        raise invalid("/address", "这不是邮箱地址", "is no e-mail address")
    return address
