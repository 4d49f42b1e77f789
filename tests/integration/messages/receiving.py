"""The providers' line to our address, for tests: what is sent, pushed, kept and read."""

import base64
import itertools
import json
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
from chalicelib.ledger.built import ledger
from chalicelib.messages import built, set_up, stream, table
from chalicelib.messages.channels import Channel
from chalicelib.messages.model.choice import Contact
from chalicelib.messages.model.message import Message
from chalicelib.messages.raw import pushed_of
from chalicelib.messages.service.announce import announce
from chalicelib.messages.service.deliver import Deliveries
from chalicelib.messages.service.receipts import Receipts
from infra.upstreams import sms_pusher
from infra.upstreams.launch import Running
from infra.upstreams.sms_push import PROVIDERS, Ordered, Provider
from tests.client import Reply
from tests.house import House

SECRET = "of-this-test-only"
_numbers = itertools.count()


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
        channels = [instead.get(one.offer, one) for one in set_up.channels()]
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
    return next(one for one in set_up.channels() if one.offer.provider == provider)


def phone_of(message: Message) -> str:
    contact = ledger().members.contact(message.member_id)
    assert contact is not None
    return contact.phone or ""


def aliyun_receipts(*messages: Message) -> str:
    return json.dumps([
        {"success": True, "biz_id": one.last.provider_ref, "out_id": one.last.reference}
        for one in messages
    ])  # fmt: skip


def is_of(image: Image, message: Message) -> bool:
    return message.last.reference.encode() in pushed_of(image).body


def row_of(line: Line, message: Message) -> Image:
    return next(image for image in line.rows() if is_of(image, message))
