"""A day at the till: rules, bonus, coupons, count cards, points, refunds, limits, cards lost and handed over."""

import json
import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from chalicelib.adapters.tables import connection
from chalicelib.ledger import built
from tests.client import Client, Reply
from tests.house import House

S1 = "/v1/stores/s1"
RULES: dict[str, Any] = {
    "points": {"earn_fen": 100, "valid_months": 12, "redeem_points": 100, "redeem_fen": 100},
    "tiers": {
        "tiers": [{"tier": "silver", "title": "银卡", "needs": 100_000, "points_percent": 200}]
    },
    "top_ups": [
        {"name": "pay-500", "pay_fen": 50_000, "bonus_fen": 8_000},
        {"name": "first", "pay_fen": 10_000, "bonus_fen": 3_000, "first_only": True},
    ],
    "coupons": [
        {
            "coupon": "ten",
            "title": "满50减10",
            "amount_off_fen": 1_000,
            "threshold_fen": 5_000,
            "stores": ["s1"],
        },
        {"coupon": "fifth", "title": "八折", "percent_off": 20, "cap_fen": 1_500},
    ],
    "count_cards": [
        {"count_card": "cut", "title": "剪发", "service": "cut", "times": 2, "price_fen": 9_000}
    ],
}


@pytest.fixture(autouse=True)
def rules(house: House) -> Iterator[None]:
    assert house.office.put("/v1/rules", RULES, if_match="*").status == 200
    yield
    built.forget()


@pytest.fixture
def member_id(house: House) -> str:
    return house.register(f"138{random.randrange(10**8):08d}")


@pytest.fixture
def manager(house: House) -> Client:
    return house.staff(house.store, "store_manager", "02")


def put(who: Client, path: str, **body: object) -> Reply:
    return who.put(f"{S1}/{path}", body)


def name() -> str:
    return f"n-{random.randrange(10**12)}"


def paid_by(method: str, fen: int, **more: object) -> dict[str, Any]:
    return {"method": method, "amount_fen": fen, **more}


def card(house: House, member_id: str) -> dict[str, Any]:
    found: dict[str, Any] = house.till.get(f"/v1/members/{member_id}").json
    return found


def sell(house: House, member_id: str, *payments: dict[str, Any], **more: object) -> Reply:
    total = sum(each["amount_fen"] for each in payments)
    body = {"member_id": member_id, "total_fen": total, "payments": list(payments), **more}
    return put(house.till, f"spends/{name()}", **body)


# Top-ups


@pytest.mark.parametrize(
    ("paid_fen", "bonus_fen"), [(9_999, 0), (10_000, 3_000), (49_999, 3_000), (50_000, 8_000)]
)
def test_the_best_rule_that_fits_gives_the_bonus(
    house: House, member_id: str, paid_fen: int, bonus_fen: int
) -> None:
    asked = {"member_id": member_id, "paid_fen": paid_fen}
    assert house.till.post(f"{S1}/top-up-quotes", asked).json["bonus_fen"] == bonus_fen
    made = put(house.till, f"top-ups/{name()}", **asked, method="cash")
    assert (made.status, made.json["bonus_fen"]) == (201, bonus_fen)


def test_the_first_top_up_is_the_first_once(house: House, member_id: str) -> None:
    asked = {"member_id": member_id, "paid_fen": 10_000, "method": "cash"}
    bonuses = [put(house.till, f"top-ups/{name()}", **asked).json["bonus_fen"] for _ in range(2)]
    assert bonuses == [3_000, 0]


def test_another_bonus_needs_somebody_who_may_give_it(
    house: House, manager: Client, member_id: str
) -> None:
    asked = {"member_id": member_id, "paid_fen": 50_000, "bonus_fen": 20_000, "method": "cash"}
    refused = put(house.till, f"top-ups/{name()}", **asked)
    assert (refused.status, refused.json["code"]) == (409, "bonus_not_granted")
    assert put(manager, f"top-ups/{name()}", **asked).json["bonus_fen"] == 20_000


# Coupons, count cards, points


