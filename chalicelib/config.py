"""The environment, read once into one typed, validated object."""

import os
from collections.abc import Mapping
from functools import cache
from typing import Literal

import msgspec

MOST_ENDPOINTS = 3  # each has a probe with a name of its own


class BadSettingError(Exception):
    """A setting is missing or wrong; the text names it and says what to put there."""


class Settings(msgspec.Struct, frozen=True, rename="upper", kw_only=True):
    """Each field is the environment variable of the same name in capitals. `*_param` names an SSM parameter."""

    dengta_stage: str
    chain_name: str = "灯塔"
    aws_region: str = ""
    aws_endpoint_url: str = ""

    book_table: str
    access_table: str
    stores_table: str
    messages_table: str
    outages_table: str
    subscribers_table: str
    amends_table: str
    probes_table: str
    audit_table: str
    tokens_table: str

    keyring_param: str
    wechat_app_id: str = ""
    wechat_app_secret_param: str = ""
    wechat_api_base: str = "https://api.weixin.qq.com"
    wechat_callback_token_param: str = ""
    wechat_callback_aes_key_param: str = ""
    wechat_spend_template_id: str = ""
    wechat_top_up_template_id: str = ""
    wechat_refund_template_id: str = ""
    wechat_outage_template_id: str = ""
    wechat_notice_template_id: str = ""
    sms_providers: str = ""
    tencent_sms_endpoint: str = "https://sms.tencentcloudapi.com"
    tencent_sms_region: str = "ap-guangzhou"
    tencent_sms_secret_id_param: str = ""
    tencent_sms_secret_key_param: str = ""
    tencent_sms_app_id: str = ""
    tencent_sms_sign_name: str = ""
    tencent_sms_spend_template_id: str = ""
    tencent_sms_top_up_template_id: str = ""
    tencent_sms_refund_template_id: str = ""
    tencent_sms_outage_template_id: str = ""
    tencent_sms_notice_template_id: str = ""
    tencent_sms_code_template_id: str = ""
    aliyun_sms_endpoint: str = "https://dysmsapi.aliyuncs.com"
    aliyun_sms_access_key_id_param: str = ""
    aliyun_sms_access_key_secret_param: str = ""
    aliyun_sms_sign_name: str = ""
    aliyun_sms_spend_template_code: str = ""
    aliyun_sms_top_up_template_code: str = ""
    aliyun_sms_refund_template_code: str = ""
    aliyun_sms_outage_template_code: str = ""
    aliyun_sms_notice_template_code: str = ""
    aliyun_sms_code_template_code: str = ""
    sms_callback_secret_param: str = ""
    smtp_url_param: str = ""
    mail_from: str = ""
    wecom_webhook_url_param: str = ""
    status_base_url: str = ""
    status_bucket: str = ""
    status_bucket_2: str = ""
    probe_endpoints: str = ""

    def __post_init__(self) -> None:
        if self.dengta_stage not in {"local", "dev", "prod"}:
            raise BadSettingError("DENGTA_STAGE must be local, dev or prod")
        if unknown := set(self.providers) - {"tencent", "aliyun"}:
            raise BadSettingError(f"SMS_PROVIDERS names unknown providers: {sorted(unknown)}")
        if len(self.endpoints) > MOST_ENDPOINTS:
            raise BadSettingError(f"PROBE_ENDPOINTS names more than {MOST_ENDPOINTS} addresses")

    @property
    def providers(self) -> list[str]:
        return [name.strip() for name in self.sms_providers.split(",") if name.strip()]

    @property
    def told_by(self) -> tuple[Literal["email", "sms"], ...]:
        """By which channels of people anybody may ask for notices."""
        ways: list[tuple[Literal["email", "sms"], bool]] = [
            ("email", self.mails_notices),
            ("sms", self.texts_notices),
        ]
        return tuple(name for name, there in ways if there)

    @property
    def mails_notices(self) -> bool:
        """Whether anybody may ask for notices by e-mail: one can be sent, and its links lead somewhere."""
        return bool(self.smtp_url_param and self.mail_from and self.status_base_url)

    @property
    def texts_notices(self) -> bool:
        """The same by SMS: a provider is set up, and approved both texts."""
        return any(all(self.notice_templates(name)) for name in self.providers)

    def notice_templates(self, provider: str) -> tuple[str, str]:
        """Of a notice, and of the code of who subscribes; empty where that provider approved none."""
        if provider == "tencent":
            return self.tencent_sms_notice_template_id, self.tencent_sms_code_template_id
        return self.aliyun_sms_notice_template_code, self.aliyun_sms_code_template_code

    @property
    def endpoints(self) -> list[str]:
        """Where the API is asked from outside whether it answers."""
        named = [each.strip().rstrip("/") for each in self.probe_endpoints.split(",")]
        return [each for each in named if each]


def read(environ: Mapping[str, str]) -> Settings:
    """Raises BadSettingError with one sentence that names the first setting which does not fit."""
    try:
        return msgspec.convert(dict(environ), Settings)
    except msgspec.ValidationError as error:
        raise BadSettingError(f"The environment does not fit: {error}") from error


@cache
def settings() -> Settings:
    return read(os.environ)
