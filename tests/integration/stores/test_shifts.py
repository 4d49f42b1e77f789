"""A till's shift on DynamoDB Local: opened, closed, final, numbered; and what its list has not shown yet."""

import csv
import io
import random
import threading
import uuid
from collections.abc import Callable
from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.access import service
from chalicelib.kernel import clock
from chalicelib.ledger import built
from chalicelib.stores.model.shifts import Shift
from chalicelib.stores.model.shifts_report import Count
from chalicelib.stores.service.shifts import Closing, Shifts
from tests.client import Client, Reply
from tests.house import BY, House
from tests.integration.test_requests import requests_of
from tests.lag import lagging
from tests.simulation.database_faults import bad_day

SHIFTS = "/v1/stores/s1/shifts"
CASH_0 = {"counted": [{"method": "cash", "amount_fen": 0}]}
Row = list[str]


@pytest.fixture
def till(house: House) -> Client:
    """A till of s1 that no other test uses."""
    _, secret = service.issue_terminal_key("s1", "a till", clock.now(), BY)
    return house.public.holding(secret)


@pytest.fixture(scope="module")
def member_id(house: House) -> str:
    made = house.register(f"135{random.randrange(10**8):08d}")
    house.top_up(made, f"first-{made}", 100_000)
    return made


@pytest.fixture
def name() -> str:
    return new("n")


def new(kind: str) -> str:
    """A name that is new; hypothesis makes `random` say the same each time."""
    return f"{kind}-{uuid.uuid4().hex}"


def opened(till: Client, name: str, float_fen: int = 0) -> dict[str, Any]:
    reply = till.put(f"{SHIFTS}/{name}", {"float_fen": float_fen})
    assert reply.status == 201, reply.text
    view: dict[str, Any] = reply.json
    return view


def closed(till: Client, name: str, cash_fen: int = 0) -> dict[str, Any]:
    reply = close(till, name, cash_fen)
    assert reply.status == 201, reply.text
    view: dict[str, Any] = reply.json
    return view


def close(till: Client, name: str, cash_fen: int = 0) -> Reply:
    counted = [{"method": "cash", "amount_fen": cash_fen}]
    return till.put(f"{SHIFTS}/{name}/close", {"counted": counted})


def sell(till: Client, member_id: str, fen: int, method: str = "cash") -> str:
    name = new("o")
    body = {
        "member_id": member_id,
        "total_fen": fen,
        "payments": [{"method": method, "amount_fen": fen}],
        "lines": [{"name": "=拿铁", "quantity": 1, "amount_fen": fen}],
    }
    reply = till.put(f"/v1/stores/s1/spends/{name}", body)
    assert reply.status == 201, reply.text
    return name


def way(view: dict[str, Any], method: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in view["ways"] if each["method"] == method)
    return found


def kinds(view: dict[str, Any]) -> dict[str, int]:
    return {each["kind"]: each["count"] for each in view["kinds"]}


def apart(view: dict[str, Any]) -> dict[str, list[str]]:
    return {each["why"]: [entry["name"] for entry in each["entries"]] for each in view["apart"]}


def test_a_shift_says_what_should_be_there_what_was_counted_and_the_difference(
    till: Client, member_id: str, name: str
) -> None:
    opened(till, name, float_fen=50_000)
    sold = sell(till, member_id, 1000)
    sell(till, member_id, 300, "balance")
    sell(till, member_id, 700, "alipay")
    top_up = {"member_id": member_id, "paid_fen": 5000, "method": "cash"}
    assert till.put(f"/v1/stores/s1/top-ups/{name}", top_up).status == 201
    back = {"out_trade_no": sold, "amount_fen": 250, "reason": "洒了"}
    refunded = till.put(f"/v1/stores/s1/refunds/{name}", back)
    assert refunded.status == 201, refunded.text
    view = closed(till, name, cash_fen=55_000)
    cash = way(view, "cash")
    assert (cash["expected_fen"], cash["counted_fen"]) == (55_750, 55_000)
    assert (cash["taken_fen"], cash["difference_fen"]) == (5750, -750)
    assert (way(view, "alipay")["expected_fen"], way(view, "alipay")["counted_fen"]) == (700, None)
    assert way(view, "balance")["taken_fen"] == 300
    assert kinds(view) == {"spend": 3, "top_up": 1, "refund": 1}
    assert (view["state"], view["apart"]) == ("closed", [])


