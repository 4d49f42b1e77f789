"""Two thousand subscribers while the process ends at random points: nobody is told twice, nobody is left out."""

from datetime import timedelta

import pytest

from chalicelib.notices.model.jobs import Outcome
from chalicelib.notices.model.subscribers import SHARDS
from chalicelib.notices.service import handing_over
from chalicelib.notices.table import deliveries
from tests.house import House
from tests.simulation.notices_world import START, World, a_notice, forget_all

MANY = 2000


@pytest.fixture
def world(house: House, dynamodb_local: str, tables: dict[str, str]) -> World:
    assert house
    forget_all(dynamodb_local, tables)
    return World()


def test_a_turn_without_time_goes_on_where_it_was(world: World) -> None:
    world.subscribe(100)
    world.hand_over(a_notice(1))
    world.run(["n1"], has_time=lambda: world.chance.random() < 0.7)
    assert len(world.channel.told) == 100
    assert set(world.channel.told.values()) == {1}
    assert handing_over.progress("n1").counts.sent == 100


def test_two_thousand_are_told_once_each_however_often_the_process_ends(world: World) -> None:
    made = world.subscribe(MANY)
    world.hand_over(a_notice(1))
    world.run(["n1"], dies=0.01)
    assert world.kills > MANY / 100
    assert set(world.channel.told.values()) == {1}
    counts = handing_over.progress("n1").counts
    assert (counts.total, counts.sent + counts.unknown) == (MANY, MANY)
    kept = {
        one.subscriber_id: one.state
        for shard in range(SHARDS)
        for one in deliveries.of_shard("n1", shard)
    }
    assert set(kept) == {one.subscriber_id for one in made}
    told = {receiver for _, receiver in world.channel.told}
    assert {receiver for receiver, state in kept.items() if state == "sent"} <= told
    left_out = set(kept) - told
    assert all(kept[receiver] == "unknown" for receiver in left_out)
    assert len(left_out) <= world.kills


def test_who_waits_for_a_relay_is_told_once_however_often_the_process_ends(world: World) -> None:
    made = world.subscribe(60)
    world.channel.down = {"email": Outcome("waiting", "451")}
    world.hand_over(a_notice(1))
    world.run(["n1"], dies=0.01, until=START + timedelta(minutes=20))
    assert not world.channel.told
    world.channel.down = {}
    world.run(["n1"], dies=0.01)
    assert world.kills
    assert set(world.channel.told.values()) == {1}
    counts = handing_over.progress("n1").counts
    assert (counts.total, counts.sent + counts.unknown) == (len(made), len(made))
    assert counts.unknown <= world.kills
