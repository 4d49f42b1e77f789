"""Making good over the real edges: what must be said first, what it costs, and who is given something, once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.access import service as access
from chalicelib.amends import built as amends
from chalicelib.amends import stream
from chalicelib.amends.model.amends import Outcome, TooLongAgo, order_name, shard_of
from chalicelib.amends.model.gift import Gift
from chalicelib.amends.service.amends import AmendsDesk
from chalicelib.amends.service.giving import Giver
from chalicelib.amends.service.turns import Turns
from chalicelib.amends.table import affected, jobs
from chalicelib.amends.table.affected import Search
from chalicelib.kernel import clock
from chalicelib.kernel.turns import HELD_FOR
from chalicelib.ledger import built
from chalicelib.ledger.built import ledger
from chalicelib.outages.service import Desk
from tests.house import BY, House, asked_of_dynamodb
from tests.integration.amends.outage import (
    GIVEN,
    an_outage,
    an_outage_that_touched,
    points,
    run,
    spend,
)

TEN_OFF = {"coupon": "ten", "title": "减10元", "amount_off_fen": 1_000, "valid_days": 30}


@pytest.fixture
def coupons(house: House) -> Iterator[None]:
    rules(house, TEN_OFF)
    yield
    rules(house)


def rules(house: House, *coupons: dict[str, Any]) -> None:
    reply = house.office.put("/v1/rules", {"coupons": list(coupons)}, if_match="*")
    assert reply.status == 200, reply.text
    built.forget()


def test_who_spent_at_a_touched_store_gets_points_once(house: House) -> None:
    outage = an_outage(house, ("s1",))
    touched, elsewhere = (house.register(f"1380000000{n}") for n in (1, 2))
    spend_id = spend(house, touched)
    spend(house, elsewhere, "s2")
    outage.resolve()
    tag = outage.previewed()
    assert list(outage.affected()) == [touched]
    assert outage.affected()[touched]["reasons"][0]["about"] == spend_id
    assert points(house, touched) == 0
    assert outage.give(tag).status == 201
    run()
    again = outage.give(tag)
    run()
    assert (again.status, again.headers["Idempotent-Replay"]) == (200, "true")
    assert again.json["result"]["given"] == 1
    assert (points(house, touched), points(house, elsewhere)) == (50, 0)


def test_a_preview_says_how_many_and_what_it_costs_and_gives_nothing(
    house: House, coupons: None
) -> None:
    assert coupons is None
    members = [house.register(f"1380000010{n}") for n in range(3)]
    outage = an_outage_that_touched(house, *members)
    outage.previewed({"coupon": "ten"})
    told = outage.amends().json
    assert members[0] in outage.affected()
    touched = told["found"]["members"]
    assert told["cost"] == {"each_fen": 1_000, "all_fen": touched * 1_000}
    assert told["found"]["by_reason"]["spent"] == touched
    assert told["result"]["given"] == 0
    assert house.till.get(f"/v1/members/{members[0]}").json["coupons"] == []


def test_a_coupon_comes_with_its_words_and_on_the_word_of_who_gave_it(
    house: House, coupons: None
) -> None:
    assert coupons is None
    member_id = house.register("13800000200")
    outage = an_outage_that_touched(house, member_id)
    tag = outage.previewed({"coupon": "ten"})
    given = {"gift": {"coupon": "ten"}, "reason": "收银故障补偿"}
    assert outage.give(tag, given).status == 201
    run()
    card = house.till.get(f"/v1/members/{member_id}").json
    assert [one["coupon"] for one in card["coupons"]] == ["ten"]
    entry = ledger().entry(outage.affected()[member_id]["entry_id"])
    assert entry
    assert (entry.kind, entry.store_id, entry.reason) == ("grant", "s1", "收银故障补偿")


def test_what_the_chain_stops_offering_meanwhile_is_refused_with_the_reason(
    house: House, coupons: None
) -> None:
    assert coupons is None
    member_id = house.register("13800000300")
    outage = an_outage_that_touched(house, member_id)
    tag = outage.previewed({"coupon": "ten"})
    assert outage.give(tag, {"gift": {"coupon": "ten"}, "reason": "补偿"}).status == 201
    rules(house)
    run()
    told = outage.amends().json
    assert told["phase"] == "given"
    assert told["result"]["refused_for"] == {"not_offered": told["found"]["members"]}
    assert outage.affected()[member_id]["code"] == "not_offered"


def test_nothing_is_given_before_it_is_over_nor_unseen(house: House) -> None:
    outage = an_outage(house)
    assert outage.amends().status == 404
    outage.previewed()
    assert outage.amends().json["over"] is False
    assert outage.give("*").json["code"] == "incident_not_over"
    outage.resolve()
    assert outage.give("*").json["code"] == "precondition_failed"
    assert outage.give("*", GIVEN | {"gift": {"points": 51}}).json["code"] == "not_previewed"
    outage = an_outage_that_touched(house)
    assert outage.give("*").json["code"] == "not_previewed"
    assert outage.preview({"coupon": "nobody-has-it"}).json["code"] == "not_offered"
    assert outage.preview().status == 202
    assert outage.give("*").json["code"] == "not_previewed"  # the search goes on
    run()
    assert outage.give("*", GIVEN | {"gift": {"points": 51}}).json["code"] == "not_previewed"


@pytest.mark.parametrize(("days", "late"), [(89, False), (91, True)])
def test_amends_are_made_within_ninety_days(house: House, days: int, late: bool) -> None:  # noqa: FBT001
    outage = an_outage_that_touched(house)
    desk = AmendsDesk(Desk().incident, ledger().rules, lambda: clock.now() + timedelta(days=days))
    if late:
        with pytest.raises(TooLongAgo):
            desk.preview(outage.incident_id, Gift(points=1), BY)
    else:
        assert desk.preview(outage.incident_id, Gift(points=1), BY).amends.phase == "finding"


def test_a_preview_that_was_taken_again_is_another_one(house: House) -> None:
    outage = an_outage_that_touched(house)
    tag = outage.previewed()
    outage.previewed()
    path = f"{outage.path}/amends"
    assert house.office.put(path, GIVEN).json["code"] == "precondition_required"
    assert outage.give(tag).json["code"] == "precondition_failed"
    assert outage.give(outage.amends().headers["ETag"]).status == 201


def test_a_later_word_on_when_it_ended_asks_for_another_preview(house: House) -> None:
    outage = an_outage_that_touched(house)
    tag = outage.previewed()
    said = {"status": "investigating", "body": {"zh": "又出现了。"}}
    assert house.office.post(f"{outage.path}/updates", said).status == 201
    assert outage.give(tag).json["code"] == "incident_not_over"
    outage.resolve()
    assert outage.give(tag).json["code"] == "precondition_failed"


def test_amends_that_have_begun_are_not_changed(house: House) -> None:
    outage = an_outage_that_touched(house)
    assert outage.give(outage.previewed()).status == 201
    other = outage.give("*", GIVEN | {"reason": "别的"})
    assert (other.status, other.json["code"]) == (409, "amends_begun")
    assert outage.preview({"points": 9}).json["code"] == "amends_begun"
    run()
    assert outage.preview().json["code"] == "amends_begun"


def test_the_gift_of_a_search_under_way_can_be_another(house: House) -> None:
    outage = an_outage_that_touched(house)
    assert outage.preview({"points": 7}).status == 202
    assert outage.preview().status == 202
    run()
    assert outage.amends().json["gift"] == {"points": 50}
    assert outage.give("*").status == 201


def test_two_who_give_to_one_member_at_once_give_once(house: House) -> None:
    member_id = house.register("13800000500")
    outage = an_outage_that_touched(house, member_id)
    assert outage.give(outage.previewed()).status == 201
    head = jobs.read(outage.incident_id)
    assert head
    assert head.giving
    (found,) = affected.some(Search(head.incident_id, head.round), [member_id])
    givers = [Giver(ledger(), head, head.giving) for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(lambda giver: giver.give(found), givers)
    assert one == other == Outcome("given", entry_id=one.entry_id)
    run()
    assert points(house, member_id) == 50


def test_giving_to_a_member_takes_four_requests(house: House) -> None:
    member_id = house.register("13800000900")
    outage = an_outage_that_touched(house, member_id)
    assert outage.give(outage.previewed()).status == 201
    head = jobs.read(outage.incident_id)
    assert head
    assert head.giving
    (found,) = affected.some(Search(head.incident_id, head.round), [member_id])
    giver = Giver(ledger(), head, head.giving, {"s1": house.store})
    with asked_of_dynamodb() as sent:
        assert giver.give(found).state == "given"
    assert sent == ["Query", "Query", "TransactWriteItems", "UpdateItem"]


def test_a_till_cannot_take_the_name_of_a_grant_before(house: House) -> None:
    member_id = house.register("13800000700")
    name = order_name("i" * 12, member_id)
    body = {"member_id": member_id, "points": 1, "reason": "x"}
    assert house.office.put(f"/v1/stores/s1/grants/{name}", body).status == 422


def test_the_clock_goes_on_with_what_somebody_left_lying(house: House) -> None:
    outage = an_outage_that_touched(house, house.register("13800000800"))
    assert outage.preview().status == 202
    now = clock.now()
    assert jobs.take(outage.incident_id, shard_of("s1"), now)
    run()
    assert outage.amends().json["jobs_done"] == 7
    turns = Turns(amends.turns().finding, access.stores, lambda: now + HELD_FOR)
    turns.ring(lambda: True)
    run()
    assert outage.amends().json["phase"] == "found"


def test_an_end_that_nobody_saw_is_seen_by_the_clock(house: House) -> None:
    outage = an_outage_that_touched(house)
    assert outage.preview().status == 202
    for job in jobs.jobs(outage.incident_id):
        taken = jobs.take(job.incident_id, job.shard, clock.now())
        assert taken
        assert jobs.let_go(taken._replace(passed=True), clock.now())
    run()
    assert outage.amends().json["phase"] == "finding"
    later = clock.now() + HELD_FOR
    Turns(amends.turns().finding, access.stores, lambda: later).ring(lambda: True)
    assert outage.amends().json["phase"] == "counting"
    assert stream.take_up({}, lambda: True) == {"batchItemFailures": []}
