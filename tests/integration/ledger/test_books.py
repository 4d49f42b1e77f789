"""The books prove themselves: right ones say nothing, and every kind of damage is found and named."""

import json
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.adapters.log import JsonLines
from chalicelib.ledger.facts import Payment
from chalicelib.ledger.model.books_words import DIFFER, PROVED, Difference
from chalicelib.ledger.model.gifts import Correction
from chalicelib.ledger.model.top_ups import TopUpRefund
from chalicelib.ledger.service.books import Run, Walk
from chalicelib.ledger.service.books_night import BUSY, Nightly
from tests.house import House
from tests.integration.ledger.bookkeeping import (
    Hand,
    Shop,
    account_key,
    at_random,
    entry_key,
    everything,
    number,
    order_key,
    walked,
)
from tests.simulation.event_source import Killed

GONE = {"S": "2026-11-21T20:00:00Z"}
A_DAY = timedelta(hours=20)
ALWAYS = lambda: True  # noqa: E731


@pytest.fixture(scope="module")
def shop(house: House) -> Shop:
    made = Shop(house)
    everything(made)
    at_random(made, 15)
    return made


@pytest.fixture
def hand() -> Iterator[Hand]:
    made = Hand()
    yield made
    made.put_back()


@pytest.fixture
def case(shop: Shop) -> "Case":
    return Case(shop)


