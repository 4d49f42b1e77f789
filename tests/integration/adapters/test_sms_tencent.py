"""Tencent SMS against the stand-in, which checks every signature."""

import time
from collections.abc import Sequence
from datetime import timedelta

import pytest

from chalicelib.adapters.sms_tencent import Report, TencentSms
from chalicelib.adapters.upstream import Refused, Unknown, Unreachable
from chalicelib.kernel import clock
from infra.upstreams.launch import Running
from tests.integration.adapters.conftest import Break
from tests.integration.adapters.leaks import PHONE, leaked, shown_by

PARAMS = ["人民路店", "12.50", "87.50", "15:01"]
PATIENCE_S = 5


def sms_to(upstreams: Running, endpoint: str = "", secret_key: str = "") -> TencentSms:
    settings = upstreams.world.settings
    return TencentSms(
        endpoint=endpoint or upstreams.url,
        region="ap-guangzhou",
        app_id=settings.sms_app_id,
        sign_name="灯塔",
        secret_id=lambda: settings.sms_secret_id,
        secret_key=lambda: secret_key or settings.sms_secret_key,
        timeout_s=0.5,
    )


@pytest.fixture
def sms(upstreams: Running) -> TencentSms:
    return sms_to(upstreams)


def send(sms: TencentSms, params: Sequence[str] = PARAMS) -> str:
    return sms.send(PHONE, "2000001", params, "message-1").serial_no


def reports_of(sms: TencentSms, at_least: int = 1) -> list[Report]:
    """What carriers say comes a little later: asked until it is there."""
    deadline = time.monotonic() + PATIENCE_S
    found: list[Report] = []
    while len(found) < at_least and time.monotonic() < deadline:
        found = sms.find(PHONE, clock.now() - timedelta(minutes=5), clock.now())
    return found


def test_a_message_is_taken_and_its_receipt_found(upstreams: Running, sms: TencentSms) -> None:
    serial_no = send(sms)
    (kept,) = upstreams.world.outbox.find("sms", f"+86{PHONE}")
    assert (kept["id"], kept["values"], kept["session_context"]) == (
        serial_no,
        PARAMS,
        "message-1",
    )
    (report,) = reports_of(sms)
    assert (report.serial_no, report.delivered, report.carrier_code) == (
        serial_no,
        True,
        "DELIVRD",
    )


def test_what_the_carrier_refused_says_why(sms: TencentSms, broken: Break) -> None:
    broken("tencent.SendSms", "carrier_fails", code="MK:0001")
    send(sms)
    (report,) = reports_of(sms)
    assert (report.delivered, report.carrier_code) == (False, "MK:0001")


def test_another_number_has_no_receipts(sms: TencentSms) -> None:
    send(sms)
    assert reports_of(sms)
    assert sms.find("13900139000", clock.now() - timedelta(minutes=5), clock.now()) == []


def test_a_refused_number_has_its_class(sms: TencentSms) -> None:
    send(sms)
    with pytest.raises(Refused) as again:
        send(sms)
    assert again.value.kind == "frequency"
    with pytest.raises(Refused) as too_few:
        send(sms, PARAMS[:3])
    assert too_few.value.kind == "template"
    with pytest.raises(Refused) as no_phone:
        sms.send("123", "2000001", PARAMS, "message-2")
    assert no_phone.value.kind == "number"


def test_a_refused_request_has_its_class(upstreams: Running) -> None:
    with pytest.raises(Refused) as wrong_key:
        send(sms_to(upstreams, secret_key="wrong"))
    assert (wrong_key.value.kind, wrong_key.value.code) == (
        "account",
        "AuthFailure.SignatureFailure",
    )


@pytest.mark.parametrize("skew_s", [-301, 302])
def test_a_clock_five_minutes_off_is_named(
    upstreams: Running, sms: TencentSms, skew_s: int
) -> None:
    upstreams.world.clock.skew_s = skew_s
    with pytest.raises(Refused) as refused:
        send(sms)
    assert refused.value.code == "AuthFailure.SignatureExpire"


DOUBTFUL = [
    {"kind": "accept_then_hang", "seconds": 5},
    {"kind": "accept_then_hang", "seconds": 0},
    {"kind": "http_error", "status": 502, "taken": True},
    {"kind": "non_json", "taken": True},
    {
        "kind": "tencent_code",
        "code": "InternalError.Timeout",
        "scope": "request",
        "taken": True,
    },
]


@pytest.mark.parametrize("fault", DOUBTFUL, ids=lambda fault: f"{fault['kind']}")
def test_what_may_have_been_sent_is_unknown_sent_once_and_found_again(
    upstreams: Running, sms: TencentSms, broken: Break, fault: dict[str, object]
) -> None:
    known = send(sms, ["别的店", *PARAMS[1:]])
    broken("tencent.SendSms", **fault)
    with pytest.raises(Unknown) as unknown:
        send(sms)
    assert upstreams.world.calls["tencent.SendSms"] == 2
    taken = upstreams.world.outbox.find("sms")[-1]
    assert taken["values"] == PARAMS
    strangers = {report.serial_no for report in reports_of(sms, at_least=2)} - {known}
    assert strangers == {taken["id"]}
    assert leaked(shown_by(unknown.value), upstreams) == []


def test_where_support_switched_it_on_the_receipt_names_our_reference(
    upstreams: Running, sms: TencentSms
) -> None:
    upstreams.world.change_settings({"sms_session_context_in_reports": True})
    send(sms)
    assert reports_of(sms)[0].reference == "message-1"


def test_a_throttled_request_may_be_tried_again(sms: TencentSms, broken: Break) -> None:
    broken("tencent.SendSms", "tencent_code", code="RequestLimitExceeded", scope="request")
    with pytest.raises(Unreachable):
        send(sms)


def test_a_cloud_that_is_not_there_is_unreachable(upstreams: Running) -> None:
    with pytest.raises(Unreachable) as unreachable:
        send(sms_to(upstreams, endpoint="http://127.0.0.1:9"))
    assert leaked(shown_by(unreachable.value), upstreams) == []


@pytest.mark.parametrize("fault", DOUBTFUL[1:], ids=lambda fault: f"{fault['kind']}")
def test_a_look_up_without_an_answer_may_be_asked_again(
    sms: TencentSms, broken: Break, fault: dict[str, object]
) -> None:
    broken("tencent.PullSmsSendStatusByPhoneNumber", **fault)
    with pytest.raises(Unreachable):
        sms.find(PHONE, clock.now() - timedelta(minutes=5), clock.now())
