"""Receipts from the providers' own line to what they change: kept, matched, parked, doubled, late and at odds."""

import base64
import itertools
import json
import logging
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

from chalicelib import config
from chalicelib.adapters import secrets, tables
from chalicelib.adapters.tables import Image
from chalicelib.kernel import clock
from chalicelib.kernel.errors import TryAgain
from chalicelib.ledger.built import ledger
from chalicelib.messages import built, raw, stream, table
from chalicelib.messages.channels import Channel
from chalicelib.messages.model.choice import Contact
from chalicelib.messages.model.message import Attempt, Message
from chalicelib.messages.raw import pushed_of
from chalicelib.messages.service.announce import announce
from chalicelib.messages.service.deliver import Deliveries
from chalicelib.messages.service.receipts import Receipts
from infra.upstreams import sms_pusher
from infra.upstreams.faults import Fault
from infra.upstreams.launch import Running
from infra.upstreams.sms_push import PROVIDERS, Ordered, Provider
from tests.client import Reply
from tests.house import House
from tests.integration.messages.test_over_the_stand_ins import upstreams as stand_ins
from tests.lag import refusing

upstreams = stand_ins
SECRET = "of-this-test-only"
THREE_DAYS = timedelta(hours=72)
_numbers = itertools.count()
each_provider = pytest.mark.parametrize("provider", PROVIDERS)


@dataclass
class Line:
    """The providers' pushers, whose calls are made when a test says so, and the stream behind our address."""

    house: House
    upstreams: Running
    later: timedelta = timedelta()
    replies: list[Reply] = field(default_factory=list)
    _read: set[str] = field(default_factory=set)

    def clock(self) -> datetime:
        return clock.now() + self.later

    def receipts(self) -> Receipts:
        return replace(built.receipts(), clock=self.clock)

    def deliveries(self, first: str, *others: Channel) -> Deliveries:
        instead = {one.offer: one for one in others}
        channels = [instead.get(one.offer, one) for one in built.channels()]
        channels.sort(key=lambda one: one.offer.provider != first)
        return Deliveries(channels, ledger().members.contact, self.clock)

    def sent(self, first: str = "tencent", *others: Channel) -> Message:
        """A spend of a new member, reached by mail too, that this provider is asked to tell of."""
        number = next(_numbers)
        member_id = self.house.register(f"134{number:08d}")
        change = {"email": f"r{number}@example.com", "consents": {"email": True}}
        assert self.house.member(member_id).patch("/v1/me", change).status == 200
        body = {
            "member_id": member_id,
            "total_fen": 6800,
            "payments": [{"method": "cash", "amount_fen": 6800}],
        }
        spend = self.house.till.put(f"/v1/stores/s1/spends/receipt-{number}", body).json
        entry = ledger().entry(spend["spend_id"])
        assert entry is not None
        announce([entry], clock.now())
        message = table.message(entry.message_id, consistent=True)
        assert message is not None
        return self.deliveries(first, *others).go_on(message)

    def push(self, provider: Provider, *messages: Message, **off: Any) -> list[Reply]:  # noqa: ANN401
        """The receipts of these messages, by the call to our address, and what the stream brings of it."""
        serials = [one.last.provider_ref for one in messages if one.last.provider_ref]
        order = {"provider": provider, "serials": serials, **off}
        sms_pusher.order(self.upstreams.world, msgspec.convert(order, Ordered))
        self.replies.clear()
        sms_pusher.push_due(self.upstreams.world, self._post)
        self.read()
        return self.replies

    def _post(self, provider: Provider, body: bytes) -> bytes | None:
        reply = self.send(provider, body.decode())
        self.replies.append(reply)
        return reply.text.encode() if reply.status == 200 else None

    def send(self, provider: str, body: str, secret: str = SECRET, method: str = "POST") -> Reply:
        return self.house.public.send(method, f"/callbacks/sms/{provider}/{secret}", body)

    def rows(self) -> list[Image]:
        day = clock.now().date().isoformat()
        return [
            image
            for provider in PROVIDERS
            for image in tables.query("messages", f"RAW#{provider}#{day}").images
        ]

    def read(self) -> None:
        """Each record twice, as a stream may bring it."""
        new = [image for image in self.rows() if image["sk"]["S"] not in self._read]
        self._read |= {image["sk"]["S"] for image in new}
        receipts = self.receipts()
        for event in [_event(new)] * 2:
            answer = stream.deliver_batch(
                event, _nobody, lambda image: receipts.take(pushed_of(image)), lambda: True
            )
            assert answer == {"batchItemFailures": []}


