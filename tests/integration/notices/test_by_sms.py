"""Phones by SMS: asked with a code, told by the first provider that takes it, never by two where one is in doubt."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from chalicelib import config
from chalicelib.adapters import secrets, sms_aliyun, sms_tencent, tables
from chalicelib.kernel import clock, stamp
from chalicelib.ledger.built import ledger
from chalicelib.notices import built
from chalicelib.notices.model.subscribers import Contact, Scope
from chalicelib.notices.service import handing_over
from chalicelib.notices.service.links import subscriber_id
from chalicelib.notices.table import asked as asks
from chalicelib.notices.table import subscribers
from chalicelib.notices.table.turns import TABLE
from infra.upstreams import launch
from infra.upstreams.faults import Fault
from infra.upstreams.launch import Running
from tests import standins
from tests.house import House, set_to
from tests.integration.notices.bell import a_notice, ring

PHONE = "13800001234"
BY = stamp.system("test")


@pytest.fixture(scope="module")
def upstreams(house: House) -> Iterator[Running]:
    assert house
    with launch.start(settings={"sms_same_content_limit_s": 0}) as running:
        settings = {
            **standins.sms(running),
            "TENCENT_SMS_NOTICE_TEMPLATE_ID": "2000005",
            "TENCENT_SMS_CODE_TEMPLATE_ID": "2000006",
            "ALIYUN_SMS_NOTICE_TEMPLATE_CODE": "SMS_3000005",
            "ALIYUN_SMS_CODE_TEMPLATE_CODE": "SMS_3000006",
        }
        with set_to(settings, forget):
            yield running


def forget() -> None:
    config.settings.cache_clear()
    sms_tencent.tencent_sms.cache_clear()
    sms_aliyun.aliyun_sms.cache_clear()
    built.forget()


@pytest.fixture(autouse=True)
def _no_messages(upstreams: Running) -> None:
    upstreams.world.outbox.empty()
    upstreams.world.faults.clear()


def order(upstreams: Running, **fault: Any) -> None:  # noqa: ANN401
    upstreams.world.faults.order(msgspec.convert(fault, Fault))


def tencent_says(upstreams: Running, code: str) -> None:
    order(upstreams, endpoint="tencent.SendSms", kind="tencent_code", code=code, times=9)


def received(upstreams: Running) -> list[dict[str, Any]]:
    return list(upstreams.world.outbox.find("sms", f"+86{PHONE}"))


def told(number: int = 1) -> dict[str, int]:
    """What came of a notice of its own."""
    notice = a_notice(number, overtakes=f"another {number}")
    handing_over.hand_over([notice], clock.now())
    ring()
    counts = handing_over.progress(notice.notice_id).counts
    return {name: count for name, count in msgspec.structs.asdict(counts).items() if count}


def subscribed() -> str:
    built.subscribing().put("sms", Contact(PHONE), Scope(), "zh-CN", BY)
    return subscriber_id(secrets.keyring(), "sms", PHONE)


def test_a_phone_gets_one_sms_of_one_notice(upstreams: Running) -> None:
    subscribed()
    assert told() == {"total": 1, "sent": 1}
    (message,) = received(upstreams)
    assert "【灯塔】正在处理：收银缓慢（" in message["text"]


def test_a_phone_that_is_asked_gets_the_code_that_confirms_it(upstreams: Running) -> None:
    assert "sms" in built.offered()
    built.subscribing().ask("sms", Contact(PHONE), Scope(), "zh-CN", BY)
    ring()
    (message,) = received(upstreams)
    asked = asks.find(subscriber_id(secrets.keyring(), "sms", PHONE))
    assert asked
    assert built.links().code(asked) in message["text"]
    assert told() == {}


@pytest.mark.parametrize(
    "code",
    [
        "FailedOperation.InsufficientBalanceInSmsPackage", "FailedOperation.TemplateUnapprovedOrNotExist",
        "LimitExceeded.PhoneNumberDailyLimit", "RequestLimitExceeded",
    ],
)  # fmt: skip
def test_what_one_provider_may_not_or_cannot_take_the_next_one_sends(
    upstreams: Running, code: str
) -> None:
    subscribed()
    tencent_says(upstreams, code)
    assert told() == {"total": 1, "sent": 1}
    (message,) = received(upstreams)
    assert message["provider"] == "aliyun"


def test_what_may_have_been_taken_goes_through_no_second_provider(upstreams: Running) -> None:
    subscribed()
    tencent_says(upstreams, "InternalError.Timeout")
    assert told() == {"total": 1, "unknown": 1}
    assert received(upstreams) == []


def test_a_number_that_one_provider_calls_none_is_asked_no_more(upstreams: Running) -> None:
    who = subscribed()
    tencent_says(upstreams, "InvalidParameterValue.IncorrectPhoneNumber")
    assert told() == {"total": 1, "failed": 1}
    assert subscribers.subscriber(who) is None


def test_where_none_of_them_takes_it_it_waits(upstreams: Running) -> None:
    who = subscribed()
    tencent_says(upstreams, "FailedOperation.InsufficientBalanceInSmsPackage")
    order(
        upstreams, endpoint="aliyun.SendSms", kind="aliyun_code", code="isv.OUT_OF_SERVICE", times=9
    )
    assert told() == {"total": 1, "waiting": 1}
    assert subscribers.subscriber(who)


def test_a_member_is_told_at_the_phone_they_bound_without_a_question(
    house: House, upstreams: Running
) -> None:
    mine = house.member(house.register(PHONE))
    put = mine.put("/v1/me/notice-subscription", {"channel": "sms"})
    assert (put.status, put.json["template_id"]) == (200, "")
    assert told() == {"total": 1, "sent": 1}
    assert len(received(upstreams)) == 1
    for _ in range(2):
        assert mine.delete("/v1/me/notice-subscription").status == 204
    assert told(2) == {}


def test_a_member_without_a_phone_cannot_be_told_by_sms(house: House, upstreams: Running) -> None:
    assert upstreams
    mine = house.member(ledger().members.log_in("o-without-phone", BY))
    refused = mine.put("/v1/me/notice-subscription", {"channel": "sms"})
    assert (refused.status, refused.json["errors"][0]["pointer"]) == (422, "/channel")


def test_no_phone_stands_in_the_table(upstreams: Running) -> None:
    assert upstreams
    subscribed()
    told()
    assert PHONE not in str(tables.scan(TABLE).images)
