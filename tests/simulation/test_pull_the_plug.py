"""A till that is killed again and again while the line comes and goes: each of its sales is booked exactly once."""

import collections
import itertools
import json
import os
import random
import signal
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.clients.till.bridge import Weather, bridged
from tests.clients.till.processes import Command, configured, piping
from tests.clients.till.shop import Shop, opened
from tests.figures import show
from tests.house import House

SALES = 500
MEMBERS = 5
START_FEN = 100_000
LIVES = 400  # more than are ever needed: a till that makes no headway fails here
QUICK = {"try_timeout_s": 0.4, "patience_s": 0.2, "rest_s": 0.15, "replay_timeout_s": 0.8}
UP: Sequence[Weather] = ("fair",) * 20 + ("late cut", "late 500", "cut", "503", "429")
DOWN: Sequence[Weather] = ("cut",) * 16 + (
    "late cut", "500", "late 500", "portal", "hang", "late hang",
)  # fmt: skip


@dataclass
class Storm:
    """The line, up and down by chance; and a plug that the line itself may pull at a moment of a call."""

    chance: random.Random
    fair: bool = False
    moments: int = 0
    pid: int = 0
    met: "collections.Counter[str]" = field(default_factory=collections.Counter)
    _left: int = 0
    _now: Sequence[Weather] = UP

    def __call__(self, _method: str, _path: str) -> Weather:
        if self.fair:
            return "fair"
        if not self._left:
            self._now = DOWN if self._now is UP else UP
            self._left = self.chance.randrange(5, 40)
        self._left -= 1
        weather = self.chance.choice(self._now)
        self.met[weather] += 1
        return weather

    def passed(self, _moment: str) -> None:
        """`moments` from now the process that calls is killed, whatever it is doing."""
        if self.moments:
            self.moments -= 1
            if not self.moments:
                os.kill(self.pid, signal.SIGKILL)


@dataclass
class Day:
    """What the store's own program knows: its orders, and what it was told of each."""

    chance: random.Random
    orders: dict[str, Command]
    told: dict[str, dict[str, Any]] = field(default_factory=dict)
    plugs: "collections.Counter[str]" = field(default_factory=collections.Counter)

    def left(self) -> Iterator[Command]:
        """Orders whose outcome it was not told, and a replay now and then."""
        for name, order in self.orders.items():
            if name not in self.told:
                yield order
                if self.chance.random() < 0.03:
                    yield {"do": "replay"}

    def hear(self, command: Command, said: dict[str, Any]) -> None:
        """Undecided is an answer, too: the companion finds out. Only what never left is done again."""
        if command["do"] == "spend" and (said["ok"] or said["error"] == "undecided"):
            assert said["name"] == command["name"]
            self.told[command["name"]] = said
        elif not said["ok"]:
            assert said["error"] == "unreachable", said


def orders(day: str, chance: random.Random, cards: dict[str, str]) -> dict[str, Command]:
    """Cash and balance, now and then in one order; more from each balance than a card is trusted with."""
    made: dict[str, Command] = {}
    for number in range(SALES):
        member_id = chance.choice(list(cards))
        fens = {"balance": chance.randrange(1, 900), "cash": chance.randrange(1, 5_000)}
        ways = chance.choice([["balance"], ["balance"], ["cash"], ["balance", "cash"]])
        payments = [{"method": way, "amount_fen": fens[way]} for way in ways]
        name = f"{day}-{number:03d}"
        made[name] = {
            "do": "spend", "name": name, "member_id": member_id, "card": cards[member_id],
            "total_fen": sum(fens[way] for way in ways), "payments": payments,
        }  # fmt: skip
    return made