def test_a_coupon_is_good_once_from_its_threshold_on_in_its_store(
    house: House, manager: Client, member_id: str
) -> None:
    put(manager, f"grants/{name()}", member_id=member_id, coupon="ten", reason="生日")
    lot_id = card(house, member_id)["coupons"][0]["lot_id"]
    coupon = paid_by("coupon", 1_000, lot_id=lot_id)
    below = sell(house, member_id, coupon, paid_by("cash", 3_999))
    assert (below.status, below.json["because"]) == (409, "threshold")
    elsewhere = house.other_till.put(
        f"/v1/stores/s2/spends/{name()}",
        {"member_id": member_id, "total_fen": 5_000, "payments": [coupon, paid_by("cash", 4_000)]},
    )
    assert (elsewhere.status, elsewhere.json["because"]) == (409, "other_store")
    assert sell(house, member_id, coupon, paid_by("cash", 4_000)).status == 201
    again = sell(house, member_id, coupon, paid_by("cash", 4_000))
    assert (again.status, again.json["because"]) == (409, "unknown")


@pytest.mark.parametrize(("total_fen", "off_fen"), [(1_003, 201), (7_499, 1_500), (9_000, 1_500)])
def test_per_cent_off_rounds_half_a_fen_up_and_ends_at_its_cap(
    house: House, manager: Client, member_id: str, total_fen: int, off_fen: int
) -> None:
    put(manager, f"grants/{name()}", member_id=member_id, coupon="fifth", reason="x")
    lot_id = card(house, member_id)["coupons"][0]["lot_id"]
    wrong = sell(
        house, member_id, paid_by("coupon", 1, lot_id=lot_id), paid_by("cash", total_fen - 1)
    )
    assert (wrong.json["code"], wrong.json["value_fen"]) == ("coupon_value_differs", off_fen)
    coupon = paid_by("coupon", off_fen, lot_id=lot_id)
    assert sell(house, member_id, coupon, paid_by("cash", total_fen - off_fen)).status == 201


def test_a_count_card_pays_for_its_service_as_often_as_was_bought(
    house: House, member_id: str
) -> None:
    sold = put(
        house.till, f"card-sales/{name()}", member_id=member_id, count_card="cut", method="cash"
    )
    assert (sold.status, sold.json["price_fen"], sold.json["times"]) == (201, 9_000, 2)
    cut = [{"name": "剪发", "quantity": 1, "amount_fen": 5_000, "sku": "cut"}]
    dye = [{"name": "染发", "quantity": 1, "amount_fen": 5_000, "sku": "dye"}]
    once = paid_by("count_card", 5_000, lot_id=sold.json["lot_id"], line=0)
    other = sell(house, member_id, once, lines=dye)
    assert (other.json["code"], other.json["because"]) == ("count_card_not_usable", "other_service")
    assert [sell(house, member_id, once, lines=cut).status for _ in range(3)] == [201, 201, 409]
    assert card(house, member_id)["count_cards"] == []


def test_points_are_earned_redeemed_and_doubled_by_tier(house: House, member_id: str) -> None:
    first = sell(house, member_id, paid_by("cash", 99_999))
    assert (first.json["points_earned"], card(house, member_id)["tier"]) == (999, "standard")
    assert card(house, member_id)["tier_standing"]["missing"] == 1
    sell(house, member_id, paid_by("cash", 1))
    assert card(house, member_id)["tier"] == "silver"
    second = sell(house, member_id, paid_by("points", 500), paid_by("cash", 1_000))
    assert (second.json["points_earned"], second.json["points_after"]) == (20, 519)
    too_many = sell(house, member_id, paid_by("points", 520))
    assert (too_many.json["code"], too_many.json["missing_points"]) == ("points_too_low", 1)


def test_who_climbs_by_a_spend_and_returns_it_climbs_down(house: House, member_id: str) -> None:
    spend = sell(house, member_id, paid_by("cash", 100_000)).json
    assert card(house, member_id)["tier"] == "silver"
    owner = {"out_trade_no": spend["out_trade_no"], "reason": "退货"}
    assert house.office.put(f"{S1}/refunds/{name()}", owner).status == 201
    after = card(house, member_id)
    assert (after["tier"], after["points"]) == ("standard", 0)


