"""What the API is asked about here: two stores and two members, each with something of their own in every list."""

import itertools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import Any

from botocore.paginate import Paginator
from msgspec.structs import replace

from chalicelib.access import service
from chalicelib.access.service.pins import pin_matches
from chalicelib.adapters.http import Endpoint
from chalicelib.kernel import clock, ids
from chalicelib.ledger.built import ledger
from chalicelib.members.model import Trail
from chalicelib.messages import care
from chalicelib.messages import table as messages
from chalicelib.messages.service.announce import announce
from chalicelib.messages.set_up import quota_holder
from chalicelib.stores.model.devices import Device
from chalicelib.stores.model.held import Held
from chalicelib.stores.model.journal import Link
from chalicelib.stores.model.replays import Trace
from chalicelib.stores.service import devices
from chalicelib.stores.table import held as held_table
from infra.local import dynamodb
from tests.client import Client, Reply
from tests.house import BY, House
from tests.integration.access import readers
from tests.integration.amends import outage

PIN = "2468"
STAFF_NO, OTHER_STAFF_NO = "01", "08"
POOL = 60
SMS_CALLBACK_SECRET = "a-secret-of-this-test"
WECHAT = {
    "WECHAT_APP_ID": "wx000000000standin",
    "WECHAT_APP_SECRET_PARAM": "/test/wechat-secret",
    "WECHAT_CALLBACK_TOKEN_PARAM": "/test/wechat-push-token",
    "SMS_CALLBACK_SECRET_PARAM": "/test/sms-callback",
    "WECHAT_SPEND_TEMPLATE_ID": "tmpl-spend",
    "WECHAT_TOP_UP_TEMPLATE_ID": "tmpl-top-up",
    "WECHAT_NOTICE_TEMPLATE_ID": "tmpl-notice",
}
PUBLIC_KEY = (
    "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"  # RFC 8032, the first of its test vectors
)
RULES: Mapping[str, Any] = {
    "zone": "Asia/Shanghai",
    "day_cut_hour": 4,
    "balance": {
        "bonus_percent": 50,
        "bonus_valid_days": 365,
        "most_fen": 10_000_000,
        "most_without_phone_fen": 100_000,
    },
    "points": {
        "earn_fen": 100,
        "earn_on_balance": True,
        "valid_months": 12,
        "redeem_points": 100,
        "redeem_fen": 100,
        "may_go_below_zero": False,
    },
    "tiers": {
        "by": "spend",
        "window_months": 12,
        "keep_months": 12,
        "tiers": [{"tier": "silver", "title": "银卡", "needs": 500_000, "points_percent": 150}],
    },
    "top_ups": [
        {
            "name": "500-80",
            "pay_fen": 50_000,
            "bonus_fen": 8_000,
            "first_only": False,
            "tiers": ["silver"],
            "from_date": "2026-01-01",
            "to_date": "2036-12-31",
        }
    ],
    "coupons": [
        {
            "coupon": "ten-off",
            "title": "满50减10",
            "amount_off_fen": 1_000,
            "cap_fen": 1_000,
            "threshold_fen": 5_000,
            "stores": ["s1"],
            "starts_on": "2026-01-01",
            "ends_on": "2036-12-31",
            "valid_days": 30,
        }
    ],
    "count_cards": [
        {
            "count_card": "cut",
            "title": "剪发10次",
            "service": "cut",
            "times": 10,
            "price_fen": 30_000,
            "valid_days": 365,
            "stores": ["s1", "s2"],
        }
    ],
    "refunds": {"reopened_days": 30, "seven_days": 7},
    "offline": {"trust_fen": 20_000, "card_days": 7},
    "notice_days": 7,
}
SHIFT = {"float_fen": 50_000, "opened_by": "王芳"}
SHIFT_END = {"counted": [{"method": "cash", "amount_fen": 50_000}], "note": "交班"}
Kept = Mapping[tuple[str, str, str], str]


