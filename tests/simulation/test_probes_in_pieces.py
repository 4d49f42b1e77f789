"""A round that breaks off at any call, or is overtaken at any call by another one: the page says once what is so."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.outages.model.asked import Name as Title
from chalicelib.outages.model.asked import NewComponent
from chalicelib.probes import rulebook
from chalicelib.probes.model.catalogue import Name
from chalicelib.probes.model.rules import ProbeRules, Rule
from tests.house import BY
from tests.integration.probes.conftest import MINUTE, Round, clean, rounds
from tests.simulation.database_faults import Call, every_call, one_fault

__all__ = ["rounds"]
WRITE: Name = "database_write"
SOON = ProbeRules((Rule(probe=WRITE, fails=1, of=1, recovers=1, watch_hours=0),))
MOST_CALLS = 60
_FAULTS = ("no line", "no answer")  # in turn, as each costs a whole story
_LATER = (timedelta(0), MINUTE)


@pytest.fixture
def part(rounds: Round) -> str:
    rounds.names = (WRITE,)
    return fresh(rounds)


def fresh(rounds: Round) -> str:
    """An empty page with one component, its probe good; its id."""
    clean(rounds.tables)
    rounds.broken.clear()
    rulebook.save(SOON, None, BY)
    asked = NewComponent(name=Title("数据库"), part="database")
    made, _ = rounds.desk.add_component(asked, None, BY)
    rounds.minutes(1)
    return made.id


def turn(rounds: Round, *, bad: bool) -> None:
    rounds.broken = {WRITE} if bad else set()
    rounds.now += MINUTE


def baseline(rounds: Round, part: str) -> str:
    return rounds.desk.component(part).baseline


def incidents(rounds: Round) -> list[str]:
    found, _ = rounds.desk.incidents(None, 10, None)
    return [each.status for each in found]


@contextmanager
def overtaken(at: int, by: Any) -> Iterator[list[int]]:  # noqa: ANN401 - what is run in between
    """At the `at`th call another round runs whole, before that call; yields whether it came to that."""
    calls: list[int] = []
    came: list[int] = []

    def around(whole: Call, operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        calls.append(0)
        if len(calls) == at + 1 and not came:
            came.append(at)
            by()
        return whole(operation, arguments)

    with every_call(around):
        yield came


@pytest.mark.parametrize("bad", [True, False])
def test_a_round_that_breaks_off_at_any_call_is_made_whole_by_the_next(
    rounds: Round, part: str, *, bad: bool
) -> None:
    for at in range(MOST_CALLS):
        part = fresh(rounds)
        if not bad:
            turn(rounds, bad=True)
            rounds.once()
        turn(rounds, bad=bad)
        with one_fault(at, _FAULTS[(at + bad) % 2]) as drawn, suppress(Exception):
            rounds.once()
        if not drawn:
            return
        rounds.minutes(2)
        assert baseline(rounds, part) == ("major_outage" if bad else "operational")
        assert incidents(rounds) == ["investigating" if bad else "resolved"]
    pytest.fail("a round makes more calls than that")


@pytest.mark.parametrize("bad", [True, False])
def test_two_rounds_at_once_move_the_component_once_and_open_one_incident(
    rounds: Round, part: str, *, bad: bool
) -> None:
    for at in range(MOST_CALLS):
        part = fresh(rounds)
        if not bad:
            turn(rounds, bad=True)
            rounds.once()
        turn(rounds, bad=bad)

        def other(later: timedelta = _LATER[(at + bad) % 2]) -> None:
            rounds.now += later
            with suppress(Exception):
                rounds.once()

        with overtaken(at, other) as came, suppress(Exception):
            rounds.once()
        if not came:
            return
        rounds.minutes(2)
        assert baseline(rounds, part) == ("major_outage" if bad else "operational")
        assert incidents(rounds) == ["investigating" if bad else "resolved"]
        changes, _ = rounds.desk.changes(part, 20, None)
        assert len(changes) == (1 if bad else 2)
    pytest.fail("a round makes more calls than that")
