"""One round of the probes: what hangs, what is switched off, and what was not heard for long."""

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from chalicelib.adapters import canary
from chalicelib.adapters.upstream import Refused
from chalicelib.kernel import clock
from chalicelib.kernel.errors import TryAgain
from chalicelib.probes import checks
from chalicelib.probes.model.rules import ProbeRules
from chalicelib.probes.service.asking import Undecided, ask_all, measured
from chalicelib.probes.service.watching import ROUND
from tests.house import House
from tests.integration.outages.conftest import Operator
from tests.integration.probes.conftest import Round
from tests.simulation.database_faults import one_fault


@pytest.fixture
def hangs() -> Iterator[threading.Event]:
    end = threading.Event()
    yield end
    end.set()


def test_a_part_that_hangs_has_not_answered_and_keeps_no_other_from_being_heard(
    rounds: Round, hangs: threading.Event
) -> None:
    def waits(_now: datetime) -> int:
        hangs.wait()
        return 1

    asked = {"wechat_token": waits, "database_read": lambda _now: 5}
    states = ask_all(asked, {}, ProbeRules(), rounds.now, patience_s=0.5)  # type: ignore[arg-type] # names
    assert {name: each.last and each.last.trouble for name, each in states.items()} == {
        "wechat_token": "timed_out",
        "database_read": "",
    }


def test_only_a_round_that_was_done_is_told_to_the_alarm_that_listens_for_it(
    rounds: Round, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "dengta.probes")
    with one_fault(0, "no line"), pytest.raises(TryAgain):
        rounds.once()
    assert ROUND not in caplog.messages
    rounds.once()
    assert caplog.messages.count(ROUND) == 1


def test_a_probe_that_was_taken_out_while_it_was_bad_begins_anew_when_it_is_back(
    operator: Operator, rounds: Round
) -> None:
    part = operator.component("数据库", part="database")
    rounds.broken.add("database_write")
    rounds.minutes(3)
    rounds.names = ("database_read",)
    rounds.minutes(2)
    assert rounds.baseline(part) == "operational"
    rounds.names = ("database_write", "database_read")
    rounds.minutes(2)
    assert rounds.baseline(part) == "operational"
    rounds.minutes(1)
    assert rounds.baseline(part) == "major_outage"
    assert len(rounds.incidents("draft")) == 2


def test_a_probe_without_results_says_so_and_not_that_all_is_well(
    rounds: Round, operator: Operator
) -> None:
    rounds.now -= timedelta(minutes=30)
    rounds.once()
    shown = {each["probe"]: each for each in operator.client.get("/v1/probes").json["items"]}
    assert shown["database_read"]["standing"] == "silent"
    assert shown["database_read"]["said"]["zh"].startswith("已 30 分钟没有结果")
    assert shown["stream_lag"]["standing"] == "waiting"


def test_the_lag_is_known_also_where_nobody_else_writes_a_canary(house: House) -> None:
    assert house
    now = clock.now() + timedelta(days=2)  # after those of the other tests
    with pytest.raises(Undecided):
        checks.lag(now)
    assert checks.lag(now + timedelta(minutes=1)) == 60
    assert canary.newest()[0].written_at == now
    assert checks.lag(now + timedelta(minutes=3)) == 180
    assert canary.newest()[0].written_at == now + timedelta(minutes=3)
    assert checks.lag(now + timedelta(minutes=4)) == 240


@pytest.mark.parametrize(("kind", "undecided"), [("frequency", True), ("account", False)])
def test_who_says_that_we_ask_too_often_says_nothing_of_the_part(
    kind: str,
    undecided: bool,  # noqa: FBT001 - of a table of cases
) -> None:
    def ask(_now: datetime) -> None:
        raise Refused("wechat", "45009", kind)  # type: ignore[arg-type] # a word of the table above

    assert (measured(checks.bears(ask), clock.now()) is None) == undecided