def test_opening_and_closing_again_answer_the_same(till: Client, name: str) -> None:
    first = opened(till, name)
    again = till.put(f"{SHIFTS}/{name}", {"float_fen": 0})
    assert (again.status, again.json) == (200, first)
    assert again.headers["Idempotent-Replay"] == "true"
    done = closed(till, name, 5)
    repeated = close(till, name, 5)
    assert (repeated.status, repeated.json) == (200, done)
    assert repeated.headers["Idempotent-Replay"] == "true"
    assert till.put(f"{SHIFTS}/{name}", {"float_fen": 0}).json == done
    assert till.get(f"{SHIFTS}/{name}").json == done


def test_a_closed_shift_is_final(till: Client, member_id: str, name: str) -> None:
    opened(till, name)
    done = closed(till, name)
    sell(till, member_id, 100)
    other = close(till, name, 1)
    assert (other.status, other.json["code"]) == (409, "shift_closed")
    assert till.get(f"{SHIFTS}/{name}").json == done


def test_a_till_has_one_open_shift(house: House, till: Client, name: str) -> None:
    opened(till, name)
    second = till.put(f"{SHIFTS}/{name}-2", {"float_fen": 0})
    assert (second.status, second.json["code"]) == (409, "shift_open")
    assert second.json["open_shift"] == name
    assert till.get(f"{SHIFTS}/{name}-2").status == 404
    closed(till, name)
    opened(till, f"{name}-2")
    taken = house.till.put(f"{SHIFTS}/{name}-2", {"float_fen": 0})
    assert (taken.status, taken.json["code"]) == (409, "name_taken")
    other_float = till.put(f"{SHIFTS}/{name}", {"float_fen": 1})
    assert (other_float.status, other_float.json["code"]) == (409, "name_taken")


def test_who_calls_from_no_till_opens_no_shift(house: House, name: str) -> None:
    reply = house.office.put(f"{SHIFTS}/{name}", {"float_fen": 0})
    assert (reply.status, reply.json["code"]) == (403, "no_till")


def test_staff_at_a_till_open_that_tills_shift(house: House, till: Client, name: str) -> None:
    service.save_staff("s1", "77", name="W", role="cashier", pin="2468", active=True, by=BY)
    login = till.post("/v1/stores/s1/staff-sessions", {"staff_no": "77", "pin": "2468"})
    staff = house.public.holding(login.json["access_token"])
    view = opened(staff, name)
    assert till.put(f"{SHIFTS}/{name}", {"float_fen": 0}).json == view
    assert closed(staff, name)["closed_by"] == "s1/77"


@pytest.mark.parametrize(
    "counted",
    [
        [],
        [{"method": "card", "amount_fen": 1}],
        [{"method": "cash", "amount_fen": 1}] * 2,
        [{"method": "balance", "amount_fen": 1}],
        [{"method": "cash", "amount_fen": -1}],
    ],
)
def test_what_is_no_count_closes_nothing(
    till: Client, name: str, counted: list[dict[str, object]]
) -> None:
    opened(till, name)
    assert till.put(f"{SHIFTS}/{name}/close", {"counted": counted}).status == 422
    assert till.get(f"{SHIFTS}/{name}").json["state"] == "open"


def test_a_shift_that_never_was_is_not_found(till: Client, name: str) -> None:
    assert close(till, name).status == 404
    assert till.get(f"{SHIFTS}/{name}").status == 404
    assert till.get(f"{SHIFTS}/{name}/export").status == 404


def test_another_store_knows_nothing_of_it(house: House, till: Client, name: str) -> None:
    opened(till, name)
    assert house.other_till.get(f"{SHIFTS}/{name}").status == 403
    assert house.other_till.get(f"/v1/stores/s2/shifts/{name}").status == 404


