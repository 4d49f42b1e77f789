"""The roll of subscribers: every one once, page by page, masked; taken out and brought back by an operator."""

import pytest

from chalicelib.adapters import secrets, tables
from chalicelib.kernel import clock
from chalicelib.notices import built
from chalicelib.notices.model.masks import masked
from chalicelib.notices.model.subscribers import Channel, Contact, Scope
from chalicelib.notices.service.links import subscriber_id
from chalicelib.notices.table.turns import TABLE
from tests.house import BY, House
from tests.integration.notices.bell import a_notice, ring
from tests.integration.notices.test_by_webhook import Endpoint, endpoint, subscribe
from tests.integration.test_requests import requests_of

__all__ = ["endpoint"]
PATH = "/v1/notice-subscribers"


def put(address: str, channel: Channel = "email") -> str:
    scope = Scope(("a" * 12,), ("s1",))
    built.subscribing().put(channel, Contact(address), scope, "en", BY)
    return subscriber_id(secrets.keyring(), channel, address)


def all_pages(house: House, limit: int, state: str = "live") -> list[list[str]]:
    pages, cursor = list[list[str]](), ""
    while True:
        page = house.office.get(f"{PATH}?state={state}&limit={limit}{cursor}").json
        pages.append([each["subscriber_id"] for each in page["items"]])
        if page["next_cursor"] is None:
            return pages
        cursor = f"&cursor={page['next_cursor']}"


@pytest.mark.parametrize("limit", [1, 7, 20, 100])
def test_every_subscriber_is_listed_once_however_long_a_page_is(house: House, limit: int) -> None:
    made = {put(f"wang{number}@example.com") for number in range(20)}
    pages = all_pages(house, limit)
    found = [each for page in pages for each in page]
    assert len(found) == len(made)
    assert set(found) == made
    assert all(len(page) == limit for page in pages[:-1])


def test_a_page_costs_a_query_for_each_shard_that_it_shows(house: House) -> None:
    for number in range(300):
        put(f"wang{number}@example.com")
    made = requests_of(lambda: house.office.get(f"{PATH}?limit=20"))
    assert 2 < made.count("Query") < 10
    assert "Scan" not in made


def test_what_an_operator_sees_of_a_subscriber(house: House) -> None:
    who = put("wang@example.com")
    (seen,) = house.office.get(PATH).json["items"]
    assert seen.pop("since").endswith("Z")
    assert seen == {
        "subscriber_id": who, "state": "live", "channel": "email", "address": "w***@example.com",
        "component_ids": ["a" * 12], "store_ids": ["s1"], "language": "en", "put_aside": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("channel", "address", "shown"),
    [
        ("email", "wang@example.com", "w***@example.com"), ("sms", "13800001234", "138****1234"),
        ("webhook", "https://u:p@hooks.example.com:8443/secret?k=v", "hooks.example.com:8443/…"),
        ("wechat", "oAbCdEfGhIjKlMn", "…KlMn"),
        ("wecom", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=0000-1111", "…1111"),
    ],
)  # fmt: skip
def test_an_address_is_masked(channel: Channel, address: str, shown: str) -> None:
    assert masked(channel, address) == shown


def test_who_could_not_be_reached_is_listed_with_since_when_and_why_and_comes_back_by_an_operator(
    house: House, endpoint: Endpoint
) -> None:
    before = clock.text(clock.now())
    subscribe(house, endpoint)
    endpoint.status = 410
    told(house, 1)
    (aside,) = house.office.get(f"{PATH}?state=put_aside").json["items"]
    assert aside["put_aside"]["why"] == "http_410"
    assert aside["put_aside"]["since"] > before
    assert house.office.get(PATH).json["items"] == []
    endpoint.status = 200
    path = f"{PATH}/{aside['subscriber_id']}/state"
    for _ in range(2):
        back = house.office.put(path, {"state": "live"})
        assert (back.status, back.json["put_aside"]) == (200, None)
    assert told(house, 2) == 1
    assert house.office.get(f"{PATH}?state=put_aside").json["items"] == []


def test_who_is_taken_out_by_an_operator_is_told_no_more_and_that_is_on_record(
    house: House, endpoint: Endpoint
) -> None:
    subscribe(house, endpoint)
    (live,) = house.office.get(PATH).json["items"]
    path = f"{PATH}/{live['subscriber_id']}/state"
    for _ in range(2):
        out = house.office.put(path, {"state": "put_aside"}).json
        assert (out["state"], out["put_aside"]["why"]) == ("put_aside", "operator")
    assert told(house, 1) == 0
    marks = [each for each in tables.scan(TABLE).images if each["pk"]["S"].startswith("SET#")]
    assert len(marks) == 1
    assert '"role":"owner"' in marks[0]["by"]["S"]


def test_nobody_is_brought_back_who_left(house: House) -> None:
    who = put("wang@example.com")
    built.subscribing().drop("email", "wang@example.com")
    assert house.office.put(f"{PATH}/{who}/state", {"state": "live"}).status == 404


def told(house: House, number: int) -> int:
    built.hand_over([a_notice(number, overtakes=f"another {number}")])
    ring()
    sent: int = house.office.get(f"/v1/notices/n{number}").json["sent"]
    return sent
