"""What Tencent's words mean."""

import pytest
from tencentcloud.sms.v20210111 import errorcodes

from chalicelib.adapters.sms_tencent import Report, Sent, TencentSms
from chalicelib.adapters.sms_tencent.codes import meaning
from chalicelib.adapters.upstream import Refused, Unknown, Unreachable

THEIRS = [value for name, value in vars(errorcodes).items() if name.isupper()]


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("LimitExceeded.PhoneNumberThirtySecondLimit", "frequency"),
        ("LimitExceeded.DeliveryFrequencyLimit", "frequency"),
        ("LimitExceeded.AppDailyLimit", "account"),
        ("FailedOperation.InsufficientBalanceInSmsPackage", "account"),
        ("UnauthorizedOperation.ServiceSuspendDueToArrears", "account"),
        ("UnauthorizedOperation.RequestIpNotInWhitelist", "origin"),
        ("AuthFailure.SignatureExpire", "account"),
        ("FailedOperation.TemplateIncorrectOrUnapproved", "template"),
        ("FailedOperation.SignatureIncorrectOrUnapproved", "template"),
        ("InvalidParameterValue.TemplateParameterLengthLimit", "template"),
        ("InvalidParameterValue.TemplateWithDirtyWords", "content"),
        ("FailedOperation.ContainSensitiveWord", "content"),
        ("InvalidParameterValue.IncorrectPhoneNumber", "number"),
        ("FailedOperation.PhoneNumberInBlacklist", "number"),
        ("UnsupportedOperation.ChineseMainlandTemplateToGlobalPhone", "number"),
        ("SomethingNew.OfNextYear", "other"),
    ],
)
def test_a_definite_no_has_its_class(code: str, kind: str) -> None:
    error = meaning(code)
    assert isinstance(error, Refused)
    assert (error.kind, error.code) == (kind, code)


@pytest.mark.parametrize(
    "code",
    [
        "InternalError",
        "InternalError.Timeout",
        "InternalError.SendAndRecvFail",
        "InternalError.OtherError",
        "InternalError.OfNextYear",
        "FailedOperation.OtherError",
    ],
)
def test_what_broke_between_their_parts_may_have_been_sent(code: str) -> None:
    assert isinstance(meaning(code), Unknown)


def test_a_wrong_signature_is_no_doubt_though_it_is_called_an_internal_error() -> None:
    assert isinstance(meaning("InternalError.SigVerificationFail"), Refused)


def test_what_was_turned_away_at_the_door_may_be_tried_again() -> None:
    assert isinstance(meaning("RequestLimitExceeded.UinLimitExceeded"), Unreachable)


def test_every_frequency_code_of_the_sdk_is_known() -> None:
    limits = [code for code in THEIRS if code.startswith("LimitExceeded.PhoneNumber")]
    assert len(limits) >= 5
    kinds = {error.kind for error in map(meaning, limits) if isinstance(error, Refused)}
    assert kinds == {"frequency", "other"}


def test_no_text_of_these_objects_shows_a_secret() -> None:
    sms = TencentSms(
        endpoint="http://127.0.0.1:1",
        region="ap-guangzhou",
        app_id="1400",
        sign_name="灯塔",
        secret_id=lambda: "the-id",
        secret_key=lambda: "the-key",
        timeout_s=1,
    )
    report = Report("1", True, "DELIVRD", None, "the-reference")
    assert "the-" not in repr(sms) + str(vars(sms)) + repr(Sent("1", 1)) + repr(report)
