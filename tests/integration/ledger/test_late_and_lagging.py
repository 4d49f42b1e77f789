"""Answers that come late, reads that lag, and members who were joined again and again."""

import random
from datetime import datetime, timedelta

import pytest

from chalicelib.access.model import Store
from chalicelib.kernel import clock, ids
from chalicelib.kernel.errors import InvalidRequest
from chalicelib.ledger import built
from chalicelib.ledger.facts import Payment
from chalicelib.ledger.model.posting import Posting
from chalicelib.ledger.model.rules import Rules
from chalicelib.ledger.model.spends import spend
from chalicelib.ledger.service import Ledger
from tests.house import BY, House
from tests.lag import lagging, refusing

SPENDS = "/v1/stores/s1/spends"


def new_phone() -> str:
    return f"136{random.randrange(10**8):08d}"


def cash(member_id: str, fen: int = 100) -> dict[str, object]:
    return {
        "member_id": member_id,
        "total_fen": fen,
        "payments": [{"method": "cash", "amount_fen": fen}],
    }


@pytest.fixture
def member_id(house: House) -> str:
    return house.register(new_phone())


def test_the_order_query_sees_a_spend_that_was_taken_just_now(
    house: House, member_id: str, tables: dict[str, str]
) -> None:
    house.till.put(f"{SPENDS}/{member_id}", cash(member_id))
    with lagging(tables["BOOK_TABLE"]):
        asked = house.till.get(f"{SPENDS}/{member_id}")
    assert (asked.status, asked.json["outcome"]) == (200, "taken")


def test_a_member_registered_just_now_is_found_where_reads_lag(
    house: House, tables: dict[str, str]
) -> None:
    phone = new_phone()
    with lagging(tables["BOOK_TABLE"]):
        made = house.register(phone)
        found = house.till.post("/v1/members/lookup", {"phone": phone})
        again = house.till.post("/v1/members", {"phone": phone, "consents": {}})
        read = house.till.get(f"/v1/members/{made}")
    assert [item["member_id"] for item in found.json["items"]] == [made]
    assert (again.status, again.json["card"]["member_id"]) == (409, made)
    assert read.json["member_id"] == made


def test_who_logged_in_just_now_may_change_the_profile_twice_where_reads_lag(
    house: House, tables: dict[str, str]
) -> None:
    with lagging(tables["BOOK_TABLE"]):
        mine = house.member(built.ledger().members.log_in(f"openid {new_phone()}", BY))
        first = mine.patch("/v1/me", {"name": "王"})
        second = mine.patch("/v1/me", {"name": "王芳"})
    assert [first.status, second.status] == [200, 200]
    assert second.json["name"] == "王芳"


def test_a_spend_sent_again_after_its_time_limit_answers_what_it_answered(
    house: House, member_id: str
) -> None:
    assert house
    now = clock.now()
    late = Ledger(built.ledger().members, Rules, lambda: now + timedelta(days=8))
    taken = built.ledger().take(member_id, posting(member_id, now), "same", BY)
    again = late.take(member_id, posting(member_id, now), "same", BY)
    assert again.order == taken.order
    assert (taken.first, again.first) == (True, False)
    with pytest.raises(InvalidRequest):
        late.take(member_id, posting(f"new-{member_id}", now), "same", BY)


def posting(name: str, occurred_at: datetime) -> Posting:
    return spend(
        Store("s1", "First Store"),
        name,
        total_fen=100,
        payments=[Payment("cash", 100)],
        occurred_at=occurred_at,
    )


def test_a_name_in_use_by_another_request_just_now_is_to_be_tried_again(
    house: House, member_id: str
) -> None:
    """DynamoDB's word for a single write that meets a transaction under way."""
    body = {
        "member_id": member_id,
        "total_fen": 1,
        "payments": [{"method": "balance", "amount_fen": 1}],
    }
    with refusing("PutItem", "TransactionConflictException"):
        met = house.till.put(f"{SPENDS}/{member_id}", body)
    assert (met.status, met.json["code"]) == (503, "try_again")
    assert house.till.put(f"{SPENDS}/{member_id}", body).json["code"] == "balance_too_low"


def test_a_server_error_without_a_known_name_is_to_be_tried_again(
    house: House, member_id: str
) -> None:
    with refusing("TransactWriteItems", "SomethingNew", status=500):
        met = house.till.put(f"{SPENDS}/{member_id}", cash(member_id))
    assert (met.status, met.json["code"]) == (503, "try_again")


def test_a_day_of_long_receipts_is_read_as_far_as_was_asked(house: House, member_id: str) -> None:
    """DynamoDB ends a page at a megabyte, whatever limit was asked for."""
    lines = [{"name": "长" * 60, "quantity": 1, "amount_fen": 1, "sku": "码" * 40}] * 100
    names = [f"l{n}-{member_id}" for n in range(45)]
    for name in names:
        reply = house.other_till.put(
            f"/v1/stores/s2/spends/{name}", cash(member_id) | {"lines": lines}
        )
        assert reply.status == 201, reply.text
    now = clock.now()
    bounds = (clock.text(now - timedelta(hours=1)), clock.text(now))
    today = house.other_store.business_date(now).isoformat()
    read = built.ledger().booked_between("s2", today, "spend", bounds, 100)
    assert [entry.order_name for entry in read] == names
    some = built.ledger().booked_between("s2", today, "spend", bounds, 40)
    assert [entry.order_name for entry in some] == names[:40]


def test_a_card_leads_to_its_member_however_often_they_were_joined(house: House) -> None:
    desk = built.ledger()
    first = member = desk.members.log_in(f"openid {ids.new(clock.now())}", BY)
    house.top_up(first, f"t-{first}", 100)
    for _ in range(6):
        phone = new_phone()
        counter = house.register(phone)
        member = desk.members.bind_phone(desk.card(member).member, phone, desk, BY)
        assert member == counter
    card = house.till.get(f"/v1/members/{first}").json
    assert (card["member_id"], card["balance_fen"]) == (member, 100)
    contact = desk.members.contact(first)
    assert contact is not None
    assert (contact.member_id, contact.phone) == (member, phone)
