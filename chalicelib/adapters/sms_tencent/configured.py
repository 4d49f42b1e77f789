"""Tencent Cloud SMS as this deployment has set it up."""

from functools import cache

from chalicelib import config
from chalicelib.adapters import secrets
from chalicelib.adapters.sms_tencent.sms import TencentSms

_TIMEOUT_S = 6


@cache
def tencent_sms() -> TencentSms | None:
    """One for each container; None where no credentials are set, so that no real host is ever called by accident."""
    settings = config.settings()
    id_param, key_param = (
        settings.tencent_sms_secret_id_param,
        settings.tencent_sms_secret_key_param,
    )
    if not id_param or not key_param or not settings.tencent_sms_app_id:
        return None
    return TencentSms(
        endpoint=settings.tencent_sms_endpoint,
        region=settings.tencent_sms_region,
        app_id=settings.tencent_sms_app_id,
        sign_name=settings.tencent_sms_sign_name,
        secret_id=lambda: secrets.read(id_param),
        secret_key=lambda: secrets.read(key_param),
        timeout_s=_TIMEOUT_S,
    )
