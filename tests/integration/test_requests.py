"""How many requests to DynamoDB each operation makes once the caller's proof is known: counts, no timings."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from botocore.httpsession import URLLib3Session

from chalicelib.kernel import clock
from tests.client import Reply
from tests.house import House
from tests.integration.stores.journals import card_of, hand_in, outcomes, registered

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


def test_a_spend_over_twenty_lots_costs_no_more_than_over_one(house: House) -> None:
    member_id = house.register("13800138020")
    for n in range(20):
        house.top_up(member_id, f"lot-{n}", 1000)
    body = {
        "member_id": member_id,
        "total_fen": 19_900,
        "payments": [{"method": "balance", "amount_fen": 19_900}],
    }
    path = f"/v1/stores/{house.store.store_id}/spends/over-twenty"
    names = requests_of(lambda: house.till.put(path, body))
    assert names == ["Query", "TransactWriteItems"]
    lots = house.till.get(f"/v1/members/{member_id}/lots").json["items"]
    assert [lot["left"] for lot in lots] == [100]


def test_a_members_lots_are_one_request(house: House, member_id: str) -> None:
    assert requests_of(lambda: house.till.get(f"/v1/members/{member_id}/lots")) == ["Query"]


@pytest.mark.parametrize("more", [{}, {"amount_fen": 30}], ids=["whole", "in part"])
def test_a_refund_is_the_order_the_member_and_one_transaction(
    house: House, member_id: str, more: dict[str, int]
) -> None:
    name = f"to-refund-{len(more)}"
    assert spend(house, member_id, name).status == 201
    path = f"/v1/stores/{house.store.store_id}/refunds/{name}"
    body = {"out_trade_no": name, "reason": "returned", **more}
    names = requests_of(lambda: house.till.put(path, body))
    assert names == ["GetItem", "Query", "TransactWriteItems"]


def test_a_void_is_the_order_the_member_and_one_transaction(house: House, member_id: str) -> None:
    assert spend(house, member_id, "to-void").status == 201
    path = f"/v1/stores/{house.store.store_id}/voids/to-void"
    body = {"out_trade_no": "to-void", "reason": "mistyped"}
    names = requests_of(lambda: house.till.put(path, body))
    assert names == ["GetItem", "Query", "TransactWriteItems"]


def test_a_replay_is_a_spend_for_each_new_record_and_a_few_requests_for_all(
    house: House, member_id: str
) -> None:
    pen, card = registered(house, "till-200"), card_of(member_id, 20_000)
    records = [pen.sell(member_id, 10, method="balance", card=card) for _ in range(200)]
    with counted() as names:
        answer = hand_in(house.till, pen, records)
    came = Counter(outcome for outcome, _ in outcomes(answer))
    assert came.keys() <= {"taken", "retry"}  # on a slow machine there is no time for some
    assert came["taken"]
    requests = Counter(names)
    assert requests.pop("Query") == came["taken"]
    assert requests.pop("TransactWriteItems") <= came["taken"] + 3  # the card's use, the records
    # what is known, which cards were given up, and the journal
    assert requests == {"BatchGetItem": 5, "PutItem": 1}


def test_a_replay_of_what_is_known_spends_nothing(house: House, member_id: str) -> None:
    pen = registered(house, "till-again")
    records = [pen.sell(member_id, 10) for _ in range(20)]
    hand_in(house.till, pen, records)
    with counted() as names:
        answer = hand_in(house.till, pen, records)
    assert {outcome for outcome, _ in outcomes(answer)} == {"replayed"}
    assert names == ["BatchGetItem"]


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
