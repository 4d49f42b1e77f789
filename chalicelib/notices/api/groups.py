"""Groups of staff in WeCom that are told like subscribers: an operator's word is their confirmation."""

from typing import Annotated
from urllib.parse import urlsplit

import msgspec

from chalicelib.access.edge import Routes, stamp
from chalicelib.adapters import webhook
from chalicelib.adapters.http import Answer, Call, named
from chalicelib.kernel.errors import InvalidRequest, NotFound, invalid
from chalicelib.kernel.words import ONE_LINE, STORE_ID
from chalicelib.notices import built
from chalicelib.notices.api.asking import StoreId
from chalicelib.notices.model.subscribers import Contact, Group, Scope
from chalicelib.outages.model.asked.texts import ComponentId

routes = Routes(__name__)
WRITE = "incident:publish"
_WECOM = "qyapi.weixin.qq.com"
_NAME = Annotated[str, msgspec.Meta(pattern=STORE_ID)]


class GroupRequest(msgspec.Struct, forbid_unknown_fields=True):
    """`webhook_url`: of the group's bot, as WeCom shows it; it is kept sealed and never shown again."""

    title: Annotated[str, msgspec.Meta(min_length=1, max_length=50, pattern=ONE_LINE)]
    webhook_url: Annotated[str, msgspec.Meta(min_length=10, max_length=500)]
    component_ids: Annotated[list[ComponentId], msgspec.Meta(max_length=50)] = []
    store_ids: Annotated[list[StoreId], msgspec.Meta(max_length=50)] = []


class GroupView(msgspec.Struct):
    """No components or no stores: of all of them."""

    name: str
    title: str
    component_ids: list[str]
    store_ids: list[str]


class GroupList(msgspec.Struct):
    items: list[GroupView]


@routes.declare("GET", "/v1/notice-groups", needs=WRITE, answers={200: GroupList})
def get_groups(_call: Call) -> GroupList:
    """The groups of staff that are told of outages and maintenance."""
    return GroupList([_view(one) for one in built.groups().all()])


@routes.declare(
    "PUT",
    "/v1/notice-groups/{group_name}",
    needs=WRITE,
    takes=GroupRequest,
    answers={200: GroupView},
    raises=(InvalidRequest, NotFound),
)
def put_group(call: Call, group_name: str, body: GroupRequest) -> GroupView:
    """Tell a WeCom group; the same name again takes the place of what it said before."""
    name = named(group_name, _NAME)
    scope = Scope(tuple(sorted(set(body.component_ids))), tuple(sorted(set(body.store_ids))))
    contact = Contact(_bot(body.webhook_url))
    return _view(built.groups().put(name, body.title, contact, scope, stamp(call)))


@routes.declare(
    "DELETE",
    "/v1/notice-groups/{group_name}",
    needs=WRITE,
    answers={204: None},
    raises=(NotFound,),
)
def delete_group(call: Call, group_name: str) -> Answer:
    """Tell the group no more."""
    built.groups().delete(named(group_name, _NAME), stamp(call))
    return Answer("", 204)


def _bot(url: str) -> str:
    """Raises InvalidRequest."""
    nearby = built.on_one_machine()
    try:
        to = webhook.target(url.strip(), nearby=nearby)
    except webhook.BadAddressError:
        to = None
    if to is None or not (nearby or to.host == _WECOM) or "key=" not in urlsplit(url).query:
        raise invalid(
            "/webhook_url", "这不是企业微信群机器人的地址", "is no address of a WeCom bot"
        )
    return url.strip()


def _view(one: Group) -> GroupView:
    return GroupView(one.name, one.title, list(one.scope.component_ids), list(one.scope.store_ids))
