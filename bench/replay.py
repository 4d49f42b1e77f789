"""Replaying off-line journals: the house beside a bare loop that only writes the same sales, batch by batch."""

import itertools
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from bench import seeding, units, world
from bench.contestants import BARE, HOUSE, Contestant
from bench.units import Cost
from bench.world import Event, World
from tests.integration.stores.journals import Pen, card_of

RECORDS, BATCH, SALES_EACH = 10_000, 200, 5
_MOST_TRIES = 20


@dataclass
class Replayed:
    """`cost` is that of a batch."""

    wall_s: float = 0.0
    cpu_s: float = 0.0
    records: int = 0
    cost: Cost = field(default=Cost(0, 0, 0))

    @property
    def per_second(self) -> float:
        return self.records / self.wall_s


def measure(
    place: World, line: Mapping[str, Contestant], tick: Callable[[], None]
) -> dict[str, Replayed]:
    """Each sale is a third from the balance, on the word of an off-line card; each card sells a few times."""
    names = [name for name in (HOUSE, BARE) if name in line]
    batches = {name: _batches(place, f"bench-{name}") for name in names}
    done = {name: Replayed() for name in names}
    for name in names:
        _hand_in(line[name], next(batches[name]))
        heard = line[name].run("http", [next(batches[name])], tap=True).heard
        done[name].cost = units.cost(heard or [])
    for turn in range(RECORDS // BATCH):
        for name in names if turn % 2 else reversed(names):
            wall_ns, cpu_ns = _hand_in(line[name], next(batches[name]))
            done[name].wall_s += wall_ns / 1e9
            done[name].cpu_s += cpu_ns / 1e9
            done[name].records += BATCH
        tick()
    return done


def _hand_in(one: Contestant, event: Event) -> tuple[int, int]:
    """Again and again, until every record was taken: a till does the same."""
    wall_ns = cpu_ns = 0
    for _ in range(_MOST_TRIES):
        ran = one.run("http", [event])
        wall_ns, cpu_ns = wall_ns + ran.wall_ns[0], cpu_ns + ran.cpu_ns[0]
        outcomes = {each["outcome"] for each in json.loads(ran.answer["body"])["items"]}
        if outcomes <= {"taken", "replayed"}:
            return wall_ns, cpu_ns
        if "retry" not in outcomes:
            break
    raise RuntimeError(f"{one.name} answered {ran.answer}")


def _batches(place: World, device_id: str) -> Iterator[Event]:
    pen = Pen(device_id)
    path = f"/v1/stores/{place.house.store.store_id}"
    body = {"public_key": pen.public_key, "name": "bench"}
    if place.house.office.put(f"{path}/devices/{device_id}", body).status != 201:
        raise RuntimeError("the device was refused")
    records = _records(place, pen)
    while True:
        some = list(itertools.islice(records, BATCH))
        asked = json.dumps({"device_id": device_id, "records": some}, ensure_ascii=False)
        yield world.event(place.house.till, "POST", f"{path}/replays", asked)


def _records(place: World, pen: Pen) -> Iterator[dict[str, str]]:
    payments = [{"method": "balance", "amount_fen": 100}, {"method": "cash", "amount_fen": 200}]
    for member_id in seeding.members(place, 1):
        card = card_of(member_id, 20_000)
        for _ in range(SALES_EACH):
            yield pen.sell(member_id, 300, card=card, payments=payments)
