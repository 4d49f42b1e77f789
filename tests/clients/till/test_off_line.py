"""Without a line: what is sold is signed, chained and trusted only so far; when the line is back each counts once."""

import json
import sqlite3
from collections.abc import Iterator
from datetime import timedelta

import pytest

from chalicelib.adapters.tables import connection
from chalicelib.stores.table import devices
from dengta_till import BadCard, JournalError, Line, NoAnswer, Payment, Till, Undecided
from dengta_till.cli import show
from tests.clients.till.shop import Shop, from_balance, in_cash, sell
from tests.house import House

GENESIS = "0" * 64


@pytest.fixture
def card(shop: Shop, member_id: str) -> str:
    return shop.card(member_id)


@pytest.fixture
def till(shop: Shop) -> Iterator[Till]:
    """Enrolled, and then the line went down."""
    with shop.enrolled() as till:
        shop.weather = ["cut"]
        yield till


def test_a_sale_without_a_line_is_kept_and_comes_in_later(
    shop: Shop, till: Till, member_id: str, card: str
) -> None:
    sale = sell(till, member_id, from_balance(1_679), card=card, note="断网 ☕")
    assert (sale.state, sale.counter) == ("offline", 1)
    assert shop.balance_fen(member_id) == 10_000
    shop.weather = ["fair"]
    seen: list[tuple[int, int]] = []
    done = till.replay(lambda count, of: seen.append((count, of)))
    assert [(each.outcome, each.name) for each in done.named] == [("taken", sale.name)]
    assert (done.waiting, done.server and done.server.complete_to) == (0, 1)
    assert seen == [(0, 1), (1, 1)]
    assert shop.balance_fen(member_id) == 8_321
    known = till.order(sale.name)
    assert known is not None
    assert (known.state, known.balance_after_fen) == ("taken", 8_321)


def test_a_sale_that_arrived_although_nobody_answered_counts_once(
    shop: Shop, till: Till, member_id: str, card: str
) -> None:
    shop.weather = ["late cut", "cut"]
    sale = sell(till, member_id, from_balance(900), card=card)
    assert sale.state == "offline"
    assert shop.balance_fen(member_id) == 9_100
    shop.weather = ["fair"]
    assert [each.outcome for each in till.replay().named] == ["replayed"]
    assert shop.balance_fen(member_id) == 9_100
    assert till.replay().named == []


def test_a_batch_whose_answer_is_lost_counts_once(
    shop: Shop, till: Till, member_id: str, card: str
) -> None:
    for _ in range(5):
        sell(till, member_id, from_balance(100), card=card)
    shop.weather = ["late cut", "late 500", "fair"]
    done = till.replay()
    assert [each.counter for each in done.named] == [1, 2, 3, 4, 5]
    assert {each.outcome for each in done.named} <= {"taken", "replayed"}
    assert shop.balance_fen(member_id) == 9_500


def test_a_journal_that_nobody_answers_still_waits_whole(
    shop: Shop, till: Till, member_id: str, card: str
) -> None:
    for _ in range(4):
        sell(till, member_id, from_balance(100), card=card)
    till.close()
    brief = shop.till(replay_timeout_s=0.01)
    shop.weather = ["500"]
    with pytest.raises(NoAnswer):
        brief.replay()
    assert brief.status().states["offline"] == 4


def test_the_chain_is_gapless_signed_and_linked(
    shop: Shop, till: Till, member_id: str, card: str
) -> None:
    names = [sell(till, member_id, in_cash(fen), card=card).name for fen in (100, 200, 300)]
    said = [json.loads(each["payload"]) for each in till.journal.export()]
    assert [each["counter"] for each in said] == [1, 2, 3]
    assert [each["out_trade_no"] for each in said] == names
    assert said[0]["prev"] == GENESIS
    assert [each["prev"] for each in said[1:]] == [
        each["hash"] for each in till.journal.export()[:-1]
    ]
    assert said[0]["occurred_at"] == said[0]["spend"]["occurred_at"]
    assert till.verify() == 3
    shop.weather = ["fair"]
    sell(till, member_id, in_cash(100))
    assert till.status().tip == 4, "the line rests after a vain call"


def test_a_card_is_trusted_up_to_its_sum_and_not_a_fen_more(
    till: Till, member_id: str, card: str
) -> None:
    assert till.card(card).trust_fen == 10_000
    sell(till, member_id, from_balance(9_999), card=card)
    assert till.card(card).left_fen == 1
    with pytest.raises(Undecided) as no:
        sell(till, member_id, from_balance(2), card=card)
    assert no.value.reason == "over_trust"
    till.abandon(no.value.name, "could not be sold")
    assert sell(till, member_id, in_cash(5_000), card=card).state == "offline"


