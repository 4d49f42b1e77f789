"""What DynamoDB does on a bad day and no emulator does: conflicts, throttling, and answers that never come.

A fault is drawn for each call, before it has its effect or after; the seed replays the draws of one thread.
"""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError

from chalicelib.adapters import tables

Call = Callable[[str, dict[str, Any]], dict[str, Any]]
ENDPOINT = "https://dynamodb.invalid"


def conflict(arguments: dict[str, Any]) -> ClientError:
    """Another transaction is on one of the items; the others are not to blame."""
    reasons = [{"Code": "None"} for _ in arguments["TransactItems"]]
    reasons[0] = {"Code": "TransactionConflict", "Message": "Transaction is ongoing for the item"}
    return refusal("TransactionCanceledException", CancellationReasons=reasons)


def refusal(code: str, **more: Any) -> ClientError:  # noqa: ANN401
    answer: Any = {"Error": {"Code": code, "Message": code}, **more}
    return ClientError(answer, "simulated")


@contextmanager
def bad_day(seed: int, share: float) -> Iterator[list[str]]:
    """Let `share` of all calls fail; yields the names of the faults that were drawn."""
    client: Any = tables.connection().client
    whole: Call = client._make_api_call  # noqa: SLF001 - the boundary that every call passes
    chance = random.Random(seed)
    drawn: list[str] = []

    def call(operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        if chance.random() >= share:
            return whole(operation, arguments)
        fault = chance.choice(["no line", "no answer", "throttled", "conflict"])
        drawn.append(fault)
        if fault == "no answer":
            whole(operation, arguments)
            raise ReadTimeoutError(endpoint_url=ENDPOINT)
        if fault == "no line":
            raise EndpointConnectionError(endpoint_url=ENDPOINT)
        if fault == "conflict" and operation == "TransactWriteItems":
            raise conflict(arguments)
        raise refusal("ProvisionedThroughputExceededException")

    client._make_api_call = call  # noqa: SLF001
    try:
        yield drawn
    finally:
        client._make_api_call = whole  # noqa: SLF001