def test_what_the_list_shows_only_later_is_counted_in_the_next_shift(
    till: Client, member_id: str, name: str, tables: dict[str, str]
) -> None:
    opened(till, name)
    late = sell(till, member_id, 100)
    with lagging(tables["BOOK_TABLE"]):
        missed = closed(till, name)
    between = sell(till, member_id, 200)
    opened(till, f"{name}-2")
    sell(till, member_id, 400)
    second = closed(till, f"{name}-2")
    opened(till, f"{name}-3")
    third = closed(till, f"{name}-3")
    assert kinds(missed) == {}
    assert kinds(second) == {"spend": 3}
    assert apart(second) == {"overdue": [late], "between": [between]}
    assert way(second, "cash")["expected_fen"] == 400
    assert kinds(third) == {}


steps = st.lists(st.sampled_from(["sell", "sell", "open", "close", "close unseeing"]), max_size=16)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=steps)
def test_each_sale_is_in_exactly_one_shift_whatever_the_list_shows(
    house: House, member_id: str, tables: dict[str, str], steps: list[str]
) -> None:
    """Each sale is of another power of two, so that the sum of all shifts says which of them were counted."""
    _, secret = service.issue_terminal_key("s1", "a till", clock.now(), BY)
    till, shifts, fen = house.public.holding(secret), [new("n")], 1
    for step in ["open", *steps, "close unseeing", "open", "close"]:
        if step == "sell":
            sell(till, member_id, fen)
            fen *= 2
        elif step == "open":
            till.put(f"{SHIFTS}/{shifts[-1]}", {"float_fen": 0})
        else:
            unseeing = lagging(tables["BOOK_TABLE"]) if "unseeing" in step else nullcontext()
            with unseeing:
                if close(till, shifts[-1]).status == 201:
                    shifts.append(new("n"))
    counted = [all_cash(till.get(f"{SHIFTS}/{name}").json) for name in shifts[:-1]]
    assert sum(counted) == fen - 1


def all_cash(view: dict[str, Any]) -> int:
    aside = [each["ways"] for each in view["apart"] if not each["in_drawer"]]
    sums: int = way(view, "cash")["taken_fen"] + sum(way["amount_fen"] for [way] in aside)
    return sums


@pytest.mark.parametrize("seed", range(1, 6))
def test_on_a_bad_day_what_is_sent_again_opens_and_closes_once(
    till: Client, member_id: str, name: str, seed: int
) -> None:
    """Faults before and after the effect; what got no answer is sent again unchanged."""
    with bad_day(seed, 0.2) as faults:
        answered(lambda: till.put(f"{SHIFTS}/{name}", {"float_fen": 0}))
    sell(till, member_id, 100)
    with bad_day(seed, 0.2) as more:
        view = answered(lambda: close(till, name))
    assert faults or more
    assert kinds(view) == {"spend": 1}
    assert till.get(f"{SHIFTS}/{name}").json == view
    numbers = [each["number"] for each in till.get(f"{SHIFTS}?limit=100").json["items"]]
    assert numbers == list(range(len(numbers), 0, -1))


def answered(send: Callable[[], Reply]) -> dict[str, Any]:
    reply = send()
    while reply.status >= 500:
        reply = send()
    assert reply.status in {200, 201}, reply.text
    view: dict[str, Any] = reply.json
    return view


