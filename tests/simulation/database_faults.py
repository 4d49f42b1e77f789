"""What DynamoDB does on a bad day and no emulator does: conflicts, throttling, and answers that never come.

A fault is drawn for each call, before it has its effect or after; the seed replays the draws of one thread.
"""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count
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


FAULTS = ("no line", "no answer", "throttled", "conflict")


@contextmanager
def bad_day(seed: int, share: float) -> Iterator[list[str]]:
    """Let `share` of all calls fail; yields the names of the faults that were drawn."""
    chance = random.Random(seed)

    def drawn() -> str | None:
        return chance.choice(FAULTS) if chance.random() < share else None

    with _failing(drawn) as faults:
        yield faults


@contextmanager
def one_fault(at: int, fault: str) -> Iterator[list[str]]:
    """Let the `at`th call (from 0) fail, and no other; yields the fault once it happened."""
    calls = count()
    with _failing(lambda: fault if next(calls) == at else None) as faults:
        yield faults


@contextmanager
def _failing(draw: Callable[[], str | None]) -> Iterator[list[str]]:
    drawn: list[str] = []

    def around(whole: Call, operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        fault = draw()
        if fault is None:
            return whole(operation, arguments)
        drawn.append(fault)
        if fault == "no answer":
            whole(operation, arguments)
            raise ReadTimeoutError(endpoint_url=ENDPOINT)
        if fault == "no line":
            raise EndpointConnectionError(endpoint_url=ENDPOINT)
        if fault == "conflict" and operation == "TransactWriteItems":
            raise conflict(arguments)
        raise refusal("ProvisionedThroughputExceededException")

    with every_call(around):
        yield drawn


@contextmanager
def every_call(around: Callable[[Call, str, dict[str, Any]], dict[str, Any]]) -> Iterator[None]:
    """Let each call to DynamoDB pass through `around`, which is handed the call itself, its name and its arguments."""
    client: Any = tables.connection().client
    whole: Call = client._make_api_call  # noqa: SLF001 - the boundary that every call passes
    client._make_api_call = partial(around, whole)  # noqa: SLF001
    try:
        yield
    finally:
        client._make_api_call = whole  # noqa: SLF001
