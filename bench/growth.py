"""Growth: the same page with few and with many entries behind it, by turns."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from bench import seeding, units, world
from bench.contestants import Contestant
from bench.seeding import FEW, MANY
from bench.units import Cost
from bench.world import Event, World

_ROUNDS, _CALLS = 20, 10


@dataclass(frozen=True)
class Grown:
    """Medians with FEW and with MANY entries."""

    few_ms: float
    many_ms: float
    few_cost: Cost
    many_cost: Cost


def measure(
    place: World, seeded: seeding.Grown, house: Contestant, tick: Callable[[], None]
) -> dict[str, Grown]:
    """`FEW` entries fill half a page, so the page is cut to what both have: their ratio says what growth costs."""
    pages: dict[str, tuple[Event, Event]] = {
        f"history page of {FEW}": (
            world.history_event(place, seeded.quiet, FEW),
            world.history_event(place, seeded.busy, FEW),
        ),
        "look-up by phone": (
            world.lookup_event(place, seeding.QUIET_PHONE),
            world.lookup_event(place, seeding.BUSY_PHONE),
        ),
        f"store day, page of {FEW}": (
            world.day_event(place, seeded.days[FEW], FEW),
            world.day_event(place, seeded.days[MANY], FEW),
        ),
    }
    return {name: _grown(house, few, many, tick) for name, (few, many) in pages.items()}


def _grown(house: Contestant, few: Event, many: Event, tick: Callable[[], None]) -> Grown:
    house.run("http", [few])  # so that the caller's proof is known
    times: dict[bool, list[int]] = {False: [], True: []}
    costs = [units.cost(house.run("http", [each], tap=True).heard or []) for each in (few, many)]
    for _ in range(_ROUNDS):
        for is_many, each in ((False, few), (True, many)):
            times[is_many] += house.run("http", [each] * _CALLS).wall_ns
        tick()
    return Grown(median(times[False]) / 1e6, median(times[True]) / 1e6, *costs)
