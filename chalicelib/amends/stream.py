"""Stream edge: jobs that are ready go on; by the clock, those that were forgotten.

Lambda imports this module and nothing of app.py.
"""

from collections.abc import Callable, Mapping
from typing import Any

from chalice.app import Blueprint, DynamoDBEvent

from chalicelib.adapters import streams
from chalicelib.adapters.streams import BatchAnswer, Record
from chalicelib.amends import built

triggers = Blueprint(__name__)
_SPARE_MS = 30_000  # what one step may take: a store's day


@triggers.on_dynamodb_record(stream_arn="amends-stream", batch_size=1)
def amend(event: DynamoDBEvent) -> BatchAnswer:
    """Started by the clock as well: then what nobody has taken up in time is brought by the stream once more."""
    return take_up(event.to_dict(), streams.while_time(event.context, _SPARE_MS))


def take_up(batch: Mapping[str, Any], has_time: Callable[[], bool]) -> BatchAnswer:
    def go_on(record: Record) -> None:
        shard = record.keys["pk"]["S"].removeprefix("SHARD#")
        incident_id = record.keys["sk"]["S"].removeprefix("JOB#")
        built.turns().go_on(incident_id, int(shard), has_time)

    return streams.take_turns(batch, go_on, lambda: built.turns().ring(has_time), has_time)
