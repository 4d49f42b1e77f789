"""Receipts as both providers push them, in the shapes of their own documents, and what else may come instead."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.adapters.sms import carrier_word
from chalicelib.adapters.sms_aliyun import pushes as aliyun
from chalicelib.adapters.sms_pushes import Read
from chalicelib.adapters.sms_tencent import pushes as tencent

TENCENT: dict[str, Any] = {
    "user_receive_time": "2026-11-22 14:05:01",
    "nationcode": "86",
    "mobile": "13800001234",
    "report_status": "SUCCESS",
    "errmsg": "DELIVRD",
    "description": "用户短信送达成功",
    "sid": "2640:1669096800123",
    "ext": "01M-7-1",
}
ALIYUN: dict[str, Any] = {
    "phone_number": "13800001234",
    "send_time": "2026-11-22 14:05:00",
    "report_time": "2026-11-22 14:05:01",
    "success": True,
    "err_code": "DELIVERED",
    "err_msg": "用户接收成功",
    "sms_size": "1",
    "biz_id": "900619746936498440^0",
    "out_id": "01M-7-1",
}
BOTH = [(tencent.read, TENCENT), (aliyun.read, ALIYUN)]
NESTED = b"[" * 100_000


@pytest.mark.parametrize(("read", "item"), BOTH)
def test_a_receipt_is_read_as_its_provider_writes_it(read: Read, item: dict[str, Any]) -> None:
    ((report,), malformed) = read(json.dumps([item]).encode())
    assert malformed == 0
    assert report.serial_no == item.get("sid", item.get("biz_id"))
    assert (report.delivered, report.reference) == (True, "01M-7-1")
    assert report.carrier_code.startswith("DELIV")
    assert report.reported_at == datetime(2026, 11, 22, 6, 5, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("read", "item"),
    [
        (tencent.read, TENCENT | {"report_status": "FAIL", "errmsg": "MK:0001"}),
        (aliyun.read, ALIYUN | {"success": False, "err_code": "MK:0001"}),
        (aliyun.read, ALIYUN | {"success": False, "err_code": "MK:0001", "err_msg": None}),
    ],
)
def test_a_failure_comes_with_the_carriers_code(read: Read, item: dict[str, Any]) -> None:
    ((report,), _) = read(json.dumps([item]).encode())
    assert (report.delivered, report.carrier_code) == (False, "MK:0001")


@pytest.mark.parametrize("read", [tencent.read, aliyun.read])
@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b"null", b"<html>", b'[{"sid": "1"', b"\xff\xfe", b'"[]"', NESTED],
)
def test_a_body_that_is_no_array_is_one_malformed_receipt(read: Read, body: bytes) -> None:
    assert read(body) == ([], 1)


@pytest.mark.parametrize(("read", "item"), BOTH)
def test_an_item_that_cannot_be_read_costs_no_other(read: Read, item: dict[str, Any]) -> None:
    bad: list[Any] = [None, 7, [], {}, {**item, "sid": 7, "biz_id": 7}, {**item, "sid": "", "biz_id": "",
           "ext": "", "out_id": ""}, {**item, "report_status": "WAIT", "success": "true"}]  # fmt: skip
    for one in bad:
        reports, malformed = read(json.dumps([item, one, item]).encode())
        assert (len(reports), malformed) == (2, 1), one


@pytest.mark.parametrize(
    ("read", "absent"),
    [(tencent.read, TENCENT | {"ext": None}), (aliyun.read, ALIYUN | {"out_id": None})],
)
def test_our_reference_may_be_absent_and_a_time_unreadable(
    read: Read, absent: dict[str, Any]
) -> None:
    odd = absent | {"user_receive_time": "yesterday", "report_time": ""}
    ((report,), malformed) = read(json.dumps([odd]).encode())
    assert (report.reference, report.reported_at, malformed) == ("", None, 0)


@pytest.mark.parametrize(
    ("code", "word"),
    [
        ("DELIVRD", "delivered"), ("DELIVERED", "delivered"), ("UNDELIV", "off"),
        ("EXPIRED", "expired"), ("REJECTD", "rejected"), ("UNKNOWN", "other"), ("", "other"),
        ("MK:0001", "no_such_number"), ("MK:0005", "suspended"), ("MK:0013", "suspended"),
        ("MK:0010", "off"), ("MK:0115", "spam"), ("DB:0144", "blacklisted"),
        ("MBBLACK", "blacklisted"), ("MA:0001", "blacklisted"), ("IB:0008", "flow_control"),
        ("CMPPERR:8", "flow_control"), ("ID:0076", "keyword"), ("CONTENT_KEYWORD", "keyword"),
        ("SIGNATURE_BLACKLIST", "sign_name"), ("MOBILE_IN_BLACK", "blacklisted"),
        ("MOBILE_NOT_ON_SERVICE", "off"), ("mk:0001", "no_such_number"), ("MK:9999", "other"),
    ],
)  # fmt: skip
def test_a_carriers_word_is_classed_by_what_it_begins_with(code: str, word: str) -> None:
    assert carrier_word(code) == word


@pytest.mark.parametrize(
    ("read", "good", "name"), [(tencent.read, TENCENT, "sid"), (aliyun.read, ALIYUN, "out_id")]
)
def test_a_name_of_any_length_is_none_and_harms_no_other(
    read: Read, good: dict[str, Any], name: str
) -> None:
    batch = read(json.dumps([{**good, name: "9" * 3000}, good]).encode())
    assert (len(batch.reports), batch.malformed) == (1, 1)