# Refunds


def test_a_refund_is_never_above_what_is_left_and_a_name_refused_stays_so(
    house: House, member_id: str
) -> None:
    spend = sell(house, member_id, paid_by("cash", 1_000)).json["out_trade_no"]
    asked = {"out_trade_no": spend, "reason": "x"}
    assert put(house.till, f"refunds/{name()}", **asked, amount_fen=600).status == 201
    refused = name()
    too_much = put(house.till, f"refunds/{refused}", **asked, amount_fen=401)
    assert (too_much.json["code"], too_much.json["left_fen"]) == ("refund_too_high", 400)
    again = put(house.till, f"refunds/{refused}", **asked, amount_fen=401)
    assert (again.status, again.headers["Idempotent-Replay"]) == (409, "true")
    assert put(house.till, f"refunds/{name()}", **asked).json["refunded_fen"] == 400
    assert put(house.till, f"refunds/{name()}", **asked).json["code"] == "nothing_left"


def test_a_limit_is_not_passed_in_pieces_and_a_refund_sent_again_is_no_new_one(
    house: House, member_id: str
) -> None:
    spend = sell(house, member_id, paid_by("cash", 90_000)).json["out_trade_no"]
    asked = {"out_trade_no": spend, "reason": "x"}
    first = name()
    for status in (201, 200):
        sent = put(house.till, f"refunds/{first}", **asked, amount_fen=30_000)
        assert sent.status == status
    refused = put(house.till, f"refunds/{name()}", **asked, amount_fen=20_001)
    assert (refused.status, refused.json["code"]) == (403, "limit_exceeded")
    assert put(house.till, f"refunds/{name()}", **asked, amount_fen=20_000).status == 201


def test_a_discount_is_bound_by_who_gives_it(house: House, manager: Client, member_id: str) -> None:
    line = {"name": "外套", "quantity": 1, "amount_fen": 10_000}
    body = {
        "member_id": member_id,
        "total_fen": 7_999,
        "discount_fen": 2_001,
        "lines": [line],
        "payments": [paid_by("cash", 7_999)],
    }
    assert put(house.till, f"spends/{name()}", **body).json["code"] == "limit_exceeded"
    assert put(manager, f"spends/{name()}", **body).status == 201
    body["total_fen"] = 8_001
    wrong = put(manager, f"spends/{name()}", **body)
    assert wrong.status == 422


def test_a_void_undoes_a_whole_spend_and_only_once(house: House, member_id: str) -> None:
    put(house.till, f"top-ups/{name()}", member_id=member_id, paid_fen=5_000, method="cash")
    spend = sell(house, member_id, paid_by("balance", 3_000), paid_by("cash", 500)).json
    asked = {"out_trade_no": spend["out_trade_no"], "reason": "收错了"}
    void = put(house.till, f"voids/{name()}", **asked)
    assert void.json["payments"] == [paid_by("balance", 3_000), paid_by("cash", 500)]
    assert void.json["balance_after_fen"] == 5_000
    assert put(house.till, f"voids/{name()}", **asked).json["code"] == "refunded_already"


# Cards


def test_a_lost_card_pays_nothing_until_it_is_replaced(
    house: House, manager: Client, member_id: str
) -> None:
    put(house.till, f"top-ups/{name()}", member_id=member_id, paid_fen=5_000, method="cash")
    old = card(house, member_id)["card_no"]
    report = {"member_id": member_id, "reason": "丢了"}
    assert put(manager, f"card-reports/{name()}", **report, what="lost").status == 201
    assert sell(house, member_id, paid_by("balance", 100)).json["code"] == "card_lost"
    assert sell(house, member_id, paid_by("cash", 100)).status == 201
    replaced = name()
    numbers = [
        put(manager, f"card-reports/{replaced}", **report, what="replaced").json["card_no"]
        for _ in range(2)
    ]
    assert numbers[0] == numbers[1] != old
    assert sell(house, member_id, paid_by("balance", 100)).status == 201
    found = house.till.post("/v1/members/lookup", {"card_no": old})
    assert found.json["items"] == []


