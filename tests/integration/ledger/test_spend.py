"""A spend from the till to the history: once, under its name, and never more than there is."""

import random
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.client import Client
from tests.house import House

SPENDS = "/v1/stores/s1/spends"


def spend(member_id: str, total_fen: int, **payments: int) -> dict[str, object]:
    paid = [{"method": method, "amount_fen": fen} for method, fen in payments.items()]
    return {"member_id": member_id, "total_fen": total_fen, "payments": paid}


@pytest.fixture
def member_id(house: House) -> str:
    return house.register(f"139{random.randrange(10**8):08d}")


def balance(house: House, member_id: str) -> int:
    fen: int = house.till.get(f"/v1/members/{member_id}").json["balance_fen"]
    return fen


def test_a_spend_takes_the_balance_once_however_often_it_is_sent(
    house: House, member_id: str
) -> None:
    house.top_up(member_id, f"t-{member_id}", 10_000, 2_000)
    body = spend(member_id, 5_000, balance=3_000, cash=2_000)
    first = house.till.put(f"{SPENDS}/{member_id}", body)
    again = house.till.put(f"{SPENDS}/{member_id}", body)
    assert (first.status, again.status) == (201, 200)
    assert first.json == again.json
    assert again.headers["Idempotent-Replay"] == "true"
    assert first.json["balance_after_fen"] == balance(house, member_id) == 9_000
    history = house.member(member_id).get("/v1/me/spends").json["items"]
    assert [item["kind"] for item in history] == ["spend", "top_up"]
    assert history[0]["message_id"] == first.json["message_id"]


def test_the_same_name_with_another_body_changes_nothing(house: House, member_id: str) -> None:
    house.top_up(member_id, f"t-{member_id}", 10_000)
    house.till.put(f"{SPENDS}/{member_id}", spend(member_id, 100, balance=100))
    other = house.till.put(f"{SPENDS}/{member_id}", spend(member_id, 101, balance=101))
    assert (other.status, other.json["code"]) == (409, "name_taken")
    assert balance(house, member_id) == 9_900


def test_a_refused_name_stays_refused_after_a_top_up(house: House, member_id: str) -> None:
    body = spend(member_id, 100, balance=100)
    refused = house.till.put(f"{SPENDS}/{member_id}", body)
    house.top_up(member_id, f"t-{member_id}", 10_000)
    late = house.till.put(f"{SPENDS}/{member_id}", body)
    assert [refused.status, refused.json["code"]] == [409, "balance_too_low"]
    assert [late.status, late.json["code"]] == [409, "balance_too_low"]
    assert late.headers["Idempotent-Replay"] == "true"
    assert late.json["missing_fen"] == 100
    assert balance(house, member_id) == 10_000
    assert house.till.get(f"{SPENDS}/{member_id}").json["outcome"] == "refused"


def test_the_order_query_answers_what_the_spend_answered(house: House, member_id: str) -> None:
    lines = [{"name": "拿铁", "quantity": 2, "amount_fen": 900}]
    body = spend(member_id, 900, cash=900) | {"lines": lines, "note": "少冰"}
    taken = house.till.put(f"{SPENDS}/{member_id}", body)
    assert house.till.get(f"{SPENDS}/{member_id}").json == taken.json
    assert taken.json["lines"][0]["name"] == "拿铁"
    assert house.till.get(f"{SPENDS}/never-{member_id}").status == 404


def test_two_stores_may_choose_the_same_name(house: House, member_id: str) -> None:
    one = house.till.put(f"{SPENDS}/{member_id}", spend(member_id, 100, cash=100))
    two = house.other_till.put(f"/v1/stores/s2/spends/{member_id}", spend(member_id, 100, cash=100))
    assert (one.status, two.status) == (201, 201)
    assert one.json["spend_id"] != two.json["spend_id"]


