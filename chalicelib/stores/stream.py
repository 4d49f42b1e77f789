"""Stream edge of the stores: new ledger entries become the figures of their store's day."""

from collections.abc import Mapping
from typing import Any

from chalicelib.adapters import streams
from chalicelib.adapters.streams import BatchAnswer, Record
from chalicelib.ledger import facts
from chalicelib.ledger.facts import EntryPosted


def count_batch(event: Mapping[str, Any]) -> BatchAnswer:
    from chalicelib.stores.service.figures import count  # noqa: PLC0415 - the HTTP function does without

    return streams.consume_together(event, _entry, count)


def _entry(record: Record) -> EntryPosted | None:
    return facts.entry_of(record.new) if record.new and record.event_name == "INSERT" else None
