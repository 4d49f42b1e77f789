"""Bringing a long journal in, against a server that is only a function: batches, halves, rounds, odd answers."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dengta_till import Config, NoAnswer, Payment, Till
from dengta_till.wire import Answer, Line

MEMBER = "01KAMRZ3N8V6Q4T2Y7X5W9D1BC"
Serve = Callable[[list[dict[str, Any]]], list[dict[str, Any]]]


class Wire(Line):
    """No line at all for sales; replays go to a function."""

    def __init__(self, config: Config, serve: Serve) -> None:
        super().__init__(config, "")
        self.serve = serve
        self.batches: list[int] = []

    def ask(self, method: str, path: str, body: str | None = None, **_: Any) -> Answer:  # noqa: ANN401
        if method != "POST":
            raise NoAnswer(sent=False, last=path)
        records = [json.loads(each["payload"]) for each in json.loads(body or "{}")["records"]]
        self.batches.append(len(records))
        items = self.serve(records)
        highest = max(each["counter"] for each in records)
        return Answer({"items": items, "journal": {"complete_to": 0, "highest": highest}}, False)


def said(index: int, record: dict[str, Any], outcome: str = "taken") -> dict[str, Any]:
    return {
        "index": index, "counter": record["counter"], "out_trade_no": record["out_trade_no"],
        "outcome": outcome,
    }  # fmt: skip


def all_taken(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [said(index, record) for index, record in enumerate(records)]


def sold(home: Path, serve: Serve, count: int, note: str | None = None) -> tuple[Till, Wire]:
    config = Config(("https://dengta.example/api",), "s1", home)
    wire = Wire(config, serve)
    till = Till(config, wire=wire)
    till.journal.keep_meta("enrolled", "here")
    for _ in range(count):
        till.spend(MEMBER, 5, [Payment("cash", 5)], note=note)
    return till, wire


def test_a_long_journal_comes_in_batches_of_two_hundred(tmp_path: Path) -> None:
    till, wire = sold(tmp_path, all_taken, 201)
    assert till.replay().waiting == 0
    assert wire.batches == [200, 1]


def test_no_batch_is_more_than_a_body_may_be(tmp_path: Path) -> None:
    till, wire = sold(tmp_path, all_taken, 200, note="茶" * 200)
    till.replay()
    assert len(wire.batches) > 1
    assert sum(wire.batches) == 200


def test_what_the_server_had_no_time_for_comes_again(tmp_path: Path) -> None:
    def two_at_a_time(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [
            said(index, record, "taken" if index < 2 else "retry")
            for index, record in enumerate(records)
        ]

    till, wire = sold(tmp_path, two_at_a_time, 5)
    done = till.replay()
    assert [each.counter for each in done.named] == [1, 2, 3, 4, 5]
    assert wire.batches == [5, 3, 1]


def test_a_server_that_names_nothing_is_left_in_peace(tmp_path: Path) -> None:
    till, wire = sold(tmp_path, lambda _records: [], 3)
    assert till.replay().waiting == 3
    assert wire.batches == [3]


def test_a_batch_that_gets_no_answer_goes_in_halves(tmp_path: Path) -> None:
    def busy(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if len(records) > 2:
            raise NoAnswer(sent=True, last="")
        return all_taken(records)

    till, wire = sold(tmp_path, busy, 8)
    assert till.replay().waiting == 0
    assert wire.batches[:3] == [8, 4, 2]


@pytest.mark.parametrize(
    "lie",
    [
        {"index": 1},
        {"index": -1},
        {"index": None},
        {"counter": 7},
        {"out_trade_no": "another"},
        {"outcome": "lost"},
        {"counter": None},
    ],
)
def test_an_answer_that_fits_no_record_names_nothing(tmp_path: Path, lie: dict[str, Any]) -> None:
    till, _ = sold(tmp_path, lambda records: [{**said(0, records[0]), **lie}], 1)
    done = till.replay()
    assert (done.named, done.waiting) == ([], 1)
    assert till.status().states["offline"] == 1


def test_a_refused_record_needs_no_name(tmp_path: Path) -> None:
    anonymous = {"index": 0, "counter": None, "out_trade_no": None, "outcome": "refused"}
    till, _ = sold(tmp_path, lambda _records: [{**anonymous, "code": "malformed_record"}], 1)
    assert [each.code for each in till.replay().named] == ["malformed_record"]
    assert till.status().states["refused"] == 1
    assert till.prune(days=0) == 0
