"""Batches of a stream: what is handled, what is reported, what is left out."""

from typing import Any

from chalicelib.adapters import streams
from chalicelib.adapters.streams import Record
from chalicelib.kernel.errors import TryAgain


def raw(number: str, name: str = "INSERT", **more: Any) -> dict[str, Any]:  # noqa: ANN401
    keys = {"pk": {"S": "a"}, "sk": {"S": number}}
    change = {"SequenceNumber": number, "Keys": keys, "NewImage": keys}
    return {"eventID": f"e{number}", "eventName": name, "dynamodb": change, **more}


def batch(*records: dict[str, Any]) -> dict[str, Any]:
    return {"Records": list(records)}


def failing(*numbers: str) -> dict[str, Any]:
    return {"batchItemFailures": [{"itemIdentifier": number} for number in numbers]}


def test_a_batch_that_went_well_reports_nothing() -> None:
    seen: list[str] = []
    answer = streams.consume(batch(raw("1"), raw("2")), lambda record: seen.append(record.number))
    assert (seen, answer) == (["1", "2"], failing())


def test_a_failed_record_is_reported_and_holds_nobody_up() -> None:
    seen: list[str] = []

    def handle(record: Record) -> None:
        if record.number == "2":
            raise ValueError
        seen.append(record.number)

    answer = streams.consume(batch(raw("1"), raw("2"), raw("3")), handle)
    assert (seen, answer) == (["1", "3"], failing("2"))


def test_what_there_is_no_time_for_is_handed_back() -> None:
    seen: list[str] = []
    answer = streams.consume(
        batch(raw("1"), raw("2"), raw("3")),
        lambda record: seen.append(record.number),
        lambda: len(seen) < 1,
    )
    assert (seen, answer) == (["1"], failing("2"))


def test_what_dynamodb_deleted_by_itself_is_left_out() -> None:
    expired = {"type": "Service", "principalId": "dynamodb.amazonaws.com"}
    event = batch(
        raw("1", "REMOVE", userIdentity=expired), raw("2", "REMOVE"), raw("3", userIdentity=None)
    )
    assert [record.number for record in streams.records(event)] == ["2", "3"]


def together(event: dict[str, Any], refused: str = "") -> tuple[list[list[str]], dict[str, Any]]:
    """Each write that was tried; one with the refused record in it fails, one with `busy` may be sent again."""
    tried: list[list[str]] = []

    def read(record: Record) -> str | None:
        if record.number == "bad":
            raise ValueError
        return None if record.number == "other" else record.number

    def write(some: list[str]) -> None:
        tried.append(some)
        if "busy" in some:
            raise TryAgain
        if refused in some:
            raise ValueError

    return tried, streams.consume_together(event, read, write)


def test_all_that_can_be_read_is_written_at_once() -> None:
    tried, answer = together(batch(raw("1"), raw("other"), raw("bad"), raw("2")))
    assert (tried, answer) == ([["1", "2"]], failing("bad"))


def test_where_all_at_once_fails_each_by_itself_shows_which_one_it_is() -> None:
    tried, answer = together(batch(raw("1"), raw("2"), raw("3")), refused="2")
    assert (tried, answer) == ([["1", "2", "3"], ["1"], ["2"], ["3"]], failing("2"))


def test_where_nothing_is_known_the_whole_batch_comes_again() -> None:
    tried, answer = together(batch(raw("1"), raw("busy")))
    assert (tried, answer) == ([["1", "busy"]], failing("1"))
