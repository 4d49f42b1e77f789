"""Replaying a journal: each record once, in any order, however often; and what is held or refused instead."""

import itertools
import json
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest

from chalicelib.kernel import clock
from chalicelib.ledger.built import ledger
from chalicelib.stores import built
from chalicelib.stores.model.replays import Signed
from chalicelib.stores.service.replays import TIME_S, Replays
from chalicelib.stores.service.replays_sales import LedgerSales
from tests.house import BY, House
from tests.integration.stores.journals import (
    Pen,
    Record,
    balance_of,
    card_of,
    hand_in,
    outcomes,
    registered,
)
from tests.integration.test_requests import counted

SPENDS = "/v1/stores/s1/spends"
TAKEN, REPLAYED = ("taken", None), ("replayed", None)


@pytest.fixture(scope="module")
def member_id(house: House) -> str:
    return house.register("13800138000")


def rich(house: House, phone: str, fen: int) -> str:
    member_id = house.register(phone)
    house.top_up(member_id, f"top-up-{phone}", fen)
    return member_id


def nobodys(_numbers: Collection[str]) -> dict[str, datetime]:
    return {}


def test_what_was_sold_off_line_is_posted_and_stays_posted_once(
    house: House, member_id: str
) -> None:
    pen = registered(house, "plain")
    records = [pen.sell(member_id, 100 + n) for n in range(3)]
    first = hand_in(house.till, pen, records)
    assert outcomes(first) == [TAKEN] * 3
    assert first["journal"] == {
        "device_id": "plain", "complete_to": 3, "highest": 3, "gaps": [], "broken": [], "forked": [],
    }  # fmt: skip
    again = hand_in(house.till, pen, records[::-1])
    assert outcomes(again) == [REPLAYED] * 3
    assert {each["spend_id"] for each in again["items"]} == {
        each["spend_id"] for each in first["items"]
    }
    order = house.till.get(f"{SPENDS}/plain-2").json
    assert (order["total_fen"], order["spend_id"]) == (101, first["items"][1]["spend_id"])


def test_the_same_record_twice_in_one_batch_is_taken_once(house: House, member_id: str) -> None:
    pen = registered(house, "twice")
    record = pen.sell(member_id, 100)
    assert outcomes(hand_in(house.till, pen, [record, record])) == [TAKEN, REPLAYED]


def test_a_sale_whose_on_line_answer_was_lost_is_found_and_not_taken_again(
    house: House, member_id: str
) -> None:
    pen = registered(house, "lost")
    record = pen.sell(member_id, 500)
    body = json.loads(record["payload"])["spend"]
    online = house.till.put(f"{SPENDS}/lost-1", body)
    assert online.status == 201, online.text
    answer = hand_in(house.till, pen, [record])
    assert outcomes(answer) == [REPLAYED]
    assert answer["items"][0]["spend_id"] == online.json["spend_id"]


def test_after_the_replay_the_on_line_call_answers_the_same(house: House, member_id: str) -> None:
    pen = registered(house, "later")
    record = pen.sell(member_id, 500)
    taken = hand_in(house.till, pen, [record])["items"][0]
    online = house.till.put(f"{SPENDS}/later-1", json.loads(record["payload"])["spend"])
    assert (online.status, online.json["spend_id"]) == (200, taken["spend_id"])


def test_a_week_old_sale_is_taken_though_it_would_be_too_late_on_line(
    house: House, member_id: str
) -> None:
    pen = registered(house, "old")
    record = pen.sell(member_id, 500, at=clock.now() - timedelta(days=30))
    assert outcomes(hand_in(house.till, pen, [record])) == [TAKEN]


def test_a_name_that_stands_for_another_sale_is_refused(house: House, member_id: str) -> None:
    pen = registered(house, "name")
    record = pen.sell(member_id, 500)
    body = json.loads(record["payload"])["spend"] | {"note": "another"}
    assert house.till.put(f"{SPENDS}/name-1", body).status == 201
    for _ in range(2):
        assert outcomes(hand_in(house.till, pen, [record])) == [("refused", "name_taken")]


