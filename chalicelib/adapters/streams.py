"""DynamoDB streams as Lambda hands them over: records in, and where to resume out."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from chalicelib.adapters import log
from chalicelib.adapters.tables import Image
from chalicelib.kernel.errors import TryAgain

BatchAnswer = dict[str, list[dict[str, str]]]
T = TypeVar("T")
_EXPIRY = "dynamodb.amazonaws.com"
_log = log.logger("streams")


class Record(NamedTuple):
    """One change of one item; `number` is its place in the stream, by which Lambda is told where to resume."""

    number: str
    event_id: str
    event_name: str
    at_s: float
    keys: Image
    old: Image | None
    new: Image | None


def records(event: Mapping[str, Any]) -> list[Record]:
    """What a batch holds, without the deletions that DynamoDB made itself when items expired."""
    return [_record(raw) for raw in event["Records"] if not _is_expiry(raw)]


def consume(
    event: Mapping[str, Any],
    handle: Callable[[Record], None],
    has_time: Callable[[], bool] = lambda: True,
) -> BatchAnswer:
    """Handle each record by itself; those that fail are reported, and what there was no time for.

    Lambda retries from the lowest one reported, later successes too, so `handle` must bear seeing a record again. The
    rest of the batch is handled all the same: when the failed record is given up, none of the others is lost with it.
    """
    failed: list[Record] = []
    for record in records(event):
        if not has_time():
            failed.append(record)
            break
        try:
            handle(record)
        except Exception:  # noqa: BLE001 - whatever it is, the other records are not to wait for it
            _log.exception("record failed", extra={"event_id": record.event_id})
            failed.append(record)
    return answer(failed)


def consume_together(
    event: Mapping[str, Any], read: Callable[[Record], T | None], write: Callable[[list[T]], None]
) -> BatchAnswer:
    """All that can be read in one write; what cannot be read is reported, and keeps nothing else from being written.

    `write` must bear seeing a record again; TryAgain from it means that nothing is known of all of them. `read` gives
    None for what is of no interest.
    """
    readable: list[tuple[Record, T]] = []
    failed: list[Record] = []
    for record in records(event):
        try:
            wanted = read(record)
        except Exception:  # noqa: BLE001 - whatever it is, the other records are not to wait for it
            _log.exception("record cannot be read", extra={"event_id": record.event_id})
            failed.append(record)
            continue
        if wanted is not None:
            readable.append((record, wanted))
    return answer(_not_written(readable, write) + failed)


def take_turns(
    event: Mapping[str, Any],
    go_on: Callable[[Record], None],
    ring: Callable[[], object],
    has_time: Callable[[], bool],
) -> BatchAnswer:
    """Each row whose `turn` is ready goes on; by the clock, whose event has no records, the bell is rung."""

    def handle(record: Record) -> None:
        if record.new is not None and record.new.get("turn", {}).get("S") == "ready":
            go_on(record)

    if "Records" not in event:
        ring()
        return answer([])
    return consume(event, handle, has_time)


def _not_written(
    readable: Sequence[tuple[Record, T]], write: Callable[[list[T]], None]
) -> list[Record]:
    """Where the batch is refused as a whole, each record by itself shows which one it is."""
    try:
        write([each for _, each in readable])
    except TryAgain:
        return [record for record, _ in readable[:1]]
    except Exception:  # noqa: BLE001 - whatever it is, it must not hide behind the others
        _log.exception("batch failed")
        if len(readable) == 1:
            return [readable[0][0]]
        return [record for one in readable for record in _not_written([one], write)]
    return []


def while_time(context: Any, spare_ms: int) -> Callable[[], bool]:  # noqa: ANN401 - Chalice types it wrongly
    """Whether the function has more than `spare_ms` left, by Lambda's context."""
    return lambda: bool(context.get_remaining_time_in_millis() > spare_ms)


def answer(failed: Sequence[Record]) -> BatchAnswer:
    return {"batchItemFailures": [{"itemIdentifier": record.number} for record in failed]}


def either(*answers: BatchAnswer) -> BatchAnswer:
    """What any of several handlers of one batch reports."""
    failed = [each["itemIdentifier"] for one in answers for each in one["batchItemFailures"]]
    return {"batchItemFailures": [{"itemIdentifier": each} for each in dict.fromkeys(failed)]}


def _record(raw: Mapping[str, Any]) -> Record:
    change = raw["dynamodb"]
    return Record(
        number=change["SequenceNumber"],
        event_id=raw["eventID"],
        event_name=raw["eventName"],
        at_s=change.get("ApproximateCreationDateTime", 0),
        keys=change["Keys"],
        old=change.get("OldImage"),
        new=change.get("NewImage"),
    )


def _is_expiry(raw: Mapping[str, Any]) -> bool:
    return raw["eventName"] == "REMOVE" and (raw.get("userIdentity") or {}).get("principalId") == (
        _EXPIRY
    )
