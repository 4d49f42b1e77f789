"""Tencent Cloud's own SDK sends and pulls against the stand-in: its signature, its parsing."""

import time
from typing import Any

import pytest
from tencentcloud.common.credential import Credential
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.sms.v20210111 import models
from tencentcloud.sms.v20210111.sms_client import SmsClient

from infra.upstreams.launch import Running
from tests.integration.upstreams.conftest import Control

PHONE = "+8613800138000"


def client(upstreams: Running, secret_key: str = "") -> Any:  # noqa: ANN401
    host = upstreams.url.removeprefix("http://")
    http = HttpProfile(protocol="http", endpoint=host, reqTimeout=2)
    return SmsClient(
        Credential("standin-id", secret_key or "standin-key"),
        "ap-guangzhou",
        ClientProfile(httpProfile=http),
    )


def order(**other: object) -> Any:  # noqa: ANN401
    request = models.SendSmsRequest()
    request.PhoneNumberSet = [PHONE]
    request.SmsSdkAppId = "1400000001"
    request.TemplateId = "2000001"
    request.SignName = "灯塔"
    request.TemplateParamSet = ["人民路店", "35.00", "165.00", "11-22 15:01"]
    request.SessionContext = "attempt-1"
    for name, value in other.items():
        setattr(request, name, value)
    return request


def look_up() -> Any:  # noqa: ANN401
    request = models.PullSmsSendStatusByPhoneNumberRequest()
    now = int(time.time())
    request.BeginTime, request.EndTime = now - 60, now + 60
    request.Offset, request.Limit = 0, 10
    request.PhoneNumber, request.SmsSdkAppId = PHONE, "1400000001"
    return request


def test_the_sdk_sends_and_the_sms_is_in_the_outbox(upstreams: Running, control: Control) -> None:
    [status] = client(upstreams).SendSms(order()).SendStatusSet
    assert (status.Code, status.PhoneNumber, status.IsoCode) == ("Ok", PHONE, "CN")
    [item] = control("outbox?channel=sms", method="GET")["items"]
    assert (item["id"], item["session_context"]) == (status.SerialNo, "attempt-1")


def test_the_sdk_sees_a_refusal_beside_an_accepted_number(upstreams: Running) -> None:
    answer = client(upstreams).SendSms(order(PhoneNumberSet=[PHONE, "+86123"]))
    codes = [status.Code for status in answer.SendStatusSet]
    assert codes == ["Ok", "InvalidParameterValue.IncorrectPhoneNumber"]


def test_a_wrong_key_is_not_believed(upstreams: Running) -> None:
    with pytest.raises(TencentCloudSDKException) as refused:
        client(upstreams, secret_key="guess").SendSms(order())
    assert refused.value.code == "AuthFailure.SignatureFailure"
    assert upstreams.world.outbox.find() == []


def test_a_clock_five_minutes_off_is_refused(upstreams: Running, control: Control) -> None:
    control("clock", {"skew_s": 400})
    with pytest.raises(TencentCloudSDKException) as refused:
        client(upstreams).SendSms(order())
    assert refused.value.code == "AuthFailure.SignatureExpire"


def test_the_sdk_pulls_the_report_by_phone_and_from_the_queue(
    upstreams: Running, control: Control
) -> None:
    sender = client(upstreams)
    [sent] = sender.SendSms(order()).SendStatusSet
    assert sender.PullSmsSendStatusByPhoneNumber(look_up()).PullSmsSendStatusSet == []
    control("clock", {"offset_s": 1})
    [row] = sender.PullSmsSendStatusByPhoneNumber(look_up()).PullSmsSendStatusSet
    assert (row.SerialNo, row.ReportStatus, row.PhoneNumber) == (sent.SerialNo, "SUCCESS", PHONE)
    queue = models.PullSmsSendStatusRequest()
    queue.Limit, queue.SmsSdkAppId = 100, "1400000001"
    assert [len(sender.PullSmsSendStatus(queue).PullSmsSendStatusSet) for _ in "ab"] == [1, 0]


def test_what_was_accepted_before_the_line_hung_is_found_by_looking_it_up(
    upstreams: Running, control: Control
) -> None:
    control("faults", {"endpoint": "tencent.SendSms", "kind": "accept_then_hang", "seconds": 0})
    with pytest.raises(TencentCloudSDKException):
        client(upstreams).SendSms(order())
    control("clock", {"offset_s": 1})
    rows = client(upstreams).PullSmsSendStatusByPhoneNumber(look_up()).PullSmsSendStatusSet
    [item] = control("outbox", method="GET")["items"]
    assert [row.SerialNo for row in rows] == [item["id"]]
