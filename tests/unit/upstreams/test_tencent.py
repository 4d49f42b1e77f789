"""The Tencent Cloud SMS stand-in: proof, parameters, numbers, limits, reports."""

from typing import Any

import pytest

from infra.upstreams import app
from infra.upstreams.tencent_send import parts
from infra.upstreams.wire import Request
from infra.upstreams.world import World
from tests.unit.upstreams.caller import (
    NOW_S,
    codes,
    control,
    said,
    send_sms,
    signed,
    sms_order,
    tencent,
)

PHONE = "+8613800138000"


def pull_by_phone(world: World, **other: object) -> Any:  # noqa: ANN401
    now = int(NOW_S)
    order = {"BeginTime": now - 60, "EndTime": now + 60, "Offset": 0, "Limit": 10}
    order |= {"PhoneNumber": PHONE, "SmsSdkAppId": "1400000001"}  # type: ignore[dict-item]
    return tencent(world, "PullSmsSendStatusByPhoneNumber", {**order, **other})


def pull(world: World) -> Any:  # noqa: ANN401
    return tencent(world, "PullSmsSendStatus", {"Limit": 10, "SmsSdkAppId": "1400000001"})


def error_of(world: World, request: Request) -> str:
    reply = app.handle(world, request)
    assert reply.status == 200
    return str(said(reply)["Response"]["Error"]["Code"])


def test_an_accepted_sms_stands_in_the_outbox_as_the_handset_would_show_it(world: World) -> None:
    [status] = send_sms(world)["SendStatusSet"]
    assert (status["Code"], status["Fee"], status["SessionContext"]) == ("Ok", 1, "m1-a1")
    [item] = world.outbox.find("sms", PHONE)
    assert item["id"] == status["SerialNo"]
    assert item["text"] == "【灯塔】您在人民路店消费35.00元，余额165.00元，时间11-22 15:01。"


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"authorization": ""}, "AuthFailure.InvalidAuthorization"),
        ({"host": "else.example"}, "AuthFailure.SignatureFailure"),
        ({"x-tc-region": ""}, "MissingParameter"),
        ({"x-tc-region": "eu-moon"}, "UnsupportedRegion"),
        ({"x-tc-version": "2019-07-11"}, "NoSuchVersion"),
        ({"content-type": "text/plain"}, "UnsupportedProtocol"),
    ],
)
def test_a_request_with_a_wrong_header_is_refused_with_http_200(
    world: World, headers: dict[str, str], code: str
) -> None:
    assert error_of(world, signed(world, "SendSms", sms_order(), headers)) == code
    assert world.outbox.find() == []


def test_an_action_that_is_not_there_is_named(world: World) -> None:
    assert error_of(world, signed(world, "SendSmss", {})) == "InvalidAction"


@pytest.mark.parametrize(
    ("order", "code"),
    [
        ({}, "MissingParameter"),
        (sms_order(PhoneNumberSet=[]), "MissingParameter.EmptyPhoneNumberSet"),
        (sms_order(PhoneNumberSet=[PHONE] * 201), "LimitExceeded.PhoneNumberCountLimit"),
        (sms_order(TemplateParamSet=[1, "2", "3", "4"]), "InvalidParameter"),
        (sms_order(Phone=PHONE), "UnknownParameter"),
        (sms_order(SessionContext="x" * 512), "InvalidParameter.InvalidParameters"),
    ],
)
def test_a_wrong_order_is_refused_whole(world: World, order: object, code: str) -> None:
    assert error_of(world, signed(world, "SendSms", order)) == code


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"SmsSdkAppId": "1"}, "UnauthorizedOperation.SmsSdkAppIdVerifyFail"),
        ({"SignName": "别家"}, "FailedOperation.SignatureIncorrectOrUnapproved"),
        ({"TemplateId": "1"}, "FailedOperation.TemplateIncorrectOrUnapproved"),
        (
            {"TemplateParamSet": ["人民路店"]},
            "FailedOperation.TemplateParamSetNotMatchApprovedTemplate",
        ),
        (
            {"TemplateParamSet": ["http://a.cn", "1", "2", "3"]},
            "InvalidParameterValue.ProhibitedUseUrlInTemplateParameter",
        ),
        (
            {"TemplateParamSet": ["店" * 13, "1", "2", "3"]},
            "InvalidParameterValue.TemplateParameterLengthLimit",
        ),
    ],
)
def test_a_wrong_content_is_refused_for_each_number(
    world: World, wrong: dict[str, object], code: str
) -> None:
    assert codes(send_sms(world, **wrong)) == [code]
    assert world.outbox.find() == []


@pytest.mark.parametrize(
    ("filling", "code"),
    [
        ("店" * 11, "Ok"),
        ("店" * 12, "Ok"),
        ("店" * 13, "InvalidParameterValue.TemplateParameterLengthLimit"),
    ],
)
def test_a_parameter_may_have_twelve_characters(world: World, filling: str, code: str) -> None:
    assert codes(send_sms(world, TemplateParamSet=[filling, "1", "2", "3"])) == [code]