@dataclass(frozen=True)
class Own:
    """What one store has of its own."""

    store_id: str
    out_trade_no: str
    out_top_up_no: str
    held_id: str


@dataclass(frozen=True)
class World:
    house: House
    dynamodb_url: str
    tables: Mapping[str, str]
    phone: str
    member_id: str
    other_member_id: str
    message_id: str
    component_id: str
    incident_id: str
    maintenance_id: str
    stores: Mapping[str, Own]
    at_rest: Sequence[str]
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))
    _orders: "itertools.count[int]" = field(default_factory=itertools.count)

    def number(self) -> int:
        return next(self._numbers)

    def fresh_phone(self) -> str:
        return f"155{self.number():08d}"

    def values(self, endpoint: Endpoint, store_id: str = "s1") -> dict[str, str]:
        """A value for each name in the path; a name without one is a route that nobody thought of here."""
        own = self.stores[store_id]
        known = {
            "store_id": store_id,
            "out_trade_no": own.out_trade_no,
            "out_top_up_no": own.out_top_up_no,
            "held_id": own.held_id,
            "shift_name": own.out_trade_no,
            "out_refund_no": own.out_trade_no,
            "out_void_no": own.out_trade_no,
            "out_sale_no": own.out_trade_no,
            "out_grant_no": own.out_trade_no,
            "out_correction_no": own.out_trade_no,
            "out_transfer_no": own.out_trade_no,
            "out_report_no": own.out_trade_no,
            "staff_no": "09",
            "member_id": self.member_id,
            "message_id": self.message_id,
            "care_id": self.care_id,
            "kind": "spend",
            "component_id": self.component_id,
            "incident_id": self.incident_id,
            "maintenance_id": self.maintenance_id,
            "template_id": "sms-late",
            "notice_id": readers.NOTICE_ID,
            "group_name": readers.GROUP,
            "subscriber_id": readers.of_the_phone(),
            "provider": "tencent",
            "month": f"{clock.now():%Y-%m}",
            "secret": SMS_CALLBACK_SECRET,
        }
        if "/amends" in endpoint.path or "/affected" in endpoint.path:
            if endpoint.path.endswith("/preview"):
                over = self.over
            elif endpoint.path.endswith("/go-on"):
                over = self.given
            else:
                over = self.touched if endpoint.path.endswith("/messages") else self.searched
            known["incident_id"] = over.incident_id
        if "{device_id}" in endpoint.path:
            made = endpoint.method == "PUT"
            known["device_id"] = "d-0" if made else self.fresh_device(store_id)
        if "{template_id}" in endpoint.path and endpoint.method == "DELETE":
            known["template_id"] = _prepare(self.house.office, f"t-{self.number()}")
        if "{update_id}" in endpoint.path:
            known["update_id"] = self.an_update(fresh=endpoint.method == "DELETE")
        if "{terminal_id}" in endpoint.path:
            known["terminal_id"] = self.fresh_terminal(store_id)
        if "{token}" in endpoint.path:
            known["token"] = readers.token_of(endpoint.path)
        return {name: known[name] for name in names_in(endpoint.path)}

    @cached_property
    def over(self) -> outage.Outage:
        """An incident that is over, and a preview of amends for it."""
        made = outage.an_outage(self.house)
        made.resolve()
        assert made.preview().status == 202
        return made

    @cached_property
    def searched(self) -> outage.Outage:
        """Another, and whom it touched is found."""
        return self._found()

    @cached_property
    def touched(self) -> outage.Outage:
        """The same again: who is being told is given nothing meanwhile."""
        return self._found()

    @cached_property
    def given(self) -> outage.Outage:
        """And once more: what was found is being given."""
        made = self._found()
        assert made.give("*").status == 201
        return made

    def _found(self) -> outage.Outage:
        made = outage.an_outage(self.house)
        made.resolve()
        made.previewed()
        return made

    def fresh_order(self) -> str:
        """A spend and a count card of this name are in each store; nothing was given back of them, for a while."""
        return f"p-{next(self._orders) % POOL}"

    def an_update(self, *, fresh: bool) -> str:
        """The incident's first one, or one that may be taken back."""
        path = f"/v1/incidents/{self.incident_id}"
        said = {"status": "identified", "body": {"zh": "有进展"}}
        reply = (
            self.house.office.post(f"{path}/updates", said)
            if fresh
            else self.house.office.get(path)
        )
        update_id: str = reply.json["updates"][0 if fresh else -1]["update_id"]
        return update_id

    def message_at_rest(self) -> str:
        """One that nobody is about to send, for a while."""
        return self.at_rest[self.number() % POOL]

    def fresh_terminal(self, store_id: str) -> str:
        key, _ = service.issue_terminal_key(store_id, "to be revoked", clock.now(), BY)
        return key.key_id

    def pin_of_the_other(self) -> str:
        """Right, and the account not resting, whatever was tried on it before."""
        for store_id in self.stores:
            kept = next(
                each for each in service.staff_of(store_id) if each.staff_no == OTHER_STAFF_NO
            )
            if kept.failed or kept.resting_until or not pin_matches(PIN, kept.pin_hash):
                _hire(store_id, OTHER_STAFF_NO)
        return PIN

    def fresh_device(self, store_id: str) -> str:
        device_id = f"to-be-revoked-{self.number()}"
        devices.register(Device(device_id, store_id, PUBLIC_KEY, "Till", clock.now()), BY)
        return device_id

    @cached_property
    def care_id(self) -> str:
        """What a member wrote to us by WeChat."""
        return care.page("open", 1, None, clock.now())[0][0].care_id

    @cached_property
    def _scanner(self) -> Paginator:
        return dynamodb.client(self.dynamodb_url).get_paginator("scan")

    def kept(self) -> Kept:
        """Every item of every table, by table and key."""
        found: dict[tuple[str, str, str], str] = {}
        for table in self.tables.values():
            for page in self._scanner.paginate(TableName=table):
                for item in page["Items"]:
                    key = (table, item["pk"]["S"], item["sk"]["S"])
                    found[key] = json.dumps(item, sort_keys=True, default=repr)
        return found


