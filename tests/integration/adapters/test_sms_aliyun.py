"""Aliyun SMS against the stand-in, which checks every signature."""

import time
from collections.abc import Sequence
from datetime import timedelta

import pytest

from chalicelib.adapters.sms_aliyun import VARIABLES, AliyunSms, Report
from chalicelib.adapters.sms_aliyun.sms import new_nonce
from chalicelib.adapters.upstream import Refused, Unknown, Unreachable
from chalicelib.kernel import clock
from infra.upstreams.launch import Running
from tests.integration.adapters.conftest import Break
from tests.integration.adapters.leaks import PHONE, leaked, shown_by

PARAMS = ["人民路店", "12.50", "87.50", "11月22日15:01"]
TEMPLATE = "SMS_3000001"
PATIENCE_S = 5


def sms_to(
    upstreams: Running, endpoint: str = "", key_secret: str = "", nonce: str = ""
) -> AliyunSms:
    settings = upstreams.world.settings
    return AliyunSms(
        endpoint=endpoint or upstreams.url,
        sign_name="灯塔",
        variables=VARIABLES,
        key_id=lambda: settings.aliyun_key_id,
        key_secret=lambda: key_secret or settings.aliyun_key_secret,
        timeout_s=0.5,
        nonce=(lambda: nonce) if nonce else new_nonce,
    )


@pytest.fixture
def sms(upstreams: Running) -> AliyunSms:
    return sms_to(upstreams)


def send(sms: AliyunSms, reference: str = "message-1", params: Sequence[str] = PARAMS) -> str:
    return sms.send(PHONE, TEMPLATE, params, reference).serial_no


def found(sms: AliyunSms, phone: str = PHONE) -> list[Report]:
    return sms.find(phone, clock.now() - timedelta(minutes=5), clock.now())


def reported(sms: AliyunSms) -> Report:
    """What carriers say comes a little later: asked until it is there."""
    deadline = time.monotonic() + PATIENCE_S
    (report,) = found(sms)
    while report.delivered is None and time.monotonic() < deadline:
        (report,) = found(sms)
    return report


def test_a_message_is_taken_and_its_receipt_found_by_our_reference(
    upstreams: Running, sms: AliyunSms
) -> None:
    biz_id = send(sms)
    (kept,) = upstreams.world.outbox.find("sms", f"+86{PHONE}")
    assert (kept["id"], kept["out_id"]) == (biz_id, "message-1")
    assert kept["values"] == dict(zip(VARIABLES, PARAMS, strict=True))
    report = reported(sms)
    assert (report.reference, report.delivered, report.carrier_code) == (
        "message-1", True, "DELIVERED",
    )  # fmt: skip
    assert report.reported_at is not None
    assert abs(report.reported_at - clock.now()) < timedelta(minutes=1)


def test_what_no_carrier_has_reported_yet_is_known_to_be_taken(
    sms: AliyunSms, broken: Break
) -> None:
    broken("aliyun.SendSms", "carrier_silent")
    send(sms)
    (report,) = found(sms)
    assert (report.reference, report.delivered) == ("message-1", None)


def test_what_the_carrier_refused_says_why(sms: AliyunSms, broken: Break) -> None:
    broken("aliyun.SendSms", "carrier_fails", code="MK:0001")
    send(sms)
    report = reported(sms)
    assert (report.delivered, report.carrier_code) == (False, "MK:0001")


def test_another_number_has_none(sms: AliyunSms) -> None:
    send(sms)
    assert found(sms, "13900139000") == []


def test_what_others_sent_from_the_account_is_not_ours(sms: AliyunSms) -> None:
    send(sms, reference="")
    assert found(sms) == []


def test_more_than_a_page_is_read_and_more_than_four_are_no_answer(
    upstreams: Running, sms: AliyunSms
) -> None:
    upstreams.world.change_settings({"aliyun_minute_permits": 1000, "aliyun_day_permits": 1000})
    for n in range(51):
        send(sms, f"message-{n}")
    assert {report.reference for report in found(sms)} == {f"message-{n}" for n in range(51)}
    for n in range(51, 201):
        send(sms, f"message-{n}")
    with pytest.raises(Unreachable) as too_many:
        found(sms)
    assert too_many.value.code == "too_many_rows"


