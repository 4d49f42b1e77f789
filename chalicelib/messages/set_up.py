"""What the settings set up: each channel with its provider, sign name and templates.

An adapter is imported where it is named: the HTTP function looks at templates and sends nothing.
"""

from typing import TYPE_CHECKING

from chalicelib import config
from chalicelib.adapters import secrets
from chalicelib.kernel import clock
from chalicelib.messages.model.message import KINDS, Kind

if TYPE_CHECKING:
    from chalicelib.messages.channels import Channel
    from chalicelib.messages.model.choice import Provider


def providers() -> "list[Provider]":
    """As the settings name them, whether or not their secrets are there."""
    from chalicelib.messages.model.choice import Provider  # noqa: PLC0415

    settings = config.settings()
    named = [Provider("sms", name) for name in settings.providers]
    if settings.wechat_app_id:
        named.append(Provider("wechat", "wechat"))
    if settings.smtp_url_param and settings.mail_from:
        named.append(Provider("email", "smtp"))
    return named


def channels() -> "list[Channel]":
    """Those that are set up, in the order in which they are tried: SMS by its providers, WeChat, e-mail."""
    from chalicelib.adapters.email import mailer  # noqa: PLC0415
    from chalicelib.adapters.wechat import wechat  # noqa: PLC0415
    from chalicelib.messages.channels import Mail, Subscribe  # noqa: PLC0415

    made: list[Channel] = [*sms_channels()]
    if mini_program := wechat():
        made.append(Subscribe(mini_program, wechat_templates(), quota_holder))
    if mail := mailer():
        made.append(Mail(mail, frozenset(KINDS)))
    return made


def sms_channels() -> "list[Channel]":
    """In the order in which SMS_PROVIDERS names them; an adapter is imported where it is named."""
    from chalicelib.messages.channels import Sms  # noqa: PLC0415

    made: list[Channel] = []
    for name in config.settings().providers:
        if name == "tencent":
            from chalicelib.adapters.sms_tencent import tencent_sms  # noqa: PLC0415

            if tencent := tencent_sms():
                made.append(Sms(name, tencent, tencent_templates(), clock.now))
        else:
            from chalicelib.adapters.sms_aliyun import aliyun_sms  # noqa: PLC0415

            if aliyun := aliyun_sms():
                made.append(Sms(name, aliyun, aliyun_templates(), clock.now))
    return made


def quota_holder(openid: str) -> str:
    """Quota belongs to the WeChat account, and no account's id stands in a key."""
    return secrets.keyring().find_by("openid", openid)


def sign_name(provider: str) -> str:
    settings = config.settings()
    known = {"tencent": settings.tencent_sms_sign_name, "aliyun": settings.aliyun_sms_sign_name}
    return known[provider]


def tencent_templates() -> dict[Kind, str]:
    settings = config.settings()
    return _by_kind(
        settings.tencent_sms_spend_template_id,
        settings.tencent_sms_top_up_template_id,
        settings.tencent_sms_refund_template_id,
        settings.tencent_sms_outage_template_id,
    )


def aliyun_templates() -> dict[Kind, str]:
    settings = config.settings()
    return _by_kind(
        settings.aliyun_sms_spend_template_code,
        settings.aliyun_sms_top_up_template_code,
        settings.aliyun_sms_refund_template_code,
        settings.aliyun_sms_outage_template_code,
    )


def wechat_templates() -> dict[Kind, str]:
    settings = config.settings()
    return _by_kind(
        settings.wechat_spend_template_id,
        settings.wechat_top_up_template_id,
        settings.wechat_refund_template_id,
        settings.wechat_outage_template_id,
    )


def _by_kind(spend: str, top_up: str, refund: str, outage: str) -> dict[Kind, str]:
    """Those that are set up; a void is told in the words of a refund."""
    templates: dict[Kind, str] = {
        "spend": spend,
        "top_up": top_up,
        "refund": refund,
        "void": refund,
        "outage": outage,
    }
    return {kind: template for kind, template in templates.items() if template}
