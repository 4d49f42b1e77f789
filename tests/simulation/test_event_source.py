"""The simulator itself: it retries, splits, caps and gives up as Lambda's documentation says."""

from collections.abc import Mapping
from typing import Any

from tests.simulation.event_source import EventSource, Killed, RawRecord


def records(count: int) -> list[RawRecord]:
    return [{"dynamodb": {"SequenceNumber": str(n)}} for n in range(count)]


def numbers(batch: Mapping[str, Any]) -> list[str]:
    return [record["dynamodb"]["SequenceNumber"] for record in batch["Records"]]


def failing(*numbers: str) -> dict[str, Any]:
    return {"batchItemFailures": [{"itemIdentifier": number} for number in numbers]}


def test_batches_are_as_large_as_they_may_be() -> None:
    seen: list[int] = []
    EventSource(lambda event: seen.append(len(event["Records"])), batch_size=4).deliver(records(10))
    assert seen == [4, 4, 2]


def test_it_resumes_at_the_lowest_number_that_was_reported() -> None:
    seen: list[list[str]] = []

    def handler(event: Mapping[str, Any]) -> dict[str, Any]:
        seen.append(numbers(event))
        return failing("3", "1") if len(seen) == 1 else failing()

    EventSource(handler).deliver(records(5))
    assert seen == [["0", "1", "2", "3", "4"], ["1", "2", "3", "4"]]


def test_a_batch_that_kills_its_handler_is_split_until_the_poison_is_alone() -> None:
    def handler(event: Mapping[str, Any]) -> None:
        if "2" in numbers(event):
            raise Killed

    source = EventSource(handler, retries=1)
    source.deliver(records(4))
    assert [
        [one["dynamodb"]["SequenceNumber"] for one in dead] for dead in source.dead_letters
    ] == [["2"]]


def test_what_is_left_of_a_batch_is_given_up_when_the_tries_are_spent() -> None:
    source = EventSource(lambda _event: failing("1"), retries=2)
    source.deliver(records(3))
    assert [len(dead) for dead in source.dead_letters] == [2]
    assert source.invocations == 3


def test_an_identifier_nobody_knows_fails_the_whole_batch() -> None:
    source = EventSource(lambda _event: failing("99"), retries=0)
    source.deliver(records(1))
    assert [len(dead) for dead in source.dead_letters] == [1]
