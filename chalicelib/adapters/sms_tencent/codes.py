"""Tencent Cloud SMS's error codes and what each comes to here.

Sources: 短信 API 3.0 发送错误码 (cloud.tencent.com/document/api/382/59177), the common codes of API 3.0
(cloud.tencent.com/document/api/382/38780) and errorcodes.py of the official SDK (sms 2021-01-11).
"""

from chalicelib.adapters import sms
from chalicelib.adapters.upstream import UpstreamError

# Read by `sms.meaning`. `unknown` is what may have been taken: time-outs between their parts, and the codes that they
# themselves explain with "other" or "unknown error".
_MEANINGS: dict[str, sms.Meaning] = {
    "ActionOffline": "account",
    "AuthFailure": "account",
    "FailedOperation.ContainSensitiveWord": "content",
    "FailedOperation.InsufficientBalanceInSmsPackage": "account",
    "FailedOperation.MarketingSendTimeConstraint": "frequency",
    "FailedOperation.Missing": "template",
    "FailedOperation.NotEnterpriseCertification": "account",
    "FailedOperation.OtherError": "unknown",
    "FailedOperation.ParametersOtherError": "unknown",
    "FailedOperation.PhoneNumber": "number",
    "FailedOperation.ProhibitSubAccountUse": "account",
    "FailedOperation.Sign": "template",
    "FailedOperation.Template": "template",
    "InternalError": "unknown",
    "InternalError.JsonParseFail": "other",
    "InternalError.RequestTimeException": "account",
    "InternalError.RestApiInterfaceNotExist": "account",
    "InternalError.Sig": "account",
    "InvalidParameter.AppidAndBizId": "account",
    "InvalidParameter.DirtyWordFound": "content",
    "InvalidParameterValue.ContentLengthLimit": "template",
    "InvalidParameterValue.IncorrectPhoneNumber": "number",
    "InvalidParameterValue.ProhibitedUseUrlInTemplateParameter": "template",
    "InvalidParameterValue.SdkAppIdNotExist": "account",
    "InvalidParameterValue.Template": "template",
    "InvalidParameterValue.TemplateWithDirtyWords": "content",
    "InvalidParameterValue.UnsupportedTemplateVariable": "template",
    "IpInBlacklist": "origin",
    "IpNotInWhitelist": "origin",
    "LimitExceeded": "frequency",
    "LimitExceeded.App": "account",  # the whole app's day, not this number's
    "LimitExceeded.DailyLimit": "account",
    "LimitExceeded.PhoneNumberCountLimit": "other",
    "NoSuchProduct": "account",
    "NoSuchVersion": "account",
    "RequestLimitExceeded": "unreachable",  # turned away at the door of the API
    "ResponseSizeLimitExceeded": "unknown",
    "ServiceUnavailable": "unknown",
    "UnauthorizedOperation": "account",
    "UnauthorizedOperation.RequestIpNotInWhitelist": "origin",
    "UnsupportedOperation.": "number",
    "UnsupportedRegion": "account",
}


def meaning(code: str) -> UpstreamError:
    return sms.meaning("tencent", code, _MEANINGS)
