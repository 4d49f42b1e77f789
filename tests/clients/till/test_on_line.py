"""While there is a line: each order counts once, whatever the line does to calls and answers."""

import sqlite3
from collections.abc import Sequence
from datetime import timedelta

import pytest

from dengta_till import BadOrder, Line, NameUsed, NoAnswer, Refused, Undecided, Unreachable
from tests.clients.till.bridge import Weather
from tests.clients.till.shop import Shop, from_balance, in_cash, sell


def test_a_first_sale_is_taken(shop: Shop, member_id: str) -> None:
    till = shop.till()
    card_no = shop.house.till.get(f"/v1/members/{member_id}").json["card_no"]
    found = till.lookup(card_no=card_no)
    assert found.members[0].balance_fen == 10_000
    sale = sell(till, member_id, from_balance(1_679), name="first-1", note="两杯咖啡")
    assert (sale.state, sale.balance_after_fen, sale.counter) == ("taken", 8_321, None)
    assert sale.spend_id
    assert till.order("first-1") is not None
    assert till.status().states["taken"] == 1


@pytest.mark.parametrize(
    "weather",
    [
        ["cut", "fair"],
        ["hang", "fair"],
        ["500", "503", "429", "fair"],
        ["portal", "fair"],
        ["late cut", "fair"],
        ["late hang", "late 500", "fair"],
        ["late cut", "late hang", "cut", "500", "fair"],
    ],
)
def test_a_bad_line_takes_each_order_once(
    shop: Shop, member_id: str, weather: Sequence[Weather]
) -> None:
    till = shop.till(patience_s=60.0)
    shop.weather = list(weather)
    assert sell(till, member_id, from_balance(700)).state == "taken"
    shop.weather = list(weather)
    assert till.top_up(member_id, 300, "cash").balance_after_fen == 9_600
    assert shop.balance_fen(member_id) == 9_600
    assert len(shop.entries(member_id)) == 3


def test_a_refund_on_a_bad_line_gives_back_once(shop: Shop, member_id: str) -> None:
    till = shop.till(patience_s=60.0)
    sale = sell(till, member_id, from_balance(1_000))
    shop.weather = ["late cut", "late 500", "fair"]
    back = till.refund(sale.name, "cold coffee", amount_fen=400, name="back-1")
    assert back.balance_after_fen == 9_400
    again = till.refund(sale.name, "cold coffee", amount_fen=400, name="back-1")
    assert (again.again, shop.balance_fen(member_id)) == (True, 9_400)


def test_the_same_order_under_its_name_is_the_same_sale(shop: Shop, member_id: str) -> None:
    till = shop.till()
    first = sell(till, member_id, in_cash(500), name="same-1")
    again = sell(till, member_id, in_cash(500), name="same-1")
    assert (first.again, again.again) == (False, True)
    assert first.spend_id == again.spend_id
    with pytest.raises(NameUsed):
        sell(till, member_id, in_cash(501), name="same-1")
    assert len(shop.bridge.calls) == 1


def test_a_refusal_is_told_and_stays(shop: Shop, member_id: str) -> None:
    till = shop.enrolled()
    with pytest.raises(Refused) as no:
        sell(till, member_id, from_balance(10_001), name="poor-1")
    assert (no.value.reason, no.value.status) == ("balance_too_low", 409)
    assert no.value.hint
    with pytest.raises(Refused):
        sell(till, member_id, from_balance(10_001), name="poor-1")
    assert till.replay().named == []
    assert till.status().tip == 0


def test_lines_and_a_discount_go_with_the_order(shop: Shop, member_id: str) -> None:
    till = shop.till()
    lines = [Line("拿铁", 2, 3_600), Line("cake", 1, 2_800, sku="C-1")]
    sale = till.spend(member_id, 6_000, from_balance(6_000), lines=lines, discount_fen=400)
    assert [each["net_fen"] for each in sale.answer["lines"]] == [3_375, 2_625]


def test_a_till_waits_as_long_as_it_is_told(shop: Shop, member_id: str) -> None:
    till = shop.till(patience_s=60.0)
    shop.weather = ["503", "503", "fair"]
    sell(till, member_id, in_cash(100))
    assert len(shop.slept) == 2
    assert 0 <= shop.slept[0] <= 0.25
    assert 0 <= shop.slept[1] <= 0.5


def test_the_next_endpoint_is_asked_when_one_is_dead(shop: Shop, member_id: str) -> None:
    dead = "http://127.0.0.1:9/api"
    till = shop.till(endpoints=(dead, shop.bridge.url))
    assert sell(till, member_id, in_cash(100)).state == "taken"
    assert shop.slept == []


def test_what_never_left_the_till_is_taken_back(shop: Shop, member_id: str) -> None:
    till = shop.till(endpoints=("http://127.0.0.1:9/api",))
    with pytest.raises(Unreachable) as why:
        sell(till, member_id, from_balance(100), name="back-again")
    assert why.value.reason == "not_enrolled"
    with pytest.raises(Unreachable):
        till.refund("any", "why", name="refund-again")
    assert till.status().states["withdrawn"] == 2
    till.close()
    assert sell(shop.till(), member_id, from_balance(100), name="back-again").state == "taken"


