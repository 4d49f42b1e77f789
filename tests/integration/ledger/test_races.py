"""Several tills at one thing that is there once: one winner, a clear loser each, and nothing that does not add up.

Threads show that it holds on a real table; the variants that let one till act between another's read and write show
the very moment, each time.
"""

import itertools
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

import pytest

from chalicelib.kernel.stamp import Stamp
from chalicelib.ledger import built
from chalicelib.ledger.facts import Payment
from chalicelib.ledger.model import spends
from chalicelib.ledger.model.gifts import TransferOut
from chalicelib.ledger.model.rules import CountCardKind, CouponKind, Rules
from tests.house import House
from tests.simulation import ledger_law
from tests.simulation.ledger_words import Answer, Asked, Paid
from tests.simulation.ledger_world import World, between

RULES = Rules(
    coupons=(CouponKind("off", "5 off", amount_off_fen=500),),
    count_cards=(CountCardKind("wash", "One wash", "wash", 1, 3_000),),
)
NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
ROUNDS = 8
numbers = itertools.count(1)
Made = Callable[[], Asked]


@pytest.fixture(scope="module")
def world(house: House) -> World:
    assert house
    return World(built.ledger().members, RULES, NOON)


def named(kind: str, member_id: str, **body: object) -> Asked:
    return Asked(kind, "s1", f"race-{next(numbers)}", member_id, body)


def spend(member_id: str, *payments: Paid) -> Asked:
    total = sum(each.fen for each in payments)
    return named(
        "spend", member_id, total=total, payments=payments, lines=(), discount=0, trust=None
    )


def loaded(world: World, fen: int = 0) -> str:
    member_id = world.at_the_counter(f"137{next(numbers):08d}")
    if fen:
        top_up = named("top_up", member_id, paid=fen, bonus=0, free=False, method="cash")
        assert world.do(top_up).word == "taken"
    return member_id


def with_one(world: World, **what: str) -> tuple[str, str]:
    """A member with one coupon or card, and its lot."""
    member_id = loaded(world)
    entry = world.do(named("grant", member_id, **what)).detail
    return member_id, f"{entry}.0"


def at_once(world: World, all_asked: list[Asked]) -> list[Answer]:
    """Each by a till of its own; none begins before the last one is there."""
    barrier = Barrier(len(all_asked))

    def send(asked: Asked) -> Answer:
        barrier.wait()
        answer: Answer = world.answered(lambda: world.really(asked))
        return answer

    with ThreadPoolExecutor(len(all_asked)) as tills:
        return list(tills.map(send, all_asked))


def outcomes(answers: list[Answer]) -> Counter[str]:
    return Counter(each.detail[0] if each.word == "refused" else each.word for each in answers)


def sums(world: World, *member_ids: str) -> list[int]:
    """Balances, where the books of each hold the law."""
    for member_id in member_ids:
        ledger_law.holds(world.read(member_id))
    return [world.desk.card(each, consistent=True).account.balance_fen for each in member_ids]


def sent_again_answers_the_same(world: World, asked: list[Asked], answers: list[Answer]) -> None:
    assert [world.really(each) for each in asked] == answers


@pytest.mark.parametrize("_", range(ROUNDS))
def test_two_tills_and_one_count_card_with_one_time_left(world: World, _: int) -> None:
    member_id, lot = with_one(world, card="wash")
    tills = [spend(member_id, Paid("count_card", 3_000, lot, times=1)) for _ in range(2)]
    answers = at_once(world, tills)
    assert outcomes(answers) == {"taken": 1, "count_card_not_usable": 1}
    sent_again_answers_the_same(world, tills, answers)
    assert world.desk.card(member_id).account.holdings == ()


@pytest.mark.parametrize("_", range(ROUNDS))
def test_one_coupon_and_five_orders(world: World, _: int) -> None:
    member_id, lot = with_one(world, coupon="off")
    orders = [spend(member_id, Paid("cash", 700), Paid("coupon", 500, lot)) for _ in range(5)]
    answers = at_once(world, orders)
    assert outcomes(answers) == {"taken": 1, "coupon_not_usable": 4}
    sent_again_answers_the_same(world, orders, answers)
    assert [e.total_fen for e in world.read(member_id) if e.kind == "spend"] == [1_200]


