"""Receipts from the providers' own line to what they change: kept, matched, doubled, malformed and at odds."""

import logging
import os

import pytest

from chalicelib import config
from chalicelib.messages import raw
from infra.upstreams.faults import Fault
from infra.upstreams.sms_push import PROVIDERS, Provider
from tests.integration.messages.receiving import SECRET, Line, now, parked, phone_of
from tests.integration.messages.receiving import line as line_in
from tests.integration.messages.test_over_the_stand_ins import upstreams as stand_ins

upstreams = stand_ins
line = line_in
each_provider = pytest.mark.parametrize("provider", PROVIDERS)


# The address


def test_each_provider_is_answered_in_its_own_words(line: Line) -> None:
    assert line.send("tencent", "[]").json == {"result": 0, "errmsg": "OK"}
    assert line.send("aliyun", "[]").json == {"code": 0, "msg": "ok"}
    probed = line.send("aliyun", "", method="GET")
    assert (probed.status, probed.json["code"]) == (200, 0)


@pytest.mark.parametrize(
    ("provider", "secret"),
    [("tencent", "wrong"), ("tencent", SECRET[:-1]), ("tencent", f"{SECRET}x"), ("wechat", SECRET),
     ("aliyun", "密"), ("smtp", SECRET)],
)  # fmt: skip
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_who_does_not_know_the_address_finds_nothing_and_leaves_nothing(
    line: Line, method: str, provider: str, secret: str
) -> None:
    before = len(line.rows())
    reply = line.send(provider, '[{"sid": "1"}]', secret, method)
    assert (reply.status, reply.json["code"]) == (404, "not_found")
    assert secret not in reply.text
    assert len(line.rows()) == before


def test_no_log_shows_the_address(
    line: Line, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    with caplog.at_level(logging.DEBUG):
        line.send("tencent", '[{"sid": "logged"}]')
        monkeypatch.setattr(raw, "keep", None)
        assert line.send("tencent", "[]").status == 500
    said = caplog.text + "".join(str(vars(one)) for one in caplog.records)
    assert "/callbacks/sms/{provider}/{secret}" in said
    assert SECRET not in said


def test_where_no_secret_is_set_up_there_is_no_address(line: Line) -> None:
    del os.environ["SMS_CALLBACK_SECRET_PARAM"]
    config.settings.cache_clear()
    assert line.send("tencent", "[]").status == 404
    assert line.send("tencent", "[]", "undefined").status == 404


def test_a_body_is_kept_as_it_is_or_is_too_large(line: Line) -> None:
    bound = 256 * 1024
    assert line.send("tencent", "x" * (bound + 1)).status == 413
    assert line.send("tencent", "x" * bound).status == 200
    assert line.send("tencent", "no JSON").status == 200
    line.read()


def test_taking_receipts_is_one_write(line: Line, counting: list[str]) -> None:
    line.send("tencent", '[{"sid": "counted"}]')
    assert counting == ["PutItem"]


# What they say


@each_provider
def test_a_receipt_makes_a_message_delivered(line: Line, provider: Provider) -> None:
    message = line.sent(provider)
    assert message.state == "sent"
    line.push(provider, message)
    after = now(message)
    assert (after.state, after.due_at, after.version) == ("delivered", None, message.version + 1)
    (attempt,) = line.house.office.get(f"/v1/messages/{message.message_id}").json["attempts"]
    assert attempt["report_code"].startswith("DELIV")
    assert attempt["reported_at"]
    assert attempt["state"] == "delivered"


def test_our_reference_finds_the_message_where_tencent_gives_it_back(line: Line) -> None:
    line.upstreams.world.change_settings({"sms_session_context_in_reports": True})
    fault = Fault(endpoint="tencent.SendSms", kind="accept_then_hang", seconds=0)
    line.upstreams.world.faults.order(fault)
    message = line.sent()
    assert (message.state, message.last.provider_ref) == ("unknown", None)
    line.push("tencent", phone=phone_of(message))
    assert now(message).state == "delivered"
    assert now(message).last.provider_ref


@each_provider
def test_a_doubled_push_is_one_row_and_changes_nothing(line: Line, provider: Provider) -> None:
    message = line.sent(provider)
    before = len(line.rows())
    assert [reply.status for reply in line.push(provider, message, copies=2)] == [200] * 3
    assert len(line.rows()) == before + 1
    line.push(provider, message, batch=2, malformed=1)
    assert now(message).version == message.version + 1


@each_provider
def test_what_cannot_be_read_and_what_is_nobodys_keeps_no_good_receipt_back(
    line: Line, provider: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    messages = [line.sent(provider) for _ in range(3)]
    with caplog.at_level(logging.WARNING):
        line.push(provider, *messages, malformed=4, strangers=2)
    assert [now(one).state for one in messages] == ["delivered"] * 3
    counted = [vars(one)["count"] for one in caplog.records if one.msg == "malformed receipts"]
    assert counted == [4, 4]  # the stream brought it twice


@each_provider
def test_the_first_word_holds_and_a_contradiction_is_on_record(
    line: Line, provider: Provider
) -> None:
    message = line.sent(provider)
    line.push(provider, message)
    line.push(provider, message, opposite=True)
    line.push(provider, message, opposite=True, copies=1)
    after = now(message)
    assert after.state == "delivered"
    assert [(one.reason, one.provider, one.code) for one in after.decisions] == [
        ("receipt_conflict", provider, "UNDELIV")
    ]


@pytest.mark.parametrize(
    ("code", "then"),
    [("MK:0001", ("email", "smtp")), ("MA:0024", ("sms", "aliyun")), ("IB:0008", ("sms", "aliyun"))],
)  # fmt: skip
def test_what_no_handset_got_takes_the_next_way(
    line: Line, code: str, then: tuple[str, str]
) -> None:
    fault = Fault(endpoint="tencent.SendSms", kind="carrier_fails", code=code)
    line.upstreams.world.faults.order(fault)
    message = line.sent()
    line.push("tencent", message)
    undelivered = now(message)
    assert (undelivered.state, undelivered.last.report_code) == ("retrying", code)
    after = line.deliveries("tencent").go_on(undelivered)
    assert [(one.channel, one.provider) for one in after.attempts] == [("sms", "tencent"), then]
    assert after.state == "sent"


def test_a_receipt_finds_an_attempt_that_is_not_the_last_one(line: Line) -> None:
    fault = Fault(endpoint="tencent.SendSms", kind="carrier_fails", code="IB:0008")
    line.upstreams.world.faults.order(fault)
    first = line.sent()
    line.push("tencent", first)
    second = line.deliveries("tencent").go_on(now(first))
    assert [one.provider for one in second.attempts] == ["tencent", "aliyun"]
    line.push("tencent", first, opposite=True)
    assert [one.reason for one in now(first).decisions][-1] == "receipt_conflict"
    line.push("aliyun", second)
    assert now(first).state == "delivered"
    assert parked("tencent", first) == []
