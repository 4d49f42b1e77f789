"""Statements as a spreadsheet reads them: a member's own, one for the counter, a store's day."""

import csv
import io
import random
from typing import Any

import pytest

from chalicelib.kernel import clock
from chalicelib.ledger import built
from tests.client import Client, Reply
from tests.house import BY, House
from tests.integration.test_requests import requests_of

STORE = "/v1/stores/s1"
Row = dict[str, str]


@pytest.fixture(scope="module")
def member_id(house: House) -> str:
    """100.00 on the card, 8.80 spent from it and 1.20 in cash, half of that given back."""
    made = register(house)
    house.top_up(made, f"t-{made}", 10_000)
    sell(house.till, made, f"s-{made}", [("balance", 880), ("cash", 120)])
    back = {"out_trade_no": f"s-{made}", "amount_fen": 500, "reason": "=1+1"}
    reply = house.till.put(f"{STORE}/refunds/r-{made}", back)
    assert reply.status == 201, reply.text
    return made


def register(house: House) -> str:
    return house.register(f"134{random.randrange(10**8):08d}")


def sell(till: Client, member_id: str, name: str, payments: list[tuple[str, int]]) -> None:
    body: dict[str, Any] = {
        "member_id": member_id,
        "total_fen": sum(fen for _, fen in payments),
        "payments": [{"method": method, "amount_fen": fen} for method, fen in payments],
    }
    reply = till.put(f"{STORE}/spends/{name}", body)
    assert reply.status == 201, reply.text


def rows(reply: Reply) -> list[Row]:
    assert reply.status == 200, reply.text
    assert reply.text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(reply.text.removeprefix("\ufeff"), newline="")))


def paged(client: Client, path: str, limit: int) -> list[Row]:
    joint = "&" if "?" in path else "?"
    found: list[Row] = []
    cursor: str | None = ""
    while cursor is not None:
        at = f"&cursor={cursor}" if cursor else ""
        reply = client.get(f"{path}{joint}limit={limit}{at}")
        page = rows(reply)
        assert len(page) <= limit
        found += page
        cursor = reply.headers.get("X-Next-Cursor")
    return found


def test_a_member_reads_their_own_entries_newest_first(house: House, member_id: str) -> None:
    reply = house.member(member_id).get("/v1/me/statement")
    assert reply.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in reply.headers["Content-Disposition"]
    refund, spend, top_up = rows(reply)
    assert [each["Kind"] for each in (refund, spend, top_up)] == ["Refund", "Spend", "Top-up"]
    assert (top_up["Amount"], top_up["Cash"]) == ("100.00", "100.00")
    assert (spend["Amount"], spend["Stored value"], spend["Cash"]) == ("10.00", "8.80", "1.20")
    assert (spend["Balance change"], spend["Balance after"]) == ("-8.80", "91.20")
    assert (refund["Amount"], refund["Stored value"], refund["Cash"]) == ("-5.00", "-4.40", "-0.60")
    assert (refund["Balance change"], refund["Balance after"]) == ("4.40", "95.60")
    assert refund["Answers entry"] == spend["Entry"]
    assert spend["Zone"] == "Asia/Shanghai"
    assert spend["Alipay"] == ""


def test_what_only_staff_see_is_not_in_a_members_own(house: House, member_id: str) -> None:
    mine = house.member(member_id).get("/v1/me/statement")
    assert "Till" not in rows(mine)[0]
    assert "1+1" not in mine.text
    theirs = rows(house.till.get(f"/v1/members/{member_id}/statement"))
    assert theirs[0]["Reason"] == "'=1+1"
    assert theirs[0]["Member"] == member_id
    assert theirs[0]["Till"]


def test_the_columns_speak_chinese_first(house: House, member_id: str) -> None:
    said = house.member(member_id).get("/v1/me/statement", accept_language="fr")
    assert "入账时间" in said.text
    assert "充值" in said.text
    assert [list(each) for each in rows(said)] != []


def test_times_are_local_to_the_store(house: House, member_id: str) -> None:
    entry = built.ledger().order("s1", "spend", f"s-{member_id}").entry
    assert entry
    local = entry.booked_at.astimezone(clock.zone("Asia/Shanghai")).strftime("%Y-%m-%d %H:%M:%S")
    spend = rows(house.member(member_id).get("/v1/me/statement"))[1]
    assert spend["Booked"] == local


@pytest.mark.parametrize("limit", [1, 2, 3, 4])
def test_pages_of_any_length_hold_every_line_once(house: House, member_id: str, limit: int) -> None:
    mine = house.member(member_id)
    whole = rows(mine.get("/v1/me/statement"))
    assert paged(mine, "/v1/me/statement", limit) == whole


def test_a_statement_goes_on_with_the_members_that_joined(house: House) -> None:
    desk = built.ledger()
    phone = f"133{random.randrange(10**8):08d}"
    first = desk.members.log_in(f"openid {phone}", BY)
    house.top_up(first, f"j-{first}", 100)
    counter = house.register(phone)
    house.top_up(counter, f"j-{counter}", 200)
    assert desk.members.bind_phone(desk.card(first).member, phone, desk, BY) == counter
    house.top_up(counter, f"k-{counter}", 400)
    path = f"/v1/members/{counter}/statement"
    amounts = [each["Amount"] for each in rows(house.till.get(path))]
    assert amounts == ["4.00", "2.00", "1.00"]
    assert [each["Amount"] for each in paged(house.till, path, 1)] == amounts


def test_nobody_has_no_statement_and_a_new_member_an_empty_one(house: House) -> None:
    nobody = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
    assert house.till.get(f"/v1/members/{nobody}/statement").status == 404
    assert rows(house.member(register(house)).get("/v1/me/statement")) == []


def test_a_stores_day_has_every_order_once_kind_by_kind(house: House) -> None:
    till, path = house.other_till, "/v1/stores/s2"
    who = register(house)
    names = [f"d{number}-{who}" for number in range(3)]
    for name in names:
        cash = {"total_fen": 100, "payments": [{"method": "cash", "amount_fen": 100}]}
        assert till.put(f"{path}/spends/{name}", {"member_id": who, **cash}).status == 201
    top_up = {"member_id": who, "paid_fen": 900, "method": "wechat_pay"}
    assert till.put(f"{path}/top-ups/{names[0]}", top_up).status == 201
    back = {"out_trade_no": names[0], "reason": "退"}
    assert till.put(f"{path}/refunds/{names[0]}", back).status == 201
    whole = rows(till.get(f"{path}/statement"))
    assert [each["Kind"] for each in whole] == ["Spend"] * 3 + ["Refund", "Top-up"]
    assert [each["Order"] for each in whole[:3]] == names[::-1]
    assert [each["Amount"] for each in whole] == ["1.00", "1.00", "1.00", "-1.00", "9.00"]
    for limit in range(1, 7):
        assert paged(till, f"{path}/statement", limit) == whole


def test_a_day_without_sales_is_a_table_without_lines(house: House) -> None:
    assert rows(house.till.get(f"{STORE}/statement?business_date=2020-01-01")) == []


@pytest.mark.parametrize(("limit", "status"), [(0, 422), (1, 200), (1000, 200), (1001, 422)])
def test_a_page_holds_one_to_a_thousand(house: House, limit: int, status: int) -> None:
    assert house.till.get(f"{STORE}/statement?limit={limit}").status == status


def test_a_members_page_is_one_request(house: House, member_id: str) -> None:
    mine = house.member(member_id)
    mine.get("/v1/me/statement")
    assert requests_of(lambda: mine.get("/v1/me/statement")) == ["Query"]
