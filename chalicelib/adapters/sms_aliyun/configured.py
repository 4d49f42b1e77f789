"""Aliyun SMS as this deployment has set it up."""

from functools import cache

from chalicelib import config
from chalicelib.adapters import secrets
from chalicelib.adapters.sms_aliyun.sms import AliyunSms

# What the templates there call the values that a message gives by position.
VARIABLES = ("store", "amount", "balance", "time")
OF_OUTAGE = ("store", "time", "what")
OF_NOTICE = ("kind", "what", "time")
OF_CODE = ("code",)
_TIMEOUT_S = 6


@cache
def aliyun_sms() -> AliyunSms | None:
    """One for each container; None where no credentials are set, so that no real host is ever called by accident."""
    settings = config.settings()
    id_param, secret_param = (
        settings.aliyun_sms_access_key_id_param,
        settings.aliyun_sms_access_key_secret_param,
    )
    if not id_param or not secret_param:
        return None
    return AliyunSms(
        endpoint=settings.aliyun_sms_endpoint,
        sign_name=settings.aliyun_sms_sign_name,
        variables=VARIABLES,
        key_id=lambda: secrets.read(id_param),
        key_secret=lambda: secrets.read(secret_param),
        timeout_s=_TIMEOUT_S,
        others={
            settings.aliyun_sms_outage_template_code: OF_OUTAGE,
            settings.aliyun_sms_notice_template_code: OF_NOTICE,
            settings.aliyun_sms_code_template_code: OF_CODE,
        },
    )
