"""The queue of held sales: three ways to settle each, one of them, once."""

import zlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from chalicelib.access import audit
from chalicelib.adapters import streams, tables
from chalicelib.kernel import clock
from chalicelib.ledger.built import ledger
from chalicelib.ledger.model.spends import Spend
from chalicelib.members.model import CardLost
from chalicelib.stores import built
from chalicelib.stores.model.held import SettledOtherwise, Way
from chalicelib.stores.service.replays_sales import LedgerSales
from chalicelib.stores.table import held as table
from tests.client import Reply
from tests.house import BY, House
from tests.integration.stores.journals import (
    Pen,
    balance_of,
    card_of,
    hand_in,
    outcomes,
    registered,
)
from tests.integration.test_requests import counted

HELD = "/v1/stores/s1/held"


@pytest.fixture(scope="module")
def pen(house: House) -> Pen:
    return registered(house, "held")


@pytest.fixture
def phone(house: House, request: pytest.FixtureRequest) -> str:
    assert house
    return f"138{zlib.crc32(request.node.name.encode()) % 10**8:08d}"


@pytest.fixture
def member_id(house: House, phone: str) -> str:
    member_id = house.register(phone)
    house.top_up(member_id, f"top-up-{phone}", 1000)
    return member_id


def held(house: House, pen: Pen, member_id: str, fen: int = 700) -> str:
    """A sale from the balance on a card that had expired."""
    card = card_of(member_id, 5000, issued_at=clock.now() - timedelta(days=30))
    answer = hand_in(house.till, pen, [pen.sell(member_id, fen, method="balance", card=card)])
    assert outcomes(answer) == [("held", "card_expired")]
    held_id: str = answer["items"][0]["held_id"]
    return held_id


def settle(house: House, held_id: str, way: str, reason: str = "查实") -> Reply:
    return house.office.put(f"{HELD}/{held_id}/settlement", {"way": way, "reason": reason})


def queued(house: House, state: str = "open") -> list[str]:
    ids: list[str] = []
    path = f"{HELD}?limit=3&state={state}"
    while path:
        page = house.office.get(path).json
        ids += [each["held_id"] for each in page["items"]]
        path = page["next_cursor"] and f"{HELD}?limit=3&state={state}&cursor={page['next_cursor']}"
    return ids


