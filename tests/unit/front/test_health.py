"""Readiness without anything to be ready."""

from chalicelib.config import Settings
from chalicelib.front import health


def settings(**more: str) -> Settings:
    names = [
        "book",
        "access",
        "stores",
        "messages",
        "outages",
        "subscribers",
        "amends",
        "probes",
        "audit",
        "tokens",
    ]
    tables = {f"{name}_table": name for name in names}
    return Settings(dengta_stage="local", keyring_param="/k", **tables, **more)


def broken() -> object:
    raise ConnectionError("with something internal in it")


def test_one_that_fails_hides_nothing_of_the_others_and_tells_no_internals() -> None:
    found = health.ask({"good": lambda: None, "bad": broken})
    assert [(each.name, each.ready, each.trouble) for each in found] == [
        ("good", True, None),
        ("bad", False, "ConnectionError"),
    ]


def test_each_table_and_the_keyring_are_asked() -> None:
    assert set(health.checks(settings())) == {
        *(f"table {name}" for name in health.TABLES),
        "keyring",
    }


def test_upstreams_are_named_when_they_are_configured() -> None:
    configured = settings(
        wechat_app_id="wx1",
        sms_providers="tencent,aliyun",
        smtp_url_param="/smtp",
        wecom_webhook_url_param="/wecom",
    )
    assert health.upstreams(settings()) == []
    assert health.upstreams(configured) == ["wechat", "sms tencent", "sms aliyun", "email", "wecom"]