def test_trust_is_not_won_back_by_a_replay(
    shop: Shop, till: Till, member_id: str, card: str
) -> None:
    sell(till, member_id, from_balance(6_000), card=card)
    shop.weather = ["fair"]
    till.replay()
    assert till.card(card).left_fen == 4_000


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda card: "DT1.e30." + card.rpartition(".")[2], "malformed"),
        (lambda card: card[:-4] + ("AAAA" if card[-4:] != "AAAA" else "BBBB"), "bad_signature"),
        (lambda card: "DT2" + card[3:], "malformed"),
        (lambda _card: "", "malformed"),
        (lambda card: card + "x", "malformed"),
    ],
)
def test_a_card_that_was_tampered_with_is_not_taken(
    till: Till, member_id: str, card: str, change: object, reason: str
) -> None:
    assert callable(change)
    with pytest.raises(BadCard) as bad:
        till.card(change(card))
    assert bad.value.reason == reason
    with pytest.raises(Undecided) as no:
        sell(till, member_id, from_balance(1), card=change(card))
    assert no.value.reason in {"bad_card", "no_card"}


def test_an_old_card_and_another_members_are_not_taken(
    shop: Shop, till: Till, house: House, card: str
) -> None:
    other = house.register("13799990001")
    with pytest.raises(Undecided) as no:
        sell(till, other, from_balance(1), card=card)
    assert no.value.reason == "bad_card"
    shop.ahead = timedelta(days=8)
    with pytest.raises(BadCard) as bad:
        till.card(card)
    assert bad.value.reason == "expired"


def test_a_till_that_never_fetched_the_keys_trusts_nobody(
    shop: Shop, till: Till, card: str
) -> None:
    (shop.home / "offline-keys.json").unlink()
    with pytest.raises(BadCard) as bad:
        till.card(card)
    assert bad.value.reason == "unknown_key"


def test_a_coupon_needs_the_line(till: Till, member_id: str) -> None:
    coupon = Payment("coupon", 100, lot_id=f"{member_id}-1.0")
    with pytest.raises(Undecided) as no:
        sell(till, member_id, [coupon])
    assert no.value.reason == "method"


def test_a_sale_above_what_the_server_trusts_is_held_and_shown(
    shop: Shop, till: Till, member_id: str, card: str
) -> None:
    """Another till of the store took the member's money meanwhile, and more than a debt may be."""
    sell(till, member_id, from_balance(9_000), card=card)
    other = shop.till(home=shop.home / "other")
    shop.weather = ["fair"]
    other.enroll("counter 2", shop.manager().token)
    shop.weather = ["cut"]
    sell(other, member_id, from_balance(9_000), card=card)
    shop.weather = ["fair"]
    assert [each.outcome for each in till.replay().named] == ["taken"]
    [held] = other.replay().named
    assert (held.outcome, held.code) == ("held", "over_trust")
    assert other.status().states["held"] == 1
    assert other.status().attention[0]["held_id"] == held.held_id
    assert shop.balance_fen(member_id) == 1_000
    settled = shop.settle(held.held_id, "charge")
    [known] = other.replay(held=True).named
    assert (known.outcome, known.code, known.settled) == ("held", "settled_charge", True)
    sale = other.order(held.name)
    assert sale is not None
    assert (sale.state, sale.spend_id) == ("taken", settled["spend_id"])
    assert other.status().attention == []
    assert other.replay(held=True).named == []
    card_now = shop.house.till.get(f"/v1/members/{member_id}").json
    assert (card_now["balance_fen"], card_now["debt_fen"]) == (0, 8_000)


def test_what_a_store_does_not_know_the_device_of_waits_until_it_does(
    shop: Shop, till: Till, member_id: str, tables: dict[str, str]
) -> None:
    sell(till, member_id, in_cash(500))
    shop.weather = ["fair"]
    pk, sk = devices.key(till.status().device_id)
    place = {"TableName": tables["STORES_TABLE"], "Key": {"pk": {"S": pk}, "sk": {"S": sk}}}
    dynamodb = connection().client
    kept = dynamodb.delete_item(**place, ReturnValues="ALL_OLD")["Attributes"]
    done = till.replay()
    assert (done.named, done.waiting) == ([], 1)
    dynamodb.put_item(TableName=place["TableName"], Item=kept)
    assert [each.outcome for each in till.replay().named] == ["taken"]


