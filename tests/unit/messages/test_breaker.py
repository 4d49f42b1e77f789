"""The breaker of a provider, state by state."""

from datetime import timedelta

import pytest

from chalicelib.messages.model.breaker import (
    CLOSED,
    HAND_LOOK,
    PAUSES_S,
    PROBE_TAKES,
    closed,
    may_be_probed,
    opened,
    probed,
    shut_until,
    sign_of,
    switched,
)
from chalicelib.messages.model.course import Outcome
from tests.unit.messages.builders import NOW

TICK = timedelta(milliseconds=1)


@pytest.mark.parametrize(
    ("outcome", "sign"),
    [
        (Outcome("accepted", "2640:1"), "well"),
        (Outcome("refused", kind="number"), "well"),
        (Outcome("refused", kind="template"), "well"),
        (Outcome("refused", kind="frequency"), "well"),
        (Outcome("refused", kind="quota"), "well"),
        (Outcome("refused", kind="other"), "failed"),
        (Outcome("unreachable", code="no_secret"), "failed"),
        (Outcome("unknown", code="ReadTimeout"), "failed"),
        (Outcome("refused", kind="account"), "fatal"),
        (Outcome("refused", kind="origin"), "fatal"),
    ],
)
def test_what_an_outcome_says_of_the_provider(outcome: Outcome, sign: str) -> None:
    assert sign_of(outcome) == sign


def test_an_open_one_is_shut_for_its_pause_and_then_waits_for_a_probe() -> None:
    one = opened(CLOSED, "unknown: ReadTimeout", NOW)
    end = NOW + timedelta(seconds=PAUSES_S[0])
    assert shut_until(one, NOW) == end
    assert not may_be_probed(one, end - TICK)
    assert may_be_probed(one, end)


def test_each_pause_is_longer_and_the_last_is_the_longest() -> None:
    one, pauses = CLOSED, []
    for _ in range(len(PAUSES_S) + 2):
        one = opened(one, "x", NOW)
        assert one.until is not None
        pauses.append((one.until - NOW).total_seconds())
    assert pauses == [*PAUSES_S, PAUSES_S[-1], PAUSES_S[-1]]
    assert (one.since, one.version) == (NOW, len(pauses))


def test_a_probe_shuts_out_the_others_until_it_is_taken_for_lost() -> None:
    one = probed(opened(CLOSED, "x", NOW), NOW)
    assert one.state == "half_open"
    assert not may_be_probed(one, NOW + PROBE_TAKES - TICK)
    assert may_be_probed(one, NOW + PROBE_TAKES)


def test_after_it_closed_it_begins_with_the_shortest_pause_again() -> None:
    was = opened(opened(CLOSED, "x", NOW), "x", NOW)
    again = opened(closed(was, NOW), "x", NOW)
    assert again.until == NOW + timedelta(seconds=PAUSES_S[0])
    assert (closed(was, NOW).openings, again.version) == (0, 4)


def test_what_a_person_opened_no_probe_closes() -> None:
    one = switched(CLOSED, "open", "contract ended", NOW)
    later = NOW + timedelta(days=400)
    assert not may_be_probed(one, later)
    assert shut_until(one, later) == later + HAND_LOOK
    assert shut_until(switched(one, "closed", "renewed", NOW), NOW) is None


def test_what_opens_by_itself_after_a_person_closed_it_is_not_by_hand() -> None:
    by_hand = switched(opened(CLOSED, "x", NOW), "closed", "it works", NOW)
    assert by_hand.by_hand
    assert not opened(by_hand, "unreachable: x", NOW).by_hand