def test_one_bad_record_stops_nothing(house: House, member_id: str) -> None:
    pen = registered(house, "bad")
    good = [pen.sell(member_id, 100), pen.sell(member_id, 200)]
    forged = {**pen.sell(member_id, 300), "signature": good[0]["signature"]}
    sent = [
        {"payload": "{", "signature": ""},
        good[0],
        forged,
        {"payload": good[1]["payload"] + " ", "signature": good[1]["signature"]},
        Pen("another").sell(member_id, 1),
        good[1],
    ]
    assert outcomes(hand_in(house.till, pen, sent)) == [
        ("refused", "malformed_record"), TAKEN, ("refused", "bad_signature"),
        ("refused", "bad_signature"), ("refused", "other_device"), TAKEN,
    ]  # fmt: skip


def test_a_device_that_the_store_does_not_have_is_refused(house: House, member_id: str) -> None:
    pen = Pen("ghost")
    unknown = [("refused", "unknown_device")]
    assert outcomes(hand_in(house.till, pen, [pen.sell(member_id, 100)])) == unknown
    away = registered(house, "away")
    body = {"device_id": "away", "records": [away.sell(member_id, 100)]}
    assert outcomes(house.other_till.post("/v1/stores/s2/replays", body).json) == unknown


def test_what_a_revoked_device_signed_before_is_held_and_after_is_refused(
    house: House, member_id: str
) -> None:
    pen = registered(house, "stolen")
    early, taken = pen.sell(member_id, 100), pen.sell(member_id, 150)
    assert outcomes(hand_in(house.till, pen, [taken])) == [TAKEN]
    assert house.office.delete("/v1/stores/s1/devices/stolen").status == 204
    late = pen.sell(member_id, 200, at=clock.now() + timedelta(seconds=1))
    assert outcomes(hand_in(house.till, pen, [early, taken, late])) == [
        ("held", "device_revoked"), REPLAYED, ("refused", "device_revoked"),
    ]  # fmt: skip


def test_a_sale_taken_before_its_device_was_revoked_is_never_held(
    house: House, member_id: str
) -> None:
    """The answer to the on-line call was lost, and then the device was revoked."""
    pen = registered(house, "unlucky")
    record = pen.sell(member_id, 100)
    body = json.loads(record["payload"])["spend"]
    assert house.till.put(f"{SPENDS}/unlucky-1", body).status == 201
    house.office.delete("/v1/stores/s1/devices/unlucky")
    assert outcomes(hand_in(house.till, pen, [record])) == [REPLAYED]


@pytest.mark.parametrize(("ahead_s", "outcome"), [(290, TAKEN), (310, ("held", "clock_ahead"))])
def test_a_clock_may_be_five_minutes_ahead(
    house: House, member_id: str, ahead_s: int, outcome: tuple[str, str | None]
) -> None:
    pen = registered(house, f"ahead-{ahead_s}")
    record = pen.sell(member_id, 100, at=clock.now() + timedelta(seconds=ahead_s))
    assert outcomes(hand_in(house.till, pen, [record])) == [outcome]


def test_what_is_held_cannot_succeed_on_line_later(house: House, member_id: str) -> None:
    pen = registered(house, "withheld")
    record = pen.sell(member_id, 100, at=clock.now() + timedelta(hours=1))
    assert outcomes(hand_in(house.till, pen, [record])) == [("held", "clock_ahead")]
    body = json.loads(record["payload"])["spend"] | {"occurred_at": None}
    body.pop("occurred_at")
    assert house.till.put(f"{SPENDS}/withheld-1", body).status == 409


def test_nobodys_sale_is_held(house: House) -> None:
    pen = registered(house, "nobody")
    answer = hand_in(house.till, pen, [pen.sell("01KAMRZ3N8V6Q4T2Y7X5W9D1BC", 100)])
    assert outcomes(answer) == [("held", "unknown_member")]


def test_a_sale_that_does_not_add_up_is_held(house: House, member_id: str) -> None:
    pen = registered(house, "sums")
    wrong = pen.sell(member_id, 100, total_fen=99)
    strange = pen.sell(member_id, 100, surprise=1)
    assert outcomes(hand_in(house.till, pen, [wrong, strange])) == [("held", "invalid_spend")] * 2