class Case:
    """A member with a top-up, a spend, a refund of a part of it, and a spend in cash."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.member_id = shop.member(0)
        self.topped_up = shop.top_up(self.member_id, 10_000, 1_000)
        self.sold = shop.spend(self.member_id, Payment("balance", 3_000), Payment("cash", 500))
        self.refunded = shop.refund(self.sold, 700)
        self.last = shop.spend(self.member_id, Payment("cash", 900))

    def is_meant(self, difference: Difference) -> bool:
        """Nobody else is blamed."""
        return self.member_id in " ".join([difference.about, *difference.entries])

    @property
    def account(self) -> tuple[str, str]:
        return account_key(self.member_id)


def test_right_books_say_nothing(shop: Shop) -> None:
    run, found = walked()
    assert found == []
    posted = [each for each in shop.posted if each.kind != "expiry"]
    assert run.done
    assert run.orders == len(posted)
    assert run.entries > len(posted)
    assert run.members >= len(shop.phones)


def test_books_that_are_written_to_meanwhile_say_nothing(house: House) -> None:
    def busy(seed: int) -> None:
        at_random(Shop(house, seed), 15)

    with ThreadPoolExecutor(3) as tills:
        at_it = [tills.submit(busy, seed) for seed in (71, 72, 73)]
        found = [walked()[1] for _ in range(4)]
        for each in at_it:
            each.result()
    assert found == [[], [], [], []]


# Damage


def lot_of(account: Any, kind: str) -> Any:  # noqa: ANN401
    return next(each for each in account if each["lot"]["kind"] == kind)


def more_in_a_lot(case: Case, hand: Hand) -> tuple[str, str]:
    def more(holdings: Any) -> None:  # noqa: ANN401
        lot_of(holdings, "principal")["left"] += 100

    hand.change_json(case.account, "holdings", more)
    return "lot", case.topped_up.entry_id


def other_terms(case: Case, hand: Hand) -> tuple[str, str]:
    def longer(holdings: Any) -> None:  # noqa: ANN401
        lot_of(holdings, "bonus")["lot"]["expires_at"] = "2036-01-01T00:00:00Z"

    hand.change_json(case.account, "holdings", longer)
    return "other terms", case.topped_up.entry_id


def a_lot_is_gone(case: Case, hand: Hand) -> tuple[str, str]:
    hand.change_json(
        case.account, "holdings", lambda all_: [x for x in all_ if x["lot"]["kind"] != "bonus"]
    )
    return "has 0, the entries leave", case.topped_up.entry_id


def a_lot_from_nowhere(case: Case, hand: Hand) -> tuple[str, str]:
    lot = {"lot_id": f"{case.last.entry_id}.7", "kind": "coupon", "given": 1}
    hand.change_json(case.account, "holdings", lambda all_: [*all_, {"lot": lot, "left": 1}])
    return "has 1, the entries leave 0", case.last.entry_id


def attribute(name: str, value: dict[str, str], words: str) -> Callable[[Case, Hand], Any]:
    def change(case: Case, hand: Hand) -> tuple[str, str]:
        hand.change(case.account, **{name: value})
        return words, case.last.entry_id

    change.__name__ = f"account_{name}"
    return change


def another_month(case: Case, hand: Hand) -> tuple[str, str]:
    month = case.sold.counts_in
    hand.change_json(case.account, "months", lambda months: months[month].update(spent_fen=1))
    return "says 1 fen and", case.last.entry_id


def no_account(case: Case, hand: Hand) -> tuple[str, str]:
    hand.delete(case.account)
    return "stands above the account", case.topped_up.entry_id


def unreadable_account(case: Case, hand: Hand) -> tuple[str, None]:
    hand.change(case.account, holdings={"S": "[{"})
    return "the account cannot be read", None


def entry_missing(case: Case, hand: Hand) -> tuple[str, str]:
    hand.delete(entry_key(case.refunded))
    return "entries 3 to 3 missing", case.last.entry_id


def last_entry_missing(case: Case, hand: Hand) -> tuple[str, str]:
    hand.delete(entry_key(case.last))
    return "is at 4, the entries end at 3", case.refunded.entry_id


def entry_changed(name: str, words: str) -> Callable[[Case, Hand], Any]:
    def change(case: Case, hand: Hand) -> tuple[str, str]:
        key = entry_key(case.sold)
        hand.change(key, **{name: number(int(hand.item(key)[name]["N"]) + 5)})
        return words, case.sold.entry_id

    change.__name__ = f"entry_{name}"
    return change


def entry_payment(case: Case, hand: Hand) -> tuple[str, str]:
    hand.change_json(entry_key(case.sold), "payments", lambda all_: all_[0].update(amount_fen=1))
    return "its payments come to", case.sold.entry_id


def below_zero(case: Case, hand: Hand) -> tuple[str, str]:
    def all_and_more(moves: Any) -> None:  # noqa: ANN401
        lot_of(moves, "bonus")["amount"] = -1_001

    hand.change_json(entry_key(case.sold), "moves", all_and_more)
    return "leaves -1 in bonus lot", case.sold.entry_id


def expired_lot_drawn_on(case: Case, hand: Hand) -> tuple[str, str]:
    for entry in (case.topped_up, case.sold):
        hand.change_json(
            entry_key(entry),
            "moves",
            lambda moves: lot_of(moves, "bonus")["lot"].update(expires_at=GONE["S"]),
        )
    return "which had expired before", case.sold.entry_id


def unreadable_entry(case: Case, hand: Hand) -> tuple[str, str]:
    hand.change(entry_key(case.sold), moves={"S": "?"})
    return "cannot be read", case.sold.entry_id


def entry_from_nowhere(case: Case, hand: Hand) -> tuple[str, str]:
    beyond = {**hand.item(entry_key(case.last)), "seq": number(5)}
    hand.put({**beyond, "sk": {"S": "ENTRY#000000000005"}})
    return "stands above the account, which is at 4", f"{case.member_id}-5"


def order_missing(case: Case, hand: Hand) -> tuple[str, str]:
    hand.delete(order_key(case.last))
    return "has no order under its name", case.last.entry_id


def order_changed(case: Case, hand: Hand) -> tuple[str, str]:
    hand.change(order_key(case.last), total_fen=number(1))
    return "the order differs from its entry in total_fen", case.last.entry_id


def order_of_nothing(case: Case, hand: Hand) -> tuple[str, str]:
    invented = {**hand.item(order_key(case.last)), "pk": {"S": "ORDER#s1#spend#invented"}}
    hand.put({**invented, "seq": number(99), "order_name": {"S": "invented"}})
    return "-99, which is not there", f"{case.member_id}-99"


def order_of_another(case: Case, hand: Hand) -> tuple[str, str]:
    hand.put({**hand.item(order_key(case.sold)), "pk": {"S": order_key(case.last)[0]}})
    return "stands for another entry", case.last.entry_id


def more_said_back(case: Case, hand: Hand) -> tuple[str, str]:
    def more(state: Any) -> None:  # noqa: ANN401
        state["cells"][0][0] += 9

    hand.change_json(order_key(case.sold), "refunded", more)
    return "fen by balance by 9", case.sold.entry_id


def nothing_said_back(case: Case, hand: Hand) -> tuple[str, str]:
    hand.change(order_key(case.sold), refunded=None, refunds=None)
    return "differs from its refunds: fen by balance by -600", case.sold.entry_id


def unreadable_order(case: Case, hand: Hand) -> tuple[str, str]:
    hand.change(order_key(case.last), payments={"S": "?"})
    return "has no order under its name", case.last.entry_id


def correction_of_nothing(case: Case, hand: Hand) -> tuple[str, str]:
    wrong = Correction(**case.shop.at(), corrects=case.last.entry_id, points=5, reason="错")
    corrected = case.shop.take(case.member_id, wrong)
    hand.change(entry_key(corrected), corrects={"S": f"{case.member_id}-77"})
    return "which is not before it", corrected.entry_id


def correction_of_nobodys(case: Case, hand: Hand) -> tuple[str, str]:
    wrong = Correction(**case.shop.at(), corrects=case.last.entry_id, points=5, reason="错")
    corrected = case.shop.take(case.member_id, wrong)
    hand.change(entry_key(corrected), corrects={"S": "01KAMRZ3N8V6Q4T2Y7X5W9D1BC-7"})
    return "answers 01KAMRZ3N8V6Q4T2Y7X5W9D1BC-7, which is not there", corrected.entry_id


DAMAGE: list[Callable[[Case, Hand], Any]] = [
    more_in_a_lot, other_terms, a_lot_is_gone, a_lot_from_nowhere, another_month, no_account,
    unreadable_account, entry_missing, last_entry_missing, entry_payment, below_zero,
    expired_lot_drawn_on, unreadable_entry, entry_from_nowhere, order_missing, order_changed,
    order_of_nothing, order_of_another, more_said_back, nothing_said_back, unreadable_order,
    correction_of_nothing, correction_of_nobodys,
    attribute("balance_fen", number(1), "the balance that it says: 1"),
    attribute("points", number(1), "the points that it says: 1"),
    attribute("seq", number(9), "is at 9, the entries end at 4"),
    attribute("top_ups", number(3), "top-ups: 3"),
    attribute("lost", number(1), "lost: True"),
    attribute("closed_into", {"S": "somebody"}, "joined into: somebody"),
    entry_changed("delta_fen", "says delta_fen -2995, its moves come to -3000"),
    entry_changed("points_delta", "says points_delta"),
    entry_changed("balance_after_fen", "says 8005 fen"),
    entry_changed("points_after", "points after it"),
    entry_changed("spent_fen", "the order differs from its entry in spent_fen"),
]  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGE, ids=lambda each: str(each.__name__))
def test_damage_is_found_and_named(
    case: Case, hand: Hand, damage: Callable[[Case, Hand], tuple[str, str | None]]
) -> None:
    words, entry_id = damage(case, hand)
    run, found = walked()
    assert run.differences == len(found) > 0
    named = [each for each in found if words in each.words]
    assert named, found
    assert entry_id is None or any(entry_id in each.entries for each in named), found
    assert all(case.is_meant(each) for each in found)


def test_months_that_a_joined_member_brought_are_proved(shop: Shop, hand: Hand) -> None:
    target = shop.member()
    joined = shop.join(target)
    assert walked()[1] == []
    spent = next(each for each in shop.posted if each.member_id == joined and each.spent_fen)
    hand.change(entry_key(spent), spent_fen=number(7_701))
    words = f"says 7700 fen and 77 points in {spent.counts_in}, the entries 7701 and 77"
    found = [(each.about, each.words) for each in walked()[1]]
    assert (target, f"the account: {words}") in found


def test_a_transfer_that_does_not_bring_what_left_is_found(shop: Shop, hand: Hand) -> None:
    giver, taker = shop.member(), shop.member()
    out = shop.transfer(giver, taker, 3_300)
    key = (f"M#{taker}", "ENTRY#000000000002")
    hand.change_json(key, "moves", lambda moves: moves[0].update(amount=moves[0]["amount"] + 1))
    (found,) = [each for each in walked()[1] if each.words == "does not bring what left"]
    assert found == Difference(taker, found.words, (out.entry_id, f"{taker}-2"))


def test_a_refund_after_a_joining_is_held_against_the_order(shop: Shop, hand: Hand) -> None:
    target = shop.member(0)
    joined = shop.join(target)
    sold = next(each for each in shop.posted if each.member_id == joined and each.kind == "spend")
    shop.refund(sold, 500, by=target)
    assert walked()[1] == []
    hand.change(order_key(sold), refunds=number(2))
    found = {(each.words, each.entries) for each in walked()[1]}
    off = f"what the order of {sold.entry_id} says was given back differs from its refunds: refunds by 1"
    assert found == {(off, (sold.entry_id,))}


def test_a_top_up_that_was_handed_over_and_paid_back_to_both_is_right(shop: Shop) -> None:
    giver, taker = shop.member(0), shop.member(0)
    topped_up = shop.top_up(giver, 10_000, 1_000)
    shop.transfer(giver, taker, 5_500)
    for member_id in (taker, giver):
        bought = shop.desk.order("s1", "top_up", topped_up.order_name)
        shop.take(member_id, TopUpRefund(**shop.at(), bought=bought))
    assert walked()[1] == []


# In portions


def ran(run: Run | None) -> Run:
    assert run is not None
    return run


def for_so_many(steps: int) -> Callable[[], bool]:
    left = iter(range(steps))
    return lambda: next(left, None) is not None


def test_portions_come_to_the_same_as_one_walk(shop: Shop, hand: Hand) -> None:
    hand.change(account_key(shop.member()), top_ups=number(8))
    whole, found_at_once = walked()
    found: list[Difference] = []
    run = Run()
    while not run.done:
        Walk(run, found.append).go(for_so_many(17))
    assert found == found_at_once != []
    assert run == whole


def test_the_night_goes_on_where_it_stopped_and_begins_anew_the_next(shop: Shop) -> None:
    night = Nightly(shop.clock)
    assert not ran(night.tick(for_so_many(10))).done
    second = ran(night.tick(ALWAYS))
    assert second.done
    assert second.orders == walked()[0].orders
    assert night.tick(ALWAYS) is None
    shop.now += A_DAY
    assert ran(night.tick(ALWAYS)).done


def test_two_ticks_at_once_are_one(shop: Shop) -> None:
    night = Nightly(shop.clock)
    shop.now += A_DAY
    inside: list[Run | None] = []

    def meanwhile() -> bool:
        if not inside:
            inside.append(night.tick(ALWAYS))
        return True

    assert ran(night.tick(meanwhile)).done
    assert inside == [None]


def test_a_tick_that_was_killed_is_made_up_for(shop: Shop) -> None:
    def die() -> bool:
        raise Killed

    night = Nightly(shop.clock)
    shop.now += A_DAY
    with pytest.raises(Killed):
        night.tick(die)
    assert night.tick(ALWAYS) is None
    shop.now += BUSY
    assert ran(night.tick(ALWAYS)).done


def test_the_night_tells_each_difference_in_the_words_that_the_alarm_counts(
    shop: Shop, hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    log = logging.getLogger("dengta.books")
    monkeypatch.setattr(log, "handle", lambda record: said.append(JsonLines().format(record)))
    hand.change(account_key(shop.member()), top_ups=number(8))
    shop.now += A_DAY
    Nightly(shop.clock).tick(ALWAYS)
    lines = [json.loads(line) for line in said]
    assert [line["said"] for line in lines] == [DIFFER, PROVED]
    assert "top-ups: 8" in lines[0]["words"]
    assert lines[1]["differences"] == 1