def test_the_store_day_lists_what_was_taken_and_not_what_was_refused(
    house: House, member_id: str
) -> None:
    names = [f"d{n}-{member_id}" for n in range(5)]
    for name in names:
        house.other_till.put(f"/v1/stores/s2/spends/{name}", spend(member_id, 100, cash=100))
    house.other_till.put(f"/v1/stores/s2/spends/no-{member_id}", spend(member_id, 1, balance=1))
    seen: list[str] = []
    path = "/v1/stores/s2/spends?limit=2"
    while path:
        page = house.other_till.get(path).json
        seen += [item["out_trade_no"] for item in page["items"]]
        after = page["next_cursor"]
        path = f"/v1/stores/s2/spends?limit=2&cursor={after}" if after else ""
    assert [name for name in seen if name in names] == names[::-1]
    assert f"no-{member_id}" not in seen


def test_history_pages_hold_each_entry_once_newest_first(house: House, member_id: str) -> None:
    for n in range(7):
        house.till.put(f"{SPENDS}/p{n}-{member_id}", spend(member_id, 100, cash=100))
    mine = house.member(member_id)
    seen: list[str] = []
    path = "/v1/me/spends?limit=3"
    while path:
        page = mine.get(path).json
        seen += [item["out_trade_no"] for item in page["items"]]
        after = page["next_cursor"]
        path = f"/v1/me/spends?limit=3&cursor={after}" if after else ""
    assert seen == [f"p{n}-{member_id}" for n in reversed(range(7))]


def test_a_cursor_is_of_no_use_to_another_caller(house: House, member_id: str) -> None:
    for n in range(2):
        house.till.put(f"{SPENDS}/c{n}-{member_id}", spend(member_id, 100, cash=100))
    token = house.member(member_id).get("/v1/me/spends?limit=1").json["next_cursor"]
    foreign = house.till.get(f"/v1/members/{member_id}/spends?limit=1&cursor={token}")
    assert (foreign.status, foreign.json["code"]) == (400, "invalid_cursor")


TILLS, EACH, FEN, FITS = 32, 50, 30, 700


def test_many_tills_on_one_balance_take_exactly_what_fits(house: House, member_id: str) -> None:
    """32 tills, 50 spends each; the balance covers 700 of the 1,600."""
    house.top_up(member_id, f"t-{member_id}", FEN * FITS + FEN - 1)
    body = spend(member_id, FEN, balance=FEN)

    def sell(name: str) -> tuple[str, int]:
        reply = house.till.put(f"{SPENDS}/{name}", body)
        while reply.status == 503:
            reply = house.till.put(f"{SPENDS}/{name}", body)
        return name, reply.status

    names = [f"r{till}-{n}-{member_id}" for n in range(EACH) for till in range(TILLS)]
    with ThreadPoolExecutor(TILLS) as tills:
        first = dict(tills.map(sell, names))
    assert sorted(set(first.values())) == [201, 409]
    assert list(first.values()).count(201) == FITS
    assert balance(house, member_id) == FEN - 1

    shuffled = random.Random(1).sample(names, len(names))
    with ThreadPoolExecutor(8) as tills:
        again = dict(tills.map(sell, shuffled))
    assert {name for name, status in again.items() if status == 200} == {
        name for name, status in first.items() if status == 201
    }
    assert balance(house, member_id) == FEN - 1
    assert_books_balance(house.till, member_id, entries=FITS + 1)


def assert_books_balance(till: Client, member_id: str, entries: int) -> None:
    """The balance is the sum of the entries, each entry follows from the one before, and none is missing."""
    items = []
    path = f"/v1/members/{member_id}/spends?limit=100"
    while path:
        page = till.get(path).json
        items += page["items"]
        after = page["next_cursor"]
        path = f"/v1/members/{member_id}/spends?limit=100&cursor={after}" if after else ""
    running = 0
    for seq, item in enumerate(reversed(items), start=1):
        running += item["balance_change_fen"]
        assert item["entry_id"] == f"{member_id}-{seq}"
        assert item["balance_after_fen"] == running >= 0
    assert len(items) == entries