@pytest.mark.parametrize("_", range(ROUNDS))
def test_a_refund_beside_a_spend(world: World, _: int) -> None:
    """The spend is covered only once the refund is there: either it comes after it, or it is refused for good."""
    member_id = loaded(world, 1_000)
    sold = spend(member_id, Paid("balance", 1_000))
    world.do(sold)
    both = [named("refund", "", of=sold.name), spend(member_id, Paid("balance", 600))]
    answers = at_once(world, both)
    assert answers[0].word == "taken"
    assert outcomes(answers[1:]) in ({"taken": 1}, {"balance_too_low": 1})
    sent_again_answers_the_same(world, both, answers)
    assert sums(world, member_id) == [400 if answers[1].word == "taken" else 1_000]


@pytest.mark.parametrize("_", range(ROUNDS))
def test_two_refunds_of_the_last_fen(world: World, _: int) -> None:
    member_id = loaded(world, 1_000)
    sold = spend(member_id, Paid("balance", 1_000))
    world.do(sold)
    world.do(named("refund", "", of=sold.name, fen=999))
    both = [named("refund", "", of=sold.name, fen=1) for _ in range(2)]
    answers = at_once(world, both)
    assert outcomes(answers) == {"taken": 1, "nothing_left": 1}
    sent_again_answers_the_same(world, both, answers)
    assert sums(world, member_id) == [1_000]


@pytest.mark.parametrize("_", range(ROUNDS))
def test_a_void_beside_a_refund_of_a_part(world: World, _: int) -> None:
    member_id = loaded(world, 1_000)
    sold = spend(member_id, Paid("balance", 1_000))
    world.do(sold)
    both = [named("void", "", of=sold.name), named("refund", "", of=sold.name, fen=300)]
    answers = at_once(world, both)
    assert outcomes(answers) in (
        {"taken": 1, "nothing_left": 1},
        {"taken": 1, "refunded_already": 1},
    )
    sent_again_answers_the_same(world, both, answers)
    assert sums(world, member_id) == [1_000 if answers[0].word == "taken" else 300]


@pytest.mark.parametrize("_", range(ROUNDS))
def test_two_transfers_of_the_whole_balance(world: World, _: int) -> None:
    giving, one, other = loaded(world, 1_000), loaded(world), loaded(world)
    both = [named("transfer_out", giving, other=each, fen=None) for each in (one, other)]
    answers = at_once(world, both)
    assert outcomes(answers) == {"taken": 1, "balance_too_low": 1}
    sent_again_answers_the_same(world, both, answers)
    won = answers[0].word == "taken"
    assert sums(world, giving, one, other) == [0, 1_000 * won, 1_000 * (not won)]


@pytest.mark.parametrize("_", range(ROUNDS))
def test_two_members_who_give_each_other_all_they_have(world: World, _: int) -> None:
    one, other = loaded(world, 1_000), loaded(world, 30)
    both = [
        named("transfer_out", one, other=other, fen=None),
        named("transfer_out", other, other=one, fen=None),
    ]
    answers = at_once(world, both)
    assert outcomes(answers) == {"taken": 2}
    assert sorted(sums(world, one, other)) == [0, 1_030]


@pytest.mark.parametrize("_", range(ROUNDS))
def test_one_name_sent_by_five_tills_is_one_spend(world: World, _: int) -> None:
    member_id = loaded(world, 1_000)
    answers = at_once(world, [spend(member_id, Paid("balance", 400))] * 5)
    assert len(set(answers)) == 1
    assert sums(world, member_id) == [600]


@pytest.mark.parametrize("_", range(ROUNDS))
def test_one_name_with_two_bodies_is_one_spend(world: World, _: int) -> None:
    member_id = loaded(world, 1_000)
    one, other = (spend(member_id, Paid("balance", fen)) for fen in (400, 300))
    answers = at_once(world, [one, other._replace(name=one.name)])
    assert outcomes(answers) == {"taken": 1, "name_taken": 1}
    assert sums(world, member_id) == [600 if answers[0].word == "taken" else 700]


# Between read and write