def names_in(path: str) -> list[str]:
    return [step.strip("{}") for step in path.split("/") if step.startswith("{")]


def changed(before: Kept, after: Kept) -> list[tuple[str, str, str]]:
    return sorted(key for key in {*before, *after} if before.get(key) != after.get(key))


def ask(
    client: Client,
    endpoint: Endpoint,
    values: Mapping[str, str],
    *,
    body: str | None = None,
    query: Mapping[str, Sequence[str]] | None = None,
    headers: Mapping[str, str] | None = None,
    base64: bool = False,
) -> Reply:
    """The endpoint itself, as API Gateway would call it once it has chosen it; path and query are already decoded."""
    event = client.event(endpoint.method, endpoint.path, body, headers or {})
    event |= {
        "pathParameters": dict(values) or None,
        "multiValueQueryStringParameters": {k: list(v) for k, v in (query or {}).items()} or None,
        "isBase64Encoded": base64,
    }
    answer = client.app(event, None)
    sent = {name: each[0] for name, each in answer.get("multiValueHeaders", {}).items()}
    return Reply(answer["statusCode"], {**answer["headers"], **sent}, answer["body"])


def build(house: House, dynamodb_url: str, tables: Mapping[str, str]) -> World:
    phone, other_phone = "13800138000", "13900139000"
    member_id, other_member_id = (
        _log_in(house, name, number)
        for name, number in (("demo-a", phone), ("demo-b", other_phone))
    )
    ruled = house.office.put("/v1/rules", RULES, if_match="*")
    assert ruled.status == 200, ruled.text
    _write_to_us()
    stores = {}
    for store_id, till in (("s1", house.till), ("s2", house.other_till)):
        for number, who in enumerate((member_id, other_member_id, member_id)):
            _sell(till, store_id, f"w-{number}", who)
        stores[store_id] = Own(store_id, "w-0", "w-0", _hold(store_id, member_id))
        for staff_no in (STAFF_NO, OTHER_STAFF_NO):
            _hire(store_id, staff_no)
    for who in (member_id, other_member_id):
        _announce(who)
    for store_id, till, third in (
        ("s1", house.till, "15600000001"),
        ("s2", house.other_till, "15600000002"),
    ):
        _look_after(house.office, store_id, "w-0", member_id, other_member_id)
        _fill_pool(till, store_id, third)
        for name in ("w-0", "w-1"):
            _work(till, store_id, name)
    spend = house.till.get("/v1/stores/s1/spends/w-0").json
    readers.subscribe()
    component_id, incident_id = _tell_outage(house.office), ""
    _prepare(house.office, "sms-late")
    maintenance_id = ""
    for status in ("partial_outage", "operational"):
        incident_id = _report(house.office, component_id)
        maintenance_id = _plan(house.office, component_id)
        path = f"/v1/components/{component_id}"
        house.office.patch(path, {"status": status, "reason": "线路拥塞"}, if_match="*")
    return World(
        house, dynamodb_url, tables, phone, member_id, other_member_id, spend["message_id"],
        component_id, incident_id, maintenance_id, stores, _put_to_rest(spend["message_id"]),
    )  # fmt: skip


