"""What a till refuses by itself: an order that could only be refused when it is too late to mend it."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from dengta_till import BadOrder, Line, Payment, orders

NOW = datetime(2026, 11, 22, 4, 5, 6, 789_000, UTC)
MEMBER = "01KAMRZ3N8V6Q4T2Y7X5W9D1BC"


def spend(**changed: Any) -> orders.Draft:  # noqa: ANN401
    payments = [Payment("balance", 600), Payment("cash", 400)]
    asked = {"name": "n-1", "member_id": MEMBER, "total_fen": 1_000, "payments": payments}
    return orders.spend(**{"occurred_at": NOW, **asked, **changed})


def test_the_body_is_the_text_that_is_sent_for_ever() -> None:
    draft = spend(note="少糖")
    assert draft.body == (
        f'{{"member_id":"{MEMBER}","total_fen":1000,"payments":[{{"method":"balance","amount_fen":600}},'
        '{"method":"cash","amount_fen":400}],"occurred_at":"2026-11-22T04:05:06.789Z","note":"少糖"}'
    )
    assert (draft.balance_fen, draft.member_id) == (600, MEMBER)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "a" * 65},
        {"name": "a b"},
        {"name": "n\n"},
        {"member_id": "someone"},
        {"total_fen": 999},
        {"total_fen": 1000.0},
        {"payments": []},
        {"payments": [Payment("balance", 0), Payment("cash", 1_000)]},
        {"payments": [Payment("cash", True), Payment("cash", 999)]},
        {"payments": [Payment("barter", 1_000)]},
        {"payments": [Payment("cash", 100)] * 11, "total_fen": 1_100},
        {"note": "two\nlines"},
        {"note": "x" * 201},
        {"note": "\ud800"},
        {"lines": [Line("", 1, 1_000)]},
        {"lines": [Line("tea", 0, 1_000)]},
        {"lines": [Line("tea", 1, 1_000)], "discount_fen": 1},
        {"discount_fen": -1},
    ],
)
def test_an_order_that_cannot_be_right_is_never_kept(wrong: dict[str, Any]) -> None:
    with pytest.raises(BadOrder):
        spend(**wrong)


@pytest.mark.parametrize(
    ("edge", "sent"),
    [
        ({"note": "x" * 200}, {"note": "x" * 200}),
        (
            {"lines": [Line("tea", 9_999, 1_001)], "discount_fen": 1},
            {"lines": [{"name": "tea", "quantity": 9_999, "amount_fen": 1_001}], "discount_fen": 1},
        ),
        (
            {"payments": [Payment("cash", 100)] * 10},
            {"payments": [{"method": "cash", "amount_fen": 100}] * 10},
        ),
    ],
)
def test_an_order_at_the_edge_is_sent_as_it_was_asked(
    edge: dict[str, Any], sent: dict[str, Any]
) -> None:
    assert json.loads(spend(**edge).body).items() >= sent.items()


def test_the_longest_name_is_taken() -> None:
    assert spend(name="a" * 64).name == "a" * 64


def test_the_time_does_not_make_another_order() -> None:
    later = spend(occurred_at=datetime(2026, 11, 22, 9, tzinfo=UTC))
    assert orders.same(spend().body, later.body)
    assert not orders.same(spend().body, spend(note="x").body)


def test_names_are_never_made_twice() -> None:
    made = {orders.new_name("till-1", NOW) for _ in range(1_000)}
    assert len(made) == 1_000
    assert all(len(name) <= 64 for name in made)
    assert orders.new_name("a" * 32, NOW).startswith("a" * 32 + "-261122040506-")


def test_points_coupons_and_count_cards_need_the_line() -> None:
    assert orders.not_offline(spend().body) is None
    body = spend(payments=[Payment("cash", 400), Payment("points", 600)]).body
    assert orders.not_offline(body) == "points"