def _nobody(message: Message) -> None:
    raise AssertionError(message)


def _event(images: Sequence[Image]) -> dict[str, Any]:
    """As Lambda hands new rows over: bytes in base64."""
    return {
        "Records": [
            {
                "eventName": "INSERT",
                "eventID": str(n),
                "dynamodb": {
                    "SequenceNumber": str(n),
                    "Keys": {"pk": image["pk"], "sk": image["sk"]},
                    "NewImage": {
                        **image,
                        "body": {"B": base64.b64encode(image["body"]["B"]).decode()},
                    },
                },
            }
            for n, image in enumerate(images)
        ]
    }


@pytest.fixture
def line(house: House, upstreams: Running) -> Iterator[Line]:
    os.environ["SMS_CALLBACK_SECRET_PARAM"] = "/test/sms-callback"
    secrets.know({"/test/sms-callback": SECRET})
    config.settings.cache_clear()
    upstreams.world.change_settings({"sms_report_delay_s": 0})
    made = Line(house, upstreams)
    made._read = {image["sk"]["S"] for image in made.rows()}  # noqa: SLF001 - of the tests before
    yield made
    upstreams.world.faults.clear()
    upstreams.world.change_settings({"sms_session_context_in_reports": False})


def now(message: Message) -> Message:
    found = table.message(message.message_id, consistent=True)
    assert found is not None
    return found


def parked(provider: str, message: Message) -> list[str]:
    """What became of the receipts that waited for this message's attempt."""
    found = tables.query("messages", f"PARKED#{provider}#{message.last.provider_ref}").images
    return [image["outcome"]["S"] for image in found]


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
    line.push("tencent", phone=_phone(message))
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
    assert [(one.reason, one.provider) for one in after.decisions] == [
        ("receipt_conflict", provider)
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


# Early and late


@dataclass(frozen=True)
class Overtaken:
    """A channel whose provider pushes the receipt before it answers the send."""

    channel: Channel
    push: Callable[[], object]

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        return getattr(self.channel, name)

    def send(self, message: Message, contact: Contact, reference: str) -> str | None:
        answer = self.channel.send(message, contact, reference)
        self.push()
        return answer


def channel_of(provider: str) -> Channel:
    return next(one for one in built.channels() if one.offer.provider == provider)


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


# What it costs, and when our own tables do not answer


def test_a_batch_is_read_in_one_request_and_written_one_by_one(
    line: Line, counting: list[str]
) -> None:
    messages = [line.sent("aliyun") for _ in range(3)]
    line.send("aliyun", _aliyun(*messages))
    receipts, pushed = line.receipts(), pushed_of(_last(line, messages[0]))
    counting.clear()
    receipts.take(pushed)
    assert sorted(counting) == ["BatchGetItem", *["UpdateItem"] * 3]


def test_where_our_tables_do_not_answer_the_batch_comes_again(line: Line) -> None:
    message = line.sent("aliyun")
    line.send("aliyun", _aliyun(message))
    image = _last(line, message)
    with refusing("UpdateItem", "ThrottlingException"), pytest.raises(TryAgain):
        line.receipts().take(pushed_of(image))
    line.receipts().take(pushed_of(image))
    assert now(message).state == "delivered"


@pytest.mark.parametrize("broken", [TryAgain, RuntimeError])
def test_a_receipt_that_breaks_something_keeps_no_other_from_being_taken(
    line: Line, broken: type[Exception]
) -> None:
    messages = [line.sent("aliyun") for _ in range(3)]
    line.send("aliyun", _aliyun(*messages))

    def heard(attempt: Attempt) -> None:
        if attempt.reference == messages[0].last.reference:
            raise broken

    receipts = replace(line.receipts(), heard=heard)
    with pytest.raises(TryAgain):
        receipts.take(pushed_of(_last(line, messages[0])))
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


def _phone(message: Message) -> str:
    contact = ledger().members.contact(message.member_id)
    assert contact is not None
    return contact.phone or ""


def _aliyun(*messages: Message) -> str:
    return json.dumps([
        {"success": True, "biz_id": one.last.provider_ref, "out_id": one.last.reference}
        for one in messages
    ])  # fmt: skip


def _is_of(image: Image, message: Message) -> bool:
    return message.last.reference.encode() in pushed_of(image).body


def _last(line: Line, message: Message) -> Image:
    return next(image for image in line.rows() if _is_of(image, message))
