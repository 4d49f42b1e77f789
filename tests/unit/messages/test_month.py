"""A provider's month: whose day an hour is, what a month costs and says, and how long it is kept."""

from datetime import UTC, date, datetime, timedelta

import pytest

from chalicelib.kernel import clock
from chalicelib.messages.model.month import READABLE_MONTHS, Month, Spent, arrived, refused, spent
from chalicelib.messages.model.score import of_parts
from chalicelib.messages.scores import KEPT
from chalicelib.messages.service.scoring import sms_charge
from tests.unit.messages.builders import message

ZONE = "Asia/Shanghai"
NOVEMBER = Month(date(2026, 11, 1), ZONE)


def hour(day: int, of_day: int, month: int = 11) -> datetime:
    return datetime(2026, month, day, of_day, tzinfo=UTC)


def test_an_hour_belongs_to_the_day_that_it_is_there() -> None:
    hours = {
        hour(31, 15, 10): {"accepted": 1},  # 23:00 of the day before
        hour(31, 16, 10): {"accepted": 2},
        hour(1, 15): {"accepted": 4},
        hour(1, 16): {"accepted": 8},
    }
    days = NOVEMBER.days(hours, date(2026, 11, 3))
    assert [(one.date.day, one.card) for one in days] == [
        (1, {"accepted": 6}),
        (2, {"accepted": 8}),
        (3, None),
    ]


@pytest.mark.parametrize(
    ("first", "zone", "begins", "last_hour"),
    [
        (date(2026, 11, 1), ZONE, "2026-10-31T16:00", "2026-11-30T15"),
        (date(2026, 12, 1), "UTC", "2026-12-01T00:00", "2026-12-31T23"),
        (date(2028, 2, 1), "Asia/Kolkata", "2028-01-31T18:30", "2028-02-29T18"),
    ],
)
def test_a_month_begins_and_ends_at_its_zones_midnight(
    first: date, zone: str, begins: str, last_hour: str
) -> None:
    since, until = Month(first, zone).hours
    assert (f"{since:%Y-%m-%dT%H:%M}", f"{until:%Y-%m-%dT%H}") == (begins, last_hour)


@pytest.mark.parametrize(
    ("today", "days"), [("2026-11-01", 1), ("2026-11-30", 30), ("2027-02-03", 30)]
)
def test_days_that_have_not_begun_are_left_out(today: str, days: int) -> None:
    assert len(NOVEMBER.days({}, date.fromisoformat(today))) == days


@pytest.mark.parametrize(
    ("today", "readable"),
    [
        ("2026-10-31", False), ("2026-11-01", True), ("2027-12-31", True), ("2028-01-01", False),
    ],
)  # fmt: skip
def test_a_month_is_read_until_thirteen_months_after_its_end(today: str, readable: bool) -> None:  # noqa: FBT001
    assert NOVEMBER.is_readable(date.fromisoformat(today)) is readable


def test_no_hour_is_gone_while_its_month_is_read() -> None:
    day = date(2026, 1, 1)
    for _ in range(5 * 366):
        oldest = day.replace(
            year=day.year - 1 - (day.month == 1), month=(day.month - 2) % 12 + 1, day=1
        )
        month = Month(oldest, ZONE)
        assert month.is_readable(day)
        ends = datetime.combine(day + timedelta(days=1), datetime.min.time(), clock.zone(ZONE))
        assert month.hours[0] + KEPT >= ends
        day += timedelta(days=1)
    assert READABLE_MONTHS == 13


@pytest.mark.parametrize(
    ("card", "said"),
    [
        ({}, Spent(0, 0, None)),
        ({"parts": 3, "milliyuan": 135}, Spent(3, 0, 135)),
        ({"parts": 3, "milliyuan": 0}, Spent(3, 0, 0)),
        ({"parts": 3, "parts_unpriced": 3}, Spent(3, 3, None)),
        ({"parts": 3, "parts_unpriced": 1, "milliyuan": 90}, Spent(3, 1, 90)),
    ],
)
def test_without_a_price_the_cost_is_not_known_and_no_zero(
    card: dict[str, int], said: Spent
) -> None:
    assert spent(card) == said


@pytest.mark.parametrize(
    ("price", "counts"),
    [
        (45, {"parts": 2, "milliyuan": 90}),
        (0, {"parts": 2, "milliyuan": 0}),
        (None, {"parts": 2, "parts_unpriced": 2}),
    ],
)
def test_parts_are_priced_when_they_go_out(price: int | None, counts: dict[str, int]) -> None:
    assert of_parts(2, price) == counts


def test_a_long_sign_name_makes_a_second_part() -> None:
    facts = message().facts
    assert sms_charge(facts, "tencent", "灯塔", 45) == {"parts": 1, "milliyuan": 45}
    assert sms_charge(facts, "tencent", "灯" * 50, 45) == {"parts": 2, "milliyuan": 90}


def test_what_carriers_did_not_report_is_no_share() -> None:
    assert arrived({"accepted": 9}) is None
    assert arrived({"delivered": 3, "undelivered": 1}) == 0.75
    assert refused({"refused_number": 2, "refused_account": 1, "undelivered": 7}) == 3
