"""A member's own subscription, by WeChat: each tap on "allow" is one notice."""

from typing import Annotated

import msgspec

from chalicelib.access.edge import Routes, stamp
from chalicelib.access.model import MEMBER
from chalicelib.adapters.http import Answer, Call
from chalicelib.kernel.errors import InvalidRequest, invalid
from chalicelib.notices import built
from chalicelib.notices.api.asking import ChannelNotOffered, StoreId
from chalicelib.notices.model.subscribers import Contact, Scope
from chalicelib.outages.model.asked.texts import ComponentId

routes = Routes(__name__)


class MyNotices(msgspec.Struct, forbid_unknown_fields=True):
    """No components or no stores: of all of them."""

    component_ids: Annotated[list[ComponentId], msgspec.Meta(max_length=50)] = []
    store_ids: Annotated[list[StoreId], msgspec.Meta(max_length=50)] = []


class MyNoticesView(msgspec.Struct):
    """`template_id`: what to ask `wx.requestSubscribeMessage` for; it has to be tapped again for each notice."""

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
    """Be told of outages and maintenance by WeChat; to be called after each tap on "allow"."""
    template_id = built.notice_template()
    if not template_id:
        raise ChannelNotOffered(channels=built.offered())
    scope = Scope(tuple(sorted(set(body.component_ids))), tuple(sorted(set(body.store_ids))))
    openid = built.openid_of(call.caller.who)
    if openid is None:
        raise invalid("", "会员没有绑定微信", "the member has no WeChat account")
    built.subscribing().put("wechat", Contact(openid), scope, "zh-CN", stamp(call))
    return MyNoticesView(template_id, list(scope.component_ids), list(scope.store_ids))


@routes.declare("DELETE", "/v1/me/notice-subscription", needs=MEMBER, answers={204: None})
def delete_my_notices(call: Call) -> Answer:
    """Be told no more by WeChat; nothing of the subscription is kept."""
    openid = built.openid_of(call.caller.who)
    if openid is not None:
        built.subscribing().drop("wechat", openid)
    return Answer("", 204)