def test_a_member_who_became_another_pays_as_that_other(house: House) -> None:
    desk = ledger()
    counter = rich(house, "13800000007", 1000)
    app_member = desk.members.log_in("openid joined", BY)
    pen = registered(house, "joined")
    card = card_of(app_member, 500)
    record = pen.sell(app_member, 400, method="balance", card=card)
    desk.members.bind_phone(desk.card(app_member).member, "13800000007", desk, BY)
    assert outcomes(hand_in(house.till, pen, [record])) == [TAKEN]
    assert balance_of(house, counter) == 600


def test_what_there_is_no_time_for_is_to_be_sent_again(house: House, member_id: str) -> None:
    pen = registered(house, "slow")
    records = [pen.sell(member_id, 100 + n) for n in range(5)]
    seconds = itertools.count(0, TIME_S / 3)
    slow = Replays(LedgerSales(ledger()), dict, nobodys, seconds=lambda: next(seconds))
    done = slow.replay(
        house.store, "slow", [Signed(**each) for each in records], till_id=None, by=BY
    )
    assert [each.outcome for each in done.results] == ["taken", "taken", "retry", "retry", "retry"]
    assert (done.journal.complete_to, done.journal.highest) == (2, 2)
    assert outcomes(hand_in(house.till, pen, records)) == [REPLAYED] * 2 + [TAKEN] * 3


def test_a_batch_holds_two_hundred_and_no_more(house: House, member_id: str) -> None:
    pen = registered(house, "many")
    records = [pen.sell(member_id, 100) for _ in range(201)]
    too_many = house.till.post("/v1/stores/s1/replays", {"device_id": "many", "records": records})
    assert too_many.status == 422
    unhurried = Replays(LedgerSales(ledger()), dict, nobodys, seconds=lambda: 0.0)
    sent = [Signed(**each) for each in records[:200]]
    done = unhurried.replay(house.store, "many", sent, till_id=None, by=BY)
    assert {each.outcome for each in done.results} == {"taken"}
    assert outcomes(hand_in(house.till, pen, records[:200])) == [REPLAYED] * 200


# Trust


def test_the_card_that_the_app_shows_is_trusted(house: House) -> None:
    member_id = rich(house, "13800000008", 1000)
    shown = house.member(member_id).get("/v1/me/code").json["offline_card"]
    pen = registered(house, "app")
    sold = [pen.sell(member_id, fen, method="balance", card=shown) for fen in (1000, 1)]
    assert outcomes(hand_in(house.till, pen, sold)) == [TAKEN, ("held", "over_trust")]


def test_without_a_card_the_balance_pays_nothing_that_was_not_posted_before(house: House) -> None:
    member_id = rich(house, "13800000001", 1000)
    pen = registered(house, "cardless")
    sold = [pen.sell(member_id, 100 + n, method="balance") for n in range(3)]
    bodies = [json.loads(each["payload"])["spend"] for each in sold]
    assert house.till.put(f"{SPENDS}/cardless-1", bodies[0]).status == 201
    other = bodies[1] | {"note": "another"}
    assert house.till.put(f"{SPENDS}/cardless-2", other).status == 201
    told = [REPLAYED, ("refused", "name_taken"), ("held", "no_card")]
    for _ in range(2):
        assert outcomes(hand_in(house.till, pen, sold)) == told
    assert house.till.put(f"{SPENDS}/cardless-3", bodies[2]).json["code"] == "held"
    assert balance_of(house, member_id) == 1000 - 100 - 101


def test_a_sale_without_a_card_that_was_refused_on_line_is_held(house: House) -> None:
    member_id = house.register("13800000011")
    pen = registered(house, "poor")
    record = pen.sell(member_id, 100, method="balance")
    refused = house.till.put(f"{SPENDS}/poor-1", json.loads(record["payload"])["spend"])
    assert refused.json["code"] == "balance_too_low"
    assert outcomes(hand_in(house.till, pen, [record])) == [("held", "no_card")]


# Lost cards


def reported(house: House, member_id: str, report: str) -> None:
    body = {"member_id": member_id, "what": report, "reason": "stolen"}
    reply = house.office.put(f"/v1/stores/s1/card-reports/{report}-{member_id}", body)
    assert reply.status == 201, reply.text