def test_a_no_of_the_product_has_its_class(upstreams: Running, sms: AliyunSms) -> None:
    upstreams.world.change_settings({"aliyun_minute_permits": 1})
    send(sms)
    with pytest.raises(Refused) as again:
        send(sms)
    assert again.value.kind == "frequency"
    with pytest.raises(Refused) as no_template:
        sms.send(PHONE, "SMS_1", PARAMS, "message-2")
    assert no_template.value.kind == "template"
    with pytest.raises(Refused) as no_phone:
        sms.send("123", TEMPLATE, PARAMS, "message-2")
    assert no_phone.value.kind == "number"


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("isv.BUSINESS_LIMIT_CONTROL", "frequency"),
        ("isv.AMOUNT_NOT_ENOUGH", "account"),
        ("isv.DENY_IP_RANGE", "origin"),
    ],
)
def test_a_no_is_no_and_nothing_was_sent(
    upstreams: Running, sms: AliyunSms, broken: Break, code: str, kind: str
) -> None:
    broken("aliyun.SendSms", "aliyun_code", code=code)
    with pytest.raises(Refused) as refused:
        send(sms)
    assert (refused.value.kind, refused.value.code) == (kind, code)
    assert upstreams.world.outbox.find("sms") == []


def test_a_no_of_the_gateway_has_its_class(upstreams: Running) -> None:
    with pytest.raises(Refused) as wrong_key:
        send(sms_to(upstreams, key_secret="wrong"))
    assert (wrong_key.value.kind, wrong_key.value.code) == ("account", "SignatureDoesNotMatch")


@pytest.mark.parametrize("skew_s", [-901, 902])
def test_a_clock_fifteen_minutes_off_is_named(
    upstreams: Running, sms: AliyunSms, skew_s: int
) -> None:
    upstreams.world.clock.skew_s = skew_s
    with pytest.raises(Refused) as refused:
        send(sms)
    assert refused.value.code == "InvalidTimeStamp.Expired"


def test_the_same_request_twice_is_sent_once_and_the_second_is_in_doubt(upstreams: Running) -> None:
    sms = sms_to(upstreams, nonce="the-same-nonce")
    send(sms)
    with pytest.raises(Unknown) as unknown:
        send(sms)
    assert unknown.value.code == "SignatureNonceUsed"
    assert len(upstreams.world.outbox.find("sms")) == 1


DOUBTFUL = [
    {"kind": "accept_then_hang", "seconds": 5},
    {"kind": "accept_then_hang", "seconds": 0},
    {"kind": "http_error", "status": 502, "taken": True},
    {"kind": "non_json", "taken": True},
    {"kind": "aliyun_code", "code": "isp.SYSTEM_ERROR", "taken": True},
    {"kind": "aliyun_code", "code": "ServiceUnavailable", "scope": "request", "taken": True},
]


@pytest.mark.parametrize("fault", DOUBTFUL, ids=lambda fault: f"{fault['kind']}")
def test_what_may_have_been_sent_is_unknown_sent_once_and_found_again(
    upstreams: Running, sms: AliyunSms, broken: Break, fault: dict[str, object]
) -> None:
    send(sms, "message-0")
    broken("aliyun.SendSms", **fault)
    with pytest.raises(Unknown) as unknown:
        send(sms)
    assert upstreams.world.calls["aliyun.SendSms"] == 2
    assert [kept["out_id"] for kept in upstreams.world.outbox.find("sms")] == [
        "message-0", "message-1",
    ]  # fmt: skip
    assert {report.reference for report in found(sms)} == {"message-0", "message-1"}
    assert leaked(shown_by(unknown.value), upstreams) == []


def test_what_hung_before_it_was_taken_is_unknown_and_not_found(
    sms: AliyunSms, broken: Break
) -> None:
    broken("aliyun.SendSms", "hang_before", seconds=0)
    with pytest.raises(Unknown):
        send(sms)
    assert found(sms) == []


def test_a_throttled_request_may_be_tried_again(sms: AliyunSms, broken: Break) -> None:
    broken("aliyun.SendSms", "aliyun_code", code="Throttling.User", scope="request")
    with pytest.raises(Unreachable):
        send(sms)


def test_a_door_that_answers_without_json_took_nothing(sms: AliyunSms, broken: Break) -> None:
    broken("aliyun.SendSms", "http_error", status=403)
    with pytest.raises(Unreachable) as turned_away:
        send(sms)
    assert turned_away.value.code == "http_403"


def test_a_cloud_that_is_not_there_is_unreachable(upstreams: Running) -> None:
    with pytest.raises(Unreachable) as unreachable:
        send(sms_to(upstreams, endpoint="http://127.0.0.1:9"))
    assert leaked(shown_by(unreachable.value), upstreams) == []


@pytest.mark.parametrize("fault", DOUBTFUL[1:], ids=lambda fault: f"{fault['kind']}")
def test_a_look_up_without_an_answer_may_be_asked_again(
    sms: AliyunSms, broken: Break, fault: dict[str, object]
) -> None:
    broken("aliyun.QuerySendDetails", **fault)
    with pytest.raises(Unreachable):
        found(sms)


def test_a_look_up_that_is_refused_says_so(sms: AliyunSms, broken: Break) -> None:
    broken("aliyun.QuerySendDetails", "aliyun_code", code="isp.RAM_PERMISSION_DENY")
    with pytest.raises(Refused):
        found(sms)