def test_numbers_have_no_gap_where_many_tills_close_at_once(house: House) -> None:
    store, desk = house.store, Shifts(built.ledger())
    before = house.office.get(f"{SHIFTS}?limit=1").json["items"]
    last = before[0]["number"] if before else 0
    names = [f"many-{number}" for number in range(8)]
    for each in names:
        desk.open(Shift("s1", each, f"till {each}", 0, clock.now(), "same"), BY)
    numbers: list[int] = []

    def end(each: str) -> None:
        done = desk.close(store, each, Closing([Count("cash", 0)], None, "same"), BY)
        assert done.shift.report
        numbers.append(done.shift.report.number)

    threads = [threading.Thread(target=end, args=(each,)) for each in names * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(numbers) == sorted([*range(last + 1, last + 9)] * 2)


def test_closed_shifts_are_listed_newest_first_page_by_page(till: Client, name: str) -> None:
    for number in range(3):
        opened(till, f"{name}-{number}")
        closed(till, f"{name}-{number}")
    found: list[dict[str, Any]] = []
    path = f"{SHIFTS}?limit=2"
    while path:
        page = till.get(path).json
        found += page["items"]
        path = page["next_cursor"] and f"{SHIFTS}?limit=2&cursor={page['next_cursor']}"
    numbers = [each["number"] for each in found]
    assert numbers == list(range(len(numbers), 0, -1))
    assert [each["shift_name"] for each in found[:3]] == [f"{name}-{n}" for n in (2, 1, 0)]


def test_an_open_shift_is_neither_printed_nor_exported(till: Client, name: str) -> None:
    opened(till, name)
    for what in ("export", "receipt"):
        reply = till.get(f"{SHIFTS}/{name}/{what}")
        assert (reply.status, reply.json["code"]) == (409, "shift_not_closed")


def test_a_shift_is_exported_for_a_spreadsheet(till: Client, member_id: str, name: str) -> None:
    opened(till, name, float_fen=100)
    sell(till, member_id, 250)
    number = closed(till, name, 300)["number"]
    reply = till.get(f"{SHIFTS}/{name}/export", accept_language="zh-CN")
    assert reply.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert f'filename="shift-{number}.csv"' in reply.headers["Content-Disposition"]
    header, *rows = table(reply)
    assert header[:2] == ["班次号", "班次"]
    cash = next(row for row in rows if row[6:8] == ["支付方式", "现金"])
    assert cash[:2] == [str(number), name]
    assert cash[9:13] == ["2.50", "3.50", "3.00", "-0.50"]
    assert {len(row) for row in rows} == {len(header)}
    assert table(till.get(f"{SHIFTS}/{name}/export"))[0][0] == "Number"


@pytest.mark.parametrize("width", [58, 80])
def test_a_shift_is_printed(till: Client, member_id: str, name: str, width: int) -> None:
    opened(till, name)
    sell(till, member_id, 250)
    closed(till, name, 300)
    reply = till.get(f"{SHIFTS}/{name}/receipt?width={width}", accept_language="zh-CN")
    assert reply.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "script" not in reply.text
    assert f"@page{{size:{width}mm " in reply.text
    assert "<span>差额</span><span>+0.50</span>" in reply.text
    assert "Shift report" in till.get(f"{SHIFTS}/{name}/receipt").text
    assert till.get(f"{SHIFTS}/{name}/receipt?width=59").status == 422


def test_requests_are_the_same_however_much_was_sold(
    till: Client, member_id: str, name: str
) -> None:
    opening = requests_of(lambda: till.put(f"{SHIFTS}/{name}", {"float_fen": 0}))
    for _ in range(12):
        sell(till, member_id, 100)
    closing = requests_of(lambda: close(till, name))
    kinds_of_days = closing.count("Query")
    assert kinds_of_days in {6, 12}  # the day may be cut just now
    assert sorted(set(opening)) == ["GetItem", "TransactWriteItems"]
    assert closing.count("TransactWriteItems") == 1
    assert len(closing) == kinds_of_days + 4  # the shift, the till's mark, the last number


def test_an_idle_month_between_two_shifts_loses_no_sale(
    house: House, member_id: str, name: str
) -> None:
    """The till sold without a shift three weeks ago."""
    then = clock.now() - timedelta(days=30)
    desk = Shifts(built.ledger(), lambda: then)
    key, secret = service.issue_terminal_key("s1", "rarely used", clock.now(), BY)
    desk.open(Shift("s1", name, key.key_id, 0, then, "same"), BY)
    desk.close(house.store, name, Closing([Count("cash", 0)], None, "same"), BY)
    till = house.public.holding(secret)
    sold = sell(till, member_id, 100)
    opened(till, f"{name}-2")
    assert apart(closed(till, f"{name}-2")) == {"between": [sold]}


def table(reply: Reply) -> list[Row]:
    assert reply.status == 200, reply.text
    assert reply.text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(reply.text.removeprefix("\ufeff"), newline="")))
