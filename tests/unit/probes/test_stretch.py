"""What a person says stands; and what a lag is."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from chalicelib.adapters.canary import Canary
from chalicelib.kernel.errors import InvalidRequest
from chalicelib.outages.model.changes import BaselineChange, Source
from chalicelib.outages.model.components import Component, Status
from chalicelib.outages.model.words import Words
from chalicelib.probes.checks import lag_s
from chalicelib.probes.model.catalogue import PARTS, PROBES, Name
from chalicelib.probes.model.rules import ProbeRules, Rule, check
from chalicelib.probes.model.state import State
from chalicelib.probes.model.stretch import bad_now, may_move, may_move_back, status_of
from chalicelib.probes.service.asking import Undecided
from chalicelib.probes.templates.incidents import BY_PART

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
EARLIER, LATER = NOW - timedelta(hours=1), NOW + timedelta(minutes=1)


def component(baseline: Status) -> Component:
    return Component(
        id="a" * 12, name=Words("数据库"), created_at=NOW, updated_at=NOW, position=1, baseline=baseline
    )  # fmt: skip


def said(source: Source, at: datetime) -> BaselineChange:
    return BaselineChange(
        id="c" * 12, component_id="a" * 12, old="operational", new="major_outage", at=at,
        source=source, who="somebody",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("baseline", "last", "may"),
    [
        ("operational", None, True),
        ("degraded_performance", None, False),
        ("operational", said("manual", EARLIER), True),
        ("partial_outage", said("manual", EARLIER), False),
        ("operational", said("manual", LATER), False),
        ("partial_outage", said("probe", EARLIER), True),
        ("operational", said("probe", LATER), True),
    ],
)
def test_a_probe_moves_only_what_nobody_has_spoken_of(
    baseline: Status,
    last: BaselineChange | None,
    may: bool,  # noqa: FBT001 - of a table of cases
) -> None:
    assert may_move(component(baseline), last, NOW) == may


def test_a_probe_takes_back_only_what_a_probe_said_in_this_stretch() -> None:
    assert may_move_back(said("probe", LATER), NOW)
    assert not may_move_back(said("probe", EARLIER), NOW)
    assert not may_move_back(said("manual", LATER), NOW)
    assert not may_move_back(None, NOW)


def test_a_part_is_as_bad_as_its_worst_probe_and_one_switched_off_says_nothing() -> None:
    states: dict[Name, State] = {
        "database_write": State(name="database_write", bad=True),
        "database_read": State(name="database_read", bad=True),
        "sms_tencent": State(name="sms_tencent", bad=True),
    }
    rules = ProbeRules((Rule(probe="database_read", moves_to="degraded_performance"),))
    bad = bad_now("database", states, rules)
    assert bad == ["database_write", "database_read"]
    assert status_of("database", bad, states, rules) == "major_outage"
    off = ProbeRules((*rules.rules, Rule(probe="database_write", enabled=False)))
    assert bad_now("database", states, off) == ["database_read"]


def test_an_address_of_the_api_that_is_away_is_no_whole_outage_while_another_answers() -> None:
    away, well = State(name="api_1", bad=True), State(name="api_2")
    house = ProbeRules()

    def status(*states: State, rules: ProbeRules = house) -> str:
        known = {each.name: each for each in states}
        return status_of("api", bad_now("api", known, rules), known, rules)

    assert status(away) == "major_outage"
    assert status(away, well) == "partial_outage"
    assert status(away, replace(well, bad=True)) == "major_outage"
    mild = ProbeRules((Rule(probe="api_1", moves_to="degraded_performance"),))
    assert status(away, well, rules=mild) == "degraded_performance"
    off = ProbeRules((Rule(probe="api_2", enabled=False),))
    assert status(away, well, rules=off) == "major_outage"


def test_sms_as_a_whole_is_bad_only_when_every_provider_is_that_is_asked() -> None:
    tencent, aliyun = State(name="sms_tencent", bad=True), State(name="sms_aliyun")
    house = ProbeRules()
    states: dict[Name, State] = {"sms_tencent": tencent, "sms_aliyun": aliyun}
    assert bad_now("sms", states, house) == []
    assert bad_now("sms:tencent", states, house) == ["sms_tencent"]
    states["sms_aliyun"] = replace(aliyun, bad=True)
    assert bad_now("sms", states, house) == ["sms_tencent", "sms_aliyun"]
    assert bad_now("sms", {"sms_tencent": tencent}, house) == ["sms_tencent"]
    assert bad_now("sms", {}, house) == []


def test_each_part_that_can_be_bad_has_words_in_both_languages() -> None:
    for part in PARTS:
        house = BY_PART[part]
        assert all((house.name.zh, house.name.en, house.began.zh, house.began.en))
    for probe in PROBES.values():
        assert probe.title.zh
        assert probe.title.en


def test_the_lag_is_that_of_the_first_canary_that_still_waits() -> None:
    def canary(minutes_ago: int, took_s: int | None) -> Canary:
        at = NOW - timedelta(minutes=minutes_ago)
        return Canary(at, None if took_s is None else at + timedelta(seconds=took_s))

    assert lag_s([canary(1, 2), canary(2, 300)], NOW) == 2
    assert lag_s([canary(1, None), canary(2, None), canary(3, 2)], NOW) == 120
    assert lag_s([canary(1, None), canary(2, 1), canary(3, None)], NOW) == 60
    assert lag_s([canary(4, None)], NOW) == 240
    with pytest.raises(Undecided):
        lag_s([], NOW)


@pytest.mark.parametrize(
    "rules",
    [
        (Rule(probe="page_age"), Rule(probe="page_age")),
        (Rule(probe="page_age", fails=4, of=3),),
        (Rule(probe="page_age", moves_to="operational"),),
    ],
)
def test_rules_that_contradict_themselves_are_refused(rules: tuple[Rule, ...]) -> None:
    with pytest.raises(InvalidRequest):
        check(ProbeRules(rules))