def test_balance_is_handed_over_and_neither_learns_who_the_other_is(
    house: House, manager: Client, member_id: str
) -> None:
    put(house.till, f"top-ups/{name()}", member_id=member_id, paid_fen=50_000, method="cash")
    other = house.register(f"139{random.randrange(10**8):08d}")
    asked = {"from_member_id": member_id, "to_member_id": other, "reason": "家人"}
    given = put(manager, f"transfers/{name()}", **asked, amount_fen=29_000)
    assert given.json["balance_after_fen"] == 29_000
    assert card(house, other)["balance_fen"] == 29_000
    seen = [house.member(other).get(path).text for path in ("/v1/me/lots", "/v1/me/spends")]
    assert not any(member_id in text for text in seen)
    quotes = house.till.get(f"/v1/members/{other}/refund-quote").json
    assert quotes["total_back_fen"] == 25_000
    assert put(manager, f"transfers/{name()}", **(asked | {"to_member_id": member_id})).json[
        "code"
    ] == "same_member"  # fmt: skip


# Limits and rights that several requests at once, or odd orders of them, might pass


def test_refunds_sent_at_once_do_not_pass_the_limit_together(house: House, member_id: str) -> None:
    spend = sell(house, member_id, paid_by("cash", 200_000)).json["out_trade_no"]
    body = {"out_trade_no": spend, "reason": "x", "amount_fen": 50_000}
    with ThreadPoolExecutor(4) as tills:
        sent = [tills.submit(put, house.till, f"refunds/{name()}", **body) for _ in range(4)]
    assert sorted(each.result().status for each in sent) == [201, 403, 403, 403]


def test_no_till_makes_up_a_bonus_where_the_chain_has_no_rules(
    house: House, member_id: str
) -> None:
    assert house.office.put("/v1/rules", {}, if_match="*").status == 200
    built.forget()
    asked = {"member_id": member_id, "paid_fen": 1, "bonus_fen": 40_000_000, "method": "cash"}
    assert put(house.till, f"top-ups/{name()}", **asked).json["code"] == "bonus_not_granted"


def test_what_was_handed_over_is_paid_back_to_who_has_it_now(
    house: House, manager: Client, member_id: str
) -> None:
    bought = name()
    put(house.till, f"top-ups/{bought}", member_id=member_id, paid_fen=9_000, method="cash")
    other = house.register(f"139{random.randrange(10**8):08d}")
    handed = {"from_member_id": member_id, "to_member_id": other, "reason": "家人"}
    put(manager, f"transfers/{name()}", **handed, amount_fen=4_000)
    (quote,) = house.till.get(f"/v1/members/{other}/refund-quote").json["items"]
    assert quote["back_fen"] == 4_000
    back = put(
        manager,
        f"top-up-refunds/{name()}",
        entry_id=quote["entry_id"],
        member_id=other,
        reason="x",
    )
    assert (back.json["member_id"], back.json["back_fen"]) == (other, 4_000)
    rest = put(manager, f"top-up-refunds/{name()}", out_top_up_no=bought, reason="x")
    assert rest.json["back_fen"] == 5_000


def test_with_lines_a_count_card_says_which_one_it_pays(house: House, member_id: str) -> None:
    sold = put(
        house.till, f"card-sales/{name()}", member_id=member_id, count_card="cut", method="cash"
    )
    line = [{"name": "外套", "quantity": 1, "amount_fen": 99_900, "sku": "coat"}]
    card_pays = paid_by("count_card", 99_900, lot_id=sold.json["lot_id"])
    assert sell(house, member_id, card_pays, lines=line).status == 422