def card_shown(house: House, member_id: str) -> str:
    text: str = house.member(member_id).get("/v1/me/code").json["offline_card"]
    return text


def test_a_card_that_was_replaced_pays_no_more_whatever_time_the_till_tells(house: House) -> None:
    member_id = rich(house, "13800000012", 20_000)
    pen = registered(house, "thief")
    stolen = card_shown(house, member_id)
    early = clock.now()
    before = pen.sell(member_id, 100, method="balance", card=stolen)
    assert outcomes(hand_in(house.till, pen, [before])) == [TAKEN]
    reported(house, member_id, "lost")
    reported(house, member_id, "replaced")
    late = [
        pen.sell(member_id, 15_000, method="balance", card=stolen),
        pen.sell(member_id, 200, method="balance", card=stolen, at=early),
        pen.sell(member_id, 300, method="balance", card=card_shown(house, member_id)),
    ]
    lost = ("held", "card_lost")
    assert outcomes(hand_in(house.till, pen, [before, *late])) == [REPLAYED, lost, lost, TAKEN]
    assert balance_of(house, member_id) == 20_000 - 100 - 300


def test_a_sale_that_was_posted_before_its_card_was_replaced_is_not_held(house: House) -> None:
    member_id = rich(house, "13800000013", 1000)
    pen = registered(house, "in-time")
    record = pen.sell(member_id, 100, method="balance", card=card_shown(house, member_id))
    online = house.till.put(f"{SPENDS}/in-time-1", json.loads(record["payload"])["spend"])
    assert online.status == 201
    reported(house, member_id, "replaced")
    assert outcomes(hand_in(house.till, pen, [record])) == [REPLAYED]


def test_the_card_of_a_member_who_joined_another_is_lost_with_that_others(house: House) -> None:
    desk = ledger()
    counter = rich(house, "13800000014", 1000)
    app_member = desk.members.log_in("openid stolen", BY)
    stolen = card_of(app_member, 500, card_no=desk.card(app_member).member.card_no)
    desk.members.bind_phone(desk.card(app_member).member, "13800000014", desk, BY)
    pen = registered(house, "stolen-app")
    sold = [pen.sell(app_member, 10 + n, method="balance", card=stolen) for n in range(2)]
    assert outcomes(hand_in(house.till, pen, sold[:1])) == [TAKEN]
    reported(house, counter, "replaced")
    assert outcomes(hand_in(house.till, pen, sold[1:])) == [("held", "card_lost")]


# Discounts and times


def discounted(pen: Pen, member_id: str, percent: int) -> Record:
    lines = [{"name": "tea", "quantity": 1, "amount_fen": 1000}]
    off = 10 * percent
    return pen.sell(member_id, 1000 - off, lines=lines, discount_fen=off)


def test_a_discount_reaches_no_further_out_of_a_journal_than_on_line(
    house: House, member_id: str
) -> None:
    pen = registered(house, "generous")
    cashier = house.staff(house.store, "cashier", "31")
    allowed, above, online = (discounted(pen, member_id, percent) for percent in (20, 99, 98))
    for record, status in ((above, 403), (online, 403)):
        body = json.loads(record["payload"])["spend"]
        assert cashier.put(f"{SPENDS}/probe-{status}", body).status == status
    body = json.loads(online["payload"])["spend"]
    assert house.office.put(f"{SPENDS}/generous-3", body).status == 201
    answer = hand_in(cashier, pen, [allowed, above, online])
    assert outcomes(answer) == [TAKEN, ("held", "discount_over_limit"), REPLAYED]
    manager = house.staff(house.store, "store_manager", "32")
    path = f"/v1/stores/s1/held/{answer['items'][1]['held_id']}/settlement"
    approved = manager.put(path, {"way": "charge", "reason": "approved"})
    assert (approved.status, approved.json["settlement"]["way"]) == (201, "charge")


def test_who_may_give_no_discount_hands_none_in(house: House, member_id: str) -> None:
    pen = registered(house, "stingy")
    record = discounted(pen, member_id, 1)
    done = built.replays().replay(
        house.store, "stingy", [Signed(**record)], till_id=None, by=BY, most_percent=0
    )
    assert [(each.outcome, each.code) for each in done.results] == [("held", "discount_over_limit")]


