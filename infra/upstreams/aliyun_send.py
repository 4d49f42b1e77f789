"""Aliyun's SendSms: one answer for all numbers, and a ledger that QuerySendDetails reads."""

import json
import re
import secrets
from datetime import datetime, timedelta, timezone
from typing import Any

import msgspec

from infra.upstreams.aliyun import ProductRefused
from infra.upstreams.faults import Fault, for_number
from infra.upstreams.phones import e164, mainland
from infra.upstreams.world import World

MAX_NUMBERS = 1000
MAX_OUT_ID_BYTES = 256
MAX_TEXT_CHARS = 500
BEIJING = timezone(timedelta(hours=8))
URL = re.compile(r"https?://|www\.", re.IGNORECASE)
VARIABLE = re.compile(r"\$\{(\w+)\}")
_Params = dict[str, str]


class SendSms(msgspec.Struct, rename="pascal", forbid_unknown_fields=True, frozen=True):
    phone_numbers: str
    sign_name: str
    template_code: str
    template_param: str = "{}"
    out_id: str = ""
    sms_up_extend_code: str = ""

    @property
    def numbers(self) -> list[str]:
        return self.phone_numbers.split(",")


def send(world: World, order: SendSms, fault: Fault | None) -> dict[str, Any]:
    if len(order.numbers) > MAX_NUMBERS:
        raise ProductRefused("isv.MOBILE_COUNT_OVER_LIMIT", "At most 1000 numbers a request.")
    if len(order.out_id.encode()) > MAX_OUT_ID_BYTES:
        raise ProductRefused("isv.INVALID_PARAMETERS", "OutId is of at most 256 bytes.")
    if any(mainland(number) is None for number in order.numbers):
        raise ProductRefused(
            "isv.MOBILE_NUMBER_ILLEGAL", f"{order.phone_numbers}invalid mobile number"
        )
    values = _values(world, order)
    for number in order.numbers:
        _check_limits(world, order, e164(number))
    biz_id = f"{secrets.randbelow(10**18):018d}^0"
    for number in order.numbers:
        _accept(world, order, e164(number), biz_id=biz_id, values=values, fault=fault)
    return {"BizId": biz_id}


def beijing(epoch_s: float) -> datetime:
    return datetime.fromtimestamp(epoch_s, BEIJING)


def _values(world: World, order: SendSms) -> _Params:
    """The values of the template, or the refusal of sign name, template or values."""
    if order.sign_name not in world.settings.aliyun_sign_names:
        raise ProductRefused("isv.SMS_SIGNATURE_ILLEGAL", "该账号下找不到对应签名")
    template = world.settings.aliyun_templates.get(order.template_code)
    if template is None:
        raise ProductRefused("isv.SMS_TEMPLATE_ILLEGAL", "该账号下找不到对应模板")
    try:
        values = msgspec.json.decode(order.template_param, type=_Params)
    except msgspec.DecodeError:
        raise ProductRefused("isv.INVALID_JSON_PARAM", "JSON参数不合法") from None
    if not set(VARIABLE.findall(template)) <= set(values):
        raise ProductRefused("isv.TEMPLATE_MISSING_PARAMETERS", "模板变量缺少对应参数值")
    if any(URL.search(value) for value in values.values()):
        raise ProductRefused("isv.PARAM_NOT_SUPPORT_URL", "变量不支持传入URL")
    longest = max(map(len, values.values()), default=0)
    if longest > world.settings.aliyun_param_max_chars:
        raise ProductRefused("isv.PARAM_LENGTH_LIMIT", "参数超过长度限制")
    if len(_text(world, order, values)) > MAX_TEXT_CHARS:
        raise ProductRefused("isv.SMS_CONTENT_ILLEGAL", "短信内容超过长度限制")
    return values


def _text(world: World, order: SendSms, values: _Params) -> str:
    template = world.settings.aliyun_templates[order.template_code]
    return f"【{order.sign_name}】{VARIABLE.sub(lambda found: values[found[1]], template)}"


def _limit_key(order: SendSms, phone: str) -> str:
    return f"{phone} {order.sign_name} {order.template_code}"


def _check_limits(world: World, order: SendSms, phone: str) -> None:
    """A notification of one sign name and template: so many a minute and a day of Beijing, counted when accepted."""
    now, settings = world.clock.now(), world.settings
    midnight = beijing(now).replace(hour=0, minute=0, second=0, microsecond=0).timestamp()
    windows = (
        ("分钟", now - 60, settings.aliyun_minute_permits),
        ("天", midnight, settings.aliyun_day_permits),
    )
    for name, since, permits in windows:
        [(count,)] = world.store.run(
            "SELECT count(*) FROM aliyun_sends WHERE limit_key = ? AND sent_at > ?",
            *(_limit_key(order, phone), since),
        )
        if count >= permits:
            raise ProductRefused("isv.BUSINESS_LIMIT_CONTROL", f"触发{name}级流控Permits:{permits}")


def _accept(
    world: World, order: SendSms, phone: str, *, biz_id: str, values: _Params, fault: Fault | None
) -> None:
    """List it from now on as waiting; settle now what the carrier will say later. A silent one never does."""
    mine = for_number(fault, phone)
    failed = mine is not None and mine.kind == "carrier_fails"
    silent = mine is not None and mine.kind == "carrier_silent"
    text, sent_at = _text(world, order, values), world.clock.wall()
    delay_s = world.settings.sms_report_delay_s
    detail = {
        "PhoneNum": mainland(phone),
        "SendStatus": 2 if failed else 3,
        "ErrCode": str(mine.code) if mine is not None and failed else "DELIVERED",
        "TemplateCode": order.template_code,
        "Content": text,
        "SendDate": f"{beijing(sent_at):%Y-%m-%d %H:%M:%S}",
        "ReceiveDate": f"{beijing(sent_at + delay_s):%Y-%m-%d %H:%M:%S}",
        "OutId": order.out_id,
    }
    world.store.run(
        "INSERT INTO aliyun_sends VALUES (?, ?, ?, ?, ?, ?, ?)",
        *(biz_id, phone, f"{beijing(sent_at):%Y%m%d}", world.clock.now()),
        *(None if silent else world.clock.now() + delay_s, _limit_key(order, phone)),
        json.dumps(detail, ensure_ascii=False),
    )
    content = {
        "provider": "aliyun",
        "template_id": order.template_code,
        "sign_name": order.sign_name,
        "values": values,
        "text": text,
        "out_id": order.out_id,
    }
    world.outbox.add("sms", phone, biz_id, content)
