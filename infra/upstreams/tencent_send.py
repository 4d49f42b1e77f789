"""Tencent Cloud's SendSms: each number is accepted or refused by itself, with its own code."""

import hashlib
import json
import math
import re
import secrets
from typing import Any

import msgspec

from infra.upstreams import tencent
from infra.upstreams.faults import Fault, for_number
from infra.upstreams.phones import e164, is_abroad, mainland
from infra.upstreams.world import World

MAX_NUMBERS = 200
MAX_CONTEXT_BYTES = 511
MAX_TEXT_CHARS = 500
ONE_PART_CHARS, NEXT_PART_CHARS = 70, 67
URL = re.compile(r"https?://|www\.", re.IGNORECASE)


class SendSms(msgspec.Struct, rename="pascal", forbid_unknown_fields=True, frozen=True):
    phone_number_set: list[str]
    sms_sdk_app_id: str
    template_id: str
    sign_name: str = ""
    template_param_set: list[str] = []
    session_context: str = ""
    extend_code: str = ""
    sender_id: str = ""

    def text(self, template: str) -> str:
        """Put the parameters where the template wants them, sign name first."""
        filled = re.sub(r"\{(\d+)\}", lambda n: self.template_param_set[int(n[1]) - 1], template)
        return f"【{self.sign_name}】{filled}"


def send(world: World, order: SendSms, fault: Fault | None) -> dict[str, Any]:
    if not order.phone_number_set:
        raise tencent.RequestRefused(
            "MissingParameter.EmptyPhoneNumberSet", "PhoneNumberSet is empty."
        )
    if len(order.phone_number_set) > MAX_NUMBERS:
        raise tencent.RequestRefused(
            "LimitExceeded.PhoneNumberCountLimit", "At most 200 numbers a request."
        )
    if len(order.session_context.encode()) > MAX_CONTEXT_BYTES:
        raise tencent.RequestRefused(
            "InvalidParameter.InvalidParameters", "SessionContext must be under 512 bytes."
        )
    return {"SendStatusSet": [_to_one(world, order, n, fault) for n in order.phone_number_set]}


def _to_one(world: World, order: SendSms, number: str, fault: Fault | None) -> dict[str, Any]:
    mine = for_number(fault, number)
    refused = _ordered_code(mine) or _refusal(world, order, number)
    if refused:
        return _status(order, number, refused)
    serial_no = f"2640:{int(world.clock.wall() * 1000)}{secrets.randbelow(10**12):012d}"
    text = order.text(world.settings.sms_templates[order.template_id])
    _accept(world, order, e164(number), serial_no, text)
    _await_report(world, order, e164(number), serial_no, mine)
    return _status(order, number, "Ok", serial_no, fee=parts(text))


def _ordered_code(fault: Fault | None) -> str | None:
    ordered = fault is not None and fault.kind == "tencent_code" and fault.scope == "number"
    return str(fault.code) if fault is not None and ordered else None


def _refusal(world: World, order: SendSms, number: str) -> str | None:
    """Name the code under which this number is refused; None when it may go."""
    if order.sms_sdk_app_id != world.settings.sms_app_id:
        return "UnauthorizedOperation.SmsSdkAppIdVerifyFail"
    if is_abroad(number):
        return "UnsupportedOperation.ChineseMainlandTemplateToGlobalPhone"
    if mainland(number) is None:
        return "InvalidParameterValue.IncorrectPhoneNumber"
    return _content_refusal(world, order) or _too_often(world, order, e164(number))


def _content_refusal(world: World, order: SendSms) -> str | None:
    if order.sign_name not in world.settings.sms_sign_names:
        return "FailedOperation.SignatureIncorrectOrUnapproved"
    template = world.settings.sms_templates.get(order.template_id)
    if template is None:
        return "FailedOperation.TemplateIncorrectOrUnapproved"
    if len(order.template_param_set) != len(set(re.findall(r"\{\d+\}", template))):
        return "FailedOperation.TemplateParamSetNotMatchApprovedTemplate"
    if any(URL.search(value) for value in order.template_param_set):
        return "InvalidParameterValue.ProhibitedUseUrlInTemplateParameter"
    longest = max((len(value) for value in order.template_param_set), default=0)
    if longest > world.settings.sms_param_max_chars:
        return "InvalidParameterValue.TemplateParameterLengthLimit"
    too_long = len(order.text(template)) > MAX_TEXT_CHARS
    return "InvalidParameterValue.ContentLengthLimit" if too_long else None


def _same_content(order: SendSms, phone: str) -> str:
    content = [phone, order.sign_name, order.template_id, *order.template_param_set]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def _too_often(world: World, order: SendSms, phone: str) -> str | None:
    last = world.store.get("sms_sent", _same_content(order, phone))
    apart_s = world.settings.sms_same_content_limit_s
    if last is None or world.clock.now() - last >= apart_s:
        return None
    return "LimitExceeded.PhoneNumberThirtySecondLimit"


def _accept(world: World, order: SendSms, phone: str, serial_no: str, text: str) -> None:
    world.store.put("sms_sent", _same_content(order, phone), world.clock.now())
    content = {
        "template_id": order.template_id,
        "sign_name": order.sign_name,
        "values": order.template_param_set,
        "text": text,
        "session_context": order.session_context,
    }
    world.outbox.add("sms", phone, serial_no, content)


def _await_report(
    world: World, order: SendSms, phone: str, serial_no: str, fault: Fault | None
) -> None:
    """Settle now what the carrier will say later; a silent one never does."""
    if fault is not None and fault.kind == "carrier_silent":
        return
    failed = fault is not None and fault.kind == "carrier_fails"
    sent_at, delay_s = world.clock.wall(), world.settings.sms_report_delay_s
    told_context = world.settings.sms_session_context_in_reports
    report = {
        "UserReceiveTime": int(sent_at + delay_s),
        "CountryCode": "86",
        "SubscriberNumber": mainland(phone),
        "PhoneNumber": phone,
        "SerialNo": serial_no,
        "ReportStatus": "FAIL" if failed else "SUCCESS",
        "Description": str(fault.code) if fault is not None and failed else "DELIVRD",
        "SessionContext": order.session_context if told_context else "",
    }
    world.store.run(
        "INSERT INTO reports (serial_no, phone, sent_at, due_at, report) VALUES (?, ?, ?, ?, ?)",
        *(serial_no, phone, sent_at, world.clock.now() + delay_s, json.dumps(report)),
    )


def parts(text: str) -> int:
    """Count what is billed: one short message, or the parts of a long one."""
    return 1 if len(text) <= ONE_PART_CHARS else math.ceil(len(text) / NEXT_PART_CHARS)


def _status(
    order: SendSms, number: str, code: str, serial_no: str = "", fee: int = 0
) -> dict[str, Any]:
    accepted = code == "Ok"
    return {
        "SerialNo": serial_no,
        "PhoneNumber": e164(number),
        "Fee": fee,
        "SessionContext": order.session_context,
        "Code": code,
        "Message": "send success" if accepted else code.rpartition(".")[2],
        "IsoCode": "CN" if mainland(number) else "",
    }
