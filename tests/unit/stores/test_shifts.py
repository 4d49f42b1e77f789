"""What a shift counts: each entry in exactly one shift, and in the drawer only what was put there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.access.model import Store
from chalicelib.kernel.errors import InvalidRequest
from chalicelib.ledger.facts import EntryPosted, Payment
from chalicelib.stores.model import shifts
from chalicelib.stores.model.shifts import LOOKS_BACK, Mark, Shift, Tally
from chalicelib.stores.model.shifts_report import Count, Report

OPENED = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
MS = timedelta(milliseconds=1)


def entry(
    seq: int,
    booked_at: datetime,
    *payments: Payment,
    kind: str = "spend",
    occurred_at: datetime | None = None,
    late: bool = False,
    till_id: str | None = "till-1",
) -> EntryPosted:
    paid = payments or (Payment("cash", 100),)
    return EntryPosted(
        member_id="01KAMRZ3N8V6Q4T2Y7X5W9D1BC",
        seq=seq,
        kind=kind,
        delta_fen=0,
        balance_after_fen=0,
        total_fen=sum(payment.amount_fen for payment in paid),
        bonus_fen=0,
        payments=paid,
        booked_at=booked_at,
        occurred_at=occurred_at or booked_at,
        business_date="2026-11-22",
        store_id="s1",
        store_name="First Store",
        order_name=f"o-{seq}",
        till_id=till_id,
        late=late,
    )


def shift(opened_at: datetime = OPENED, float_fen: int = 0) -> Shift:
    return Shift("s1", "am", "till-1", float_fen, opened_at, "print")


def closed(
    entries: Sequence[EntryPosted],
    counted: Sequence[Count] = (Count("cash", 0),),
    *,
    of: Shift | None = None,
    mark: Mark | None = None,
    until: datetime = OPENED + 8 * HOUR,
) -> Report:
    one = of or shift()
    tally = Tally(one, mark or shifts.beginning(one), until).add_all(entries)
    return tally.report(counted, closed_by="till-1", fingerprint="", note=None)


def apart(report: Report) -> dict[str, int]:
    return {group.why: group.count for group in report.apart}


def cash_expected(report: Report) -> int:
    return next(way.expected_fen for way in report.ways if way.method == "cash")


def test_the_drawer_should_hold_the_float_and_what_was_taken_less_what_was_paid_out() -> None:
    booked = OPENED + HOUR
    report = closed(
        [
            entry(1, booked, Payment("cash", 1000), Payment("balance", 500)),
            entry(2, booked, Payment("cash", 5000), kind="top_up"),
            entry(3, booked, Payment("cash", 3000), kind="card_sale"),
            entry(4, booked, Payment("cash", 200), kind="refund"),
            entry(5, booked, Payment("cash", 70), kind="void"),
            entry(6, booked, Payment("cash", 900), kind="top_up_refund"),
            entry(7, booked, Payment("wechat_pay", 800)),
        ],
        [Count("cash", 57_800), Count("wechat_pay", 900)],
        of=shift(float_fen=50_000),
    )
    ways = {way.method: way for way in report.ways}
    expected = 50_000 + 1000 + 5000 + 3000 - 200 - 70 - 900
    cash = ways["cash"]
    assert (cash.taken_fen, cash.expected_fen) == (expected - 50_000, expected)
    assert (cash.counted_fen, cash.difference_fen) == (57_800, 57_800 - expected)
    assert (ways["wechat_pay"].expected_fen, ways["wechat_pay"].difference_fen) == (800, 100)
    assert (ways["balance"].taken_fen, ways["balance"].counted_fen) == (500, None)
    assert (ways["card"].expected_fen, ways["card"].difference_fen) == (0, None)
    kinds = {kind.kind: (kind.count, kind.total_fen) for kind in report.kinds}
    assert kinds["spend"] == (2, 2300)
    assert kinds["refund"] == (1, 200)


def test_what_is_paid_back_counts_against_the_drawer_however_it_is_signed() -> None:
    positive = [entry(1, OPENED + HOUR, Payment("cash", 300), kind="refund")]
    negative = [entry(1, OPENED + HOUR, Payment("cash", -300), kind="refund")]
    assert cash_expected(closed(positive)) == cash_expected(closed(negative)) == -300


def test_only_the_tills_own_entries_that_move_money_are_counted() -> None:
    booked = OPENED + HOUR
    others = [
        entry(1, booked, till_id="till-2"),
        entry(2, booked, till_id=None),
        entry(3, booked, kind="grant"),
        entry(4, booked, kind="transfer_in"),
    ]
    assert closed(others).kinds == ()


@pytest.mark.parametrize(
    ("booked_at", "counts"),
    [
        (OPENED - MS, False),
        (OPENED, True),
        (OPENED + 8 * HOUR, True),
        (OPENED + 8 * HOUR + MS, False),
    ],
)
def test_a_first_shift_counts_from_its_opening_to_its_end(
    booked_at: datetime, *, counts: bool
) -> None:
    assert bool(closed([entry(1, booked_at)]).kinds) is counts


@pytest.mark.parametrize(
    ("occurred_at", "why", "expected_fen"),
    [
        (OPENED - MS, "earlier", 0),
        (OPENED, "offline", 100),
        (OPENED + MS, "offline", 100),
    ],
)
def test_a_late_sale_is_in_the_drawer_only_where_it_happened_in_the_shift(
    occurred_at: datetime, why: str, expected_fen: int
) -> None:
    report = closed([entry(1, OPENED + HOUR, occurred_at=occurred_at, late=True)])
    assert apart(report) == {why: 1}
    assert cash_expected(report) == expected_fen
    assert report.apart[0].in_drawer is (why == "offline")


def test_a_till_whose_clock_is_a_little_behind_sells_in_its_shift() -> None:
    behind, long_ago = OPENED - timedelta(minutes=5), OPENED - timedelta(minutes=5) - MS
    assert apart(closed([entry(1, OPENED + MS, occurred_at=behind)])) == {}
    assert apart(closed([entry(1, OPENED + MS, occurred_at=long_ago)])) == {"earlier": 1}


def test_what_was_booked_between_two_shifts_is_counted_in_the_next_apart() -> None:
    ended = OPENED - HOUR
    mark = Mark(ended, ended - LOOKS_BACK, {})
    entries = [entry(1, ended), entry(2, ended + MS), entry(3, OPENED - MS), entry(4, OPENED)]
    report = closed(entries, mark=mark)
    assert apart(report) == {"overdue": 1, "between": 2}
    assert cash_expected(report) == 100
    assert [one.name for one in report.apart[1].entries] == ["o-2", "o-3"]


def test_of_many_entries_apart_the_first_are_named_and_all_are_summed() -> None:
    entries = [
        entry(n, OPENED + HOUR, occurred_at=OPENED - HOUR, late=True)
        for n in range(shifts.MOST_SHOWN + 1)
    ]
    (group,) = closed(entries).apart
    assert len(group.entries) == shifts.MOST_SHOWN
    assert group.count == shifts.MOST_SHOWN + 1
    assert group.ways == (Count("cash", 100 * group.count),)


def test_an_entry_listed_twice_is_counted_once() -> None:
    one = entry(1, OPENED + HOUR)
    assert closed([one, one]).kinds[0].count == 1


@pytest.mark.parametrize("methods", [[], ["card"], ["cash", "cash"], ["cash", "card", "card"]])
def test_a_count_has_cash_and_nothing_twice(methods: list[str]) -> None:
    with pytest.raises(InvalidRequest):
        shifts.checked([Count(method, 1) for method in methods])


def test_a_till_that_posts_without_end_is_looked_back_at_less() -> None:
    end = OPENED + 8 * HOUR
    entries = [entry(n, end - n * MS) for n in range(shifts.MOST_SEEN + 1)]
    mark = Tally(shift(), shifts.beginning(shift()), end).add_all(entries).next_mark(0)
    assert len(mark.seen) == shifts.MOST_SEEN
    assert mark.since == min(mark.seen.values())
    again = Tally(shift(end), mark, end + HOUR).add_all(entries)
    assert again.counted == {}


def test_a_shift_over_the_day_cut_looks_through_both_days() -> None:
    store = Store("s1", "First Store")
    cut = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)  # 4 o'clock in Shanghai
    before, at = shift(cut - MS), shift(cut)
    assert days(store, before, cut - MS) == ["2026-11-21"]
    assert days(store, before, cut) == ["2026-11-21", "2026-11-22"]
    assert days(store, at, cut) == ["2026-11-22"]


def test_a_store_whose_day_was_cut_elsewhere_meanwhile_is_looked_through_a_day_more() -> None:
    edited = Store("s1", "First Store", version=1)
    assert days(edited, shift(), OPENED) == ["2026-11-21", "2026-11-22", "2026-11-23"]


def days(store: Store, one: Shift, until: datetime) -> list[str]:
    return list(shifts.days(store, one, shifts.beginning(one), until))


def test_time_does_not_go_back_between_two_servers() -> None:
    one, mark = shift(), Mark(OPENED + HOUR, OPENED)
    assert shifts.end_of(one, mark, OPENED) == OPENED + HOUR
    assert shifts.end_of(one, shifts.beginning(one), OPENED - HOUR) == OPENED


@dataclass(frozen=True)
class Sold:
    """A sale, and when the list shows it."""

    posted: EntryPosted
    shows_at: datetime


minutes = st.integers(0, 200).map(lambda n: timedelta(minutes=n))
lags = st.integers(0, int(LOOKS_BACK.total_seconds())).map(lambda n: timedelta(seconds=n))


@settings(max_examples=300, deadline=None)
@given(
    sales=st.lists(st.tuples(minutes, lags), max_size=40),
    turns=st.lists(minutes, min_size=2, max_size=14, unique=True),
)
def test_each_entry_is_in_exactly_one_shift_however_late_it_shows(
    sales: list[tuple[timedelta, timedelta]], turns: list[timedelta]
) -> None:
    """The last shift closes when all is shown. What was booked before the very first opening is in none."""
    sold = [Sold(entry(seq, OPENED + at), OPENED + at + lag) for seq, (at, lag) in enumerate(sales)]
    times = sorted(OPENED + turn for turn in turns)
    times = times[: len(times) // 2 * 2]
    times[-1] = OPENED + timedelta(minutes=201) + LOOKS_BACK
    mark, found = None, list[str]()
    for opened_at, closed_at in zip(times[::2], times[1::2], strict=True):
        one = shift(opened_at)
        mark = mark or shifts.beginning(one)
        tally = Tally(one, mark, shifts.end_of(one, mark, closed_at))
        tally.add_all(each.posted for each in sold if each.shows_at <= closed_at)
        found += tally.counted
        mark = tally.next_mark(0)
    counted = [each.posted.entry_id for each in sold if each.posted.booked_at >= times[0]]
    assert sorted(found) == sorted(counted)
