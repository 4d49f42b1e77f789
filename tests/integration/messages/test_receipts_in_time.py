"""Receipts that come before the answer to their send, days late or never, and what reading them costs."""

import json
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.adapters import tables
from chalicelib.kernel import clock
from chalicelib.kernel.errors import TryAgain
from chalicelib.messages import built
from chalicelib.messages.model.message import Attempt
from chalicelib.messages.raw import pushed_of
from infra.upstreams.faults import Fault
from infra.upstreams.sms_push import PROVIDERS, Provider
from tests.house import House
from tests.integration.messages.receiving import (
    Line,
    Overtaken,
    aliyun_receipts,
    channel_of,
    now,
    parked,
    row_of,
)
from tests.integration.messages.receiving import line as line_in
from tests.integration.messages.test_over_the_stand_ins import upstreams as stand_ins
from tests.lag import refusing

upstreams = stand_ins
line = line_in
each_provider = pytest.mark.parametrize("provider", PROVIDERS)
THREE_DAYS = timedelta(hours=72)


# Early and late


@each_provider
def test_a_receipt_that_overtakes_the_answer_waits_for_it(line: Line, provider: Provider) -> None:
    early = Overtaken(channel_of(provider), lambda: line.push(provider, without_reference=True))
    message = line.sent(provider, early)
    assert (message.state, parked(provider, message)) == ("sent", ["waiting"])
    line.receipts().try_parked(lambda: True)
    assert now(message).state == "sent"
    line.later = timedelta(seconds=11)
    line.receipts().try_parked(lambda: True)
    assert (now(message).state, parked(provider, message)) == ("delivered", ["matched"])


def test_one_with_our_reference_need_not_wait(line: Line) -> None:
    early = Overtaken(channel_of("aliyun"), lambda: line.push("aliyun"))
    message = line.sent("aliyun", early)
    assert now(message).state == "delivered"
    assert now(message).last.provider_ref
    assert now(message).due_at is None


def test_a_receipt_three_days_late_counts_though_nobody_expected_it_any_more(line: Line) -> None:
    fault = Fault(endpoint="aliyun.SendSms", kind="carrier_silent")
    line.upstreams.world.faults.order(fault)
    message = line.sent("aliyun")
    for hours in (0.2, 1.1, 6.1, 24.1):
        line.later = timedelta(hours=hours)
        asked = line.deliveries("aliyun").go_on(now(message))
        assert (asked.state, asked.last.state) == ("sent", "accepted")
    line.later = THREE_DAYS
    silent = line.deliveries("aliyun").go_on(now(message))
    assert (silent.state, silent.last.state, silent.due_at) == ("sent", "no_receipt", None)
    line.push("aliyun", message)
    assert now(message).state == "delivered"


def test_a_receipt_that_never_came_is_fetched(line: Line) -> None:
    message = line.sent()
    line.later = timedelta(minutes=9)
    assert line.deliveries("tencent").go_on(message) == message
    line.later = timedelta(minutes=10, seconds=1)
    fetched = line.deliveries("tencent").go_on(message)
    assert (fetched.state, fetched.last.report_code) == ("delivered", "DELIVRD")


def test_a_receipt_of_nobody_is_given_up_after_three_days(
    line: Line, caplog: pytest.LogCaptureFixture
) -> None:
    body = json.dumps([{"sid": "of-another-system", "report_status": "SUCCESS"}])
    line.send("tencent", body)
    line.read()
    key = "PARKED#tencent#of-another-system"
    (image,) = tables.query("messages", key).images
    assert image["outcome"]["S"] == "waiting"
    due: list[timedelta] = []
    with caplog.at_level(logging.WARNING):
        while "due_at" in image:
            due.append(clock.parse(image["due_at"]["S"]) - clock.parse(image["came_at"]["S"]))
            line.later = due[-1] + timedelta(seconds=5)
            line.receipts().try_parked(lambda: True)
            (image,) = tables.query("messages", key).images
    assert [one.total_seconds() for one in due] == [10, 60, 300, 3600, 21600, 86400, 259200]
    assert image["outcome"]["S"] == "given_up"
    assert "receipt of nobody" in caplog.text


