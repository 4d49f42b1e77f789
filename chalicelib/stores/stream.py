"""Stream edge of the stores: new ledger entries become the figures of their store's day.

Lambda imports this module and nothing of app.py.
"""

from collections.abc import Mapping
from typing import Any

from chalice.app import Blueprint, DynamoDBEvent

from chalicelib.adapters import streams
from chalicelib.adapters.streams import BatchAnswer, Record
from chalicelib.ledger import facts
from chalicelib.ledger.facts import EntryPosted

triggers = Blueprint(__name__)


@triggers.on_dynamodb_record(stream_arn="book-stream", batch_size=25)
def figures(event: DynamoDBEvent) -> BatchAnswer:
    return count_batch(event.to_dict())


def count_batch(event: Mapping[str, Any]) -> BatchAnswer:
    from chalicelib.stores.service.figures import count  # noqa: PLC0415 - the HTTP function does without

    return streams.consume_together(event, _entry, count)


def _entry(record: Record) -> EntryPosted | None:
    return facts.entry_of(record.new) if record.new and record.event_name == "INSERT" else None
