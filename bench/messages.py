"""What the consumer of new messages is handed: messages to send by a provider near by, and receipts pushed for them."""

import base64
import json
from datetime import datetime

from bench.world import Event, World, record
from chalicelib.adapters import tables
from chalicelib.kernel import clock, ids
from chalicelib.messages import raw, table
from chalicelib.messages.model.message import Attempt, Facts, Key, Message, key_of

READERS = 250


def new_messages(world: World, size: int) -> Event:
    """A batch of messages that nobody has sent, each of another member."""
    now = clock.now()
    made = [_message(world, now) for _ in range(size)]
    return _event(world, made)


def receipts(world: World, size: int) -> Event:
    """One push of so many receipts, of messages that were sent and answered."""
    now = clock.now()
    sent = [_sent(_message(world, now), f"receipt:{next(world.numbers)}", now) for _ in range(size)]
    _added(sent)
    items = [
        {"mobile": "13800000000", "nationcode": "86", "sid": one.last.provider_ref,
         "report_status": "SUCCESS", "errmsg": "DELIVRD", "description": "",
         "user_receive_time": "2026-11-22 17:00:00"}
        for one in sent
    ]  # fmt: skip
    body = json.dumps(items).encode()
    place = f"RAW#tencent#{now:%Y-%m-%d}"
    before = {image["sk"]["S"] for image in tables.query_all("messages", place)}
    raw.keep("tencent", body, now)
    kept = [one for one in tables.query_all("messages", place) if one["sk"]["S"] not in before]
    (image,) = kept
    packed = base64.b64encode(image["body"]["B"]).decode()  # as a stream carries bytes
    return {"Records": [record(world, "messages", {**image, "body": {"B": packed}})]}


def _message(world: World, now: datetime) -> Message:
    """Of so many members in turn that none is told more often than the limits allow."""
    if not world.readers:
        phones = [f"1390000{at:04d}" for at in range(READERS)]
        world.readers = [world.house.register(phone) for phone in phones]
    number = next(world.numbers)
    member_id = world.readers[number % READERS]
    facts = Facts("spend", f"{member_id}-1", "s1", "灯塔南京路店", f"b{number}", 3000, 50_000, now)
    return Message(f"{member_id}-{ids.new(now)}", member_id, facts, now, now, due_at=now)


def _sent(message: Message, provider_ref: str, now: datetime) -> Message:
    attempt = Attempt(
        1, "sms", "tencent", f"{message.message_id}-1", "138****0000", now, "accepted", now,
        provider_ref,
    )  # fmt: skip
    return Message(
        message.message_id, message.member_id, message.facts, now, now, "sent", attempts=(attempt,)
    )


def _key(message: Message) -> Key:
    return key_of(message.message_id)


def _added(messages: list[Message]) -> None:
    for start in range(0, len(messages), 25):
        table.add(messages[start : start + 25])


def _event(world: World, messages: list[Message]) -> Event:
    _added(messages)
    keys = [(f"M#{key.member_id}", f"MSG#{key.ulid}") for key in map(_key, messages)]
    images = tables.batch_get("messages", keys)
    return {"Records": [record(world, "messages", image) for image in images]}