@pytest.mark.parametrize("at", range(4))
def test_a_till_that_read_the_count_card_before_the_other_took_it(world: World, at: int) -> None:
    member_id, lot = with_one(world, card="wash")
    late, quick = (spend(member_id, Paid("count_card", 3_000, lot, times=1)) for _ in range(2))
    assert met(world, late, quick, at) == met_by_the(at, "count_card_not_usable", reads=1)


@pytest.mark.parametrize("at", range(4))
def test_a_till_that_read_the_coupon_before_the_other_took_it(world: World, at: int) -> None:
    member_id, lot = with_one(world, coupon="off")
    late, quick = (spend(member_id, Paid("coupon", 500, lot), Paid("cash", 1)) for _ in range(2))
    assert met(world, late, quick, at) == met_by_the(at, "coupon_not_usable", reads=1)


@pytest.mark.parametrize("at", range(5))
def test_a_refund_that_read_the_spend_before_the_other_refund(world: World, at: int) -> None:
    member_id = loaded(world, 1_000)
    sold = spend(member_id, Paid("balance", 1_000))
    world.do(sold)
    world.do(named("refund", "", of=sold.name, fen=999))
    late, quick = (named("refund", "", of=sold.name, fen=1) for _ in range(2))
    assert met(world, late, quick, at) == met_by_the(at, "nothing_left", reads=2)
    assert sums(world, member_id) == [1_000]


@pytest.mark.parametrize("at", range(5))
def test_a_void_that_read_the_spend_before_it_was_refunded_in_part(world: World, at: int) -> None:
    member_id = loaded(world, 1_000)
    sold = spend(member_id, Paid("balance", 1_000))
    world.do(sold)
    void, refund = named("void", "", of=sold.name), named("refund", "", of=sold.name, fen=300)
    mine, others = met(world, void, refund, at)
    if at <= 2:
        assert (mine, others) == ("refunded_already", "taken")
    else:
        assert (mine, others) == ("taken", "nothing_left")
    assert sums(world, member_id) == [300 if at <= 2 else 1_000]


@pytest.mark.parametrize("at", range(4))
def test_a_transfer_that_read_the_balance_before_the_other(world: World, at: int) -> None:
    giving, one, other = loaded(world, 1_000), loaded(world), loaded(world)
    late, quick = (named("transfer_out", giving, other=each, fen=None) for each in (one, other))
    assert met(world, late, quick, at) == met_by_the(at, "balance_too_low", reads=2)
    assert sum(sums(world, giving, one, other)) == 1_000


@pytest.mark.parametrize(("kind", "reads"), [("spend", 1), ("transfer_out", 2)])
def test_of_two_calls_in_the_same_millisecond_only_one_is_the_first(
    world: World, house: House, kind: str, reads: int
) -> None:
    """Both come to the very same entry; a till that counts what it was told first would count it twice."""
    giving, taking = loaded(world, 1_000), loaded(world)
    name = f"race-{next(numbers)}"
    told: list[bool] = []

    def send(request_id: str) -> None:
        by = Stamp("till", "till", "", request_id)
        if kind == "spend":
            paid = [Payment("balance", 500)]
            posting = spends.spend(house.store, name, total_fen=500, payments=paid)
            told.append(world.desk.take(giving, posting, "same", by).first)
        else:
            gift = TransferOut(store=house.store, order_name=name, other_id=taking)
            told.append(world.desk.transfer(giving, gift, "same", by).first)

    with between(reads, lambda: send("quick")):
        send("late")
    assert told == [True, False]


def met(world: World, late: Asked, quick: Asked, at: int) -> tuple[str, str]:
    """What `late` and `quick` were answered, where `quick` went through before the `at`th call of `late`."""
    quick_answer: list[Answer] = []
    with between(at, lambda: quick_answer.append(world.really(quick))):
        late_answer = world.really(late)
    if not quick_answer:
        quick_answer.append(world.really(quick))
    told = [next(iter(outcomes([answer]))) for answer in (late_answer, quick_answer[0])]
    sent_again_answers_the_same(world, [late, quick], [late_answer, quick_answer[0]])
    return told[0], told[1]


def met_by_the(at: int, code: str, *, reads: int) -> tuple[str, str]:
    """The quick one wins until the other one has written."""
    return (code, "taken") if at <= reads else ("taken", code)
