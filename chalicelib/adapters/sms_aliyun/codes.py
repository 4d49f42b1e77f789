"""Aliyun SMS's error codes and what each comes to here.

Sources: 国内消息API错误码 (help.aliyun.com/document_detail/101346.html), the older list of the international site
(alibabacloud.com/help/doc-detail/116206.htm), and 公共错误码 of the gateway in front of every product
(api.aliyun.com/document/Dysmsapi/2017-05-25/errorCode).
"""

from chalicelib.adapters import sms
from chalicelib.adapters.upstream import UpstreamError

# Read by `sms.meaning`. `isv.` is what the caller did, `isp.` what broke on their side: after that the message may
# have been taken.
_MEANINGS: dict[str, sms.Meaning] = {
    "AMOUNT_NOT_ENOUGH": "account",
    "BUSINESS_LIMIT_CONTROL": "frequency",
    "Forbidden": "account",
    "IncompleteSignature": "account",
    "InternalError": "unknown",
    "InvalidAccessKeyId": "account",
    "InvalidSecurityToken": "account",
    "InvalidTimeStamp": "account",
    "NoPermission": "account",
    "ServiceUnavailable": "unknown",
    "SignatureDoesNotMatch": "account",
    "SignatureNonceUsed": "unknown",  # we never use one twice: something on the way sent it twice, the first got in
    "Throttling": "unreachable",  # turned away at the door of the API
    "isp.": "unknown",
    "isp.RAM_PERMISSION_DENY": "account",
    "isv.ACCOUNT_": "account",
    "isv.AMOUNT_NOT_ENOUGH": "account",
    "isv.BILLING_DEDUCTION_ERROR": "account",
    "isv.BLACK_KEY_CONTROL_LIMIT": "content",
    "isv.BUSINESS_LIMIT": "frequency",
    "isv.CONTENT_": "template",
    "isv.CUSTOMER_REFUSED": "number",
    "isv.DAY_LIMIT_CONTROL": "account",  # the ceiling that the account set itself, not this number's
    "isv.DENY_IP_RANGE": "origin",
    "isv.DOMESTIC_NUMBER_NOT_SUPPORTED": "template",  # a template for abroad
    "isv.EXTEND_CODE_ERROR": "template",
    "isv.INVALID_JSON_PARAM": "template",
    "isv.MOBILE_NUMBER_ILLEGAL": "number",
    "isv.MONTH_LIMIT_CONTROL": "account",
    "isv.NOT_SUPPORTED_COUNTRY": "number",
    "isv.OUT_OF_SERVICE": "account",
    "isv.PARAM_LENGTH_LIMIT": "template",
    "isv.PARAM_NOT_SUPPORT_URL": "template",
    "isv.PHONE_NUMBER_ILLEGAL": "number",
    "isv.PRODUCT_": "account",
    "isv.RAM_": "account",
    "isv.SECURITY_FROZEN_ACCOUNT": "account",
    "isv.SIGN": "template",
    "isv.SMS_CONTENT_ILLEGAL": "content",
    "isv.SMS_CONTENT_MISMATCH_TEMPLATE_TYPE": "template",
    "isv.SMS_SIGN": "template",
    "isv.SMS_TEMPLATE": "template",
    "isv.SMS_TEST_": "account",  # an account that is still trying it out
    "isv.TEMPLATE": "template",
}


def meaning(code: str) -> UpstreamError:
    return sms.meaning("aliyun", code, _MEANINGS)
