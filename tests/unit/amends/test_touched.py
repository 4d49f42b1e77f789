"""Whom an incident touched: its time, its stores, and what in a day's entries says so."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.access.model import Store
from chalicelib.amends.model.touched import LATE_FOR, Touched, sign_of, touched_by
from chalicelib.ledger.facts import EntryPosted, Payment
from chalicelib.ledger.model.spends import spend
from chalicelib.outages.model.incidents import Affected, Incident, Stage, Update
from chalicelib.outages.model.words import Words
from tests.unit.ledger.shop import STORE, Shop

START = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
END = START + timedelta(hours=2)
MINUTE = timedelta(minutes=1)
LATER = END + timedelta(hours=5)
TILLS, SMS = "c" * 12, "d" * 12
SO_FAR = Touched(START, END, over=False)


def said(status: Stage, at: datetime, *affected: Affected) -> Update:
    return Update(
        id=f"u{at:%H%M}", status=status, body=Words("x"), display_at=at, created_at=at,
        updated_at=at, affected=affected,
    )  # fmt: skip


def hit(*store_ids: str, component_id: str = TILLS, status: Any = "major_outage") -> Affected:  # noqa: ANN401
    return Affected(component_id, "operational", status, store_ids)


def an_incident(*updates: Update, **more: Any) -> Incident:  # noqa: ANN401
    return Incident(
        id="i" * 12, name=Words("x"), created_at=START, updated_at=START, started_at=START,
        published_at=START, updates=updates, **more,
    )  # fmt: skip


def entry(**more: Any) -> EntryPosted:  # noqa: ANN401
    shop = Shop(now=START)
    sold = shop.do(spend(STORE, "A1", total_fen=100, payments=(Payment("cash", 100),))).entry
    assert sold
    return replace(sold, **more)


def test_an_open_incident_touched_its_time_so_far() -> None:
    assert touched_by(an_incident(said("investigating", START, hit())), END) == SO_FAR


def test_a_reopened_one_too() -> None:
    again = said("investigating", END + MINUTE)
    assert touched_by(an_incident(said("resolved", START), again), END) == SO_FAR


def test_an_open_one_is_the_same_a_little_later_and_another_once_it_is_over() -> None:
    assert SO_FAR.same(Touched(START, LATER, over=False))
    assert not SO_FAR.same(Touched(START, END))
    assert not Touched(START, END).same(Touched(START, LATER))


def test_a_closed_one_touched_its_time_until_it_was_resolved() -> None:
    over = an_incident(
        said("investigating", START), said("resolved", END), said("postmortem", END + MINUTE)
    )
    assert touched_by(over, LATER) == Touched(START, END)


def test_the_stores_are_all_that_were_ever_named() -> None:
    over = an_incident(
        said("investigating", START, hit("s3", "s1")),
        said("identified", START + MINUTE, hit("s2", component_id=SMS)),
        said("resolved", END, hit(status="operational")),
    )
    assert touched_by(over, LATER) == Touched(START, END, ("s1", "s2", "s3"))


def test_a_component_that_is_down_everywhere_touches_every_store() -> None:
    over = an_incident(
        said("investigating", START, hit("s3"), hit(component_id=SMS)), said("resolved", END)
    )
    assert touched_by(over, LATER) == Touched(START, END)


TOUCHED = Touched(START, END, ("s1",))


@pytest.mark.parametrize(
    ("booked_at", "found"),
    [(START - MINUTE, False), (START, True), (END, True), (END + MINUTE, False)],
)
def test_who_spent_in_its_time_is_touched(booked_at: datetime, found: bool) -> None:  # noqa: FBT001
    assert bool(sign_of(entry(booked_at=booked_at), TOUCHED)) is found


def test_what_was_sold_off_line_counts_by_when_it_was_sold() -> None:
    later = END + timedelta(days=1)
    sign = sign_of(entry(late=True, booked_at=later, occurred_at=END), TOUCHED)
    assert sign
    assert (sign.reason, sign.because.at) == ("sold_offline", END)
    assert sign_of(entry(late=True, booked_at=END, occurred_at=START - MINUTE), TOUCHED) is None


@pytest.mark.parametrize(
    ("kind", "reason"),
    [("spend", "spent"), ("top_up", "spent"), ("refund", "refunded"), ("grant", None)],
)
def test_money_that_changed_hands_is_a_reason_and_a_gift_is_none(
    kind: str, reason: str | None
) -> None:
    sign = sign_of(entry(kind=kind, booked_at=START), TOUCHED)
    assert (sign.reason if sign else None) == reason


def test_the_days_reach_from_an_hour_before_to_a_week_after_and_never_ahead() -> None:
    store = Store("s1", "First Store")
    assert list(TOUCHED.days(store, END)) == ["2026-11-22"]
    assert list(TOUCHED.days(store, END + timedelta(days=2)))[-1] == "2026-11-24"
    assert len(list(TOUCHED.days(store, END + 2 * LATE_FOR))) == 1 + LATE_FOR.days
    at_the_cut = Touched(datetime(2026, 11, 21, 20, 30, tzinfo=UTC), END)
    assert next(at_the_cut.days(store, END)) == "2026-11-21"
