"""The settings and secrets that make a local stack use the stand-ins; the environment wins over them."""

import os
from collections.abc import Mapping
from typing import Any

from infra.local.ports import Ports
from infra.local.processes import LOOPBACK
from infra.settings import SETTINGS
from infra.upstreams.sms_push import PROVIDERS
from infra.upstreams.world import Settings as Upstreams

STAGE = "local"


def settings(ports: Ports, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Every setting of a local stack."""
    upstreams = Upstreams()
    spend_sms, top_up_sms, refund_sms, outage_sms, notice_sms, code_sms = upstreams.sms_templates
    (spend_aliyun, top_up_aliyun, refund_aliyun, outage_aliyun, notice_aliyun, code_aliyun) = (
        upstreams.aliyun_templates
    )
    spend_wechat, top_up_wechat, refund_wechat, outage_wechat = upstreams.wechat_templates
    chosen = {
        "WECHAT_APP_ID": upstreams.wechat_app_id,
        "WECHAT_API_BASE": ports.upstreams_url,
        "WECHAT_SPEND_TEMPLATE_ID": spend_wechat,
        "WECHAT_TOP_UP_TEMPLATE_ID": top_up_wechat,
        "WECHAT_REFUND_TEMPLATE_ID": refund_wechat,
        "WECHAT_OUTAGE_TEMPLATE_ID": outage_wechat,
        "SMS_PROVIDERS": "tencent,aliyun",
        "TENCENT_SMS_ENDPOINT": ports.upstreams_url,
        "TENCENT_SMS_APP_ID": upstreams.sms_app_id,
        "TENCENT_SMS_SIGN_NAME": upstreams.sms_sign_names[0],
        "TENCENT_SMS_SPEND_TEMPLATE_ID": spend_sms,
        "TENCENT_SMS_TOP_UP_TEMPLATE_ID": top_up_sms,
        "TENCENT_SMS_REFUND_TEMPLATE_ID": refund_sms,
        "TENCENT_SMS_OUTAGE_TEMPLATE_ID": outage_sms,
        "TENCENT_SMS_NOTICE_TEMPLATE_ID": notice_sms,
        "TENCENT_SMS_CODE_TEMPLATE_ID": code_sms,
        "ALIYUN_SMS_ENDPOINT": ports.upstreams_url,
        "ALIYUN_SMS_SIGN_NAME": upstreams.aliyun_sign_names[0],
        "ALIYUN_SMS_SPEND_TEMPLATE_CODE": spend_aliyun,
        "ALIYUN_SMS_TOP_UP_TEMPLATE_CODE": top_up_aliyun,
        "ALIYUN_SMS_REFUND_TEMPLATE_CODE": refund_aliyun,
        "ALIYUN_SMS_OUTAGE_TEMPLATE_CODE": outage_aliyun,
        "ALIYUN_SMS_NOTICE_TEMPLATE_CODE": notice_aliyun,
        "ALIYUN_SMS_CODE_TEMPLATE_CODE": code_aliyun,
        "MAIL_FROM": "dengta@chain.invalid",
        "STATUS_BASE_URL": ports.front_url,
        "PROBE_ENDPOINTS": f"{ports.front_url}/api",
    }
    chosen |= {env: parameter_name(env) for env in secrets(ports, {})}
    return chosen | {one.env: environ[one.env] for one in SETTINGS if one.env in environ}


def secrets(ports: Ports, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Secret values by the setting that names them: `WECHAT_APP_SECRET=…` sets WECHAT_APP_SECRET_PARAM's."""
    upstreams = Upstreams()
    (wecom_key,) = upstreams.wecom_groups
    stand_ins = {
        "WECHAT_APP_SECRET_PARAM": upstreams.wechat_secret,
        "WECHAT_CALLBACK_TOKEN_PARAM": upstreams.wechat_push_token,
        "WECHAT_CALLBACK_AES_KEY_PARAM": upstreams.wechat_push_aes_key,
        "TENCENT_SMS_SECRET_ID_PARAM": upstreams.sms_secret_id,
        "TENCENT_SMS_SECRET_KEY_PARAM": upstreams.sms_secret_key,
        "ALIYUN_SMS_ACCESS_KEY_ID_PARAM": upstreams.aliyun_key_id,
        "ALIYUN_SMS_ACCESS_KEY_SECRET_PARAM": upstreams.aliyun_key_secret,
        "WECOM_WEBHOOK_URL_PARAM": f"{ports.upstreams_url}/cgi-bin/webhook/send?key={wecom_key}",
        "SMS_CALLBACK_SECRET_PARAM": upstreams.sms_callback_secret,
        "SMTP_URL_PARAM": f"smtp://{LOOPBACK}:{ports.smtp}",
    }
    return {env: environ.get(env.removesuffix("_PARAM"), value) for env, value in stand_ins.items()}


def addresses(ports: Ports) -> dict[str, Any]:
    """Where the stand-ins push to, as an operator would have set it up with the providers."""
    callbacks = f"{ports.front_url}/api/callbacks"
    secret = Upstreams().sms_callback_secret
    return {
        "wechat_push_url": f"{callbacks}/wechat",
        "sms_push_urls": {name: f"{callbacks}/sms/{name}/{secret}" for name in PROVIDERS},
    }


def parameter_name(env: str) -> str:
    """Where a local stack keeps a secret."""
    return f"/dengta-{STAGE}/{env.removesuffix('_PARAM').lower().replace('_', '-')}"


def seed(ssm: Any, ports: Ports, chosen: Mapping[str, str]) -> None:  # noqa: ANN401 - a boto3 client
    """Write the secrets where the settings say that they are."""
    for env, value in secrets(ports).items():
        ssm.put_parameter(Name=chosen[env], Value=value, Type="SecureString", Overwrite=True)