def test_a_sale_at_a_time_of_its_own_is_never_posted_and_never_asked_for_again(
    house: House, member_id: str
) -> None:
    pen = registered(house, "clockwork")
    times = ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "2020-01-01T00:00:00Z"]
    sold = [pen.sell(member_id, 100, occurred_at=each) for each in times]
    answer = hand_in(house.till, pen, sold)
    assert outcomes(answer) == [("held", "invalid_spend")] * 3
    for each in answer["items"]:
        path = f"/v1/stores/s1/held/{each['held_id']}/settlement"
        for way in ("charge", "write_off"):
            assert house.office.put(path, {"way": way, "reason": "x"}).status == 422
        assert house.office.put(path, {"way": "cancel", "reason": "x"}).status == 201
    today = house.store.business_date(clock.now()).isoformat()
    assert house.office.get(f"/v1/stores/s1/statement?business_date={today}").status == 200


def test_a_record_of_no_clocks_time_is_refused_and_not_asked_for_again(
    house: House, member_id: str
) -> None:
    pen = registered(house, "aeons")
    record = json.loads(pen.sell(member_id, 100)["payload"])
    aeons = []
    for moment in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z"):
        spend = record["spend"] | {"occurred_at": moment}
        aeons.append(pen.sign(record | {"occurred_at": moment, "spend": spend}))
    assert outcomes(hand_in(house.till, pen, aeons)) == [("refused", "malformed_record")] * 2


# Trust again


def test_a_debt_is_not_made_without_a_card(house: House) -> None:
    member_id = rich(house, "13800000015", 10)
    pen = registered(house, "no-debt")
    record = pen.sell(member_id, 700, method="balance")
    assert outcomes(hand_in(house.till, pen, [record])) == [("held", "no_card")]
    assert balance_of(house, member_id) == 10


def test_over_spending_within_the_trusted_sum_is_taken_as_a_debt(house: House) -> None:
    member_id = rich(house, "13800000002", 1000)
    card = card_of(member_id, 1000)
    pen = registered(house, "debtor")
    spent = {"member_id": member_id, "total_fen": 600,
             "payments": [{"method": "balance", "amount_fen": 600}]}  # fmt: skip
    record = pen.sell(member_id, 1000, method="balance", card=card)
    assert house.till.put(f"{SPENDS}/meanwhile", spent).status == 201
    answer = hand_in(house.till, pen, [record])
    assert outcomes(answer) == [TAKEN]
    assert (answer["items"][0]["debt_fen"], answer["items"][0]["balance_after_fen"]) == (600, -600)


@pytest.mark.parametrize(("fen", "outcome"), [(400, TAKEN), (401, ("held", "over_trust"))])
def test_off_line_sales_of_one_card_together_stay_within_its_trust(
    house: House, fen: int, outcome: tuple[str, str | None]
) -> None:
    """Also over two devices that knew nothing of each other."""
    member_id = rich(house, f"1380000{fen:04d}", 5000)
    card = card_of(member_id, 1000)
    one, other = registered(house, f"one-{fen}"), registered(house, f"other-{fen}")
    first = hand_in(house.till, one, [one.sell(member_id, 600, method="balance", card=card)])
    assert outcomes(first) == [TAKEN]
    record = other.sell(member_id, fen, method="balance", card=card)
    for again in range(2):
        expected = REPLAYED if again and outcome == TAKEN else outcome
        assert outcomes(hand_in(house.till, other, [record])) == [expected]


def test_devices_that_hand_in_at_once_do_not_trust_a_card_twice(house: House) -> None:
    for number in range(5):
        member_id = rich(house, f"1380001{number:04d}", 5000)
        card = card_of(member_id, 1000)
        pens = [registered(house, f"crowd-{number}-{n}") for n in range(4)]
        begin = Barrier(len(pens))

        def replay(
            pen: Pen, member_id: str = member_id, card: str = card, begin: Barrier = begin
        ) -> str:
            record = Signed(**pen.sell(member_id, 300, method="balance", card=card))
            begin.wait(30)
            done = built.replays().replay(house.store, pen.device_id, [record], till_id=None, by=BY)
            return done.results[0].outcome

        with ThreadPoolExecutor(len(pens)) as tills:
            told = list(tills.map(replay, pens))
        assert sorted(told) == ["held", "taken", "taken", "taken"]
        assert balance_of(house, member_id) == 4100