@pytest.mark.parametrize(
    ("chars", "code"),
    [(499, "Ok"), (500, "Ok"), (501, "InvalidParameterValue.ContentLengthLimit")],
)
def test_a_text_with_its_sign_name_may_have_500_characters(
    world: World, chars: int, code: str
) -> None:
    control(world, "settings", {"sms_templates": {"1": "文" * (chars - len("【灯塔】"))}})
    assert codes(send_sms(world, TemplateId="1", TemplateParamSet=[])) == [code]


def test_a_request_may_name_200_numbers_and_carry_511_bytes(world: World) -> None:
    numbers = [f"+8613800138{index:03d}" for index in range(200)]
    answer = send_sms(world, PhoneNumberSet=numbers, SessionContext="x" * 511)
    assert len(answer["SendStatusSet"]) == 200


@pytest.mark.parametrize(("chars", "billed"), [(69, 1), (70, 1), (71, 2), (134, 2), (135, 3)])
def test_a_long_text_is_billed_in_parts_of_67(chars: int, billed: int) -> None:
    assert parts("文" * chars) == billed


def test_each_number_has_its_own_answer(world: World) -> None:
    numbers = ["13800138000", "008613800138001", "8613800138002", "+12125550123", "1380013800"]
    assert codes(send_sms(world, PhoneNumberSet=numbers)) == [
        "Ok",
        "Ok",
        "Ok",
        "UnsupportedOperation.ChineseMainlandTemplateToGlobalPhone",
        "InvalidParameterValue.IncorrectPhoneNumber",
    ]


@pytest.mark.parametrize(
    ("after_s", "code"),
    [
        (29, "LimitExceeded.PhoneNumberThirtySecondLimit"),
        (30, "Ok"),
        (31, "Ok"),
    ],
)
def test_the_same_words_reach_a_phone_once_in_thirty_seconds(
    world: World, after_s: int, code: str
) -> None:
    send_sms(world)
    other = sms_order()["TemplateParamSet"]
    assert isinstance(other, list)
    world.clock.offset_s = after_s
    assert codes(send_sms(world, TemplateParamSet=[*other[:3], "11-22 15:02"])) == ["Ok"]
    assert codes(send_sms(world)) == [code]


def test_the_limit_on_the_same_words_can_be_switched_off(world: World) -> None:
    control(world, "settings", {"sms_same_content_limit_s": 0})
    assert codes(send_sms(world)) == codes(send_sms(world)) == ["Ok"]


def test_nothing_is_reported_before_the_carrier_has_spoken(world: World) -> None:
    control(world, "settings", {"sms_report_delay_s": 10})
    [status] = send_sms(world)["SendStatusSet"]
    world.clock.offset_s = 9
    assert pull_by_phone(world)["PullSmsSendStatusSet"] == []
    world.clock.offset_s = 10
    [row] = pull_by_phone(world)["PullSmsSendStatusSet"]
    assert (row["SerialNo"], row["ReportStatus"]) == (status["SerialNo"], "SUCCESS")


def test_the_queue_hands_a_report_out_once_and_the_look_up_by_phone_again(world: World) -> None:
    control(world, "settings", {"sms_report_delay_s": 0})
    send_sms(world)
    assert [len(pull(world)["PullSmsSendStatusSet"]) for _ in range(2)] == [1, 0]
    assert [len(pull_by_phone(world)["PullSmsSendStatusSet"]) for _ in range(2)] == [1, 1]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"Limit": 0}, "InvalidParameterValue.LimitVerifyFail"),
        ({"Limit": 101}, "InvalidParameterValue.LimitVerifyFail"),
        ({"Offset": 1}, "InvalidParameterValue.OffsetVerifyFail"),
        ({"BeginTime": int(NOW_S) - 604_801}, "InvalidParameterValue.BeginTimeVerifyFail"),
        ({"EndTime": int(NOW_S) - 61}, "InvalidParameterValue.EndTimeVerifyFail"),
        ({"PhoneNumber": "13800138000"}, "InvalidParameterValue.IncorrectPhoneNumber"),
        ({"SmsSdkAppId": "1"}, "UnauthorizedOperation.SmsSdkAppIdVerifyFail"),
    ],
)
def test_a_wrong_look_up_is_refused(world: World, wrong: dict[str, object], code: str) -> None:
    assert pull_by_phone(world, **wrong)["Error"]["Code"] == code


def test_the_session_context_comes_back_in_reports_only_when_switched_on(world: World) -> None:
    control(world, "settings", {"sms_report_delay_s": 0, "sms_same_content_limit_s": 0})
    send_sms(world)
    control(world, "settings", {"sms_session_context_in_reports": True})
    send_sms(world)
    rows = pull_by_phone(world)["PullSmsSendStatusSet"]
    assert [row["SessionContext"] for row in rows] == ["", "m1-a1"]
