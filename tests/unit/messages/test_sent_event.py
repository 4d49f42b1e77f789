"""Whose a sent event is, by id and without one; the bounds of what it may be about."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.messages.model.message import Attempt, AttemptState
from chalicelib.messages.model.sent_event import reference_of

AT = datetime(2026, 11, 22, 6, 5, tzinfo=UTC)


def attempt(n: int, state: AttemptState = "unknown", **more: Any) -> Attempt:  # noqa: ANN401
    since = timedelta(seconds=more.pop("age_s", 60 - n))
    return Attempt(n, "wechat", "wechat", f"r-{n}", "o***", AT - since, state, **more)


def test_the_one_of_its_id_is_meant_whatever_it_came_to() -> None:
    both = [attempt(1), attempt(2, "delivered", provider_ref="7")]
    assert reference_of(both, "7", AT) == "r-2"


def test_without_an_id_of_ours_the_oldest_without_an_answer_is_meant() -> None:
    three = [attempt(2, "accepted"), attempt(1, "unresolved"), attempt(3, provider_ref="8")]
    assert reference_of(three, "7", AT) == "r-1"
    assert reference_of(three, None, AT) == "r-1"


def test_one_that_was_reported_on_is_not_meant_again() -> None:
    assert reference_of([attempt(1, "unresolved", reported_at=AT)], "7", AT) is None


def test_one_without_an_id_that_comes_again_is_about_the_same() -> None:
    both = [attempt(1, "delivered", reported_at=AT), attempt(2)]
    assert reference_of(both, None, AT) == "r-1"
    assert reference_of(both, None, AT + timedelta(seconds=1)) == "r-2"


@pytest.mark.parametrize("state", ["refused", "unreachable", "delivered", "undelivered"])
def test_one_that_is_settled_is_not_meant(state: AttemptState) -> None:
    assert reference_of([attempt(1, state)], "7", AT) is None


def test_the_answer_under_way_is_waited_for_where_there_are_two() -> None:
    assert reference_of([attempt(1, "calling")], "7", AT) == "r-1"
    assert reference_of([attempt(1), attempt(2, "calling")], "7", AT) is None


@pytest.mark.parametrize(
    ("age_s", "is_meant"), [(-121, False), (-120, True), (3600, True), (3601, False)]
)
def test_the_event_comes_within_the_hour(age_s: int, is_meant: bool) -> None:  # noqa: FBT001
    assert (reference_of([attempt(1, age_s=age_s)], "7", AT) == "r-1") is is_meant


def test_where_nothing_was_sent_nobody_is_meant() -> None:
    assert reference_of([], "7", AT) is None
