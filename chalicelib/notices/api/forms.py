"""The form of the status page: plain HTML posted from there, answered with a page in its reader's language.

A page of somebody else may send these forms from a visitor's browser. Nothing is gained by it: there is no cookie or
session to ride on, what is sent is as good as from anywhere, and until the address itself confirms nothing goes to it
but the question whether it wants notices. How many of these an address gets, and how many are sent from one place, is
bounded as for any other call.
"""

import re
from collections.abc import Callable, Mapping
from typing import Annotated, Literal, TypeVar

import msgspec

from chalicelib import config
from chalicelib.access.edge import Routes, stamp
from chalicelib.access.model import PUBLIC
from chalicelib.adapters.http import Answer, Call, status_of
from chalicelib.kernel.errors import DomainError, InvalidRequest, Text, TooMany
from chalicelib.notices import built
from chalicelib.notices.api.asking import HTML, ask, let_in, page, phone_number
from chalicelib.notices.model.refusals import ChannelNotOffered, CodeWrong
from chalicelib.notices.model.subscribers import Channel, Contact, Scope
from chalicelib.notices.templates.forms import Forms

routes = Routes(__name__)
_ID = "[a-z0-9][a-z0-9-]{0,31}"
_SCOPE = rf"^(all|(components|stores):{_ID}(,{_ID}){{0,49}})$(?!\n)"
_NUMBER = re.compile(r"^[\d\s()+.-]+\Z")
F = TypeVar("F", "AskedFor", "Typed")
_TOLD: Mapping[type, tuple[Text, Text]] = {
    CodeWrong: (CodeWrong.title, CodeWrong.hint),
    InvalidRequest: (
        Text("这个地址不对", "This address is not right"),
        Text(
            "请填写邮箱或 11 位手机号，再提交一次。",
            "Type in an e-mail address or a mobile number of 11 digits.",
        ),
    ),
    ChannelNotOffered: (
        ChannelNotOffered.title,
        Text(
            "请换一种地址（邮箱或手机号），再提交一次。",
            "Try the other kind: an e-mail address or a mobile number.",
        ),
    ),
    TooMany: (
        Text("提交过于频繁", "Too many requests"),
        Text("没有订阅成功。请一小时后再试。", "You are not subscribed yet. Try again in an hour."),
    ),
}
_ANYTHING = (
    Text("提交没有成功", "That did not work"),
    Text("系统正忙，请稍后再提交一次。", "We are busy just now. Send it again in a while."),
)
_PAGES: Mapping[int, type] = dict.fromkeys((400, 409, 413, 422, 429, 503), str)


class AskedFor(msgspec.Struct, forbid_unknown_fields=True):
    """`address`: e-mail or mobile number. `scope`: `all`, `stores:…` or `components:…`, ids with commas between.

    `wish`: `leave` is for numbers; a letter has a link for that.
    """

    address: Annotated[str, msgspec.Meta(min_length=1, max_length=254)]
    scope: Annotated[str, msgspec.Meta(pattern=_SCOPE, examples=["all"])]
    language: Literal["zh-CN", "en"]
    wish: Literal["come", "leave"] = "come"


class Typed(msgspec.Struct, forbid_unknown_fields=True):
    """The second step of a subscription by SMS."""

    address: Annotated[str, msgspec.Meta(min_length=1, max_length=254)]
    code: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    language: Literal["zh-CN", "en"]


@routes.declare(
    "POST",
    "/v1/subscriptions/form",
    needs=PUBLIC,
    form=AskedFor,
    answers={202: str, 200: str, **_PAGES},
    content_type=HTML,
)
def post_form(call: Call) -> Answer:
    """Ask for notices from the status page. The page that comes tells nothing of whether the address was known."""
    return _answered(call, AskedFor, _ask)


@routes.declare(
    "POST",
    "/v1/subscriptions/code-form",
    needs=PUBLIC,
    form=Typed,
    answers={200: str, **_PAGES},
    content_type=HTML,
)
def post_code_form(call: Call) -> Answer:
    """Type in the code of a text message. The refusal is the same whether or not the number was known."""
    return _answered(call, Typed, _confirm)


def _answered(call: Call, kind: type[F], done: Callable[[Call, F, Forms], Answer]) -> Answer:
    """Also what is refused is a page, with what was typed in it."""
    answers = _forms(call.english, {})
    try:
        form = call.form(kind)
        answers = _forms(form.language == "en", msgspec.to_builtins(form))
        return done(call, form, answers)
    except DomainError as error:
        family = next((each for each in type(error).__mro__ if each in _TOLD), None)
        told = _TOLD[family] if family else _ANYTHING
        return page(answers.refused(*told), status_of(type(error)))


def _ask(call: Call, form: AskedFor, answers: Forms) -> Answer:
    channel: Channel = "sms" if _NUMBER.match(form.address) else "email"
    if form.wish == "come":
        ask(channel, Contact(form.address), _scope(form.scope), form.language, call)
        return page(answers.mailed() if channel == "email" else answers.texted(), 202)
    if channel == "email":
        return page(answers.by_link())
    phone = phone_number(form.address)
    let_in(call, "ask")
    built.subscribing().ask_to_leave(channel, phone, form.language, stamp(call))
    return page(answers.texted(), 202)


def _confirm(call: Call, form: Typed, answers: Forms) -> Answer:
    phone = phone_number(form.address)
    let_in(call, "guess")
    built.subscribing().confirm_by_code("sms", phone, form.code.strip(), stamp(call))
    return page(answers.done())


def _scope(text: str) -> Scope:
    kind, _, ids = text.partition(":")
    named = tuple(sorted(set(ids.split(","))))
    match kind:
        case "components":
            return Scope(component_ids=named)
        case "stores":
            return Scope(store_ids=named)
    return Scope()


def _forms(english: bool, typed: Mapping[str, str]) -> Forms:  # noqa: FBT001
    base = config.settings().status_base_url.rstrip("/")
    return Forms(f"{base}/{'en/' if english else ''}index.html" if base else "", english, typed)