def history(house: House, member_id: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = house.till.get(f"/v1/members/{member_id}/spends").json["items"]
    return [each for each in items if each["kind"] == "spend"]


def test_the_queue_tells_what_was_sold_and_why_it_waits(
    house: House, pen: Pen, member_id: str
) -> None:
    held_id = held(house, pen, member_id)
    told = house.office.get(f"{HELD}/{held_id}").json
    assert held_id in queued(house)
    assert {name: told[name] for name in ("device_id", "counter", "code", "member_id", "total_fen",
                                          "from_balance_fen", "settlement")} == {
        "device_id": "held", "counter": pen.counter, "code": "card_expired",
        "member_id": member_id, "total_fen": 700, "from_balance_fen": 700, "settlement": None,
    }  # fmt: skip
    assert told["spend"]["payments"] == [{"method": "balance", "amount_fen": 700}]
    assert told["detail"]
    assert balance_of(house, member_id) == 1000


def test_a_charge_is_posted_once_and_may_leave_a_debt(
    house: House, pen: Pen, member_id: str
) -> None:
    held_id = held(house, pen, member_id, 1700)
    first, again = settle(house, held_id, "charge"), settle(house, held_id, "charge", "又一次")
    assert (first.status, again.status) == (201, 200)
    assert first.json == again.json
    assert again.headers["Idempotent-Replay"] == "true"
    [spend] = history(house, member_id)
    assert (spend["balance_change_fen"], spend["balance_after_fen"]) == (-1700, -700)
    assert first.json["settlement"]["spend_id"] == spend["entry_id"]
    assert held_id not in queued(house)
    assert held_id in queued(house, "settled")


def test_what_is_written_off_costs_the_member_nothing(
    house: House, pen: Pen, member_id: str
) -> None:
    held_id = held(house, pen, member_id)
    assert settle(house, held_id, "write_off").status == 201
    [spend] = history(house, member_id)
    assert (spend["balance_change_fen"], spend["total_fen"]) == (0, 700)
    assert [each["method"] for each in spend["payments"]] == ["written_off"]


def test_what_is_cancelled_is_not_posted(house: House, pen: Pen, member_id: str) -> None:
    held_id = held(house, pen, member_id)
    settled = settle(house, held_id, "cancel")
    assert (settled.status, settled.json["settlement"]["spend_id"]) == (201, None)
    assert history(house, member_id) == []


def test_a_record_is_held_once_and_stays_held_after_it_was_settled(
    house: House, pen: Pen, member_id: str
) -> None:
    record = pen.sell(member_id, 700, method="balance", card="no card")
    [first] = hand_in(house.till, pen, [record])["items"]
    assert (first["outcome"], first["code"]) == ("held", "card_malformed")
    assert settle(house, first["held_id"], "charge").status == 201
    [again] = hand_in(house.till, pen, [record])["items"]
    [spend] = history(house, member_id)
    told = {"code": "settled_charge", "spend_id": spend["entry_id"], "detail": again["detail"]}
    assert again == first | told
    assert again["detail"] != first["detail"]
    assert first["held_id"] not in queued(house)


@pytest.mark.parametrize("way", ["charge", "write_off", "cancel"])
def test_a_record_handed_in_again_tells_how_it_was_settled(
    house: House, pen: Pen, member_id: str, way: str
) -> None:
    sold = [pen.sell(member_id, 100 + n, method="balance", card="no card") for n in range(2)]
    first = hand_in(house.till, pen, sold)["items"]
    settled = settle(house, first[0]["held_id"], way).json["settlement"]
    with counted() as names:
        [again, waits] = hand_in(house.till, pen, sold)["items"]
    assert names == ["BatchGetItem", "BatchGetItem"]
    assert (again["outcome"], again["code"]) == ("held", f"settled_{way}")
    assert again["spend_id"] == settled["spend_id"]
    assert (again["spend_id"] is None) == (way == "cancel")
    assert waits == first[1]


@pytest.mark.parametrize("way", ["charge", "write_off"])
def test_what_was_settled_is_found_and_refunded_by_the_receipts_name(
    house: House, pen: Pen, member_id: str, way: str
) -> None:
    held_id = held(house, pen, member_id)
    name = house.office.get(f"{HELD}/{held_id}").json["out_trade_no"]
    path = f"/v1/stores/s1/spends/{name}"
    assert house.till.get(path).json["outcome"] == "refused"
    settled = settle(house, held_id, way).json["settlement"]
    found = house.till.get(path).json
    assert (found["spend_id"], found["total_fen"]) == (settled["spend_id"], 700)
    assert house.till.get(f"{path}/receipt").status == 200
    for number, (fen, status) in enumerate([(300, 201), (400, 201), (1, 409)]):
        body = {"out_trade_no": name, "reason": "cold", "amount_fen": fen}
        reply = house.office.put(f"/v1/stores/s1/refunds/{name}-r{number}", body)
        assert reply.status == status, reply.text
    assert house.till.get(path).json["refunded_fen"] == 700
    assert balance_of(house, member_id) == 1000


def test_a_sale_charged_at_the_second_try_is_found_by_the_receipts_name(
    house: House, pen: Pen, member_id: str
) -> None:
    held_id = held(house, pen, member_id)
    name = house.office.get(f"{HELD}/{held_id}").json["out_trade_no"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Spend, "decide", refuse)
        assert settle(house, held_id, "charge").json["code"] == "card_lost"
    settled = settle(house, held_id, "charge").json["settlement"]
    found = house.till.get(f"/v1/stores/s1/spends/{name}").json
    assert found["spend_id"] == settled["spend_id"]


def test_what_was_cancelled_stays_refused_under_the_receipts_name(
    house: House, pen: Pen, member_id: str
) -> None:
    held_id = held(house, pen, member_id)
    name = house.office.get(f"{HELD}/{held_id}").json["out_trade_no"]
    assert settle(house, held_id, "cancel").status == 201
    assert house.till.get(f"/v1/stores/s1/spends/{name}").json["outcome"] == "refused"
    body = {"out_trade_no": name, "reason": "cold"}
    assert house.office.put(f"/v1/stores/s1/refunds/{name}-r", body).status == 404


@pytest.mark.parametrize("first", ["charge", "write_off", "cancel"])
def test_another_way_afterwards_is_refused(
    house: House, pen: Pen, member_id: str, first: str
) -> None:
    held_id = held(house, pen, member_id)
    assert settle(house, held_id, first).status == 201
    for other in {"charge", "write_off", "cancel"} - {first}:
        reply = settle(house, held_id, other)
        assert (reply.status, reply.json["code"]) == (409, "settled_otherwise")
        assert reply.json["way"] == first
    assert len(history(house, member_id)) == (first != "cancel")


def settled_by_somebody(house: House, held_id: str, way: Way) -> str:
    try:
        built.queue().settle(house.store, held_id, way, "查实", BY)
    except SettledOtherwise as other:
        return f"{other.values['way']} was first"
    return way


def test_of_managers_who_settle_differently_at_once_one_wins(
    house: House, pen: Pen, member_id: str
) -> None:
    ways: list[Way] = ["charge", "cancel", "write_off", "charge", "cancel"]
    for _ in range(5):
        held_id = held(house, pen, member_id, 10)
        before = len(history(house, member_id))
        with ThreadPoolExecutor(len(ways)) as managers:
            told = list(managers.map(partial(settled_by_somebody, house, held_id), ways))
        [won] = set(told) & set(ways)
        assert told == [way if way == won else f"{won} was first" for way in ways]
        assert len(history(house, member_id)) == before + (won != "cancel")


@pytest.mark.parametrize("broken", ["post", "link", "finish"])
def test_a_settlement_that_breaks_off_goes_on_in_its_own_way_only(
    house: House, pen: Pen, member_id: str, broken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    held_id = held(house, pen, member_id)
    with monkeypatch.context() as patch:

        def die(*_: object) -> None:
            raise RuntimeError("the power went")

        if broken == "post":
            patch.setattr(LedgerSales, "settle", die)
        elif broken == "link":
            patch.setattr(LedgerSales, "link", die)
        else:
            patch.setattr(table, "finish", die)
        assert settle(house, held_id, "charge").status == 500
    assert settle(house, held_id, "cancel").json["code"] == "settled_otherwise"
    settled = settle(house, held_id, "charge")
    assert settled.status in {200, 201}
    assert [each["balance_change_fen"] for each in history(house, member_id)] == [-700]
    found = house.till.get(f"/v1/stores/s1/spends/{settled.json['out_trade_no']}").json
    assert found["spend_id"] == settled.json["settlement"]["spend_id"]
    assert held_id not in queued(house)


def test_what_the_ledger_refuses_leaves_every_other_way_open(
    house: House, pen: Pen, member_id: str
) -> None:
    """The coupon was used in another store meanwhile."""
    coupon = {"method": "coupon", "amount_fen": 300, "lot_id": f"{member_id}-1.0"}
    cash = {"method": "cash", "amount_fen": 400}
    record = pen.sell(member_id, 700, payments=[coupon, cash])
    answer = hand_in(house.till, pen, [record])
    assert outcomes(answer) == [("held", "coupon_not_usable")]
    held_id = answer["items"][0]["held_id"]
    for _ in range(2):
        refused = settle(house, held_id, "charge")
        assert (refused.status, refused.json["code"]) == (409, "coupon_not_usable")
        assert house.office.get(f"{HELD}/{held_id}").json["settlement"] is None
    assert settle(house, held_id, "write_off").status == 201
    [spend] = history(house, member_id)
    assert [(each["method"], each["amount_fen"]) for each in spend["payments"]] == [
        ("written_off", 300), ("cash", 400),
    ]  # fmt: skip


def test_what_was_refused_can_be_charged_once_the_reason_is_gone(
    house: House, pen: Pen, member_id: str
) -> None:
    held_id = held(house, pen, member_id)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Spend, "decide", refuse)
        assert settle(house, held_id, "charge").json["code"] == "card_lost"
    assert settle(house, held_id, "charge").status == 201
    assert [each["balance_change_fen"] for each in history(house, member_id)] == [-700]


def refuse(*_: object) -> None:
    raise CardLost


def test_nobodys_sale_can_be_written_off_or_cancelled_and_not_charged(
    house: House, pen: Pen
) -> None:
    for way in ("write_off", "cancel"):
        record = pen.sell("01KAMRZ3N8V6Q4T2Y7X5W9D1BC", 100)
        held_id = hand_in(house.till, pen, [record])["items"][0]["held_id"]
        assert settle(house, held_id, "charge").status == 404
        settled = settle(house, held_id, way)
        assert (settled.status, settled.json["settlement"]["spend_id"]) == (201, None)


def test_a_sale_that_cannot_be_posted_at_all_can_be_cancelled(
    house: House, pen: Pen, member_id: str
) -> None:
    record = pen.sell(member_id, 100, surprise=1)
    held_id = hand_in(house.till, pen, [record])["items"][0]["held_id"]
    assert settle(house, held_id, "charge").status == 422
    assert settle(house, held_id, "cancel").status == 201


def test_a_settlement_is_audited_once_with_who_and_which_way(
    house: House, pen: Pen, member_id: str
) -> None:
    held_id = held(house, pen, member_id)
    settled = settle(house, held_id, "charge")
    image = tables.get("stores", ("SETTLED#s1", f"HELD#{held_id}"), consistent=True)
    assert image is not None
    came, went = streams.records({"Records": [event(image, "NewImage"), event(image, "OldImage")]})
    told = audit.row_of(came, "arn")
    assert told is not None
    assert told.who == settled.json["settlement"]["settled_by"]
    assert told.request_id == settled.headers["X-Request-Id"]
    assert {"way", "reason", "spend_id"} <= set(told.changed.split(","))
    assert audit.row_of(went, "arn") is None


def event(image: tables.Image, side: str) -> dict[str, Any]:
    return {
        "eventID": side,
        "eventName": "INSERT" if side == "NewImage" else "REMOVE",
        "dynamodb": {
            "SequenceNumber": "1",
            "ApproximateCreationDateTime": 1_795_000_000,
            "Keys": {"pk": image["pk"], "sk": image["sk"]},
            side: image,
        },
    }


def test_another_stores_queue_is_its_own(house: House, pen: Pen, member_id: str) -> None:
    held_id = held(house, pen, member_id)
    assert house.office.get(f"/v1/stores/s2/held/{held_id}").status == 404
    body = {"way": "cancel", "reason": "x"}
    other = house.office.put(f"/v1/stores/s2/held/{held_id}/settlement", body)
    assert other.status == 404
    assert house.office.get("/v1/stores/s2/held").json["items"] == []


def test_what_is_settled_belongs_to_the_till_that_handed_it_in(
    house: House, pen: Pen, member_id: str
) -> None:
    settled = settle(house, held(house, pen, member_id), "charge")
    entry = ledger().entry(settled.json["settlement"]["spend_id"])
    till = house.office.get("/v1/stores/s1/terminals").json["items"][0]["terminal_id"]
    assert entry
    assert (entry.till_id, entry.late) == (till, True)
