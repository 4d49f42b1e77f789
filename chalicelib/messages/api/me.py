"""A member's messages: the inbox, and the taps on "allow" that the mini program reports."""

from typing import Annotated

import msgspec

from chalicelib.access.edge import Routes, stamp
from chalicelib.access.model import MEMBER
from chalicelib.adapters.http import Call, Paging
from chalicelib.kernel import clock
from chalicelib.kernel.errors import BadCursor, InvalidRequest, invalid
from chalicelib.kernel.words import CALLER_NAME
from chalicelib.ledger.built import ledger
from chalicelib.messages import quota, set_up
from chalicelib.messages.api.lists import messages_of
from chalicelib.messages.api.views import MessageList

routes = Routes(__name__)
Key = Annotated[str, msgspec.Meta(pattern=CALLER_NAME)]
TemplateId = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]


class Accept(msgspec.Struct, forbid_unknown_fields=True):
    """One "accept" of `wx.requestSubscribeMessage`; `key` is made once for each tap and sent again with it."""

    template_id: TemplateId
    key: Key


class AcceptReport(msgspec.Struct, forbid_unknown_fields=True):
    accepts: Annotated[list[Accept], msgspec.Meta(min_length=1, max_length=20)]


class Quota(msgspec.Struct):
    template_id: str
    remaining: int


class QuotaList(msgspec.Struct):
    """How often the member may still be written to by WeChat."""

    items: list[Quota]


@routes.declare(
    "GET",
    "/v1/me/messages",
    needs=MEMBER,
    asks=Paging,
    answers={200: MessageList},
    raises=(BadCursor,),
)
def get_my_messages(call: Call, query: Paging) -> MessageList:
    """The inbox: every message of the member, newest first, whatever channel it took beside."""
    return messages_of(call, call.caller.who, query)


@routes.declare(
    "POST",
    "/v1/me/subscriptions",
    needs=MEMBER,
    takes=AcceptReport,
    answers={200: QuotaList},
    raises=(InvalidRequest,),
)
def post_my_subscriptions(call: Call, body: AcceptReport) -> QuotaList:
    """Report taps on "allow" for subscribe messages; each key counts once, however often it is sent."""
    known = set(set_up.wechat_templates().values())
    for at, accept in enumerate(body.accepts):
        if accept.template_id not in known:
            raise invalid(
                f"/accepts/{at}/template_id",
                "没有这个订阅消息模板",
                "there is no such subscribe template",
            )
    contact = ledger().members.contact(call.caller.who)
    if contact is None or not contact.openid:
        raise invalid("/accepts", "会员没有绑定微信", "the member has no WeChat account")
    holder = set_up.quota_holder(contact.openid)
    for accept in body.accepts:
        quota.accept(holder, accept.template_id, accept.key, clock.now(), stamp(call))
    counted = sorted({accept.template_id for accept in body.accepts})
    return QuotaList([Quota(template, quota.remaining(holder, template)) for template in counted])
