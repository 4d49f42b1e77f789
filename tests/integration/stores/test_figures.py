"""Figures of a store's day: each entry counted once whatever the stream does, made anew any time, proved by night."""

import json
import logging
import random
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from chalicelib.adapters import tables
from chalicelib.adapters.log import JsonLines
from chalicelib.kernel.errors import TryAgain
from chalicelib.ledger import facts
from chalicelib.ledger.facts import EntryPosted, Payment
from chalicelib.ledger.model.top_ups import CardSale, TopUpRefund
from chalicelib.ledger.service import days
from chalicelib.stores.model import figures as model
from chalicelib.stores.model.figures import DIFFER, Sums
from chalicelib.stores.service.figures import SETTLED, Figures, count
from chalicelib.stores.service.figures import days as kept_days
from chalicelib.stores.stream import count_batch
from chalicelib.stores.table import figures as table
from tests.house import House
from tests.integration.ledger.bookkeeping import Shop, at_random, everything
from tests.simulation.chain import kills, streams_client
from tests.simulation.event_source import EventSource, Killed, RawRecord, new_items, stream_of

pytestmark = pytest.mark.streams

ALWAYS = lambda: True  # noqa: E731
LONG = timedelta(days=60)


@pytest.fixture(scope="module")
def busy(house: House) -> Shop:
    """Two months of a store in which everything happened, late sales too."""
    shop = Shop(house, seed=3)
    everything(shop)
    at_random(shop, 30)
    return shop


@pytest.fixture(scope="module")
def records(busy: Shop) -> list[RawRecord]:
    assert busy
    everything_written = list(stream_of(streams_client(), tables.table_name("book")))
    return new_items(everything_written, "ENTRY#")


