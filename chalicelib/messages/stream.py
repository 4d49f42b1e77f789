"""Stream edges: new ledger entries become messages, new messages go to their members, what was pushed is read.

Of the functions behind them Lambda imports no more than this; what only one of the two needs is imported there.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from chalice.app import Blueprint, DynamoDBEvent

from chalicelib.adapters import canary, streams
from chalicelib.adapters.streams import BatchAnswer, Record
from chalicelib.adapters.tables import Image
from chalicelib.kernel import clock
from chalicelib.ledger import facts
from chalicelib.ledger.facts import EntryPosted
from chalicelib.messages import table
from chalicelib.messages.model.message import Message
from chalicelib.messages.service.announce import announce as announce_entries

triggers = Blueprint(__name__)
_SPARE_MS = 60_000  # what one message may take when every provider is slow


@triggers.on_dynamodb_record(stream_arn="messages-stream", batch_size=25)
def deliver(event: DynamoDBEvent) -> BatchAnswer:
    from chalicelib.messages import built  # noqa: PLC0415 - providers and keys, which announcing has not

    def go_on(message: Message) -> None:
        built.deliveries().go_on(message)

    has_time = streams.while_time(event.context, _SPARE_MS)
    answer = deliver_batch(event.to_dict(), go_on, built.pushes().take_in, has_time)
    built.scoring().flush()
    return answer


def deliver_batch(
    event: Mapping[str, Any],
    go_on: Callable[[Message], object],
    take_in: Callable[[Image], object],
    has_time: Callable[[], bool],
) -> BatchAnswer:
    """New messages to `go_on`, what providers pushed to `take_in`: one reader, as a shard bears two.

    A canary goes the same way, and says how far this reader is behind.
    """

    def handle(record: Record) -> None:
        if record.new is None or record.event_name != "INSERT":
            return
        if _begins(record, "MSG#") or _begins(record, "ALSO#"):
            go_on(table.message_of(record.new))
        elif _begins(record, "RAW#"):
            take_in(record.new)
        elif _begins(record, canary.PREFIX):
            canary.mark(record.new, clock.now())

    return streams.consume(event, handle, has_time)


def announce_batch(event: Mapping[str, Any], now: datetime) -> BatchAnswer:
    def announce_all(entries: list[EntryPosted]) -> None:
        announce_entries(entries, now)

    return streams.consume_together(event, _entry, announce_all)


def _entry(record: Record) -> EntryPosted | None:
    return facts.entry_of(record.new) if record.new and record.event_name == "INSERT" else None


def _begins(record: Record, prefix: str) -> bool:
    return str(record.keys["sk"]["S"]).startswith(prefix)
