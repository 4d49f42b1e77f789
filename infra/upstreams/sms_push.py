"""Receipts as Tencent Cloud and Aliyun push them, and what may be off about them."""

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec

from infra.upstreams.aliyun_send import BEIJING
from infra.upstreams.world import World

MOST_ITEMS = 100
Provider = Literal["tencent", "aliyun"]
PROVIDERS: tuple[Provider, ...] = ("tencent", "aliyun")
Item = dict[str, Any]
Few = Annotated[int, msgspec.Meta(ge=0, le=MOST_ITEMS)]


class Ordered(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, frozen=True):
    """The body of `POST /_control/sms/pushes`: receipts of messages that were accepted, due or not.

    - `serials`: whose; `phone`: of this number's; neither: of all.
    - `batch`: items in one call; `copies`: how often each call is made again; `after_s`: how late.
    - `opposite`: the carrier says the contrary of what it settled. `without_reference`: ours is left out.
    - `malformed`, `strangers`: items that cannot be read, and receipts of nobody here, mixed in.
    """

    provider: Provider
    serials: list[str] = []
    phone: str = ""
    batch: Annotated[int, msgspec.Meta(ge=1, le=MOST_ITEMS)] = MOST_ITEMS
    copies: Few = 0
    after_s: Annotated[float, msgspec.Meta(ge=0)] = 0
    opposite: bool = False
    without_reference: bool = False
    malformed: Few = 0
    strangers: Few = 0


def items(world: World, provider: Provider, *, due_by: float | None = None) -> dict[str, Item]:
    """Receipts of accepted messages, oldest first, each by a key of its own; with `due_by` those to be told by then."""
    if provider == "tencent":
        rows = world.store.run(
            "SELECT serial_no, report FROM reports WHERE ? IS NULL OR (due_at <= ? AND NOT EXISTS"
            " (SELECT 1 FROM kept WHERE space = 'sms_pushed' AND key = serial_no))"
            " ORDER BY sent_at",
            *(due_by, due_by),
        )
        return {serial_no: _tencent(json.loads(report)) for serial_no, report in rows}
    rows = world.store.run(
        "SELECT biz_id, phone, detail FROM aliyun_sends WHERE ? IS NULL OR (due_at <= ? AND NOT"
        " EXISTS (SELECT 1 FROM kept WHERE space = 'sms_pushed' AND key = biz_id || ' ' || phone))"
        " ORDER BY sent_at",
        *(due_by, due_by),
    )
    return {
        f"{biz_id} {phone}": _aliyun(biz_id, json.loads(detail)) for biz_id, phone, detail in rows
    }


def ordered(world: World, order: Ordered) -> list[Item]:
    """What one order pushes, with all that is to be off about it."""
    name, number = _NAMES[order.provider]
    chosen = [
        item
        for item in items(world, order.provider).values()
        if (not order.serials or item[name] in order.serials)
        and (not order.phone or item[number] == order.phone)
    ]
    chosen += [_stranger(order.provider) for _ in range(order.strangers)]
    if order.opposite:
        chosen = [_OPPOSITE[order.provider](item) for item in chosen]
    if order.without_reference:
        chosen = [{**item, _REFERENCES[order.provider]: None} for item in chosen]
    return mixed(chosen, [_BROKEN[n % len(_BROKEN)] for n in range(order.malformed)])


def batches(given: Sequence[Any], size: int) -> list[list[Any]]:
    return [list(given[start : start + size]) for start in range(0, len(given), size)]


def mixed(good: Sequence[Any], bad: Sequence[Any]) -> list[Any]:
    """The bad ones one by one between the good ones."""
    made = list(good)
    for n, one in enumerate(bad):
        made.insert(min(2 * n + 1, len(made)), one)
    return made


def taken(provider: Provider, answer: bytes | None) -> bool:
    """Whether a call was answered as the provider wants it."""
    try:
        said = json.loads(answer or b"null")
    except ValueError:
        return False
    wanted = "result" if provider == "tencent" else "code"
    return isinstance(said, dict) and said.get(wanted) == 0


def _tencent(report: Mapping[str, Any]) -> Item:
    at = datetime.fromtimestamp(report["UserReceiveTime"], BEIJING)
    return {
        "user_receive_time": f"{at:%Y-%m-%d %H:%M:%S}",
        "nationcode": report["CountryCode"],
        "mobile": report["SubscriberNumber"],
        "report_status": report["ReportStatus"],
        "errmsg": report["Description"],
        "description": "用户短信送达成功"
        if report["ReportStatus"] == "SUCCESS"
        else "短信送达失败",
        "sid": report["SerialNo"],
        "ext": report["SessionContext"],
    }


def _aliyun(biz_id: str, detail: Mapping[str, Any]) -> Item:
    success = detail["SendStatus"] == _DELIVERED
    return {
        "phone_number": detail["PhoneNum"],
        "send_time": detail["SendDate"],
        "report_time": detail["ReceiveDate"],
        "success": success,
        "err_code": detail["ErrCode"],
        "err_msg": "用户接收成功" if success else "用户接收失败",
        "sms_size": "1",
        "biz_id": biz_id,
        "out_id": detail["OutId"],
    }


def _tencent_opposite(item: Item) -> Item:
    failed = item["report_status"] == "SUCCESS"
    said = {"report_status": "FAIL", "errmsg": "UNDELIV"}
    return {**item, **(said if failed else {"report_status": "SUCCESS", "errmsg": "DELIVRD"})}


def _aliyun_opposite(item: Item) -> Item:
    said = {"success": False, "err_code": "UNDELIV"}
    return {**item, **(said if item["success"] else {"success": True, "err_code": "DELIVERED"})}


def _stranger(provider: Provider) -> Item:
    """Of another system under the same account."""
    name, number = _NAMES[provider]
    return {**_SAYS[provider], name: f"stranger-{secrets.token_hex(8)}", number: "13900000000"}


_DELIVERED = 3
_NAMES = {"tencent": ("sid", "mobile"), "aliyun": ("biz_id", "phone_number")}
_SAYS: dict[Provider, Item] = {
    "tencent": {"report_status": "SUCCESS", "errmsg": "DELIVRD"},
    "aliyun": {"success": True, "err_code": "DELIVERED"},
}
_REFERENCES = {"tencent": "ext", "aliyun": "out_id"}
_OPPOSITE: dict[Provider, Callable[[Item], Item]] = {
    "tencent": _tencent_opposite,
    "aliyun": _aliyun_opposite,
}
_BROKEN: tuple[Any, ...] = (
    None,
    {},
    {"sid": 1, "biz_id": 1},
    "receipt",
    {"sid": "1", "biz_id": "1"},
)