def test_what_may_have_arrived_is_never_taken_back(shop: Shop, member_id: str) -> None:
    till = shop.enrolled()
    shop.weather = ["late cut"]
    with pytest.raises(Undecided) as unknown:
        sell(till, member_id, from_balance(100), name="perhaps")
    assert unknown.value.reason == "no_card"
    with pytest.raises(Undecided):
        till.top_up(member_id, 5_000, "cash", name="perhaps")
    shop.weather = ["fair"]
    assert till.replay().asked == {"perhaps": "taken"}
    assert till.replay().asked == {}
    assert shop.balance_fen(member_id) == 14_900


def test_an_undecided_sale_whose_goods_stayed_is_voided(shop: Shop, member_id: str) -> None:
    till = shop.enrolled()
    shop.weather = ["late hang"]
    with pytest.raises(Undecided):
        sell(till, member_id, from_balance(2_500), name="left-the-shop")
    till.abandon("left-the-shop", "the member paid cash elsewhere")
    with pytest.raises(Undecided):
        sell(till, member_id, from_balance(2_500), name="left-the-shop")
    shop.weather = ["fair"]
    assert till.replay().asked == {"left-the-shop": "voided"}
    assert shop.balance_fen(member_id) == 10_000
    assert till.status().states["voided"] == 1
    sold = sell(till, member_id, in_cash(100))
    with pytest.raises(BadOrder):
        till.abandon(sold.name, "too late")


def test_what_is_sent_is_on_disk_before(shop: Shop, member_id: str) -> None:
    till = shop.till()
    seen: list[tuple[str, str]] = []

    def look(moment: str) -> None:
        if moment == "came":
            with sqlite3.connect(shop.home / "journal.sqlite3") as other:
                seen.extend(other.execute("SELECT name, state FROM orders"))
            other.close()

    shop.bridge.passed = look
    sell(till, member_id, in_cash(100), name="ahead")
    assert seen == [("ahead", "asking")]


def test_a_till_whose_clock_is_wrong_is_told(shop: Shop, member_id: str) -> None:
    shop.ahead = timedelta(hours=2)
    with pytest.raises(Refused) as no:
        sell(shop.till(), member_id, in_cash(100))
    assert "/occurred_at" in str(no.value)


def test_looking_somebody_up_needs_the_line(shop: Shop) -> None:
    shop.weather = ["cut"]
    with pytest.raises(NoAnswer):
        shop.till().lookup(phone="13700000001")


def test_staff_act_with_their_own_permissions(shop: Shop) -> None:
    shop.house.staff(shop.house.store, "store_manager", "08")
    till = shop.till()
    with pytest.raises(Refused) as no:
        till.enroll("counter 2")
    assert no.value.reason == "permission_denied"
    till.enroll("counter 2", till.sign_in("08", "2468"))
    assert till.status().enrolled


def test_a_door_that_shuts_after_a_lost_answer_proves_nothing(shop: Shop, member_id: str) -> None:
    till = shop.till(patience_s=60.0)
    shop.weather = ["late cut", "401"]
    with pytest.raises(Undecided) as unknown:
        sell(till, member_id, from_balance(100), name="shut-1")
    assert unknown.value.reason == "not_let_in"
    assert till.replay().asked == {"shut-1": "asking"}
    shop.weather = ["401", "fair"]
    assert till.replay().asked == {"shut-1": "taken"}, "the name was asked after"
    assert shop.balance_fen(member_id) == 9_900


def test_a_door_that_was_shut_from_the_start_leaves_nothing(shop: Shop, member_id: str) -> None:
    till = shop.till()
    shop.weather = ["401"]
    with pytest.raises(Refused) as no:
        sell(till, member_id, from_balance(100))
    assert no.value.reason == "not_authenticated"
    assert till.replay().asked == {}


def test_a_name_that_nobody_knows_after_an_hour_was_never_booked(
    shop: Shop, member_id: str
) -> None:
    till = shop.till(patience_s=60.0)
    shop.weather = ["cut", "401"]
    with pytest.raises(Undecided):
        sell(till, member_id, from_balance(100), name="lost-1")
    shop.weather = ["401", "fair"]
    assert till.replay().asked == {"lost-1": "asking"}, "it may still be on its way"
    shop.ahead = timedelta(hours=2)
    shop.weather = ["401", "fair"]
    assert till.replay().asked == {"lost-1": "refused"}


def test_an_abandoned_sale_of_yesterday_is_refunded(shop: Shop, member_id: str) -> None:
    till = shop.till()
    shop.weather = ["late cut"]
    with pytest.raises(Undecided):
        sell(till, member_id, from_balance(700), name="yesterday-1")
    till.abandon("yesterday-1", "the member left")
    shop.weather = ["fair", "too late", "fair"]
    assert till.replay().asked == {"yesterday-1": "voided"}
    assert [each["kind"] for each in shop.entries(member_id)] == ["refund", "spend", "top_up"]
    assert shop.balance_fen(member_id) == 10_000