def test_a_receipt_of_a_notice_waits_for_no_message(line: Line) -> None:
    told = {"phone_number": "13800001234", "success": True, "err_code": "DELIVERED", "err_msg": ""}
    body = json.dumps([{**told, "biz_id": "of-a-notice", "out_id": "notice-n1-0123"}])
    line.send("aliyun", body)
    line.read()
    assert list(tables.query("messages", "PARKED#aliyun#of-a-notice").images) == []


# What it costs, and when our own tables do not answer


def test_a_batch_is_read_in_one_request_and_written_one_by_one(
    line: Line, counting: list[str]
) -> None:
    messages = [line.sent("aliyun") for _ in range(3)]
    line.send("aliyun", aliyun_receipts(*messages))
    receipts, pushed = line.receipts(), pushed_of(row_of(line, messages[0]))
    counting.clear()
    receipts.take(pushed)
    assert sorted(counting) == ["BatchGetItem", *["UpdateItem"] * 3]


def test_where_our_tables_do_not_answer_the_batch_comes_again(line: Line) -> None:
    message = line.sent("aliyun")
    line.send("aliyun", aliyun_receipts(message))
    image = row_of(line, message)
    with refusing("UpdateItem", "ThrottlingException"), pytest.raises(TryAgain):
        line.receipts().take(pushed_of(image))
    line.receipts().take(pushed_of(image))
    assert now(message).state == "delivered"


@pytest.mark.parametrize("broken", [TryAgain, RuntimeError])
def test_a_receipt_that_breaks_something_keeps_no_other_from_being_taken(
    line: Line, broken: type[Exception]
) -> None:
    messages = [line.sent("aliyun") for _ in range(3)]
    line.send("aliyun", aliyun_receipts(*messages))

    def heard(attempt: Attempt) -> None:
        if attempt.reference == messages[0].last.reference:
            raise broken

    receipts = replace(line.receipts(), heard=heard)
    with pytest.raises(TryAgain):
        receipts.take(pushed_of(row_of(line, messages[0])))
    assert [now(one).state for one in messages[1:]] == ["delivered"] * 2


def test_a_parked_receipt_that_breaks_something_makes_room_for_the_others(line: Line) -> None:
    def push_the_newest() -> None:
        serial = line.upstreams.world.outbox.find("sms")[-1]["id"]
        line.push("aliyun", serials=[serial], without_reference=True)

    early = Overtaken(channel_of("aliyun"), push_the_newest)
    messages = [line.sent("aliyun", early) for _ in range(2)]
    line.later = timedelta(seconds=11)

    def heard(attempt: Attempt) -> None:
        if attempt.reference == messages[0].last.reference:
            raise RuntimeError

    replace(line.receipts(), heard=heard).try_parked(lambda: True)
    assert parked("aliyun", messages[1]) == ["matched"]
    assert parked("aliyun", messages[0]) == ["waiting"]
    line.later = timedelta(seconds=61)
    line.receipts().try_parked(lambda: True)
    assert parked("aliyun", messages[0]) == ["matched"]


def test_the_sweep_looks_after_what_is_parked_and_no_chore_that_breaks_stops_it(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    assert house
    done: list[str] = []

    def broken(_has_time: Callable[[], bool]) -> None:
        raise RuntimeError

    sweeper = replace(
        built.sweeper(),
        stores=list,
        chores=[broken, *built.sweeper().chores, lambda _: done.append("last")],
    )
    assert built.receipts().try_parked in sweeper.chores
    with caplog.at_level(logging.ERROR):
        sweeper.run(lambda: True)
    assert done == ["last"]
    assert [one.msg for one in caplog.records] == ["chore failed"]
