"""Batches of the book's stream, as Lambda hands them over, with what should not be in them."""

import subprocess
import sys
from collections.abc import Iterator
from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.messages.service.sweep import SETTLED
from chalicelib.messages.stream import announce_batch
from tests.house import settled
from tests.simulation.chain import Chain
from tests.simulation.event_source import EventSource

pytestmark = pytest.mark.streams

HEAVY = ("cryptography", "requests", "wechatpy", "smtplib", "chalicelib.messages.built")


@pytest.fixture(autouse=True, scope="module")
def _tables(dynamodb_local: str, tables: dict[str, str]) -> Iterator[None]:
    with settled(dynamodb_local, tables):
        yield


@pytest.fixture
def chain() -> Chain:
    made = Chain()
    person = made.person(phone="13800000001")
    for _ in range(4):
        made.post(person)
    return made


def broken(record: Any, **image: Any) -> Any:  # noqa: ANN401
    made = deepcopy(record)
    made["dynamodb"]["NewImage"] |= image
    return made


@pytest.mark.parametrize(
    "image",
    [
        {"payments": {"S": "{"}},
        {"booked_at": {"S": "yesterday"}},
        {"seq": {"S": "1"}},
        {"kind": {}},
    ],
)
def test_a_record_that_cannot_be_read_is_reported_alone(
    chain: Chain, image: dict[str, Any]
) -> None:
    records = chain.records("book", "ENTRY#")
    records[1] = broken(records[1], **image)
    answer = announce_batch({"Records": records}, chain.clock())
    assert answer == {
        "batchItemFailures": [{"itemIdentifier": records[1]["dynamodb"]["SequenceNumber"]}]
    }
    assert [chain.message(entry) is not None for entry in chain.entries] == [
        True, False, True, True,
    ]  # fmt: skip


def test_what_the_table_refuses_is_reported_alone(chain: Chain) -> None:
    """Too large for an item: the batch is refused as a whole, and then each entry by itself."""
    records = chain.records("book", "ENTRY#")
    records[2] = broken(records[2], store_name={"S": "x" * 410_000})
    answer = announce_batch({"Records": records}, chain.clock())
    assert answer == {
        "batchItemFailures": [{"itemIdentifier": records[2]["dynamodb"]["SequenceNumber"]}]
    }
    assert [chain.message(entry) is not None for entry in chain.entries] == [
        True, True, False, True,
    ]  # fmt: skip


def test_poison_ends_as_a_dead_letter_and_the_sweeper_makes_good_what_went_with_it(
    chain: Chain,
) -> None:
    records = chain.records("book", "ENTRY#")
    records[0] = broken(records[0], payments={"S": "{"})
    source = EventSource(lambda event: announce_batch(event, chain.clock()), retries=2)
    source.deliver(records)
    assert len(source.dead_letters) == 1
    chain.clock.turn(seconds=(SETTLED + timedelta(minutes=1)).total_seconds())
    chain.sweep()
    assert all(chain.message(entry) for entry in chain.entries)


def test_the_function_that_announces_imports_no_provider_and_no_key() -> None:
    code = (
        f"import sys, chalicelib.messages.stream; print([m for m in {HEAVY} if m in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
