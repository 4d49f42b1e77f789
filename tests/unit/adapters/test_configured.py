"""No credentials, no provider: nobody real is called by accident."""

from collections.abc import Callable, Iterator

import pytest

from chalicelib import config
from chalicelib.adapters.email import mailer
from chalicelib.adapters.sms_aliyun import aliyun_sms
from chalicelib.adapters.sms_tencent import tencent_sms
from chalicelib.adapters.wechat import wechat
from chalicelib.adapters.wecom import wecom
from infra.tables import TABLES

BUILDERS: list[Callable[[], object]] = [wechat, tencent_sms, aliyun_sms, mailer, wecom]
NEEDED = {
    "DENGTA_STAGE": "local",
    "KEYRING_PARAM": "/test/keyring",
    **{each.env: each.name for each in TABLES},
}
CREDENTIALS = {
    "WECHAT_APP_ID": "wx1",
    "WECHAT_APP_SECRET_PARAM": "/test/secret",
    "TENCENT_SMS_APP_ID": "1400",
    "TENCENT_SMS_SECRET_ID_PARAM": "/test/id",
    "TENCENT_SMS_SECRET_KEY_PARAM": "/test/key",
    "ALIYUN_SMS_ACCESS_KEY_ID_PARAM": "/test/aliyun-id",
    "ALIYUN_SMS_ACCESS_KEY_SECRET_PARAM": "/test/aliyun-secret",
    "SMTP_URL_PARAM": "/test/smtp",
    "MAIL_FROM": "a@b.example",
    "WECOM_WEBHOOK_URL_PARAM": "/test/wecom",
}


def forget() -> None:
    for cached in (config.settings, wechat, tencent_sms, aliyun_sms, mailer, wecom):
        cached.cache_clear()


@pytest.fixture
def environ(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    for name, value in NEEDED.items():
        monkeypatch.setenv(name, value)
    for name in CREDENTIALS:
        monkeypatch.delenv(name, raising=False)
    forget()
    yield monkeypatch
    forget()


@pytest.mark.parametrize("build", BUILDERS)
def test_without_credentials_there_is_no_provider(
    environ: pytest.MonkeyPatch, build: Callable[[], object]
) -> None:
    assert build() is None
    assert environ


@pytest.mark.parametrize("build", BUILDERS)
def test_with_them_there_is_one_for_the_container_and_no_secret_was_read(
    environ: pytest.MonkeyPatch, build: Callable[[], object]
) -> None:
    for name, value in CREDENTIALS.items():
        environ.setenv(name, value)
    assert build() is not None
    assert build() is build()


@pytest.mark.parametrize("missing", sorted(CREDENTIALS))
def test_half_of_the_credentials_are_none(environ: pytest.MonkeyPatch, missing: str) -> None:
    for name, value in CREDENTIALS.items():
        if name != missing:
            environ.setenv(name, value)
    assert None in [build() for build in BUILDERS]
