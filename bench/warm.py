"""Warm calls: all contestants by turns, a few calls each, until the medians stand still enough."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from bench import messages, seeding, units, world
from bench.contestants import BARE, HOUSE, Contestant, Ran
from bench.units import Cost
from bench.world import Event, World

STREAM_BATCH, RECEIPTS = 25, 100
_WARM_UP = 100


def balance_event(place: World, lots: int) -> Event:
    """By a member who never spent: the next spend would find fewer lots."""
    members = place.rich.setdefault(lots, seeding.members(place, lots))
    return world.balance_event(place, next(members), lots)


@dataclass(frozen=True)
class Operation:
    """`event` makes one call's event for the contestant at a place in the line; `rounds` of `calls` are measured."""

    name: str
    about: str
    event: Callable[[World, int], Event]
    kind: str = "http"
    rounds: int = 30
    calls: int = 10
    per_call: int = 1


OPERATIONS = (
    Operation("lookup", "look-up by phone", lambda w, at: world.lookup_event(w, w.phones[at])),
    Operation(
        "spend",
        "spend, part from the balance",
        lambda w, at: world.spend_event(w, w.members[at + 1], w.name()),
    ),
    *(
        Operation(
            f"{lots} lots" if lots > 1 else "1 lot",
            f"spend over {lots} lots" if lots > 1 else "spend over 1 lot",
            lambda w, _, lots=lots: balance_event(w, lots),  # type: ignore[misc]
            rounds=20,
        )
        for lots in (1, 5, 20)
    ),
    Operation("refund", "partial refund", lambda w, at: world.refund_event(w, at + 1), rounds=20),
    Operation("history", "history page of 20", lambda w, _: world.history_event(w, w.members[0])),
    Operation("status", "status JSON", lambda w, _: world.status_event(w)),
    Operation(
        "stream",
        "stream batch of 25 entries",
        lambda w, _: seeding.stream_event(w, STREAM_BATCH),
        kind="stream",
        rounds=25,
        calls=2,
        per_call=STREAM_BATCH,
    ),
    Operation(
        "deliver",
        "25 messages sent by SMS",
        lambda w, _: messages.new_messages(w, STREAM_BATCH),
        kind="deliver",
        rounds=15,
        calls=2,
        per_call=STREAM_BATCH,
    ),
    Operation(
        "receipts",
        "push of 100 receipts",
        lambda w, _: messages.receipts(w, RECEIPTS),
        kind="receipts",
        rounds=5,
        calls=1,
        per_call=RECEIPTS,
    ),
)


@dataclass(frozen=True)
class Measured:
    """Medians of one contestant in one operation."""

    wall_ms: float
    cpu_ms: float
    cost: Cost


def measure(
    operation: Operation, place: World, line: Mapping[str, Contestant], tick: Callable[[], None]
) -> dict[str, Measured]:
    """Each contestant that has such a thing; interleaved, so that a busy moment meets them all."""
    able = {name: one for name, one in line.items() if operation.kind in one.kinds}
    seats = {name: at for at, name in enumerate(able)}

    def events(name: str, count: int) -> list[Event]:
        return [operation.event(place, seats[name]) for _ in range(count)]

    for name, one in list(able.items()):
        ran = one.run(operation.kind, events(name, _WARM_UP if operation.kind == "http" else 4))
        if not _served(ran):
            del able[name]
    if HOUSE not in able:
        return {}
    if operation.kind == "http":
        _compare({name: one.run("http", events(name, 1)) for name, one in able.items()})
    costs = {name: _tapped(operation, one, events(name, 1)) for name, one in able.items()}
    wall: dict[str, list[int]] = {name: [] for name in able}
    cpu: dict[str, list[int]] = {name: [] for name in able}
    for turn in range(operation.rounds):
        for name in _rotated(list(able), turn):
            ran = able[name].run(operation.kind, events(name, operation.calls))
            if not _served(ran):
                raise RuntimeError(f"{name} answered {ran.answer}")
            wall[name] += ran.wall_ns
            cpu[name] += ran.cpu_ns
        tick()
    return {
        name: Measured(median(wall[name]) / 1e6, median(cpu[name]) / 1e6, costs[name])
        for name in able
    }


def ratios(measured: Mapping[str, Measured]) -> dict[str, tuple[float, float]]:
    """Wall and CPU of each against the bare handler; empty where that has no such thing."""
    if BARE not in measured:
        return {}
    bare = measured[BARE]
    return {
        name: (one.wall_ms / bare.wall_ms, one.cpu_ms / bare.cpu_ms)
        for name, one in measured.items()
    }


def _compare(answers: Mapping[str, Ran]) -> None:
    """Whoever answers other fields does other work, and is no peer."""
    ours = _shape(json.loads(answers[HOUSE].answer["body"]))
    for name, ran in answers.items():
        theirs = _shape(json.loads(ran.answer["body"]))
        if theirs != ours:
            raise RuntimeError(f"{name} answers other fields:\n{theirs}\nand we:\n{ours}")


def _shape(value: Any) -> Any:  # noqa: ANN401 - JSON
    """The names in a document, its lists by their first item."""
    if isinstance(value, dict):
        return {name: _shape(each) for name, each in value.items() if name != "next_cursor"}
    return [_shape(each) for each in value[:1]] if isinstance(value, list) else None


def _tapped(operation: Operation, one: Contestant, events: Sequence[Event]) -> Cost:
    ran = one.run(operation.kind, events, tap=True)
    return units.cost(ran.heard or [])


def _served(ran: Ran) -> bool:
    """A path that a contestant does not have is no result; any other failure is a fault of the benchmark."""
    statuses = set(ran.statuses)
    if statuses & {403, 404}:
        return False
    if not statuses <= {200, 201}:
        raise RuntimeError(f"answered {statuses}: {ran.answer}")
    return True


def _rotated(names: list[str], turn: int) -> list[str]:
    at = turn % len(names)
    return names[at:] + names[:at]
