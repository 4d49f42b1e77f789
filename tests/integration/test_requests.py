"""How many requests to DynamoDB each operation makes once the caller's proof is known: counts, no timings."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from botocore.httpsession import URLLib3Session

from chalicelib.kernel import clock
from tests.client import Reply
from tests.house import House

PHONE = "13800138000"


@contextmanager
def counted() -> Iterator[list[str]]:
    """The names of the requests sent inside the block, as they went over the wire."""
    names: list[str] = []
    send = URLLib3Session.send

    def telling(session: URLLib3Session, request: object) -> object:
        target = request.headers["X-Amz-Target"]  # type: ignore[attr-defined] # AWSPreparedRequest
        names.append((target if isinstance(target, str) else target.decode()).split(".")[1])
        return send(session, request)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(URLLib3Session, "send", telling)
        yield names


def requests_of(call: Callable[[], Reply]) -> list[str]:
    with counted() as names:
        reply = call()
    assert reply.status in {200, 201}, reply.text
    return names


@pytest.fixture(scope="module")
def member_id(house: House) -> str:
    """A member with money and one spend; the till's proof is known from here on."""
    made = house.register(PHONE)
    house.top_up(made, "first", 100_000)
    assert spend(house, made, "first").status == 201
    return made


def spend(house: House, member_id: str, name: str) -> Reply:
    body = {
        "member_id": member_id,
        "total_fen": 300,
        "payments": [
            {"method": "balance", "amount_fen": 100},
            {"method": "cash", "amount_fen": 200},
        ],
    }
    return house.till.put(f"/v1/stores/{house.store.store_id}/spends/{name}", body)


def look_up(house: House, **by: str) -> list[str]:
    def call() -> Reply:
        reply = house.till.post("/v1/members/lookup", by)
        assert len(reply.json["items"]) == 1, reply.text
        return reply

    return requests_of(call)


def test_a_look_up_by_phone_is_the_lock_and_the_member(house: House, member_id: str) -> None:
    assert member_id
    assert look_up(house, phone=PHONE) == ["GetItem", "Query"]


def test_a_look_up_by_tail_takes_at_most_two_requests(house: House, member_id: str) -> None:
    assert member_id
    assert len(look_up(house, phone_tail=PHONE[-4:])) <= 2


def test_a_look_up_by_card_number_takes_at_most_two_requests(house: House, member_id: str) -> None:
    card_no = house.till.get(f"/v1/members/{member_id}").json["card_no"]
    assert len(look_up(house, card_no=card_no)) <= 2


def test_a_look_up_by_rotating_code_takes_at_most_two_requests(
    house: House, member_id: str
) -> None:
    code = house.member(member_id).get("/v1/me/code").json["code"]
    assert len(look_up(house, code=code)) <= 2


def test_a_member_is_read_by_id_in_one_request(house: House, member_id: str) -> None:
    assert requests_of(lambda: house.till.get(f"/v1/members/{member_id}")) == ["Query"]


def test_nobody_under_a_phone_costs_no_more_than_somebody(house: House, member_id: str) -> None:
    assert member_id
    body = {"phone": "13911112222"}
    assert len(requests_of(lambda: house.till.post("/v1/members/lookup", body))) <= 2


def test_a_spend_is_one_read_and_one_transaction(house: House, member_id: str) -> None:
    names = requests_of(lambda: spend(house, member_id, "counted"))
    assert names == ["Query", "TransactWriteItems"]


def test_a_replayed_spend_costs_no_more_than_the_first(house: House, member_id: str) -> None:
    assert spend(house, member_id, "again").status == 201
    assert len(requests_of(lambda: spend(house, member_id, "again"))) <= 2


def test_a_top_up_is_one_read_and_one_transaction(house: House, member_id: str) -> None:
    path = f"/v1/stores/{house.store.store_id}/top-ups/counted"
    body = {"member_id": member_id, "paid_fen": 1000, "bonus_fen": 0, "method": "cash"}
    assert requests_of(lambda: house.till.put(path, body)) == ["Query", "TransactWriteItems"]


def test_a_page_of_history_is_one_request(house: House, member_id: str) -> None:
    assert requests_of(lambda: house.till.get(f"/v1/members/{member_id}/spends")) == ["Query"]


def test_a_member_reads_the_own_history_in_one_request(house: House, member_id: str) -> None:
    me = house.member(member_id)
    assert requests_of(lambda: me.get("/v1/me/spends")) == ["Query"]


def test_a_page_of_a_store_day_is_one_request(house: House, member_id: str) -> None:
    assert member_id
    today = house.store.business_date(clock.now()).isoformat()
    path = f"/v1/stores/{house.store.store_id}/spends?business_date={today}"
    assert requests_of(lambda: house.till.get(path)) == ["Query"]