def test_a_new_card_is_trusted_anew(house: House) -> None:
    member_id = rich(house, "13800000003", 5000)
    old = card_of(member_id, 1000, issued_at=clock.now() - timedelta(days=2))
    new = card_of(member_id, 1000, issued_at=clock.now() - timedelta(days=1))
    pen = registered(house, "anew")
    sold = [
        pen.sell(member_id, 1000, method="balance", card=old, at=clock.now() - timedelta(hours=30)),
        pen.sell(member_id, 1000, method="balance", card=new),
        pen.sell(member_id, 1, method="balance", card=old),
    ]
    assert outcomes(hand_in(house.till, pen, sold)) == [TAKEN, TAKEN, ("held", "over_trust")]


def test_a_card_must_be_good_at_the_time_of_the_sale_and_the_members_own(house: House) -> None:
    member_id, other_id = rich(house, "13800000004", 5000), house.register("13800000005")
    good = card_of(member_id, 1000, issued_at=clock.now() - timedelta(days=6, hours=23))
    expired = card_of(member_id, 1000, issued_at=clock.now() - timedelta(days=8))
    pen = registered(house, "cards")
    sold = [
        pen.sell(member_id, 100, method="balance", card=expired),
        pen.sell(
            member_id, 100, method="balance", card=expired, at=clock.now() - timedelta(days=2)
        ),
        pen.sell(member_id, 100, method="balance", card=card_of(other_id, 1000)),
        pen.sell(member_id, 100, method="balance", card=good[:-8] + "AAAAAAA" + good[-1]),
        pen.sell(member_id, 100, method="balance", card=good),
        pen.sell(member_id, 100, card="nonsense, but nobody had to trust it"),
    ]
    assert outcomes(hand_in(house.till, pen, sold)) == [
        ("held", "card_expired"), TAKEN, ("held", "card_of_another"), ("held", "card_bad_signature"),
        TAKEN, TAKEN,
    ]  # fmt: skip


def test_a_refusal_that_is_kept_under_the_name_is_held(house: House) -> None:
    member_id = house.register("13800000006")
    pen = registered(house, "kept")
    record = pen.sell(member_id, 100, method="balance", card=card_of(member_id, 1000))
    refused = house.till.put(f"{SPENDS}/kept-1", json.loads(record["payload"])["spend"])
    assert refused.json["code"] == "balance_too_low"
    assert outcomes(hand_in(house.till, pen, [record])) == [("held", "balance_too_low")]


# What it costs


def test_a_batch_costs_two_requests_a_record_and_a_few_more(house: House, member_id: str) -> None:
    pen = registered(house, "cost")
    card = card_of(member_id, 100_000)
    house.top_up(member_id, "cost", 100_000)
    records = [pen.sell(member_id, 10 + n, method="balance", card=card) for n in range(50)]
    with counted() as names:
        assert outcomes(hand_in(house.till, pen, records)) == [TAKEN] * 50
    assert len(names) <= 2 * 50 + 7, names
    with counted() as names:
        assert outcomes(hand_in(house.till, pen, records)) == [REPLAYED] * 50
    assert names == ["BatchGetItem"]


def test_a_till_that_may_not_sell_off_line_hands_nothing_in_and_loses_nothing(
    house: House, member_id: str
) -> None:
    pen = registered(house, "kiosk")
    bound = house.office.post(
        "/v1/stores/s1/terminals", {"name": "kiosk", "limits": {"sells_offline": False}}
    )
    kiosk = house.public.holding(bound.json["terminal_key"])
    record = pen.sell(member_id, 100)
    body = {"device_id": pen.device_id, "records": [record]}
    refused = kiosk.post("/v1/stores/s1/replays", body)
    assert (refused.status, refused.json["code"]) == (403, "limit_exceeded")
    assert outcomes(hand_in(house.till, pen, [record])) == [("taken", None)]
