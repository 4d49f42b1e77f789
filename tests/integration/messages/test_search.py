"""Messages found by what a provider calls them, and those of a store between two times."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.access.model import Store
from chalicelib.kernel import clock
from chalicelib.messages import built
from chalicelib.messages.model.message import Kind, Message
from chalicelib.messages.service.announce import announce
from chalicelib.messages.service.find import Finder, Moment
from tests.house import House
from tests.integration.messages.told import told_by_sms
from tests.simulation.chain import Chain


def post(house: House, number: int) -> Message:
    """A spend whose message a provider calls `2640:{number}`."""
    ref = f"2640:{number}"
    return told_by_sms(house, f"135{number:08d}", f"search-{number}", provider_ref=ref)


def search(house: House, **asked: Any) -> Any:  # noqa: ANN401
    reply = house.office.post("/v1/messages/search", asked)
    assert reply.status == 200, reply.text
    return reply.json


def ids_of(found: Mapping[str, Any]) -> list[str]:
    return [one["message_id"] for one in found["items"]]


def test_a_message_is_found_by_what_its_provider_calls_it(house: House) -> None:
    taken = post(house, 1)
    assert ids_of(search(house, provider_ref="2640:1")) == [taken.message_id]
    assert ids_of(search(house, provider_ref="2640:1", provider="tencent")) == [taken.message_id]
    assert ids_of(search(house, provider_ref="2640:1", provider="aliyun")) == []
    assert ids_of(search(house, provider_ref="2640")) == []


def test_a_named_provider_is_one_request(house: House, counting: list[str]) -> None:
    house.office.get("/v1/stores")
    counting.clear()
    search(house, provider_ref="2640:1", provider="tencent")
    assert counting == ["Query"]


def test_a_stores_messages_between_two_times_are_paged_oldest_first(house: House) -> None:
    taken = [post(house, number) for number in range(10, 15)]
    since, until = taken[1].facts.booked_at, taken[4].facts.booked_at
    asked = {
        "store_id": house.store.store_id,
        "from": clock.text(since),
        "to": clock.text(until),
        "limit": 2,
    }
    first = search(house, **asked)
    second = search(house, **asked, cursor=first["next_cursor"])
    wanted = [one.message_id for one in taken[1:4]]
    assert (ids_of(first), ids_of(second)) == (wanted[:2], wanted[2:])
    assert second["next_cursor"] is None
    assert ids_of(search(house, **asked, kind="refund")) == []
    assert len(ids_of(search(house, **asked, kind="spend"))) == 2
    empty = {**asked, "to": asked["from"]}
    assert ids_of(search(house, **empty)) == []


def test_staff_see_the_hour_at_their_own_store_and_at_no_other(house: House) -> None:
    taken = post(house, 20)
    manager = house.staff(house.store, "store_manager", "61")
    hour = {
        "from": clock.text(taken.facts.booked_at),
        "to": clock.text(taken.facts.booked_at + timedelta(hours=1)),
    }
    mine = manager.post("/v1/messages/search", hour)
    assert taken.message_id in ids_of(mine.json)
    other = manager.post("/v1/messages/search", {**hour, "store_id": house.other_store.store_id})
    assert (other.status, other.json["code"]) == (403, "wrong_store")
    assert other.json["granted_by"] == ["support", "operator", "auditor", "owner"]
    nowhere = house.office.post("/v1/messages/search", hour)
    assert (nowhere.status, nowhere.json["errors"][0]["pointer"]) == (422, "/store_id")
    unknown = house.office.post("/v1/messages/search", {**hour, "store_id": "nowhere"})
    assert unknown.status == 404


@pytest.mark.parametrize(
    ("asked", "pointer"),
    [
        ({"from": "2026-11-22T00:00:00Z", "to": "2026-11-23T00:00:00.001Z"}, "/to"),
        ({"from": "2026-11-22T00:00:00Z", "to": "2026-11-21T00:00:00Z"}, "/to"),
        ({"from": "9999-12-31T00:00:00Z", "to": "9999-12-31T01:00:00Z"}, "/from"),
        ({"from": "2026-11-22T00:00:00Z"}, ""),
        ({"provider_ref": "x", "phone": "13800000001"}, ""),
        ({"provider": "tencent", "phone": "13800000001"}, "/provider"),
        ({"kind": "spend", "phone": "13800000001"}, "/kind"),
    ],
)
def test_a_search_that_leaves_doubt_is_refused_where_it_does(
    house: House, asked: Mapping[str, str], pointer: str
) -> None:
    reply = house.office.post("/v1/messages/search", {**asked, "store_id": "s1"})
    assert (reply.status, reply.json["errors"][0]["pointer"]) == (422, pointer)


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_pages_neither_miss_nor_double_what_was_booked_in_one_moment_or_over_the_days_end(
    house: House, limit: int
) -> None:
    """Of several kinds at once: three entries share a moment, and the business day ends between them."""
    assert house
    chain = Chain(seed=limit)
    person = chain.person(phone="13500000099")
    kinds: list[Kind] = ["spend", "refund", "top_up", "spend", "refund", "spend"]
    booked = [booked_at(chain.clock.at, n) for n in range(len(kinds))]
    for kind, moment in zip(kinds, booked, strict=True):
        chain.clock.at = moment - timedelta(milliseconds=1)
        chain.post(person, kind)
    announce(chain.entries, chain.clock())
    finder, start, seen = built.finder(), Moment(booked[0]), []
    while True:
        page = found_at(finder, chain.store, start, booked[-1], limit)
        seen += [one.message_id for one in page.messages]
        if page.next is None:
            break
        start = Moment.of(page.next.told())
    wanted = [entry.message_id for entry in chain.entries if entry.booked_at <= booked[-1]]
    assert sorted(seen) == sorted(wanted)


def found_at(finder: Finder, store: Store, start: Moment, last: datetime, limit: int) -> Any:  # noqa: ANN401
    return finder.at_store(store, start, last + timedelta(milliseconds=1), limit)


def booked_at(now: datetime, number: int) -> datetime:
    """Two before the end of the store's business day (4:00 there), and all but one of the others at one moment."""
    end = now.replace(hour=20, minute=0, second=0, microsecond=0)
    return end + timedelta(minutes=(-2, -1, 1, 1, 1, 2)[number])
