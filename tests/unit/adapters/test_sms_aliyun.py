"""What Aliyun's words mean, and which of its days are asked for."""

from datetime import UTC, datetime

import pytest

from chalicelib.adapters.sms_aliyun import (
    OF_CODE,
    OF_NOTICE,
    OF_OUTAGE,
    VARIABLES,
    AliyunSms,
    Report,
    Sent,
)
from chalicelib.adapters.sms_aliyun.codes import meaning
from chalicelib.adapters.sms_aliyun.reports import Row, days_in
from chalicelib.adapters.upstream import Refused, Unknown, Unreachable
from chalicelib.messages.templates import sms_params
from infra.upstreams.world import Settings
from tests.unit.messages.builders import facts


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("isv.BUSINESS_LIMIT_CONTROL", "frequency"),
        ("isv.DAY_LIMIT_CONTROL", "account"),
        ("isv.MONTH_LIMIT_CONTROL", "account"),
        ("isv.AMOUNT_NOT_ENOUGH", "account"),
        ("AMOUNT_NOT_ENOUGH", "account"),
        ("isv.OUT_OF_SERVICE", "account"),
        ("isv.PRODUCT_UN_SUBSCRIPT", "account"),
        ("isv.ACCOUNT_ABNORMAL", "account"),
        ("isp.RAM_PERMISSION_DENY", "account"),
        ("SignatureDoesNotMatch", "account"),
        ("InvalidTimeStamp.Expired", "account"),
        ("InvalidAccessKeyId.NotFound", "account"),
        ("isv.DENY_IP_RANGE", "origin"),
        ("isv.SMS_TEMPLATE_ILLEGAL", "template"),
        ("isv.SMS_SIGNATURE_ILLEGAL", "template"),
        ("isv.SMS_SIGN_ILLEGAL", "template"),
        ("isv.SIGN_STATE_ILLEGAL", "template"),
        ("isv.TEMPLATE_MISSING_PARAMETERS", "template"),
        ("isv.PARAM_LENGTH_LIMIT", "template"),
        ("isv.PARAM_NOT_SUPPORT_URL", "template"),
        ("isv.SMS_CONTENT_ILLEGAL", "content"),
        ("isv.BLACK_KEY_CONTROL_LIMIT", "content"),
        ("isv.MOBILE_NUMBER_ILLEGAL", "number"),
        ("isv.CUSTOMER_REFUSED", "number"),
        ("isv.MOBILE_COUNT_OVER_LIMIT", "other"),
        ("isv.SOMETHING_OF_NEXT_YEAR", "other"),
    ],
)
def test_a_definite_no_has_its_class(code: str, kind: str) -> None:
    error = meaning(code)
    assert isinstance(error, Refused)
    assert (error.upstream, error.kind, error.code) == ("aliyun", kind, code)


@pytest.mark.parametrize(
    "code", ["isp.SYSTEM_ERROR", "isp.OF_NEXT_YEAR", "InternalError", "ServiceUnavailable"]
)
def test_what_broke_between_their_parts_may_have_been_sent(code: str) -> None:
    assert isinstance(meaning(code), Unknown)


def test_a_nonce_that_was_used_says_that_the_same_request_came_before() -> None:
    assert isinstance(meaning("SignatureNonceUsed"), Unknown)


@pytest.mark.parametrize("code", ["Throttling", "Throttling.User"])
def test_what_was_turned_away_at_the_door_may_be_tried_again(code: str) -> None:
    assert isinstance(meaning(code), Unreachable)


@pytest.mark.parametrize(
    ("since", "until", "days"),
    [
        ((22, 3), (22, 4), ["20261122"]),
        ((22, 15), (22, 15), ["20261122"]),
        ((22, 15), (22, 16), ["20261123", "20261122"]),
        ((22, 16), (22, 17), ["20261123"]),
        ((21, 15), (22, 16), ["20261123", "20261122", "20261121"]),
    ],
)
def test_their_days_are_those_of_beijing(
    since: tuple[int, int], until: tuple[int, int], days: list[str]
) -> None:
    """Hours of UTC: 16:00 is midnight there."""
    first, last = (datetime(2026, 11, *each, tzinfo=UTC) for each in (since, until))
    assert days_in(first, last) == days


@pytest.mark.parametrize(("status", "delivered"), [(1, None), (2, False), (3, True), (4, None)])
def test_a_row_says_what_the_carrier_said(status: int, delivered: bool | None) -> None:  # noqa: FBT001
    row = Row(status, "MK:0001", "2026-11-22 15:00:01", "m-1")
    at = datetime(2026, 11, 22, 7, 0, 1, tzinfo=UTC)
    assert row.report() == Report("", delivered, "MK:0001", at, "m-1")


def test_a_row_without_a_time_has_none() -> None:
    assert Row(1).report() == Report("", None, "", None)


def test_each_value_of_a_message_has_the_name_that_the_templates_give_it() -> None:
    named = dict(zip(VARIABLES, sms_params(facts(), "aliyun"), strict=True))
    assert (named["store"], named["amount"], named["balance"]) == ("南京路店", "68.00", "131.50")
    of = {"SMS_3000004": OF_OUTAGE, "SMS_3000005": OF_NOTICE, "SMS_3000006": OF_CODE}
    for template, text in Settings().aliyun_templates.items():
        assert all(f"${{{name}}}" in text for name in of.get(template, VARIABLES))


def test_no_text_of_these_objects_shows_a_secret() -> None:
    sms = AliyunSms(
        endpoint="http://127.0.0.1:1",
        sign_name="灯塔",
        variables=VARIABLES,
        key_id=lambda: "the-id",
        key_secret=lambda: "the-secret",
        timeout_s=1,
    )
    report = Report("", True, "DELIVERED", None, "the-reference")
    assert "the-" not in repr(sms) + str(vars(sms)) + repr(Sent("1")) + repr(report)
