"""What somebody wants to hear of, how figures add up, how long a try again waits, and who cannot be reached."""

from datetime import datetime, timedelta

import pytest

from chalicelib.notices.model.jobs import Counts, overtakes, rest_after, wait_after
from chalicelib.notices.model.subscribers import Contact, Failing, Scope, failed_again
from tests.unit.notices.words import a_notice

NOW = datetime.fromisoformat("2026-11-22T08:00:00.000Z")


@pytest.mark.parametrize(
    ("scope", "wants"),
    [
        (Scope(), True),
        (Scope(("a",)), True),
        (Scope(("b",)), False),
        (Scope(("a", "b"), ("s3",)), True),
        (Scope(("a",), ("s7",)), False),
        (Scope((), ("s7",)), False),
    ],
)
def test_a_scope_wants_what_touches_both_of_its_ranges(scope: Scope, wants: bool) -> None:  # noqa: FBT001
    assert scope.wants(a_notice(component_ids=("a",), store_ids=("s3",))) is wants


def test_a_notice_of_everything_is_wanted_by_all() -> None:
    assert Scope(("a",), ("s3",)).wants(a_notice())


def test_joined_scopes_are_never_less_than_either() -> None:
    assert Scope(("b",), ("s1",)).joined(Scope(("a",))) == Scope(("a", "b"))
    assert Scope(("b",)).joined(Scope()) == Scope()


def test_counts_keep_their_sum_when_somebody_waiting_is_settled() -> None:
    counts = Counts().one_more("sent").one_more("waiting").one_more("waiting")
    settled = counts.settled("sent").settled("overtaken")
    assert settled == Counts(total=3, sent=2, overtaken=1)
    assert counts.plus(settled).total == 6


def test_tries_wait_longer_each_time_up_to_an_hour() -> None:
    waits = [wait_after(tries, 0.5) for tries in (1, 2, 3, 4, 5, 6, 30)]
    assert waits == [timedelta(seconds=s) for s in (30, 120, 480, 1800, 3600, 3600, 3600)]
    assert wait_after(1, 0.0) == timedelta(seconds=15)


def test_a_channel_rests_longer_each_time_up_to_a_quarter_of_an_hour() -> None:
    rest, rests = None, []
    for _ in range(7):
        rest = rest_after(rest, NOW)
        rests.append(rest.until - NOW)
    assert rests == [timedelta(minutes=m) for m in (1, 2, 4, 8, 15, 15, 15)]


@pytest.mark.parametrize(("minutes", "times"), [(59, 3), (60, 3), (61, 1)])
def test_failures_count_within_an_hour(minutes: int, times: int) -> None:
    was = Failing(NOW - timedelta(minutes=minutes), 2)
    assert failed_again(was, NOW).times == times


def test_of_two_notices_the_later_overtakes() -> None:
    first = a_notice(notice_id="n9", at=NOW, version=9)
    second = a_notice(notice_id="n1", at=NOW + timedelta(milliseconds=1), version=1)
    assert overtakes(second, first)
    assert not overtakes(first, second)
    assert not overtakes(first, first)


def test_within_a_millisecond_the_order_is_that_of_what_they_tell_of() -> None:
    first, second = (
        a_notice(notice_id="n9", at=NOW, version=9),
        a_notice(notice_id="n1", at=NOW, version=10),
    )
    assert overtakes(second, first)
    assert not overtakes(first, second)


def test_a_contact_is_never_said() -> None:
    assert "wang" not in repr(Contact("wang@example.com", "secret"))