def live(day: Day, storm: Storm, config: Path) -> None:
    """One life of the till, to the end of the orders or of its power."""
    way = day.chance.choice(["line", "line", "call", "answer"])
    commands = list(day.left())
    lines = int(day.chance.expovariate(1 / 5_000)) + 1 if way == "line" else 0
    answers = day.chance.randrange(1, 40) if way == "answer" else len(commands)
    with piping(config, commands, lines) as till:
        storm.pid, storm.moments = till.pid, day.chance.randrange(1, 60) if way == "call" else 0
        assert till.stdout
        for command, said in itertools.islice(zip(commands, till.stdout, strict=False), answers):
            day.hear(command, json.loads(said))
        storm.moments = 0
    day.plugs[way if till.wait() == -signal.SIGKILL else "none"] += 1


def last_replay(shop: Shop) -> None:
    """A new till on the same journal, on a good line, until nothing waits."""
    with shop.till() as till:
        done = till.replay()
        assert done.waiting == 0
        assert done.server is not None
        assert (done.server.complete_to, list(done.server.gaps)) == (done.tip, [])
        assert list(done.server.broken) == []
        assert not done.rolled_back
        assert till.verify() == done.tip
        states = {state: count for state, count in till.status().states.items() if count}
        assert states == {"taken": SALES}


def check_books(shop: Shop, day: Day, members: Sequence[str]) -> None:
    """The server's entries against the store's own list of what it sold."""
    booked: collections.Counter[str] = collections.Counter()
    for member_id in members:
        entries = shop.entries(member_id)
        sold = [each for each in entries if each["kind"] == "spend"]
        booked.update(each["out_trade_no"] for each in sold)
        mine = [each for each in day.orders.values() if each["member_id"] == member_id]
        wanted_fen = sum(
            paid["amount_fen"]
            for each in mine
            for paid in each["payments"]
            if paid["method"] == "balance"
        )
        assert sum(each["total_fen"] for each in sold) == sum(each["total_fen"] for each in mine)
        assert shop.balance_fen(member_id) == START_FEN - wanted_fen
        assert entries[0]["balance_after_fen"] == START_FEN - wanted_fen
        ids = {each["out_trade_no"]: each["entry_id"] for each in sold}
        for name, said in day.told.items():
            if "spend_id" in said and name in ids:
                assert ids[name] == said["spend_id"]
    assert booked == collections.Counter(day.orders.keys())


@pytest.mark.parametrize("seed", [int(each) for each in os.environ.get("PLUG_SEEDS", "1").split()])
def test_a_till_killed_all_day_long_sells_each_order_once(
    house: House, tmp_path: Path, seed: int, capsys: pytest.CaptureFixture[str]
) -> None:
    chance, began = random.Random(seed), time.monotonic()
    members = [house.register(f"1360{seed:03d}{number:04d}") for number in range(MEMBERS)]
    with opened(house, tmp_path / "till") as fair:
        for member_id in members:
            house.top_up(member_id, f"plug-{member_id}", START_FEN)
        fair.enrolled(device_id=f"plug-{seed}").close()
        day = Day(chance, orders(f"day{seed}", chance, {each: fair.card(each) for each in members}))
        storm = Storm(random.Random(seed + 1_000))
        with bridged(house.till, storm) as bridge:
            bridge.passed = storm.passed
            config = configured(
                tmp_path, ["http://127.0.0.1:9/api", bridge.url], house.till.token, **QUICK
            )
            while len(day.told) < SALES:
                live(day, storm, config)
                assert day.plugs.total() < LIVES
        last_replay(fair)
        check_books(fair, day, members)
    states = collections.Counter(str(each.get("state", "undecided")) for each in day.told.values())
    assert {"line", "call", "answer"} <= set(day.plugs)
    assert states["offline"] > SALES / 20
    assert states["taken"] > SALES / 20
    took_s = time.monotonic() - began
    show(
        capsys,
        "",
        f"seed {seed}: {SALES} sales, plugs {dict(day.plugs)}, told {dict(states)},"
        f" weather {dict(storm.met)}, {took_s:.0f} s",
    )