def test_a_correction_names_an_entry_of_its_own_member(house: House, member_id: str) -> None:
    theirs = sell(house, house.register(f"139{random.randrange(10**8):08d}"), paid_by("cash", 100))
    asked = {"member_id": member_id, "balance_fen": 1, "reason": "x"}
    wrong = house.office.put(
        f"{S1}/corrections/{name()}", {**asked, "corrects": theirs.json["spend_id"]}
    )
    assert wrong.status == 422


def test_a_date_beyond_all_calendars_is_no_rule(house: House) -> None:
    forever = {"coupon": "x", "title": "x", "percent_off": 10, "ends_on": "9999-12-31"}
    asked = house.office.put("/v1/rules", {"coupons": [forever]}, if_match="*")
    assert asked.status == 422


def test_a_card_with_more_than_an_item_holds_takes_no_more(
    house: House, manager: Client, member_id: str
) -> None:
    stores = [f"{number:031d}" for number in range(200)]
    long = {"coupon": "long", "title": "x", "percent_off": 10, "stores": stores}
    assert house.office.put("/v1/rules", {"coupons": [long]}, if_match="*").status == 200
    built.forget()
    asked = {"member_id": member_id, "coupon": "long", "reason": "x"}
    replies = [put(manager, f"grants/{name()}", **asked) for _ in range(40)]
    assert {each.status for each in replies} == {201, 409}
    assert replies[-1].json["code"] == "card_full"
    assert sell(house, member_id, paid_by("cash", 100)).status == 201


def test_points_spent_before_a_refund_do_not_come_back_from_nothing(
    house: House, member_id: str
) -> None:
    bought = sell(house, member_id, paid_by("cash", 1_000)).json["out_trade_no"]
    with_points = sell(house, member_id, paid_by("points", 10)).json["out_trade_no"]
    for spend in (bought, with_points):
        asked = {"out_trade_no": spend, "reason": "x"}
        assert put(house.till, f"refunds/{name()}", **asked).status == 201
    assert card(house, member_id)["points"] == 0
    assert sell(house, member_id, paid_by("cash", 500)).json["points_after"] == 5


def test_less_than_the_lines_come_to_is_a_discount_whatever_it_is_called(
    house: House, member_id: str
) -> None:
    line = {"name": "外套", "quantity": 1, "amount_fen": 100_000}
    asked = sell(house, member_id, paid_by("cash", 79_999), lines=[line])
    assert (asked.status, asked.json["code"]) == (403, "limit_exceeded")
    assert sell(house, member_id, paid_by("cash", 80_000), lines=[line]).status == 201


def test_what_was_allowed_is_answered_again_to_who_may_not(
    house: House, manager: Client, member_id: str
) -> None:
    spend = sell(house, member_id, paid_by("cash", 90_000)).json["out_trade_no"]
    void, body = name(), {"out_trade_no": spend, "reason": "x"}
    assert put(house.till, f"voids/{void}", **body).status == 403
    assert put(manager, f"voids/{void}", **body).status == 201
    assert put(house.till, f"voids/{void}", **body).status == 200


def test_one_coupon_an_order(house: House, manager: Client, member_id: str) -> None:
    for _ in range(2):
        put(manager, f"grants/{name()}", member_id=member_id, coupon="fifth", reason="x")
    both = [
        paid_by("coupon", 1_000, lot_id=each["lot_id"])
        for each in card(house, member_id)["coupons"]
    ]
    refused = sell(house, member_id, *both, paid_by("cash", 3_000))
    assert (refused.status, refused.json["because"]) == (409, "one_an_order")


def test_rules_that_a_newer_release_kept_are_read_by_this_one(
    house: House, member_id: str, tables: dict[str, str]
) -> None:
    newer = {"points": {"earn_fen": 50, "new": 1}, "newer": {}, "coupons": []}
    connection().client.update_item(
        TableName=tables["BOOK_TABLE"],
        Key={"pk": {"S": "RULES"}, "sk": {"S": "RULES"}},
        UpdateExpression="SET document = :d",
        ExpressionAttributeValues={":d": {"S": json.dumps(newer)}},
    )
    built.forget()
    assert sell(house, member_id, paid_by("cash", 100)).json["points_earned"] == 2