def test_an_old_copy_of_the_journal_is_noticed(
    shop: Shop, till: Till, member_id: str, card: str
) -> None:
    sell(till, member_id, in_cash(100), card=card)
    till.close()
    copy = {each.name: each.read_bytes() for each in shop.home.iterdir() if each.is_file()}
    with shop.till() as later:
        sell(later, member_id, in_cash(200))
        shop.weather = ["fair"]
        assert not later.replay().rolled_back
    for name, content in copy.items():
        (shop.home / name).write_bytes(content)
    with shop.till() as rolled:
        assert rolled.replay().rolled_back
        shop.weather = ["cut"]
        sell(rolled, member_id, in_cash(300))
        shop.weather = ["fair"]
        [named] = rolled.replay().named
        assert (named.outcome, named.code) == ("refused", "counter_taken")


def test_prune_forgets_only_what_was_taken_and_the_chain_still_holds(
    shop: Shop, till: Till, member_id: str, card: str
) -> None:
    for fen in (100, 200):
        sell(till, member_id, in_cash(fen), card=card)
    shop.weather = ["fair"]
    till.replay()
    shop.weather = ["cut"]
    last = sell(till, member_id, in_cash(300))
    assert till.prune(days=1) == 0
    shop.ahead = timedelta(days=30)
    assert till.prune(days=1) == 0, "a card may be good for thirty days"
    shop.ahead = timedelta(days=32)
    assert till.prune(days=1) == 2
    assert till.verify() == 1
    assert [each["counter"] for each in till.journal.export()] == [3]
    shop.ahead = timedelta()
    assert sell(till, member_id, in_cash(400)).counter == 4
    assert till.verify() == 2
    shop.weather = ["fair"]
    done = till.replay()
    assert [each.outcome for each in done.named] == ["taken", "taken"]
    assert done.server is not None
    assert (list(done.server.gaps), done.server.complete_to) == ([], 4)
    assert last.name in {each.name for each in done.named}


@pytest.mark.parametrize(
    ("way", "state", "text"),
    [
        ("charge", "taken", "settled, booked"),
        ("write_off", "taken", "settled, borne by the chain"),
        ("cancel", "voided", "settled, cancelled"),
    ],
)
def test_what_a_person_settled_is_told_and_forgotten_in_time(  # noqa: PLR0917
    shop: Shop, till: Till, member_id: str, card: str, way: str, state: str, text: str,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    lines = [Line("tea", 1, 1_000)]
    sales = [
        till.spend(member_id, 10, from_balance(10), card=card, lines=lines, discount_fen=990),
        sell(till, member_id, from_balance(20), card=card),
    ]
    shop.weather = ["fair"]
    [held, _] = till.replay().named
    assert (held.outcome, held.code, held.settled) == ("held", "discount_over_limit", False)
    assert till.replay(held=True).named == [held]
    shop.ahead = timedelta(days=40)
    assert till.prune(days=40) == 0, "nobody has decided yet"
    shop.ahead = timedelta()
    settled = shop.settle(held.held_id, way)
    done = till.replay(held=True)
    show.replay(done, as_json=False)
    assert text in capsys.readouterr().out
    sale = till.order(sales[0].name)
    assert sale is not None
    assert (sale.state, sale.spend_id) == (state, settled["spend_id"])
    assert (till.status().states["held"], till.status().attention) == (0, [])
    shop.ahead = timedelta(days=41)
    assert till.prune(days=40) == 2
    assert (till.verify(), till.journal.export()) == (0, [])


def test_what_a_person_charged_is_refunded_by_the_receipts_name(
    shop: Shop, till: Till, member_id: str, card: str
) -> None:
    lines = [Line("tea", 1, 1_000)]
    sale = till.spend(member_id, 10, from_balance(10), card=card, lines=lines, discount_fen=990)
    shop.weather = ["fair"]
    [held] = till.replay().named
    shop.settle(held.held_id, "charge")
    assert shop.balance_fen(member_id) == 9_990
    till.refund(sale.name, "cold")
    assert shop.balance_fen(member_id) == 10_000


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE chain SET payload = replace(payload, '\"total_fen\":200', '\"total_fen\":100')",
        "DELETE FROM chain WHERE counter = 2",
        "DELETE FROM chain WHERE counter = 3",
        "UPDATE chain SET signature = (SELECT signature FROM chain WHERE counter = 1) WHERE counter = 2",
    ],
)
def test_verify_finds_what_was_changed(shop: Shop, till: Till, member_id: str, damage: str) -> None:
    for fen in (100, 200, 300):
        sell(till, member_id, in_cash(fen))
    with sqlite3.connect(shop.home / "journal.sqlite3") as harm:
        harm.execute(damage)
    harm.close()
    with pytest.raises(JournalError):
        till.verify()
