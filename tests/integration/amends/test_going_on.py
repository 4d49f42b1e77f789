"""Something of ours breaks over one member: it is tried again by itself, and sooner where a person says so."""

import itertools
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

import pytest

from chalicelib.access import service as access
from chalicelib.adapters import tables
from chalicelib.amends import built
from chalicelib.amends.model.amends import Affected, Outcome
from chalicelib.amends.service.giving import Giver
from chalicelib.amends.service.turns import Turns
from chalicelib.kernel import clock
from tests.client import Reply
from tests.house import House
from tests.integration.amends.outage import Outage, an_outage, points, run, spend

_numbers = itertools.count()
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
Given = Callable[[Giver, Affected], Outcome]


class Broken(NamedTuple):
    """Amends under way that broke over `member_id`, after the grant was posted; `mend` ends that."""

    outage: Outage
    member_id: str
    well: str
    mend: Callable[[], None]

    def go_on(self) -> Reply:
        return self.outage.house.office.post(f"{self.outage.path}/amends/go-on", None)


@pytest.fixture(params=["before the grant", "after the grant"])
def broken(
    house: House, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[Broken]:
    member_id, well = (house.register(f"138111{next(_numbers):05d}") for _ in range(2))
    outage = an_outage(house, ("s1",))
    for each in (member_id, well):
        spend(house, each)
    outage.resolve()
    tag = outage.previewed()
    whole: Given = Giver._given  # noqa: SLF001 - breaks for one

    def breaks(self: Giver, found: Affected) -> Outcome:
        if found.member_id == member_id and request.param == "before the grant":
            raise ZeroDivisionError
        outcome = whole(self, found)
        if found.member_id == member_id:
            raise ZeroDivisionError
        return outcome

    with monkeypatch.context() as planted:
        planted.setattr(Giver, "_given", breaks)
        assert outage.give(tag).status == 201
        run()
        yield Broken(outage, member_id, well, planted.undo)


def run_at(now: datetime) -> None:
    """What the clock rings for at that time, and all that follows from it."""
    turns = Turns(built.turns().finding, access.stores, lambda: now)
    turns.ring(lambda: True)
    while ready := [one for one in tables.scan("amends").images if _turn(one) == "ready"]:
        for image in ready:
            shard = int(image["pk"]["S"].removeprefix("SHARD#"))
            turns.go_on(image["sk"]["S"].removeprefix("JOB#"), shard, lambda: True)


def _turn(image: tables.Image) -> str | None:
    return image.get("turn", {}).get("S")


def result(outage: Outage) -> tuple[str, int, list[str]]:
    told = outage.amends().json
    return told["phase"], told["result"]["failed"], told["result"]["failed_member_ids"]


def test_it_keeps_nobody_waiting_and_is_named(broken: Broken) -> None:
    outage = broken.outage
    assert result(outage) == ("giving", 1, [broken.member_id])
    assert outage.affected()[broken.member_id]["outcome"] == "failed"
    assert points(outage.house, broken.well) == 50


def test_it_is_tried_again_by_itself_after_a_while_and_nobody_is_given_twice(
    broken: Broken,
) -> None:
    outage, now = broken.outage, clock.now()
    broken.mend()
    run_at(now + 4 * MINUTE)
    assert result(outage) == ("giving", 1, [broken.member_id])
    run_at(now + 6 * MINUTE)
    assert result(outage) == ("given", 0, [])
    told = outage.amends().json
    assert told["result"]["given"] == told["found"]["members"]
    assert [points(outage.house, each) for each in (broken.member_id, broken.well)] == [50, 50]


def test_a_person_need_not_wait(broken: Broken) -> None:
    broken.mend()
    assert broken.go_on().status == 202
    run()
    assert result(broken.outage) == ("given", 0, [])
    assert points(broken.outage.house, broken.member_id) == 50
    again = broken.go_on()
    assert (again.status, again.json["phase"]) == (202, "given")


def test_it_is_given_up_after_a_day_and_a_person_can_still_begin_anew(broken: Broken) -> None:
    outage, began = broken.outage, clock.now()
    tries = 0
    while result(outage)[0] == "giving":
        tries += 1
        run_at(began + tries * HOUR)
    assert 24 < tries < 60
    assert result(outage) == ("given", 1, [broken.member_id])
    broken.mend()
    assert broken.go_on().json["phase"] == "giving"
    run()
    assert result(outage) == ("given", 0, [])
    assert [points(outage.house, each) for each in (broken.member_id, broken.well)] == [50, 50]


def test_there_is_nothing_to_go_on_with_before_it_began(house: House) -> None:
    outage = an_outage(house)
    path = f"{outage.path}/amends/go-on"
    assert house.office.post(path, None).status == 404
    outage.resolve()
    outage.previewed()
    assert house.office.post(path, None).json["code"] == "amends_not_begun"
