"""What goes wrong at a provider reaches the staff's WeCom group, and a refused template is seen beside it."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from chalicelib import config
from chalicelib.adapters import secrets, sms_tencent, tables, wecom
from chalicelib.kernel import clock
from chalicelib.ledger.built import ledger
from chalicelib.messages import built, staff, table
from chalicelib.messages.service.announce import announce
from infra.upstreams import launch
from infra.upstreams.faults import Fault
from infra.upstreams.launch import Running
from tests import standins
from tests.house import House, set_to

BREAKERS = "PROVIDER#sms#tencent"
NO_MONEY = "FailedOperation.InsufficientBalanceInSmsPackage"
NOT_APPROVED = "FailedOperation.TemplateIncorrectOrUnapproved"
DIRTY = "FailedOperation.ContainSensitiveWord"


@pytest.fixture
def upstreams(house: House) -> Iterator[Running]:
    assert house
    with launch.start() as running:
        (key,) = running.world.settings.wecom_groups
        secrets.know({"/test/wecom": f"{running.url}/cgi-bin/webhook/send?key={key}"})
        settings = {
            **standins.sms(running),
            "SMS_PROVIDERS": "tencent",
            "TENCENT_SMS_SPEND_TEMPLATE_ID": "2000001",
            "WECOM_WEBHOOK_URL_PARAM": "/test/wecom",
        }
        with set_to(settings, forget):
            yield running


def forget() -> None:
    for cached in (
        config.settings, built.deliveries, built.digests, sms_tencent.tencent_sms, wecom.wecom,
    ):  # fmt: skip
        cached.cache_clear()
    staff.forget()
    kept = tables.query_all("messages", "STAFF") + tables.query_all("messages", BREAKERS)
    for image in kept:
        transaction = tables.Transaction()
        transaction.delete("row", staff.NoteRow(image["pk"]["S"], image["sk"]["S"]))
        transaction.commit()


def spend(house: House, upstreams: Running, name: str, code: str) -> str:
    """A member's spend, while the provider answers so; the id of the message."""
    fault = {"endpoint": "tencent.SendSms", "kind": "tencent_code", "code": code}
    upstreams.world.faults.order(msgspec.convert(fault, Fault))
    payments = [{"method": "cash", "amount_fen": 6800}]
    body: dict[str, Any] = {
        "member_id": house.register(f"1380000{name}"), "total_fen": 6800, "payments": payments,
    }  # fmt: skip
    taken = house.till.put(f"/v1/stores/{house.store.store_id}/spends/s-{name}", body).json
    entry = ledger().entry(taken["spend_id"])
    assert entry is not None
    announce([entry], clock.now())
    message = table.message(entry.message_id)
    assert message is not None
    assert built.deliveries().go_on(message).last.code == code
    return entry.message_id


def group_reads(upstreams: Running) -> str:
    built.digests().run()
    return "\n".join(one["text"] for one in upstreams.world.outbox.find("wecom"))


def test_a_refused_template_is_told_and_seen_beside_it(house: House, upstreams: Running) -> None:
    spend(house, upstreams, "1001", NOT_APPROVED)
    assert f"腾讯云短信拒绝了「消费通知」第 1 版的模板 2000001（{NOT_APPROVED}）" in group_reads(
        upstreams
    )
    (kind,) = [
        item
        for item in house.office.get("/v1/message-templates").json["items"]
        if item["kind"] == "spend"
    ]
    by = {one["provider"]: one for one in kind["registered"]}
    assert by["tencent"]["refused_code"] == NOT_APPROVED
    assert by["tencent"]["refused_at"] is not None
    assert by["tencent"]["refused_version"] == kind["version"] == 1
    assert by["aliyun"]["refused_at"] is None
    pages = {one["provider"]: one for one in house.office.get("/v1/providers").json["items"]}
    (refusal,) = pages["tencent"]["template_refusals"]
    assert (refusal["template_id"], refusal["version"]) == ("2000001", 1)
    assert (refusal["code"], refusal["refused_at"]) == (NOT_APPROVED, by["tencent"]["refused_at"])
    assert pages["aliyun"]["template_refusals"] == []


def test_a_refusal_from_before_versions_were_kept_is_still_seen(house: House) -> None:
    staff.note(f"template:tencent:2000001:{NOT_APPROVED}", "…", clock.now())
    pages = {one["provider"]: one for one in house.office.get("/v1/providers").json["items"]}
    (refusal,) = pages["tencent"]["template_refusals"]
    assert (refusal["code"], refusal["version"]) == (NOT_APPROVED, None)


def test_refused_words_are_told_by_store(house: House, upstreams: Running) -> None:
    spend(house, upstreams, "1002", DIRTY)
    assert f"拒绝了门店 {house.store.store_id} 的消息内容（{DIRTY}）" in group_reads(upstreams)


def test_an_account_without_money_is_told_by_its_breaker(house: House, upstreams: Running) -> None:
    spend(house, upstreams, "1003", NO_MONEY)
    assert f"腾讯云短信拒绝了我们的账户（{NO_MONEY}），暂停使用" in group_reads(upstreams)


def test_no_phone_reaches_the_group_or_its_notes(house: House, upstreams: Running) -> None:
    spend(house, upstreams, "1004", NOT_APPROVED)
    kept = [note.text + note.key for note in staff.noted("")]
    assert kept
    assert not [text for text in [*kept, group_reads(upstreams)] if "13800001004" in text]