def _put_to_rest(message_id: str) -> list[str]:
    """As many messages of the same member, which the inbox has and nobody sends."""
    known = messages.message(message_id, consistent=True)
    assert known is not None
    names = [f"{known.member_id}-{ids.new(clock.now())}" for _ in range(POOL)]
    messages.add([replace(known, message_id=name, state="inbox", due_at=None) for name in names])
    return names


def _write_to_us() -> None:
    """By WeChat, each something that no rule reads."""
    for number, openid in enumerate(("o-a", "o-b")):
        said = {"FromUserName": openid, "Content": "在吗"}
        assert care.keep(quota_holder(openid), f"{number:016x}", "text", clock.now(), said)


def _hire(store_id: str, staff_no: str) -> None:
    service.save_staff(
        store_id, staff_no, name="Staff", role="cashier", pin=PIN, active=True, by=BY
    )


def _log_in(house: House, name: str, phone: str) -> str:
    session = house.public.post("/v1/member-sessions", {"code": f"{name}-0"})
    assert session.status == 201, session.text
    mine = house.public.holding(session.json["access_token"])
    bound = mine.put("/v1/me/phone", {"code": f"phone-{phone}-0"})
    assert bound.status == 200, bound.text
    member_id: str = bound.json["member"]["member_id"]
    return member_id


def _work(till: Client, store_id: str, name: str) -> None:
    for path, body in ((name, SHIFT), (f"{name}/close", SHIFT_END)):
        reply = till.put(f"/v1/stores/{store_id}/shifts/{path}", body)
        assert reply.status == 201, reply.text


def _fill_pool(till: Client, store_id: str, phone: str) -> None:
    """A member of their own, so that what is there to be given back fills nobody else's card."""
    member_id = till.post("/v1/members", {"phone": phone, "consents": {}}).json["member_id"]
    cut = {"member_id": member_id, "count_card": "cut", "method": "cash"}
    for number in range(POOL):
        for path, body in (("spends", spend_of(member_id)), ("card-sales", cut)):
            reply = till.put(f"/v1/stores/{store_id}/{path}/p-{number}", body)
            assert reply.status == 201, reply.text


def spend_of(member_id: str) -> dict[str, Any]:
    payments = [{"method": "cash", "amount_fen": 100}]
    return {"member_id": member_id, "total_fen": 100, "payments": payments}


