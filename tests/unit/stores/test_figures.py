"""What an entry adds to its day; and that the order in which entries come does not matter."""

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.kernel.errors import InvalidRequest
from chalicelib.ledger.facts import EntryPosted, Payment
from chalicelib.stores.model import figures

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


def entry(kind: str, *payments: Payment, late: bool = False, **more: Any) -> EntryPosted:  # noqa: ANN401
    total_fen = sum(each.amount_fen for each in payments)
    return EntryPosted(
        member_id="m", seq=1, kind=kind, delta_fen=more.pop("delta_fen", 0), balance_after_fen=0,
        total_fen=total_fen, bonus_fen=more.pop("bonus_fen", 0), payments=payments, booked_at=NOW,
        occurred_at=NOW, business_date="2026-11-22", store_id="s1", store_name="First",
        order_name="o", late=late, **more,
    )  # fmt: skip


ENTRIES = st.lists(
    st.builds(
        lambda kind, method, fen, late: entry(
            kind, Payment(method, fen), delta_fen=-fen, late=late
        ),
        st.sampled_from([*figures.KINDS, "expiry"]),
        st.sampled_from(["cash", "balance"]),
        st.integers(1, 999),
        st.booleans(),
    )
)


def test_a_spend_adds_its_payments_by_way_and_its_points() -> None:
    sold = entry(
        "spend", Payment("cash", 500), Payment("points", 300, points=30), Payment("cash", 20),
        Payment("count_card", 200, "l", times=2), late=True, points_earned=5, points_delta=-25,
    )  # fmt: skip
    of_spends = figures.kind(figures.total([sold]), "spend")
    assert of_spends == figures.Kind(
        count=1, total_fen=1_020, points=-25, points_earned=5, points_redeemed=30, times=2,
        late_count=1, late_fen=1_020, by_method={"cash": 520, "count_card": 200, "points": 300},
    )  # fmt: skip


def test_net_sales_are_what_was_spent_less_what_was_given_back() -> None:
    sold = [entry(kind, spent_fen=100) for kind in ("spend", "spend", "card_sale", "top_up")]
    back = [entry(kind, spent_fen=-30) for kind in ("refund", "void", "top_up_refund")]
    assert figures.net_sales_fen(figures.total([*sold, *back])) == 310


def test_what_count_cards_paid_for_is_told_apart() -> None:
    by_card = Payment("count_card", 200, "l", times=1)
    day = figures.total([
        entry("spend", Payment("cash", 50), by_card, spent_fen=50),
        entry("spend", by_card),
        entry("spend", by_card),
        entry("refund", Payment("count_card", 70, "l")),
        entry("void", by_card),
    ])  # fmt: skip
    assert (figures.net_sales_fen(day), figures.by_count_card_fen(day)) == (50, 330)


def test_a_number_that_a_later_release_keeps_is_passed_over() -> None:
    sums = figures.total([entry("spend", Payment("cash", 500))])
    sums["spend:tips_fen"] = 50
    assert figures.kind(sums, "spend").total_fen == 500


def test_what_belongs_to_no_day_of_a_store_adds_nothing() -> None:
    assert figures.total([entry("expiry"), entry("join_in")]) == Counter()


@given(ENTRIES, st.randoms(use_true_random=False), st.integers(0, 99))
def test_entries_add_up_to_the_same_in_any_order_and_in_any_parts(
    entries: list[EntryPosted], chance: random.Random, cut: int
) -> None:
    whole = figures.total(entries)
    chance.shuffle(entries)
    assert figures.added(figures.total(entries[:cut]), figures.total(entries[cut:])) == whole


@pytest.mark.parametrize(("days", "fits"), [(-1, False), (0, True), (91, True), (92, False)])
def test_at_most_92_days_are_asked_for(days: int, *, fits: bool) -> None:
    first = date(2026, 1, 1)
    if fits:
        figures.check_days(first, first + timedelta(days=days))
        return
    with pytest.raises(InvalidRequest):
        figures.check_days(first, first + timedelta(days=days))
