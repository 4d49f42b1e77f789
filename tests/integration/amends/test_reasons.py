"""Each reason for which somebody counts as touched, found where it is kept."""

from datetime import timedelta

from msgspec.structs import replace

from chalicelib.kernel import clock
from chalicelib.ledger.built import ledger
from chalicelib.messages import table as messages
from chalicelib.messages.model.message import Attempt
from chalicelib.messages.service.announce import announce
from tests.house import House
from tests.integration.amends.outage import Outage, an_outage, spend
from tests.integration.stores.journals import hand_in, registered

HALF_AN_HOUR = timedelta(minutes=30)


def reasons(outage: Outage, member_id: str) -> list[str]:
    outage.resolve()
    outage.previewed()
    found = outage.affected().get(member_id)
    return sorted(one["reason"] for one in found["reasons"]) if found else []


def test_who_was_given_money_back(house: House) -> None:
    member_id = house.register("13900000001")
    outage = an_outage(house)
    order = ledger().order_of(spend(house, member_id))
    body = {"out_trade_no": order.name, "amount_fen": 1, "reason": "少了一件"}
    assert house.till.put("/v1/stores/s1/refunds/r-1", body).status == 201
    assert reasons(outage, member_id) == ["refunded", "spent"]


def test_whose_message_no_provider_took_in_that_time(house: House) -> None:
    member_id = house.register("13900000002")
    outage = an_outage(house)
    entry = ledger().entry(spend(house, member_id))
    assert entry
    announce([entry], clock.now())
    message = messages.message(entry.message_id)
    assert message
    tried = Attempt(1, "sms", "tencent", "r-1", "139****0002", clock.now(), state="unreachable")
    assert messages.replace(message, replace(message, state="failed", attempts=(tried,), version=2))
    assert reasons(outage, member_id) == ["message_failed", "spent"]


def test_who_bought_off_line_also_where_the_till_hands_it_in_later(house: House) -> None:
    member_id = house.register("13900000003")
    outage = an_outage(house)
    pen = registered(house, "amends-1")
    sale = pen.sell(member_id, 100, at=clock.now() - HALF_AN_HOUR)
    outage.resolve()
    assert hand_in(house.till, pen, [sale])["items"][0]["outcome"] in {"taken", "posted", "late"}
    outage.previewed()
    (because,) = outage.affected()[member_id]["reasons"]
    assert because["reason"] == "sold_offline"
    assert because["at"] < outage.amends().json["until"]


def test_whose_off_line_sale_waits_for_a_person_and_not_if_it_was_cancelled(house: House) -> None:
    waiting, cancelled = (house.register(f"1390000001{n}") for n in range(2))
    outage = an_outage(house)
    pen = registered(house, "amends-2")
    sales = [
        pen.sell(each, 100, method="balance", at=clock.now() - HALF_AN_HOUR)
        for each in (waiting, cancelled)
    ]
    held = hand_in(house.till, pen, sales)["items"]
    assert [one["outcome"] for one in held] == ["held", "held"], held
    path = f"/v1/stores/s1/held/{held[1]['held_id']}/settlement"
    assert house.office.put(path, {"way": "cancel", "reason": "退货"}).status in {200, 201}
    assert reasons(outage, waiting) == ["held"]
    assert cancelled not in outage.affected()


def test_who_had_nothing_to_do_with_it_is_not_found(house: House) -> None:
    member_id = house.register("13900000004")
    outage = an_outage(house)
    outage.resolve()
    spend(house, member_id)
    outage.previewed()
    assert member_id not in outage.affected()


def test_phones_are_masked(house: House) -> None:
    member_id = house.register("13900000005")
    outage = an_outage(house)
    spend(house, member_id)
    outage.resolve()
    outage.previewed()
    assert outage.affected()[member_id]["phone"] == "139****0005"
    assert "13900000005" not in house.office.get(f"{outage.path}/affected?limit=100").text
