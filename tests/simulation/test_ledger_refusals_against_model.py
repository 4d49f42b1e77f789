"""Every refusal of the ledger, and what sequences seldom come by, held against the plain model."""

import itertools
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.ledger import built
from tests.simulation.ledger_chains import CHAINS
from tests.simulation.ledger_words import Asked, Paid
from tests.simulation.ledger_world import World

numbers = itertools.count(1)
CASH: dict[str, Any] = {"free": False, "bonus": 0, "method": "cash"}
SOLD = {"of": "sold"}


def spend(*payments: Paid, **body: Any) -> tuple[str, dict[str, Any]]:  # noqa: ANN401
    total = sum(payment.fen for payment in payments)
    return "spend", {
        "total": total, "payments": payments, "lines": (), "discount": 0, "trust": None, **body,
    }  # fmt: skip


FILL = ("top_up", {"paid": 5_000, **CASH})
SELL = spend(Paid("cash", 1_000))
COUPON = ("grant", {"coupon": "off3"})
CARD = ("card_sale", {"card": "wash3", "method": "cash"})
REFUSED: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "balance_too_low": [FILL, spend(Paid("balance", 5_001))],
    "balance_too_high": [("top_up", {"paid": 20_001, **CASH})],
    "points_too_low": [spend(Paid("points", 1))],
    "coupon_not_usable": [COUPON, spend(Paid("coupon", 300, "coupon"), Paid("cash", 699))],
    "coupon_value_differs": [COUPON, spend(Paid("coupon", 299, "coupon"), Paid("cash", 999))],
    "count_card_not_usable": [CARD, spend(Paid("count_card", 1, "count", times=4))],
    "card_lost": [FILL, ("card_lost", {}), spend(Paid("balance", 1))],
    "bonus_not_granted": [("top_up", {"paid": 100, **CASH, "bonus": 1})],
    "refund_too_high": [SELL, ("refund", {**SOLD, "fen": 1_001})],
    "nothing_left": [SELL, ("refund", SOLD), ("refund", SOLD)],
    "refunded_already": [SELL, ("refund", {**SOLD, "fen": 1}), ("void", SOLD)],
    "not_offered": [("grant", {"coupon": "over"})],
    "same_member": [FILL, ("transfer_out", {"other": "self", "fen": 1})],
}


class Counter:
    """One member of a chain, and what was asked for them."""

    def __init__(self, chain: str) -> None:
        self.world = World(built.ledger().members, CHAINS[chain])
        self.member_id = self.world.at_the_counter(f"139{next(numbers):08d}")

    def ask(self, kind: str, body: dict[str, Any]) -> Any:  # noqa: ANN401
        """The answer, which both gave."""
        name = f"sold-{self.member_id}" if kind == "spend" else f"{kind}-{next(numbers)}"
        return self.world.do(Asked(kind, "s1", name, self.member_id, self._meant(body)))

    def _meant(self, body: dict[str, Any]) -> dict[str, Any]:
        """With the ids that were not known when it was written down."""
        made = dict(body)
        if "of" in made:
            made["of"] = f"sold-{self.member_id}"
        if made.get("other") == "self":
            made["other"] = self.member_id
        made["payments"] = tuple(self._held(payment) for payment in made.get("payments", ()))
        return made

    def _held(self, payment: Paid) -> Paid:
        things = self.world.plain.who(self.member_id).things
        lot = next((t.lot_id for t in things if t.kind == payment.lot), None)
        return payment._replace(lot=lot)


@pytest.mark.usefixtures("house")
@pytest.mark.parametrize("code", REFUSED)
def test_a_refusal_is_the_plain_models(code: str) -> None:
    counter = Counter("half and half")
    *before, last = REFUSED[code]
    for kind, body in before:
        assert counter.ask(kind, body).word == "taken"
    answer = counter.ask(*last)
    assert (answer.word, answer.detail[0]) == ("refused", code)
    counter.world.close()


@pytest.mark.usefixtures("house")
def test_a_void_on_the_day_is_taken_and_on_the_next_refused() -> None:
    for days, word in ((0, "taken"), (1, "refused")):
        counter = Counter("half and half")
        counter.ask(*SELL)
        counter.world.turn(counter.world.now + timedelta(days=days))
        assert counter.ask("void", SOLD).word == word
        counter.world.close()


@pytest.mark.usefixtures("house")
def test_points_pay_nothing_where_the_chain_says_no_rate() -> None:
    counter = Counter("bonus first")
    answer = counter.ask(*spend(Paid("points", 1)))
    assert answer.detail[0] == "points_not_redeemable"


@pytest.mark.usefixtures("house")
@pytest.mark.parametrize(
    ("chain", "kind"), [("half and half", "points_debt"), ("bonus first", "points_claim")]
)
def test_points_that_were_used_are_owed_or_claimed_when_the_money_goes_back(
    chain: str, kind: str
) -> None:
    counter = Counter(chain)
    counter.ask(*SELL)
    used = -counter.world.plain.card(counter.member_id).points
    correction = {"corrects": f"{counter.member_id}-1", "fen": 0, "points": used}
    assert counter.ask("correction", correction).word == "taken"
    assert counter.ask("refund", SOLD).word == "taken"
    held = counter.world.plain.who(counter.member_id).things
    assert [t.kind for t in held if t.left] == [kind]
    counter.world.close()
