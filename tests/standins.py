"""The settings with which the house finds the stand-ins, whose secrets it is made to know."""

from chalicelib.adapters import secrets
from infra.upstreams.launch import Running

Settings = dict[str, str]


def sms(running: Running) -> Settings:
    """Both providers, without templates."""
    world = running.world.settings
    secrets.know({
        "/test/sms-id": world.sms_secret_id,
        "/test/sms-key": world.sms_secret_key,
        "/test/aliyun-id": world.aliyun_key_id,
        "/test/aliyun-secret": world.aliyun_key_secret,
    })  # fmt: skip
    return {
        "SMS_PROVIDERS": "tencent,aliyun",
        "TENCENT_SMS_ENDPOINT": running.url,
        "TENCENT_SMS_SECRET_ID_PARAM": "/test/sms-id",
        "TENCENT_SMS_SECRET_KEY_PARAM": "/test/sms-key",
        "TENCENT_SMS_APP_ID": world.sms_app_id,
        "TENCENT_SMS_SIGN_NAME": world.sms_sign_names[0],
        "ALIYUN_SMS_ENDPOINT": running.url,
        "ALIYUN_SMS_ACCESS_KEY_ID_PARAM": "/test/aliyun-id",
        "ALIYUN_SMS_ACCESS_KEY_SECRET_PARAM": "/test/aliyun-secret",
        "ALIYUN_SMS_SIGN_NAME": world.aliyun_sign_names[0],
    }


def wechat(running: Running) -> Settings:
    """Without templates."""
    secrets.know({"/test/wechat-secret": running.world.settings.wechat_secret})
    return {
        "WECHAT_APP_ID": running.world.settings.wechat_app_id,
        "WECHAT_APP_SECRET_PARAM": "/test/wechat-secret",
        "WECHAT_API_BASE": running.url,
    }


def mail(running: Running, user: str = "") -> Settings:
    """`user`: with the password after a colon, where the relay asks for them."""
    secrets.know({"/test/smtp": f"smtp://{user and f'{user}@'}127.0.0.1:{running.smtp_port}"})
    return {"SMTP_URL_PARAM": "/test/smtp", "MAIL_FROM": "dengta@example.com"}