def top_up_of(member_id: str) -> dict[str, Any]:
    return {"member_id": member_id, "paid_fen": 1000, "method": "cash"}


def _sell(till: Client, store_id: str, name: str, member_id: str) -> None:
    for path, body in (("top-ups", top_up_of(member_id)), ("spends", spend_of(member_id))):
        reply = till.put(f"/v1/stores/{store_id}/{path}/{name}", body)
        assert reply.status == 201, reply.text


def _look_after(office: Client, store_id: str, name: str, member_id: str, other_id: str) -> None:
    """One of everything else that is posted under a name; what is refunded was sold just before."""
    store = f"/v1/stores/{store_id}"
    reason = {"reason": "test"}
    spend = office.get(f"{store}/spends/{name}").json["spend_id"]
    for path, body in {
        "card-sales": {"member_id": member_id, "count_card": "cut", "method": "cash"},
        "grants": {"member_id": member_id, "points": 5, **reason},
        "corrections": {"member_id": member_id, "corrects": spend, "balance_fen": 1, **reason},
        "transfers": {
            "from_member_id": member_id, "to_member_id": other_id, "amount_fen": 1, **reason,
        },
        "card-reports": {"member_id": member_id, "what": "found", **reason},
        "refunds": {"out_trade_no": name, "amount_fen": 1, **reason},
        "voids": {"out_trade_no": "w-1", **reason},
        "top-up-refunds": {"out_top_up_no": "w-2", **reason},
    }.items():  # fmt: skip
        reply = office.put(f"{store}/{path}/{name}", body)
        assert reply.status == 201, reply.text


def _hold(store_id: str, member_id: str) -> str:
    """Two off-line sales that wait for a person; the id of one."""
    held_ids = [ids.new(clock.now()) for _ in range(2)]
    for held_id in held_ids:
        record = {
            "device_id": held_id, "counter": 1, "prev": "0" * 64, "out_trade_no": held_id,
            "occurred_at": "2026-11-22T08:00:00Z", "spend": {"note": member_id},
        }  # fmt: skip
        held = Held(
            held_id, store_id, held_id, 1, held_id, "invalid_spend", clock.now(), clock.now(),
            json.dumps(record), "",
        )  # fmt: skip
        trace = Trace(1, Link("", ""), held_id, "held", held_id=held_id)
        held_table.add(held, trace, BY)
    return held_ids[0]


def _announce(member_id: str) -> None:
    """What the stream would do."""
    announce(ledger().history(Trail(member_id), 100).entries, clock.now())


def _tell_outage(office: Client) -> str:
    made = office.post("/v1/components", {"name": {"zh": "收银", "en": "Tills"}})
    assert made.status == 201, made.text
    component_id: str = made.json["component_id"]
    return component_id


def _report(office: Client, component_id: str) -> str:
    body: dict[str, Any] = {
        "name": {"zh": "收银缓慢"},
        "body": {"zh": "正在查找原因。"},
        "components": [{"component_id": component_id, "status": "partial_outage"}],
    }
    made = office.post("/v1/incidents", body)
    assert made.status == 201, made.text
    incident_id: str = made.json["incident_id"]
    return incident_id


def _plan(office: Client, component_id: str) -> str:
    plan = {
        "name": {"zh": "升级"},
        "body": {"zh": "升级数据库。"},
        "component_ids": [component_id],
        "scheduled_for": clock.text(clock.now() + timedelta(days=1)),
        "scheduled_until": clock.text(clock.now() + timedelta(days=2)),
    }
    made = office.post("/v1/maintenances", plan)
    assert made.status == 201, made.text
    maintenance_id: str = made.json["maintenance_id"]
    return maintenance_id


def _prepare(office: Client, template_id: str) -> str:
    said = {"zh": "短信延迟", "en": "SMS late"}
    made = office.put(f"/v1/incident-templates/{template_id}", {"name": said, "body": said})
    assert made.status == 200, made.text
    return template_id
