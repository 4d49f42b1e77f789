"""What a deployer may set: each is a template parameter and an environment variable."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Setting:
    """What a deployer says in the environment, with its default; `functions` is whether they get it too."""

    env: str
    about: str
    default: str = ""
    functions: bool = True

    @property
    def parameter(self) -> str:
        """The template parameter's name."""
        return "".join(word.capitalize() for word in self.env.split("_"))

    @property
    def names_a_secret(self) -> bool:
        """Whether the value is the name of an SSM SecureString parameter."""
        return self.env.endswith("_PARAM")


SETTINGS = (
    Setting("DENGTA_STAGE", "local, dev or prod", "dev"),
    Setting("CHAIN_NAME", "the chain's name as members read it", "灯塔"),
    Setting("KEYRING_PARAM", "where the master key is kept", "/dengta/keyring"),
    Setting("WECHAT_APP_ID", "the mini program's id"),
    Setting("WECHAT_APP_SECRET_PARAM", "where the mini program's secret is kept"),
    Setting("WECHAT_API_BASE", "WeChat's API", "https://api.weixin.qq.com"),
    Setting("WECHAT_CALLBACK_TOKEN_PARAM", "where the token of WeChat's message push is kept"),
    Setting(
        "WECHAT_CALLBACK_AES_KEY_PARAM",
        "where the AES key of WeChat's message push is kept: only what is sealed under it is taken then",
    ),
    Setting("WECHAT_SPEND_TEMPLATE_ID", "subscribe message for a spend"),
    Setting("WECHAT_TOP_UP_TEMPLATE_ID", "subscribe message for a top-up"),
    Setting("WECHAT_REFUND_TEMPLATE_ID", "subscribe message for a refund or a void"),
    Setting("WECHAT_OUTAGE_TEMPLATE_ID", "subscribe message for those whom an outage touched"),
    Setting(
        "WECHAT_NOTICE_TEMPLATE_ID",
        "subscribe message for notices of what is down: thing1, phrase2, time3, thing4",
    ),
    Setting(
        "SMS_PROVIDERS",
        "SMS providers in the order in which they are tried, with commas: tencent, aliyun",
    ),
    Setting("TENCENT_SMS_ENDPOINT", "Tencent Cloud SMS", "https://sms.tencentcloudapi.com"),
    Setting("TENCENT_SMS_REGION", "Tencent Cloud's region of the SMS app", "ap-guangzhou"),
    Setting("TENCENT_SMS_SECRET_ID_PARAM", "where Tencent's secret id is kept"),
    Setting("TENCENT_SMS_SECRET_KEY_PARAM", "where Tencent's secret key is kept"),
    Setting("TENCENT_SMS_APP_ID", "the SMS app's id"),
    Setting("TENCENT_SMS_SIGN_NAME", "the approved signature"),
    Setting("TENCENT_SMS_SPEND_TEMPLATE_ID", "approved SMS template for a spend"),
    Setting("TENCENT_SMS_TOP_UP_TEMPLATE_ID", "approved SMS template for a top-up"),
    Setting("TENCENT_SMS_REFUND_TEMPLATE_ID", "approved SMS template for a refund or a void"),
    Setting("TENCENT_SMS_OUTAGE_TEMPLATE_ID", "approved SMS template for whom an outage touched"),
    Setting(
        "TENCENT_SMS_NOTICE_TEMPLATE_ID",
        "approved SMS template for notices to who subscribed: kind, what, time",
    ),
    Setting("TENCENT_SMS_CODE_TEMPLATE_ID", "approved SMS template for the code of who subscribes"),
    Setting("ALIYUN_SMS_ENDPOINT", "Aliyun SMS", "https://dysmsapi.aliyuncs.com"),
    Setting("ALIYUN_SMS_ACCESS_KEY_ID_PARAM", "where Aliyun's access key id is kept"),
    Setting("ALIYUN_SMS_ACCESS_KEY_SECRET_PARAM", "where Aliyun's access key secret is kept"),
    Setting("ALIYUN_SMS_SIGN_NAME", "the signature that Aliyun approved"),
    Setting("ALIYUN_SMS_SPEND_TEMPLATE_CODE", "SMS template that Aliyun approved for a spend"),
    Setting("ALIYUN_SMS_TOP_UP_TEMPLATE_CODE", "SMS template that Aliyun approved for a top-up"),
    Setting(
        "ALIYUN_SMS_REFUND_TEMPLATE_CODE",
        "SMS template that Aliyun approved for a refund or a void",
    ),
    Setting(
        "ALIYUN_SMS_OUTAGE_TEMPLATE_CODE",
        "SMS template that Aliyun approved for whom an outage touched",
    ),
    Setting(
        "ALIYUN_SMS_NOTICE_TEMPLATE_CODE",
        "SMS template that Aliyun approved for notices to who subscribed: kind, what, time",
    ),
    Setting(
        "ALIYUN_SMS_CODE_TEMPLATE_CODE",
        "SMS template that Aliyun approved for the code of who subscribes",
    ),
    Setting(
        "SMS_CALLBACK_SECRET_PARAM",
        "where the secret is kept that ends the address to which SMS providers push receipts",
    ),
    Setting("SMTP_URL_PARAM", "where the mail server's URL with its password is kept"),
    Setting("MAIL_FROM", "sender of e-mail"),
    Setting("WECOM_WEBHOOK_URL_PARAM", "where the webhook of the staff's WeCom group is kept"),
    Setting("STATUS_BASE_URL", "where members find the status page"),
    Setting(
        "STATUS_BUCKET_2",
        "a second bucket for the status page, in another region or account: python -m infra.status_site",
    ),
    Setting(
        "PROBE_ENDPOINTS",
        "where the probes ask from outside whether the API answers, up to three, with commas: https://…/api",
    ),
    Setting(
        "ALARM_EMAIL",
        "who is written to when an alarm rings, once they confirmed the letter that AWS sends them",
        functions=False,
    ),
    Setting(
        "STATUS_DOMAIN",
        "the status page's own domain; its distribution is made once this is said, in China only then",
        functions=False,
    ),
    Setting(
        "STATUS_CERTIFICATE",
        "that domain's certificate: an ACM ARN of us-east-1; in China the id of one in IAM",
        functions=False,
    ),
)


def parameter_of(env: str) -> str:
    """The template parameter that carries this environment variable."""
    return next(setting.parameter for setting in SETTINGS if setting.env == env)
