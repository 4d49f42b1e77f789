"""Making good while the process may end around any call to the database: all are told, and given something, once."""

import random
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.access import service as access
from chalicelib.adapters import tables
from chalicelib.amends import built
from chalicelib.amends.model.amends import SHARDS, Affected, Outcome
from chalicelib.amends.service.giving import Giver
from chalicelib.amends.service.turns import Turns
from chalicelib.amends.table import jobs
from chalicelib.kernel import clock
from tests.house import House
from tests.integration.amends.outage import Outage, an_outage, points, spend
from tests.simulation.database_faults import Call, every_call
from tests.simulation.event_source import Killed

MEMBERS = 12


class Machine:
    """The stream and the clock of the table in one process, which dies with a chance of `dies` at each call."""

    def __init__(self, seed: int, dies: float) -> None:
        self.now: datetime = clock.now()
        self.chance, self.dies, self.kills = random.Random(seed), dies, 0
        made = built.turns()
        self.turns = Turns(made.finding, access.stores, lambda: self.now)

    def run(self) -> None:
        """Until there is no job any more."""
        while found := [image for image in tables.scan("amends").images if "turn" in image]:
            ready = [image for image in found if image["turn"]["S"] == "ready"]
            self.chance.shuffle(ready)
            for image in ready:
                self._mortal(image)
            if not ready:
                self.now += timedelta(minutes=1)
                self.turns.ring(lambda: True)

    def _mortal(self, image: Any) -> None:  # noqa: ANN401
        shard = int(image["pk"]["S"].removeprefix("SHARD#"))
        try:
            with every_call(self._around):
                self.turns.go_on(image["sk"]["S"].removeprefix("JOB#"), shard, self._has_time)
        except Killed:
            self.kills += 1

    def _around(self, whole: Call, operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        drawn = self.chance.random()
        if drawn < self.dies / 2:
            raise Killed
        answer = whole(operation, arguments)
        if drawn < self.dies:
            raise Killed
        return answer

    def _has_time(self) -> bool:
        return self.chance.random() < 0.9


@pytest.fixture(scope="module")
def members(house: House) -> list[str]:
    return [house.register(f"137000000{number:02d}") for number in range(MEMBERS)]


def an_outage_that_touched(house: House, members: list[str], store_ids: list[str]) -> Outage:
    outage = an_outage(house, tuple(store_ids))
    for number, member_id in enumerate(members):
        for store_id in store_ids[: 1 + number % 2]:
            spend(house, member_id, store_id)
    outage.resolve()
    return outage


def break_now_and_then(chance: random.Random, patch: pytest.MonkeyPatch) -> Counter[str]:
    """Something of ours breaks over members, before their grant is posted or after; how often."""
    whole, broken = Giver._given, Counter[str]()  # noqa: SLF001 - breaks for some

    def breaks(self: Giver, found: Affected) -> Outcome:
        drawn = chance.random()
        if drawn < 0.2:
            broken["before"] += 1
            raise ZeroDivisionError
        outcome = whole(self, found)
        if drawn < 0.4:
            broken["after"] += 1
            raise ZeroDivisionError
        return outcome

    patch.setattr(Giver, "_given", breaks)
    return broken


@pytest.mark.parametrize("seed", range(2))
def test_everybody_is_told_and_given_once_however_often_the_process_dies(
    house: House, members: list[str], seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = break_now_and_then(random.Random(seed + 1_000), monkeypatch)
    before = {member_id: points(house, member_id) for member_id in members}
    outage = an_outage_that_touched(house, members, ["s1", "s2"])
    machine = Machine(seed, dies=0.06)
    assert outage.preview().status == 202
    machine.run()
    found = outage.amends()
    touched = found.json["found"]["members"]
    assert set(members) <= outage.affected().keys()
    assert house.office.post(f"{outage.path}/affected/messages", None).status == 202
    machine.run()
    found = outage.amends()
    assert found.json["told"] == touched
    assert outage.give(found.headers["ETag"]).status == 201
    machine.run()
    done = outage.amends().json
    assert machine.kills > SHARDS
    assert broken["before"]
    assert broken["after"]
    assert (done["phase"], done["result"]["given"]) == ("given", touched)
    assert {each: points(house, each) - before[each] for each in members} == dict.fromkeys(
        members, 50
    )
    assert {each: told(house, each, outage) for each in members} == dict.fromkeys(members, 1)
    assert jobs.jobs(outage.incident_id) == []


def told(house: House, member_id: str, outage: Outage) -> int:
    items = house.till.get(f"/v1/members/{member_id}/messages?limit=100").json["items"]
    return sum(one["out_trade_no"] == outage.incident_id for one in items)
