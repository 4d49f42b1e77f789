"""Somebody who asked for notices, and a notice on its way: what the routes about them are asked with."""

from chalicelib.adapters import secrets
from chalicelib.kernel import clock
from chalicelib.notices import built
from chalicelib.notices.model.subscribers import Contact, Scope
from chalicelib.notices.service.links import subscriber_id
from chalicelib.notices.table import asked as asks
from chalicelib.notices.table import subscribers
from chalicelib.outages.model.notices import Notice
from chalicelib.outages.model.words import Words
from tests.house import BY

GROUP = "on-duty"
NOTICE_ID = "in000000001-up000000001"
_PHONE = Contact("13800000000")
_HOOK = Contact("https://hooks.example.com/dengta", "a-secret-of-this-test")


def subscribe() -> None:
    built.forget()
    built.subscribing().ask("webhook", _HOOK, Scope(), "en", BY)
    built.groups().put(GROUP, "值班群", Contact("https://qyapi.weixin.qq.com/?key=x"), Scope(), BY)
    built.subscribing().put("sms", _PHONE, Scope(), "en", BY)
    notice = Notice(
        notice_id=NOTICE_ID, kind="incident", about_id="in0000000001", component_ids=(), store_ids=(),
        title=Words("收银缓慢"), body=Words("正在查找原因。"), status="investigating", at=clock.now(),
        overtakes="in0000000001",
    )  # fmt: skip
    built.hand_over([notice])


def token_of(path: str) -> str:
    """Of the letter that asked to confirm, or of one to somebody who may leave as often as they like."""
    who = subscriber_id(secrets.keyring(), "webhook", _HOOK.address)
    if path.endswith("/leave"):
        return built.links().token("leave", who[::-1], "")
    found = asks.find(who) or subscribers.subscriber(who)
    assert found
    return built.links().token("confirm", who, found.nonce)


def code() -> dict[str, str]:
    """That of somebody who typed it in before."""
    who = subscribers.subscriber(of_the_phone())
    assert who
    return {"phone": _PHONE.address, "code": built.links().code(who)}


def of_the_phone() -> str:
    return subscriber_id(secrets.keyring(), "sms", _PHONE.address)
