"""One odd result turns nothing, and what has turned does not turn back at once."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.probes.model.damping import turns
from chalicelib.probes.model.rules import Rule
from chalicelib.probes.model.showing import standing
from chalicelib.probes.model.state import Measured, State, after, due, wobbled

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
GOOD, BAD = Measured(5), Measured(trouble="http_502")

rules = st.builds(
    lambda fails, more, recovers, hours: Rule(
        probe="database_write",
        fails=fails,
        of=min(20, fails + more),
        recovers=recovers,
        watch_hours=hours,
    ),
    st.integers(1, 6),
    st.integers(0, 6),
    st.integers(1, 8),
    st.integers(0, 3),
)
results = st.lists(st.booleans(), max_size=200)


def course(rule: Rule, goods: Sequence[bool]) -> list[State]:
    """The states after each result, a minute apart."""
    state, found = State(name=rule.probe), []
    for number, good in enumerate(goods):
        state = after(state, GOOD if good else BAD, rule, NOW + number * MINUTE)
        found.append(state)
    return found


def turned(states: Sequence[State]) -> list[int]:
    """At which results it turned."""
    before = [False, *(each.bad for each in states)]
    return [at for at, state in enumerate(states) if state.bad != before[at]]


@given(rules, results)
def test_between_two_turns_to_bad_there_lie_as_many_results_as_both_turns_need(
    rule: Rule, goods: list[bool]
) -> None:
    states = course(rule, goods)
    begins = [at for at in turned(states) if states[at].bad]
    fewest = rule.recovers + max(1, rule.fails - 1)  # one less while it is watched
    assert all(later - earlier >= fewest for earlier, later in pairwise(begins))


@given(rules, results)
def test_no_turn_comes_sooner_than_its_own_count_after_the_one_before(
    rule: Rule, goods: list[bool]
) -> None:
    states, last = course(rule, goods), -1
    for at in turned(states):
        least = max(1, rule.fails - 1) if states[at].bad else rule.recovers
        assert at - last >= least
        last = at


@given(rules, results)
def test_whatever_came_before_a_part_that_stays_away_is_bad_in_the_end_and_one_that_stays_is_good(
    rule: Rule, goods: list[bool]
) -> None:
    assert course(rule, [*goods, *[False] * rule.fails * 2])[-1].bad
    assert not course(rule, [*goods, *[True] * rule.recovers])[-1].bad


@given(rules, results)
def test_it_turns_just_when_a_count_by_hand_says_so(rule: Rule, goods: list[bool]) -> None:
    rule = replace(rule, watch_hours=0)
    bad, since = False, 0
    for at, state in enumerate(course(rule, goods)):
        seen = goods[since : at + 1]
        if bad:
            now = not (len(seen) >= rule.recovers and all(seen[-rule.recovers :]))
        else:
            now = seen[-rule.of :].count(False) >= rule.fails
        if now != bad:
            bad, since = now, at + 1
        assert state.bad == bad


def test_fewer_failures_than_the_rule_names_turn_nothing() -> None:
    damping = Rule(probe="database_write", fails=3, of=5).damping(watched=False)
    assert not turns(bad=False, since_turn=[False, True, True, False], damping=damping)
    assert turns(bad=False, since_turn=[False, True, True, False, False], damping=damping)
    assert not turns(bad=False, since_turn=[False, True, True, True, False, False], damping=damping)


def test_a_value_fails_above_the_threshold_and_clears_only_well_below_it() -> None:
    rule = Rule(probe="stream_lag", threshold=100, clear_percent=80, fails=1, of=1, recovers=1)
    state = State(name="stream_lag")
    assert not after(state, Measured(100), rule, NOW).bad
    bad = after(state, Measured(101), rule, NOW)
    assert bad.bad
    assert after(bad, Measured(81), rule, NOW + MINUTE).bad
    assert not after(bad, Measured(80), rule, NOW + MINUTE).bad


def test_after_a_recovery_it_is_looked_at_each_minute_and_closer_and_a_failure_is_a_wobble() -> (
    None
):
    rule = Rule(probe="sms_tencent", threshold=1000, fails=2, of=2, recovers=1, watch_hours=2)
    state = State(name="sms_tencent")
    for measured in (BAD, BAD, Measured(10)):
        state = after(state, measured, rule, NOW)
    assert state.watched(NOW + timedelta(hours=1, minutes=59))
    assert due(state, rule, NOW + MINUTE)
    slow = after(
        replace(state, counted=0), Measured(601), replace(rule, fails=3, of=3), NOW + MINUTE
    )
    assert wobbled(slow, NOW + MINUTE)
    assert not wobbled(after(state, Measured(600), rule, NOW + MINUTE), NOW + MINUTE)
    later = NOW + timedelta(hours=2)
    assert not after(state, Measured(601), rule, later).watched(later)
    assert not due(after(state, GOOD, rule, later), rule, later + MINUTE)


def test_what_began_is_dated_by_its_first_failure() -> None:
    rule = Rule(probe="database_write", fails=3, of=5)
    states = course(rule, [True, False, True, False, False])
    assert states[-1].began_at == NOW + MINUTE
    assert course(rule, [*[True] * 3, *[False] * 3])[-1].began_at == NOW + 3 * MINUTE


def test_after_a_silence_it_begins_to_count_anew() -> None:
    rule = Rule(probe="database_write", fails=3, of=5, recovers=2)
    before = course(rule, [True, False, False])[-1]
    back = NOW + timedelta(hours=3)
    state = after(before, BAD, rule, back)
    assert not state.bad
    state = after(after(state, BAD, rule, back + MINUTE), BAD, rule, back + 2 * MINUTE)
    assert (state.bad, state.began_at) == (True, back)
    well = after(state, GOOD, rule, back + 3 * MINUTE)
    later = after(well, GOOD, rule, back + timedelta(hours=2))
    assert later.bad
    assert not after(later, GOOD, rule, back + timedelta(hours=2, minutes=1)).bad


def test_what_has_no_result_for_three_pauses_is_silent_and_not_good() -> None:
    rule = Rule(probe="sms_tencent", every_minutes=5)
    state = after(State(name="sms_tencent"), GOOD, rule, NOW)
    assert standing(state, rule, NOW + 15 * MINUTE) == "good"
    assert standing(state, rule, NOW + 16 * MINUTE) == "silent"
    each_minute = replace(rule, every_minutes=1)
    assert standing(state, each_minute, NOW + 10 * MINUTE) == "good"
    assert standing(state, each_minute, NOW + 11 * MINUTE) == "silent"
