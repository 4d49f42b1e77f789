"""Aliyun's own SDK sends and asks against the stand-in: its signature, its body, its parsing."""

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from alibabacloud_dysmsapi20170525 import models
from alibabacloud_dysmsapi20170525.client import Client
from alibabacloud_tea_openapi.models import Config
from Tea.exceptions import TeaException, UnretryableException

from chalicelib.adapters.sms_aliyun import VARIABLES, AliyunSms
from infra.upstreams.launch import Running
from tests.integration.upstreams.conftest import Control

PHONE = "13800138000"
VALUES = ["人民路 ~*店", "35.00", "165.00", "11月22日15:01"]
PARAM = '{"store":"人民路 ~*店","amount":"35.00","balance":"165.00","time":"11月22日15:01"}'
BEIJING = timezone(timedelta(hours=8))


def client(upstreams: Running, key_secret: str = "") -> Any:  # noqa: ANN401
    return Client(
        Config(
            access_key_id="standin-aliyun-id",
            access_key_secret=key_secret or "standin-aliyun-secret",
            endpoint=upstreams.url.removeprefix("http://"),
            protocol="http",
            connect_timeout=2000,
            read_timeout=2000,
        )
    )


def order(**other: str) -> Any:  # noqa: ANN401
    given = {
        "phone_numbers": PHONE,
        "sign_name": "灯塔",
        "template_code": "SMS_3000001",
        "template_param": PARAM,
        "out_id": "attempt-1",
    }
    return models.SendSmsRequest(**{**given, **other})


def rows(upstreams: Running) -> Any:  # noqa: ANN401
    asked = models.QuerySendDetailsRequest(
        phone_number=PHONE,
        send_date=f"{datetime.now(BEIJING):%Y%m%d}",
        page_size=10,
        current_page=1,
    )
    body = client(upstreams).query_send_details(asked).body
    assert body.code == "OK"
    return body.sms_send_detail_dtos.sms_send_detail_dto


def test_the_sdk_and_our_adapter_send_the_same(upstreams: Running, control: Control) -> None:
    ours = AliyunSms(
        endpoint=upstreams.url,
        sign_name="灯塔",
        variables=VARIABLES,
        key_id=lambda: "standin-aliyun-id",
        key_secret=lambda: "standin-aliyun-secret",
        timeout_s=2,
    )
    sent = ours.send(PHONE, "SMS_3000001", VALUES, "attempt-1")
    body = client(upstreams).send_sms(order()).body
    assert (body.code, body.message) == ("OK", "OK")
    items = control("outbox?channel=sms", method="GET")["items"]
    assert [item["id"] for item in items] == [sent.serial_no, body.biz_id]
    mine, theirs = (
        {name: value for name, value in item.items() if name not in {"id", "seq", "at"}}
        for item in items
    )
    assert mine == theirs


def test_the_sdk_sees_a_refusal_of_the_product(upstreams: Running) -> None:
    body = client(upstreams).send_sms(order(phone_numbers="123")).body
    assert (body.code, body.biz_id) == ("isv.MOBILE_NUMBER_ILLEGAL", None)


def test_a_wrong_key_is_not_believed(upstreams: Running) -> None:
    with pytest.raises(TeaException) as refused:
        client(upstreams, key_secret="guess").send_sms(order())
    assert refused.value.code == "SignatureDoesNotMatch"
    assert upstreams.world.outbox.find() == []


def test_a_clock_fifteen_minutes_off_is_refused(upstreams: Running, control: Control) -> None:
    control("clock", {"skew_s": 1000})
    with pytest.raises(TeaException) as refused:
        client(upstreams).send_sms(order())
    assert refused.value.code == "InvalidTimeStamp.Expired"


def test_the_sdk_finds_a_message_that_waits_and_then_its_receipt(
    upstreams: Running, control: Control
) -> None:
    client(upstreams).send_sms(order())
    [waiting] = rows(upstreams)
    assert (waiting.send_status, waiting.out_id) == (1, "attempt-1")
    control("clock", {"offset_s": 1})
    [row] = rows(upstreams)
    assert (row.send_status, row.err_code, row.phone_num) == (3, "DELIVERED", PHONE)


def test_what_was_accepted_before_the_line_hung_is_found_by_its_out_id(
    upstreams: Running, control: Control
) -> None:
    control("faults", {"endpoint": "aliyun.SendSms", "kind": "accept_then_hang", "seconds": 0})
    with pytest.raises((TeaException, UnretryableException, OSError)):
        client(upstreams).send_sms(order())
    assert [row.out_id for row in rows(upstreams)] == ["attempt-1"]
    assert len(control("outbox", method="GET")["items"]) == 1
