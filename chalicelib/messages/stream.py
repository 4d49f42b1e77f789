"""Stream edges: new ledger entries become messages, new messages go to their members.

Lambda imports this module and nothing of app.py; what only one of the two needs is imported there.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from chalice.app import Blueprint, DynamoDBEvent

from chalicelib.adapters import log, streams
from chalicelib.adapters.streams import BatchAnswer, Record
from chalicelib.kernel import clock
from chalicelib.kernel.errors import TryAgain
from chalicelib.ledger import facts
from chalicelib.ledger.facts import EntryPosted
from chalicelib.messages import table
from chalicelib.messages.model.message import Message
from chalicelib.messages.service.announce import announce as announce_entries

triggers = Blueprint(__name__)
_SPARE_MS = 45_000  # what one message may take when every provider is slow
_UNREADABLE = (KeyError, ValueError, TypeError, msgspec.MsgspecError)
_log = log.logger("stream")


@triggers.on_dynamodb_record(stream_arn="book-stream", batch_size=25)
def announce(event: DynamoDBEvent) -> BatchAnswer:
    return announce_batch(event.to_dict(), clock.now())


@triggers.on_dynamodb_record(stream_arn="messages-stream", batch_size=25)
def deliver(event: DynamoDBEvent) -> BatchAnswer:
    from chalicelib.messages import built  # noqa: PLC0415 - providers and keys, which announcing has not

    has_time = streams.while_time(event.context, _SPARE_MS)
    return deliver_batch(event.to_dict(), built.deliveries().go_on, has_time)


def deliver_batch(
    event: Mapping[str, Any], go_on: Callable[[Message], object], has_time: Callable[[], bool]
) -> BatchAnswer:
    def handle(record: Record) -> None:
        if record.new and record.event_name == "INSERT" and _is_message(record):
            go_on(table.message_of(record.new))

    return streams.consume(event, handle, has_time)


def announce_batch(event: Mapping[str, Any], now: datetime) -> BatchAnswer:
    """All that can be read in one write; what cannot be read is reported, and keeps nothing else from being written."""
    readable, unreadable = [], []
    for record in streams.records(event):
        try:
            readable.append((record, _entries(record)))
        except _UNREADABLE:
            _log.exception("entry cannot be read", extra={"event_id": record.event_id})
            unreadable.append(record)
    return streams.answer(_not_written(readable, now) + unreadable)


def _not_written(
    readable: Sequence[tuple[Record, list[EntryPosted]]], now: datetime
) -> list[Record]:
    """Where the batch is refused as a whole, each entry by itself shows which one it is."""
    try:
        announce_entries([entry for _, entries in readable for entry in entries], now)
    except TryAgain:
        return [record for record, _ in readable[:1]]
    except Exception:  # noqa: BLE001 - whatever it is, it must not hide behind the others
        _log.exception("batch failed")
        if len(readable) == 1:
            return [readable[0][0]]
        return [record for one in readable for record in _not_written([one], now)]
    return []


def _entries(record: Record) -> list[EntryPosted]:
    entry = facts.entry_of(record.new) if record.new and record.event_name == "INSERT" else None
    return [entry] if entry else []


def _is_message(record: Record) -> bool:
    return str(record.keys["sk"]["S"]).startswith("MSG#")
