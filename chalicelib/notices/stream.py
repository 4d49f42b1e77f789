"""Stream edge: jobs that are ready go on, who asked for notices is asked to confirm; by the clock, what was forgotten.

Lambda imports this module and nothing of app.py.
"""

from collections.abc import Callable, Mapping
from typing import Any

from chalice.app import Blueprint, DynamoDBEvent

from chalicelib.adapters import streams
from chalicelib.adapters.streams import BatchAnswer, Record
from chalicelib.notices import built

triggers = Blueprint(__name__)
_SPARE_MS = 45_000  # what a page may take when its channels are slow


@triggers.on_dynamodb_record(stream_arn="subscribers-stream", batch_size=1)
def fan_out(event: DynamoDBEvent) -> BatchAnswer:
    """Started by the clock as well: then what nobody has taken up in time is brought by the stream once more."""
    return take_up(event.to_dict(), streams.while_time(event.context, _SPARE_MS))


def take_up(batch: Mapping[str, Any], has_time: Callable[[], bool]) -> BatchAnswer:
    def go_on(record: Record) -> None:
        pk, sk = record.keys["pk"]["S"], record.keys["sk"]["S"]
        kind, _, name = sk.partition("#")
        if kind == "JOB":
            built.fan_out().go_on(name, int(pk.removeprefix("SHARD#")), has_time)
        elif kind == "ASK":
            built.subscribing().write(name, built.channels())

    return streams.take_turns(batch, go_on, lambda: built.ringing().run(has_time), has_time)
