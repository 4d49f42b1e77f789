"""Replaying off-line journals: each record exactly once, in whatever order and however often it comes."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

import msgspec

from chalicelib.access.model import Store
from chalicelib.kernel import clock
from chalicelib.kernel.clock import Clock
from chalicelib.kernel.stamp import Stamp
from chalicelib.members import offline_card
from chalicelib.stores.model import replays as model
from chalicelib.stores.model.devices import Device
from chalicelib.stores.model.journal import Journal
from chalicelib.stores.model.replays import (
    BadRecord,
    CardReader,
    Reading,
    Result,
    Signed,
    Trace,
)
from chalicelib.stores.service.replays_batch import Batch, CardsLost
from chalicelib.stores.service.replays_sales import Sales
from chalicelib.stores.table import devices, journal
from chalicelib.stores.table import held as held_table

TIME_S = 6.0  # then no new record is begun: one may wait ten more, and Lambda ends after 20


class Replayed(NamedTuple):
    """A result for each record as it was sent, and the journal as it is known now."""

    results: list[Result]
    journal: Journal


class Shelf(NamedTuple):
    """All that is read at once before anything is decided."""

    device: Device | None
    journal: Journal
    traces: dict[int, Trace]
    uses: dict[str, journal.Uses]


class Replays(msgspec.Struct, frozen=True):
    """`card_keys` gives the public keys of off-line cards by key id, `cards_lost` which card numbers were given up."""

    sales: Sales
    card_keys: Callable[[], Mapping[str, bytes]]
    cards_lost: CardsLost
    clock: Clock = clock.now
    seconds: Callable[[], float] = time.monotonic

    def replay(
        self,
        store: Store,
        device_id: str,
        sent: Sequence[Signed],
        *,
        till_id: str | None,
        by: Stamp,
        most_percent: int | None = 0,
    ) -> Replayed:
        """Some requests for the batch and two for each new record; what there was no time for is told to come again.

        `most_percent` is the highest discount that the caller may give: what is above waits for a person.
        """
        until = self.seconds() + TIME_S
        readings = [_read(each) for each in sent]
        good = [each for each in readings if isinstance(each, Reading)]
        shelf = _load(store.store_id, device_id, good)
        if shelf.device is None or shelf.device.store_id != store.store_id:
            unknown = [_stranger(each) for each in readings]
            return Replayed(unknown, Journal(device_id))
        batch = Batch(
            store=store,
            device=shelf.device,
            journal=shelf.journal,
            kept=shelf.traces,
            uses=shelf.uses,
            sales=self.sales,
            card=self._reader(),
            cards_lost=self.cards_lost,
            most_percent=most_percent,
            now=self.clock(),
            till_id=till_id,
            by=by,
        )
        return Replayed(batch.run(readings, lambda: self.seconds() < until), batch.journal)

    def _reader(self) -> CardReader:
        """The keys are made when the first card is shown, once for the batch."""
        keys = cache(self.card_keys)
        return lambda text, at: offline_card.read(text, keys(), at)


def _read(signed: Signed) -> Reading | BadRecord:
    try:
        return model.read(signed)
    except BadRecord as bad:
        return bad


def _stranger(reading: Reading | BadRecord) -> Result:
    """Nobody can say whose record it is."""
    record = reading.record
    return Result("refused", "unknown_device", record)


def _load(store_id: str, device_id: str, readings: Sequence[Reading]) -> Shelf:
    counters = {each.record.counter for each in readings}
    members = {
        each.sale.member_id
        for each in readings
        if each.sale and each.record.card and each.from_balance_fen
    }
    keys = [
        devices.key(device_id),
        journal.journal_key(device_id),
        *(journal.trace_key(device_id, each) for each in sorted(counters)),
        *(journal.uses_key(each) for each in sorted(members)),
    ]
    images = journal.by_key(devices.read_all(keys))
    found = images.get(devices.key(device_id))
    traces = (images.get(journal.trace_key(device_id, each)) for each in counters)
    known = [journal.trace_of(each) for each in traces if each]
    return Shelf(
        devices.device_of(found) if found else devices.read(device_id),
        journal.journal_of(device_id, images.get(journal.journal_key(device_id))),
        {trace.counter: trace for trace in _as_settled(store_id, known)},
        {each: journal.uses_of(images.get(journal.uses_key(each))) for each in members},
    )


def _as_settled(store_id: str, traces: Sequence[Trace]) -> Iterator[Trace]:
    """What was held tells what a person made of it; one request where anything was."""
    settled = held_table.settled(store_id, {each.held_id for each in traces if each.held_id})
    for each in traces:
        held = settled.get(each.held_id or "")
        made = held.settlement if held else None
        yield each.settled(made.way, made.spend_id) if made else each
