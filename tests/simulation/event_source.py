"""Lambda's event source mapping for DynamoDB streams, which no emulator has: batches, partial answers, bisect, a cap on
tries, dead letters.

Where the documentation leaves room this takes the reading that is worse for us: a batch whose first record is reported
is retried whole until the tries are spent, and then all that is left of it is a dead letter.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

RawRecord = Mapping[str, Any]
Handler = Callable[[Mapping[str, Any]], Mapping[str, Any] | None]


class Killed(BaseException):
    """The process ends here: nothing that it was about to do happens, and no `except` of ours sees it."""


@dataclass
class EventSource:
    """`handler` is a function behind a stream; `retries` as in MaximumRetryAttempts, bisecting not counted."""

    handler: Handler
    batch_size: int = 25
    retries: int = 8
    invocations: int = 0
    dead_letters: list[Sequence[RawRecord]] = field(default_factory=list)

    def deliver(self, records: Sequence[RawRecord]) -> None:
        for start in range(0, len(records), self.batch_size):
            self._deliver_batch(records[start : start + self.batch_size], self.retries)

    def _deliver_batch(self, batch: Sequence[RawRecord], retries: int) -> None:
        while batch:
            left, may_split = self._invoke(batch)
            if not left:
                return
            if may_split and len(left) > 1:
                half = len(left) // 2
                self._deliver_batch(left[:half], retries)
                self._deliver_batch(left[half:], retries)
                return
            if retries == 0:
                self.dead_letters.append(left)
                return
            retries -= 1
            batch = left

    def _invoke(self, batch: Sequence[RawRecord]) -> tuple[Sequence[RawRecord], bool]:
        """What is left to do, and whether it is split: an invocation that broke says nothing of where."""
        self.invocations += 1
        try:
            answer = self.handler({"Records": list(batch)}) or {}
        except (Exception, Killed):  # noqa: BLE001 - Lambda does not mind what it was
            return batch, True
        failures = [one["itemIdentifier"] for one in answer.get("batchItemFailures") or []]
        numbers = [record["dynamodb"]["SequenceNumber"] for record in batch]
        if not failures:
            return (), False
        if any(number not in numbers for number in failures):
            return batch, True
        return batch[min(numbers.index(number) for number in failures) :], False


def stream_of(streams: Any, table: str) -> Iterator[RawRecord]:  # noqa: ANN401 - a botocore client
    """Every record of a table's stream so far, as Lambda hands it over."""
    (stream,) = streams.list_streams(TableName=table)["Streams"]
    arn = stream["StreamArn"]
    described = streams.describe_stream(StreamArn=arn)["StreamDescription"]
    for shard in described["Shards"]:
        at = streams.get_shard_iterator(
            StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        while at:
            got = streams.get_records(ShardIterator=at)
            yield from map(_as_lambda_says, got["Records"])
            at = got.get("NextShardIterator") if got["Records"] else None


class Tail:
    """A table's stream, read bit by bit."""

    def __init__(self, streams: Any, table: str) -> None:  # noqa: ANN401 - a botocore client
        self._streams = streams
        (stream,) = streams.list_streams(TableName=table)["Streams"]
        self._arn = stream["StreamArn"]
        self._read: dict[str, str] = {}

    def read(self) -> list[RawRecord]:
        """What came since the last time, or at first since the table was made."""
        described = self._streams.describe_stream(StreamArn=self._arn)["StreamDescription"]
        shards = [shard["ShardId"] for shard in described["Shards"]]
        return [_as_lambda_says(record) for shard_id in shards for record in self._new_in(shard_id)]

    def _new_in(self, shard_id: str) -> Iterator[RawRecord]:
        last = self._read.get(shard_id)
        place = {"SequenceNumber": last} if last else {}
        kind = "AFTER_SEQUENCE_NUMBER" if last else "TRIM_HORIZON"
        at = self._streams.get_shard_iterator(
            StreamArn=self._arn, ShardId=shard_id, ShardIteratorType=kind, **place
        )["ShardIterator"]
        while at:
            got = self._streams.get_records(ShardIterator=at)
            for record in got["Records"]:
                self._read[shard_id] = record["dynamodb"]["SequenceNumber"]
                yield record
            at = got.get("NextShardIterator") if got["Records"] else None


def new_items(records: Sequence[RawRecord], prefix: str) -> list[RawRecord]:
    """What the filter of our event source mappings lets through."""
    return [
        record
        for record in records
        if record["eventName"] == "INSERT"
        and record["dynamodb"]["Keys"]["sk"]["S"].startswith(prefix)
    ]


def _as_lambda_says(record: Mapping[str, Any]) -> RawRecord:
    change = dict(record["dynamodb"])
    change["ApproximateCreationDateTime"] = change["ApproximateCreationDateTime"].timestamp()
    return {**record, "dynamodb": change}
