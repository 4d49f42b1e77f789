"""Every declared endpoint, with a request that it takes. A new route without an example here fails the tests."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from chalicelib.access.model import MEMBER, PUBLIC, ROLES
from chalicelib.adapters.http import Endpoint
from chalicelib.front.rooms import ROUTES
from infra.upstreams import wechat_push
from infra.upstreams.world import Settings
from tests.client import Client
from tests.integration.access import readers
from tests.integration.access.world import (
    OTHER_STAFF_NO,
    PIN,
    PUBLIC_KEY,
    RULES,
    SHIFT,
    SHIFT_END,
    STAFF_NO,
    World,
)

ENDPOINTS: tuple[Endpoint, ...] = tuple(each for routes in ROUTES for each in routes.endpoints)
TAKING = tuple(each for each in ENDPOINTS if each.takes)
ASKING = tuple(each for each in ENDPOINTS if each.asks)
NAMING = tuple(each for each in ENDPOINTS if "{" in each.path)


def name_of(endpoint: Endpoint) -> str:
    return f"{endpoint.method} {endpoint.path}"


@dataclass(frozen=True)
class Example:
    """`body` names every field that may stand beside the others; `path` are values that are new each time.

    `but` are codes with which somebody who may call it is turned away all the same.
    """

    body: Callable[[World], dict[str, Any]] | None = None
    path: Callable[[World], Mapping[str, str]] = lambda _: {}
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, Sequence[str]] = field(default_factory=dict)
    but: frozenset[str] = frozenset()


def example(endpoint: Endpoint) -> Example:
    """KeyError where a route that takes a body has none here."""
    return (
        EXAMPLES[name_of(endpoint)]
        if endpoint.takes
        else EXAMPLES.get(name_of(endpoint), Example())
    )


def let_in(world: World, endpoint: Endpoint) -> Client:
    """Somebody who may call it, at store s1."""
    house = world.house
    if endpoint.needs == PUBLIC:
        return house.public
    if endpoint.needs == MEMBER:
        return house.member(world.member_id)
    return house.till if endpoint.needs in ROLES["terminal"] else house.office


def _spend(world: World) -> dict[str, Any]:
    return {
        "member_id": world.member_id,
        "total_fen": 300,
        "payments": [
            {"method": "cash", "amount_fen": 200},
            {"method": "wechat_pay", "amount_fen": 100},
        ],
        "lines": [{"name": "拿铁", "quantity": 1, "amount_fen": 300, "sku": "latte"}],
        "note": "少冰",
    }


def _top_up(world: World) -> dict[str, Any]:
    return {"member_id": world.member_id, "paid_fen": 500, "method": "cash", "bonus_fen": 0}


def _asked_of(**fields: Any) -> Callable[[World], dict[str, Any]]:  # noqa: ANN401
    return lambda world: {"member_id": world.member_id, **fields}


def _refund(world: World) -> dict[str, Any]:
    return {"out_trade_no": world.fresh_order(), "amount_fen": 1, "reason": "少了一件"}


def _void(world: World) -> dict[str, Any]:
    return {"out_trade_no": world.fresh_order(), "reason": "收错了"}


def _top_up_refund(world: World) -> dict[str, Any]:
    return {"out_sale_no": world.fresh_order(), "reason": "不想要了"}


def _correction(world: World) -> dict[str, Any]:
    wrong = f"{world.member_id}-1"
    return {
        "member_id": world.member_id, "corrects": wrong, "reason": "多收", "balance_fen": 1,
        "points": 1,
    }  # fmt: skip


def _transfer(world: World) -> dict[str, Any]:
    return {
        "from_member_id": world.member_id,
        "to_member_id": world.other_member_id,
        "reason": "家人",
        "amount_fen": 1,
    }


def _named(field_name: str) -> Callable[[World], Mapping[str, str]]:
    return lambda world: {field_name: f"n-{world.number()}"}


def _component(_world: World) -> dict[str, Any]:
    return {
        "name": {"zh": "短信", "en": "SMS"},
        "description": {"zh": "消费短信", "en": "Spend messages"},
        "status": "operational",
        "position": 5,
        "start_date": "2026-01-01",
        "showcase": True,
        "only_show_if_degraded": False,
        "part": "sms",
    }


def _component_change(world: World) -> dict[str, Any]:
    return _component(world) | {"position": 1}


def _notice_group(world: World) -> dict[str, Any]:
    return {
        "title": "值班群",
        "webhook_url": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=test",
        "component_ids": [world.component_id],
        "store_ids": ["s1"],
    }


def _subscription(world: World) -> dict[str, Any]:
    return {
        "channel": "webhook",
        "address": f"https://hooks.example.com/{world.number()}",
        "secret": "a-secret-of-this-test",
        "component_ids": [world.component_id],
        "store_ids": ["s1"],
        "language": "en",
    }


def _incident(world: World) -> dict[str, Any]:
    return {
        "name": {"zh": "短信延迟", "en": "SMS late"},
        "body": {"zh": "正在处理。", "en": "Being worked on."},
        "status": "investigating",
        "components": [{"component_id": world.component_id, "status": "degraded_performance"}],
        "public": True,
        "impact_override": "minor",
        "severity": "sev3",
        "backfilled": True,
        "deliver_notifications": False,
    }


def _incident_change(_world: World) -> dict[str, Any]:
    return {"name": {"zh": "短信延迟", "en": "SMS late"}, "public": True, "impact_override": None}


def _update(world: World) -> dict[str, Any]:
    return {
        "status": "identified",
        "body": {"zh": "已找到原因。", "en": "The cause is found."},
        "components": [{"component_id": world.component_id, "status": "degraded_performance"}],
        "deliver_notifications": False,
    }


def _registration(world: World) -> dict[str, Any]:
    consents = {"sms": True, "email": False}
    return {"phone": world.fresh_phone(), "name": "新会员", "consents": consents}


def _probe_rules(_: World) -> dict[str, Any]:
    rule = {
        "probe": "sms_tencent",
        "enabled": True,
        "threshold": 4000,
        "every_minutes": 5,
        "fails": 3,
        "of": 5,
        "recovers": 5,
        "clear_percent": 80,
        "moves_to": "partial_outage",
        "auto_publish": False,
        "on_recovery": "monitoring",
        "watch_hours": 4,
        "watch_percent": 60,
        "template_id": "sms-late",
        "recovered": {"zh": "已恢复", "en": "It works again"},
    }
    return {"rules": [rule]}


def _message_rules(_world: World) -> dict[str, Any]:
    return {
        "routes": [{"kinds": ["spend", "refund"], "channels": ["sms", "wechat", "email"]}],
        "quiet_hours": [
            {
                "channels": ["email"],
                "starts": "22:00",
                "ends": "08:00",
                "zone": "Asia/Shanghai",
                "exempt_kinds": ["spend"],
            }
        ],
        "limits": {
            "phone_an_hour": 20,
            "phone_a_day": 50,
            "member_a_day": 100,
            "store_phone_in_ten_minutes": 10,
            "store_in_ten_minutes": 600,
            "zone": "Asia/Shanghai",
        },
    }


def _signed() -> dict[str, list[str]]:
    """As by WeChat, with a clock that is a lifetime ahead."""
    parts = ("4102444800", "7")
    proof = wechat_push.signature(Settings().wechat_push_token, *parts)
    return {"signature": [proof], "timestamp": [parts[0]], "nonce": [parts[1]]}


_LIMITS = {"refund_fen": 10_000, "discount_percent": None, "sells_offline": True}
_IF_MATCH = {"if-match": "*"}
EXAMPLES: Mapping[str, Example] = {
    "POST /v1/stores/{store_id}/staff-sessions": Example(
        lambda _: {"staff_no": STAFF_NO, "pin": PIN}
    ),
    "PUT /v1/stores/{store_id}": Example(
        lambda _: {"name": "Store", "zone": "Asia/Shanghai", "day_cut_hour": 4},
        headers=_IF_MATCH,
    ),
    "POST /v1/stores/{store_id}/terminals": Example(
        lambda _: {"name": "till 2", "limits": _LIMITS}
    ),
    "PUT /v1/stores/{store_id}/staff/{staff_no}": Example(
        lambda _: {
            "name": "小王",
            "role": "cashier",
            "pin": "13579",
            "active": True,
            "limits": _LIMITS,
        }
    ),
    "PUT /v1/stores/{store_id}/staff/{staff_no}/pin": Example(
        lambda world: {"pin": world.pin_of_the_other(), "new_pin": PIN},
        lambda _: {"staff_no": OTHER_STAFF_NO},
    ),
    "GET /v1/permissions/why": Example(query={"permission": ["refund:create"]}),
    "POST /v1/members": Example(_registration),
    "POST /v1/members/lookup": Example(lambda world: {"phone": world.phone}),
    "POST /v1/member-sessions": Example(lambda world: {"code": f"demo-a-{world.number()}"}),
    "PATCH /v1/me": Example(
        lambda _: {
            "name": "王芳",
            "email": "fang@example.com",
            "language": "zh-CN",
            "consents": {"sms": True, "email": True},
        }
    ),
    "PUT /v1/me/phone": Example(
        lambda world: {"code": f"phone-{world.fresh_phone()}-{world.number()}"}
    ),
    "PUT /v1/stores/{store_id}/spends/{out_trade_no}": Example(
        _spend, lambda world: {"out_trade_no": f"n-{world.number()}"}
    ),
    "PUT /v1/stores/{store_id}/top-ups/{out_top_up_no}": Example(
        _top_up, lambda world: {"out_top_up_no": f"n-{world.number()}"}
    ),
    "PUT /v1/stores/{store_id}/devices/{device_id}": Example(
        lambda _: {"public_key": PUBLIC_KEY, "name": "收银机一"},
        lambda world: {"device_id": f"d-{world.number()}"},
    ),
    "POST /v1/stores/{store_id}/replays": Example(
        lambda _: {"device_id": "d", "records": [{"payload": "{}", "signature": "A"}]}
    ),
    "PUT /v1/stores/{store_id}/held/{held_id}/settlement": Example(
        lambda _: {"way": "cancel", "reason": "商品已退回"}
    ),
    "PUT /v1/stores/{store_id}/shifts/{shift_name}": Example(
        lambda _: dict(SHIFT), but=frozenset({"no_till"})
    ),
    "PUT /v1/stores/{store_id}/shifts/{shift_name}/close": Example(lambda _: dict(SHIFT_END)),
    "PUT /v1/stores/{store_id}/refunds/{out_refund_no}": Example(_refund, _named("out_refund_no")),
    "PUT /v1/stores/{store_id}/voids/{out_void_no}": Example(_void, _named("out_void_no")),
    "POST /v1/stores/{store_id}/top-up-quotes": Example(_asked_of(paid_fen=50_000)),
    "PUT /v1/stores/{store_id}/card-sales/{out_sale_no}": Example(
        _asked_of(count_card="cut", method="cash"), _named("out_sale_no")
    ),
    "PUT /v1/stores/{store_id}/top-up-refunds/{out_refund_no}": Example(
        _top_up_refund, _named("out_refund_no")
    ),
    "PUT /v1/stores/{store_id}/grants/{out_grant_no}": Example(
        _asked_of(points=5, reason="生日"), _named("out_grant_no")
    ),
    "PUT /v1/stores/{store_id}/corrections/{out_correction_no}": Example(
        _correction, _named("out_correction_no")
    ),
    "PUT /v1/stores/{store_id}/transfers/{out_transfer_no}": Example(
        _transfer, _named("out_transfer_no")
    ),
    "PUT /v1/stores/{store_id}/card-reports/{out_report_no}": Example(
        _asked_of(what="found", reason="找到了"), _named("out_report_no")
    ),
    "PUT /v1/providers/{provider}/breaker": Example(
        lambda _: {"state": "closed", "reason": "已续约"}, headers=_IF_MATCH
    ),
    "PUT /v1/rules": Example(lambda _: dict(RULES), headers=_IF_MATCH),
    "PUT /v1/probe-rules": Example(_probe_rules, headers=_IF_MATCH),
    "PUT /v1/message-rules": Example(_message_rules, headers=_IF_MATCH),
    "POST /v1/message-templates/{kind}/preview": Example(
        lambda _: {"store_name": "南京路店", "amount_fen": 6800, "balance_after_fen": 13150}
    ),
    "POST /v1/messages/{message_id}/resend": Example(
        lambda _: {"reason": "顾客说没收到"},
        lambda world: {"message_id": world.message_at_rest()},
        but=frozenset({"message_under_way", "wrong_store"}),
    ),
    "GET /v1/care": Example(but=frozenset({"wrong_store"})),
    "GET /v1/care/{care_id}": Example(but=frozenset({"wrong_store"})),
    "PUT /v1/care/{care_id}/mark": Example(
        lambda _: {"state": "seen"}, but=frozenset({"wrong_store"})
    ),
    "POST /v1/messages/search": Example(
        lambda world: {
            "member_id": world.member_id,
            "from": "2026-01-01T00:00:00Z",
            "to": "2036-01-01T00:00:00Z",
            "limit": 20,
        }
    ),
    "POST /v1/messages/diagnosis": Example(
        lambda world: {"member_id": world.member_id, "about_at": "2026-11-22T08:00:00Z"}
    ),
    "POST /v1/me/subscriptions": Example(
        lambda world: {"accepts": [{"template_id": "tmpl-spend", "key": f"k-{world.number()}"}]}
    ),
    "GET /callbacks/wechat": Example(query={**_signed(), "echostr": ["5"]}),
    "POST /callbacks/wechat": Example(
        lambda world: {"FromUserName": "o", "CreateTime": world.number(), "MsgType": "text"},
        query=_signed(),
    ),
    "POST /v1/components": Example(_component),
    "PATCH /v1/components/{component_id}": Example(_component_change, headers=_IF_MATCH),
    "POST /v1/subscriptions": Example(_subscription),
    "POST /v1/subscriptions/code": Example(lambda _: readers.code()),
    "PUT /v1/notice-subscribers/{subscriber_id}/state": Example(lambda _: {"state": "live"}),
    "PUT /v1/me/notice-subscription": Example(
        lambda world: {"component_ids": [world.component_id], "store_ids": ["s1"]}
    ),
    "DELETE /v1/notice-groups/{group_name}": Example(but=frozenset({"not_found"})),
    "PUT /v1/notice-groups/{group_name}": Example(_notice_group, path=_named("group_name")),
    "POST /v1/incidents": Example(_incident),
    "PATCH /v1/incidents/{incident_id}": Example(_incident_change, headers=_IF_MATCH),
    "POST /v1/incidents/{incident_id}/updates": Example(_update),
    "PATCH /v1/incidents/{incident_id}/updates/{update_id}": Example(
        lambda _: {"status": "identified", "body": {"zh": "已找到原因。"}}, headers=_IF_MATCH
    ),
    "DELETE /v1/incidents/{incident_id}/updates/{update_id}": Example(headers=_IF_MATCH),
    "PUT /v1/incidents/{incident_id}/roles": Example(
        lambda _: {"commander": "li.lei", "scribe": "han.mei"}, headers=_IF_MATCH
    ),
    "POST /v1/incidents/{incident_id}/amends/preview": Example(lambda _: {"points": 50}),
    "POST /v1/incidents/{incident_id}/affected/messages": Example(),
    "POST /v1/incidents/{incident_id}/amends/go-on": Example(),
    "PUT /v1/incidents/{incident_id}/amends": Example(
        lambda _: {"gift": {"points": 50}, "reason": "收银故障补偿"}, headers=_IF_MATCH
    ),
    "PUT /v1/incident-templates/{template_id}": Example(
        lambda world: {
            "name": {"zh": "短信延迟", "en": "SMS late"},
            "body": {"zh": "正在处理。", "en": "Being worked on."},
            "status": "investigating",
            "severity": "sev3",
            "components": [{"component_id": world.component_id, "status": "degraded_performance"}],
            "next_update_minutes": 20,
        }
    ),
    "POST /v1/incident-templates/{template_id}/incidents": Example(
        lambda _: {"store_ids": [], "deliver_notifications": False}
    ),
    "PATCH /v1/status-settings": Example(
        lambda _: {"time_zone": "Asia/Shanghai", "partial_weight": 0.3}, headers=_IF_MATCH
    ),
    "POST /v1/maintenances": Example(
        lambda world: {
            "name": {"zh": "升级", "en": "Upgrade"},
            "body": {"zh": "升级数据库。", "en": "The database is upgraded."},
            "component_ids": [world.component_id],
            "scheduled_for": "2026-01-01T18:00:00Z",
            "scheduled_until": "2026-01-01T19:00:00Z",
            "store_ids": [],
            "recurrence": {
                "every": "month",
                "zone": "Asia/Shanghai",
                "until": "2026-01-02T00:00:00Z",
            },
            "notices": {"on_creation": True, "before_start": False},
        }
    ),
    "PATCH /v1/maintenances/{maintenance_id}": Example(
        lambda _: {"name": {"zh": "升级"}, "recurrence": None}, headers=_IF_MATCH
    ),
    "POST /v1/maintenances/{maintenance_id}/updates": Example(
        lambda _: {
            "status": "scheduled",
            "body": {"zh": "按计划进行。", "en": "As planned."},
            "deliver_notifications": False,
        },
        but=frozenset({"incident_full"}),
    ),
    "PUT /v1/status-stores/{store_id}": Example(lambda _: {"name": {"zh": "南京路店"}}),
    "DELETE /v1/status-stores/{store_id}": Example(but=frozenset({"not_found"})),
}
