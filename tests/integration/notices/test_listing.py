"""The list of notices, for operators: newest first, page by page, each with its figures."""

from datetime import timedelta
from typing import Any

from chalicelib.kernel import clock
from chalicelib.notices import built
from chalicelib.notices.model.subscribers import Contact, Scope
from tests.house import BY, House
from tests.integration.notices.bell import a_notice, ring
from tests.integration.test_requests import requests_of


def hand_over(*numbers: int, **more: Any) -> None:  # noqa: ANN401
    """The higher the number, the later."""
    begun = clock.now()
    for number in numbers:
        at = begun + timedelta(seconds=number)
        built.hand_over([a_notice(number, at=at, **more)])


def pages(house: House, query: str) -> list[list[dict[str, Any]]]:
    found, cursor = list[list[dict[str, Any]]](), ""
    while True:
        page = house.office.get(f"/v1/notices?{query}{cursor}").json
        found.append(page["items"])
        if page["next_cursor"] is None:
            return found
        cursor = f"&cursor={page['next_cursor']}"


def test_notices_are_listed_newest_first_and_each_once(house: House) -> None:
    hand_over(2, 5, 1, 4, 3)
    hand_over(4)
    found = [[each["notice_id"] for each in page] for page in pages(house, "limit=2")]
    assert found == [["n5", "n4"], ["n3", "n2"], ["n1"]]


def test_those_about_one_incident_are_listed_alone_and_a_cursor_fits_its_own_list(
    house: House,
) -> None:
    hand_over(1, 3, 5, about_id="incident0001")
    hand_over(2, 4, about_id="incident0002")
    (page,) = pages(house, "about_id=incident0002")
    assert [each["notice_id"] for each in page] == ["n4", "n2"]
    first = house.office.get("/v1/notices?about_id=incident0001&limit=1").json
    other = house.office.get(f"/v1/notices?limit=1&cursor={first['next_cursor']}")
    assert (other.status, other.json["code"]) == (400, "invalid_cursor")
    assert pages(house, "about_id=incident0003") == [[]]


def test_each_notice_of_the_list_says_what_the_notice_itself_says(house: House) -> None:
    for url in ("https://a.example.com/", "https://b.example.com/"):
        hook = Contact(url, "a-secret-of-this-test")
        built.subscribing().put("webhook", hook, Scope(), "en", BY)
    hand_over(1)
    ring(everywhere=True)
    (listed,) = house.office.get("/v1/notices").json["items"]
    alone = house.office.get("/v1/notices/n1").json
    assert listed["total"] == 2
    assert listed["shards_done"] >= 62
    assert listed["title"] == {"zh": "收银缓慢", "en": "Tills are slow"}
    shards = alone.pop("shards")
    assert len(shards) == 64
    assert alone == listed


def test_a_page_of_twenty_costs_a_request_for_each_hundred_jobs(house: House) -> None:
    hand_over(*range(21))
    made = requests_of(lambda: house.office.get("/v1/notices"))
    assert (made.count("Query"), made.count("BatchGetItem")) == (1, 1 + 13)
