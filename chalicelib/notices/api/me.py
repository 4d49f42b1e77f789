"""A member's own subscription: by WeChat, where each tap on "allow" is one notice, or by SMS to their phone."""

from typing import Annotated, Literal

import msgspec

from chalicelib.access.edge import Routes, stamp
from chalicelib.access.model import MEMBER
from chalicelib.adapters.http import Answer, Call
from chalicelib.kernel.errors import InvalidRequest, invalid
from chalicelib.notices import built
from chalicelib.notices.api.asking import StoreId
from chalicelib.notices.model.refusals import ChannelNotOffered
from chalicelib.notices.model.subscribers import Contact, Scope
from chalicelib.outages.model.asked.texts import ComponentId

routes = Routes(__name__)
_CHANNELS: tuple[Literal["wechat", "sms"], ...] = ("wechat", "sms")


class MyNotices(msgspec.Struct, forbid_unknown_fields=True):
    """No components or no stores: of all of them. `sms` goes to the phone that is bound, and is asked for once."""

    channel: Literal["wechat", "sms"] = "wechat"
    component_ids: Annotated[list[ComponentId], msgspec.Meta(max_length=50)] = []
    store_ids: Annotated[list[StoreId], msgspec.Meta(max_length=50)] = []


class MyNoticesView(msgspec.Struct):
    """`template_id`: what to ask `wx.requestSubscribeMessage` for; it has to be tapped again for each notice.

    Empty where they are told by SMS.
    """

    template_id: str
    component_ids: list[str]
    store_ids: list[str]


@routes.declare(
    "PUT",
    "/v1/me/notice-subscription",
    needs=MEMBER,
    takes=MyNotices,
    answers={200: MyNoticesView},
    raises=(InvalidRequest, ChannelNotOffered),
)
def put_my_notices(call: Call, body: MyNotices) -> MyNoticesView:
    """Be told of outages and maintenance; by WeChat to be called after each tap on "allow"."""
    template_id = built.notice_template() if body.channel == "wechat" else ""
    if not template_id and body.channel not in (offered := built.offered()):
        raise ChannelNotOffered(channels=offered)
    scope = Scope(tuple(sorted(set(body.component_ids))), tuple(sorted(set(body.store_ids))))
    address = built.addresses_of(call.caller.who).get(body.channel)
    if address is None:
        raise invalid("/channel", "会员没有绑定这种方式", "the member has no such address")
    built.subscribing().put(body.channel, Contact(address), scope, "zh-CN", stamp(call))
    return MyNoticesView(template_id, list(scope.component_ids), list(scope.store_ids))


@routes.declare("DELETE", "/v1/me/notice-subscription", needs=MEMBER, answers={204: None})
def delete_my_notices(call: Call) -> Answer:
    """Be told no more, by WeChat or by SMS; nothing of the subscription is kept."""
    mine = built.addresses_of(call.caller.who)
    for channel in _CHANNELS:
        if channel in mine:
            built.subscribing().drop(channel, mine[channel])
    return Answer("", 204)