@pytest.fixture(autouse=True)
def _nothing_counted_yet(house: House) -> None:
    assert house
    client = tables.connection().client
    name = tables.table_name("stores")
    for image in client.scan(TableName=name)["Items"]:
        client.delete_item(TableName=name, Key={"pk": image["pk"], "sk": image["sk"]})


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The lines of the log."""
    lines: list[dict[str, Any]] = []
    log = logging.getLogger("dengta.figures")
    told = lambda record: lines.append(json.loads(JsonLines().format(record)))  # noqa: E731
    monkeypatch.setattr(log, "handle", told)
    return lines


def by_hand(records: list[RawRecord]) -> dict[tuple[str, str], Sums]:
    """The figures by another way: entry by entry, from what the stream would bring if it were perfect."""
    sums: dict[tuple[str, str], Sums] = {}
    for record in records:
        entry = facts.decode(record["dynamodb"]["NewImage"])
        if entry.kind in model.KINDS and entry.store_id:
            of_day = sums.setdefault((entry.store_id, entry.business_date), Counter())
            of_day[f"{entry.kind}:count"] += 1
            of_day[f"{entry.kind}:total_fen"] += entry.total_fen
            of_day[f"{entry.kind}:spent_fen"] += entry.spent_fen
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


def entries_of(records: list[RawRecord]) -> list[EntryPosted]:
    return [facts.decode(each["dynamodb"]["NewImage"]) for each in records]


class Busy:
    """The ledger, and a stream that brings something just after the marks of a day were read."""

    def __init__(self, brings: list[EntryPosted]) -> None:
        self.brings = brings

    def day(self, store_id: str, business_date: str) -> Iterator[EntryPosted]:
        return days.day(store_id, business_date)

    def entries(self, ids: Iterable[str]) -> list[EntryPosted]:
        some, self.brings = self.brings[:3], self.brings[3:]
        count(some)
        return days.entries(ids)


def test_what_is_counted_while_a_day_is_made_anew_is_in_it(records: list[RawRecord]) -> None:
    entries = entries_of(records)
    for store_id, business_date in by_hand(records):
        mine = [each for each in entries if each.business_date == business_date]
        in_the_middle = sorted(each.booked_at for each in mine)[len(mine) // 2]
        Figures(Busy(mine), lambda at=in_the_middle: at + SETTLED).rebuild(store_id, business_date)  # type: ignore[misc]
    count(entries)
    as_counted(records)


def test_what_is_made_anew_while_it_is_counted_is_not_counted_again(
    records: list[RawRecord], busy: Shop
) -> None:
    """The days are made anew between the reading of a batch and its writing."""
    figures = Figures(days, lambda: busy.now + LONG)
    keys = iter(by_hand(records))

    def meanwhile() -> datetime:
        if key := next(keys, None):
            figures.rebuild(*key)
        return busy.now

    for entry in entries_of(records):
        count([entry], meanwhile)
    as_counted(records)


def test_rebuilding_while_the_stream_counts_counts_nothing_twice(
    records: list[RawRecord],
) -> None:
    """The days are made anew again and again at any moment of theirs, while two shards bring their records."""
    keys = list(by_hand(records))
    moments = sorted(each.booked_at for each in entries_of(records))
    chance = random.Random(1)

    def rebuild() -> None:
        for moment in sorted(chance.choices(moments, k=6)):
            figures = Figures(days, lambda moment=moment: moment + SETTLED)  # type: ignore[misc]
            for key in chance.sample(keys, len(keys) // 2):
                with suppress(TryAgain):
                    figures.rebuild(*key)

    def bring(some: list[RawRecord]) -> None:
        EventSource(count_batch, retries=50).deliver(spoilt(some, 1))

    with ThreadPoolExecutor(3) as at_once:
        parts = [at_once.submit(bring, records[n::2]) for n in range(2)]
        parts.append(at_once.submit(rebuild))
        for each in parts:
            each.result()
    as_counted(records)


def test_a_rebuild_that_is_killed_anywhere_leaves_the_day_as_it_was_or_made_anew(
    records: list[RawRecord], busy: Shop
) -> None:
    figures = Figures(days, lambda: busy.now + LONG)
    EventSource(count_batch).deliver(records)
    for seed, key in enumerate(by_hand(records)):
        with kills(seed, 0.2), suppress(Killed):
            figures.rebuild(*key)
    as_counted(records)


# By night


def nights(busy: Shop) -> Iterator[Figures]:
    """So many that each day of the shop is looked at after it was over."""
    first = min(each.booked_at for each in busy.posted)
    for n in range(2, (busy.now - first).days + 7, 5):
        yield Figures(days, lambda n=n: first + timedelta(days=n))  # type: ignore[misc]


def test_what_no_stream_delivered_is_found_by_night_told_and_put_right(
    records: list[RawRecord], busy: Shop, said: list[dict[str, Any]]
) -> None:
    EventSource(count_batch).deliver(spoilt(records, 5, lost=0.2))
    wrong = sum(each.recount([busy.house.store], ALWAYS) for each in nights(busy))
    as_counted(records)
    assert wrong > 0
    assert [line["said"] for line in said] == [DIFFER] * wrong
    assert sum(each.recount([busy.house.store], ALWAYS) for each in nights(busy)) == 0


def test_right_figures_are_left_and_nothing_is_said(
    records: list[RawRecord], busy: Shop, said: list[dict[str, Any]]
) -> None:
    EventSource(count_batch).deliver(records)
    assert sum(each.recount([busy.house.store], ALWAYS) for each in nights(busy)) == 0
    assert said == []


def test_figures_changed_by_hand_are_told_with_both_numbers(
    records: list[RawRecord], busy: Shop, said: list[dict[str, Any]]
) -> None:
    EventSource(count_batch).deliver(records)
    day = table.days("s1", "2026-01-01", "2036-01-01")[0]
    right = day.sums["spend:count"]
    tables.connection().client.update_item(
        TableName=tables.table_name("stores"),
        Key={"pk": {"S": "FIGURES#s1"}, "sk": {"S": f"FIGURES#{day.business_date}"}},
        UpdateExpression="SET #name = :n",
        ExpressionAttributeNames={"#name": "spend:count"},
        ExpressionAttributeValues={":n": {"N": str(right + 4)}},
    )
    for each in nights(busy):
        each.recount([busy.house.store], ALWAYS)
    assert [line["differs"] for line in said] == [{"spend:count": [right + 4, right]}]
    as_counted(records)


# Asked for


def test_a_stores_figures_are_told_by_day_kind_and_way_of_payment(house: House) -> None:
    shop = Shop(house, seed=9)
    member_id = shop.member()
    sold = shop.spend(member_id, Payment("cash", 900), Payment("balance", 600), late=True)
    shop.refund(sold, 500)
    entries = [each for each in shop.posted if each.member_id == member_id]
    count(entries)
    reply = house.office.get("/v1/stores/s1/figures?from=2026-11-22&to=2026-11-23")
    (day,) = reply.json["items"]
    assert (day["business_date"], day["net_sales_fen"]) == ("2026-11-22", 1_000)
    kinds = {each["kind"]: each for each in day["kinds"]}
    assert kinds.keys() == {"spend", "refund", "top_up"}
    assert kinds["spend"]["late_fen"] == kinds["spend"]["total_fen"] == 1_500
    assert kinds["spend"]["payments"] == [
        {"method": "balance", "amount_fen": 600},
        {"method": "cash", "amount_fen": 900},
    ]
    assert kinds["top_up"]["bonus_fen"] == 5_000
    assert kinds["refund"]["balance_fen"] == 200


def test_a_count_card_is_sold_when_it_is_bought_and_not_when_it_is_paid_back(house: House) -> None:
    shop = Shop(house, seed=11)
    member_id = shop.member(0)
    bought = shop.take(member_id, CardSale(**shop.at(), count_card="ten-cuts", method="cash"))
    paid = Payment("count_card", 2_500, bought.moves[0].lot.lot_id, times=1)
    used = shop.spend(member_id, Payment("cash", 300), paid)
    count(shop.posted)
    asked = "/v1/stores/s1/figures?from=2026-11-22&to=2026-11-22"
    (day,) = house.office.get(asked).json["items"]
    assert (day["net_sales_fen"], day["by_count_card_fen"]) == (20_300, 2_500)
    order = shop.desk.order(bought.store_id, bought.kind, bought.order_name)
    back = shop.take(member_id, TopUpRefund(**shop.at(), bought=order))
    assert back.total_fen == 18_000
    count([back, shop.void(used)])
    (day,) = house.office.get(asked).json["items"]
    assert (day["net_sales_fen"], day["by_count_card_fen"]) == (2_000, 0)
    assert {each["kind"]: each["spent_fen"] for each in day["kinds"]} == {
        "spend": 300, "void": -300, "card_sale": 20_000, "top_up_refund": -18_000,
    }  # fmt: skip


@contextmanager
def asked_of_dynamodb() -> Iterator[list[str]]:
    requests: list[str] = []
    events = tables.connection().client.meta.events
    told = lambda model, **_: requests.append(model.name)  # noqa: E731
    events.register("before-call.dynamodb", told)
    try:
        yield requests
    finally:
        events.unregister("before-call.dynamodb", told)


def test_three_months_are_one_request() -> None:
    with asked_of_dynamodb() as requests:
        kept_days("s1", date(2026, 8, 23), date(2026, 11, 22))
    assert requests == ["Query"]


def test_more_than_92_days_are_refused(house: House) -> None:
    asked = "/v1/stores/s1/figures?from=2026-08-22&to=2026-11-22"
    assert house.office.get(asked).status == 422


@pytest.mark.parametrize("query", ["", "?to=0001-01-01", "?from=9999-12-31&to=9999-12-31"])
def test_any_week_can_be_asked_for(house: House, query: str) -> None:
    assert house.office.get(f"/v1/stores/s1/figures{query}").status == 200


def test_the_chains_day_has_every_store_and_a_managers_their_own(house: House) -> None:
    count([])
    day = "/v1/figures?business_date=2026-11-22"
    everywhere = house.office.get(day).json["items"]
    assert [each["store_id"] for each in everywhere] == ["s1", "s2"]
    manager = house.staff(house.other_store, "store_manager")
    assert [each["store_id"] for each in manager.get(day).json["items"]] == ["s2"]
    assert house.staff(house.store, "cashier").get(day).status == 403


def test_a_batch_is_one_read_and_one_transaction(records: list[RawRecord]) -> None:
    some = entries_of(records)[:25]
    with asked_of_dynamodb() as requests:
        count(some)
    assert requests == ["BatchGetItem", "TransactWriteItems"]
