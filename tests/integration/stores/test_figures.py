"""Figures of a store's day: each entry counted once whatever the stream does, made anew at any time, proved by night."""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest

from chalicelib.adapters import tables
from chalicelib.ledger import facts
from chalicelib.ledger.service import days
from chalicelib.stores.model import figures as model
from chalicelib.stores.model.figures import Sums
from chalicelib.stores.service.figures import Figures
from chalicelib.stores.stream import count_batch
from chalicelib.stores.table import figures as table
from tests.house import House
from tests.integration.ledger.bookkeeping import Shop, at_random, everything
from tests.simulation.chain import kills, streams_client
from tests.simulation.event_source import EventSource, RawRecord, new_items, stream_of

ALWAYS = lambda: True  # noqa: E731
LONG = timedelta(days=60)


@pytest.fixture(scope="module")
def busy(house: House) -> Shop:
    """Two months of a store in which everything happened, late sales too."""
    shop = Shop(house, seed=3)
    everything(shop)
    at_random(shop, 60)
    return shop


@pytest.fixture(scope="module")
def records(busy: Shop) -> list[RawRecord]:
    assert busy
    everything_written = list(stream_of(streams_client(), tables.table_name("book")))
    return new_items(everything_written, "ENTRY#")


@pytest.fixture(autouse=True)
def _nothing_counted_yet(house: House) -> Iterator[None]:
    assert house
    client = tables.connection().client
    name = tables.table_name("stores")
    for image in client.scan(TableName=name)["Items"]:
        client.delete_item(TableName=name, Key={"pk": image["pk"], "sk": image["sk"]})
    yield


def by_hand(records: list[RawRecord]) -> dict[tuple[str, str], Sums]:
    """The figures by another way: entry by entry, from what the stream would bring if it were perfect."""
    sums: dict[tuple[str, str], Sums] = {}
    for record in records:
        entry = facts.decode(record["dynamodb"]["NewImage"])
        if entry.kind in model.KINDS and entry.store_id:
            of_day = sums.setdefault((entry.store_id, entry.business_date), Counter())
            of_day[f"{entry.kind}:count"] += 1
            of_day[f"{entry.kind}:total_fen"] += entry.total_fen
            of_day[f"{entry.kind}:balance_fen"] += entry.delta_fen
            for paid in entry.payments:
                of_day[f"{entry.kind}:by {paid.method}"] += paid.amount_fen
    return sums


def kept(of: list[tuple[str, str]]) -> dict[tuple[str, str], Sums]:
    return {key: day.sums for key, day in table.on(of, consistent=True).items()}


def as_counted(records: list[RawRecord]) -> None:
    """Every name that was added by hand is what is kept."""
    wanted = by_hand(records)
    found = kept(list(wanted))
    for key, sums in wanted.items():
        assert {name: n for name, n in sums.items() if n} == {
            name: n for name, n in found[key].items() if name in sums
        }


def spoilt(records: list[RawRecord], seed: int, lost: float = 0.0) -> list[RawRecord]:
    """Each record up to three times, in any order; some never."""
    chance = random.Random(seed)
    some = [each for each in records if chance.random() >= lost]
    many = [each for each in some for _ in range(chance.randint(1, 3))]
    chance.shuffle(many)
    return many


def test_each_entry_is_counted_once(records: list[RawRecord]) -> None:
    EventSource(count_batch).deliver(records)
    as_counted(records)


@pytest.mark.parametrize("seed", range(3))
def test_doubled_shuffled_and_killed_batches_count_each_entry_once(
    records: list[RawRecord], seed: int
) -> None:
    source = EventSource(count_batch, batch_size=7, retries=50)
    with kills(seed, 0.05):
        source.deliver(spoilt(records, seed))
    assert source.dead_letters == []
    as_counted(records)


def test_rebuilt_figures_are_the_counted_ones(records: list[RawRecord], busy: Shop) -> None:
    EventSource(count_batch).deliver(records)
    counted = kept(list(by_hand(records)))
    figures = Figures(days, lambda: busy.now + LONG)
    for key in counted:
        assert figures.rebuild(*key).differs == {}
    assert kept(list(counted)) == counted


def test_what_comes_after_a_rebuild_again_is_not_counted_again(
    records: list[RawRecord], busy: Shop
) -> None:
    figures = Figures(days, lambda: busy.now + LONG)
    for key in by_hand(records):
        figures.rebuild(*key)
    EventSource(count_batch).deliver(records)
    as_counted(records)
