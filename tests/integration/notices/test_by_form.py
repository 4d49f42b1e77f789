"""The form of the status page, as a browser sends it: answered with a page always, in its reader's language."""

import re
from collections.abc import Mapping
from urllib.parse import urlencode

import pytest

from chalicelib.adapters import tables
from chalicelib.notices import built
from chalicelib.notices.table.turns import TABLE
from infra.upstreams.launch import Running
from tests.client import Reply
from tests.house import House
from tests.integration.notices.bell import a_notice, ring
from tests.integration.notices.test_by_mail import letters, link_in, relay

__all__ = ["relay"]
FORM = {"content-type": "application/x-www-form-urlencoded"}
ADDRESS = "li@example.com"


@pytest.fixture(autouse=True)
def _no_letters(relay: Running) -> None:
    relay.world.outbox.empty()


def send(house: House, headers: Mapping[str, str] = FORM, **fields: str) -> Reply:
    typed = {"address": ADDRESS, "scope": "all", "language": "zh-CN", **fields}
    sent = {**FORM, **headers}
    return house.public.send("POST", "/v1/subscriptions/form", urlencode(typed), sent)


def test_who_fills_in_the_form_gets_a_page_a_letter_and_after_one_tap_notices(
    house: House,
    relay: Running,
) -> None:
    page = send(house)
    assert (page.status, page.headers["Content-Type"]) == (202, "text/html; charset=utf-8")
    assert '<html lang="zh-CN">' in page.text
    assert "请到邮箱里确认" in page.text
    ring()
    (asked,) = letters(relay, ADDRESS)
    assert "请确认订阅" in asked["subject"]
    assert house.public.send("POST", link_in(asked), "").status == 200
    built.hand_over([a_notice()])
    ring()
    assert house.office.get("/v1/notices/n1").json["sent"] == 1


def test_the_page_is_the_same_for_an_address_that_is_known(house: House, relay: Running) -> None:
    first = send(house)
    ring()
    house.public.send("POST", link_in(letters(relay, ADDRESS)[-1]), "")
    again = send(house)
    assert (again.status, again.text) == (first.status, first.text)
    assert ring() == 0


@pytest.mark.parametrize(
    ("scope", "number"),
    [
        ("stores:nanjing-road", 1),
        ("components:aaaaaaaaaaaa,bbbbbbbbbbbb", 1),
        ("stores:elsewhere", 0),
    ],
)
def test_only_what_was_chosen_is_told(
    house: House, relay: Running, scope: str, number: int
) -> None:
    send(house, scope=scope, language="en")
    ring()
    house.public.send("POST", link_in(letters(relay, ADDRESS)[-1]), "")
    built.hand_over([a_notice(store_ids=("nanjing-road",), component_ids=("b" * 12,))])
    ring()
    assert house.office.get("/v1/notices/n1").json["sent"] == number


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        ({"address": "li@example"}, 422, "This address is not right"),
        ({"address": '"><script>alert(1)</script>'}, 422, "This address is not right"),
        ({"address": "13800138000"}, 409, "Notices are not sent that way"),
        ({"address": ""}, 422, "not right"),
        ({"scope": "stores:" + ",".join(f"s{n}" for n in range(51))}, 422, "not right"),
        ({"more": "x" * 20_000}, 413, "did not work"),
    ],
)
def test_what_is_wrong_is_said_on_a_page_with_what_to_do_next(
    house: House, fields: dict[str, str], status: int, said: str
) -> None:
    page = send(house, FORM, **{"language": "en", **fields})
    assert page.status == status
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert said in page.text
    assert '<html lang="en">' in page.text
    assert "<script>" not in page.text
    assert tables.scan(TABLE).images == []


def test_what_was_typed_and_chosen_is_not_typed_again(house: House) -> None:
    page = send(house, address="li@@example.com", scope="stores:s1", language="en").text
    assert re.search(r'name="address" value="li@@example.com"', page)
    assert '<input type="hidden" name="scope" value="stores:s1">' in page
    assert 'action="form"' in page
    assert 'href="https://status.example/en/index.html"' in page


@pytest.mark.parametrize(
    "body", ["", "a", "address=%FF", '{"address": "li@example.com"}', "address=a&address=b"]
)
def test_what_is_no_form_of_ours_is_a_page_too(house: House, body: str) -> None:
    page = house.public.send("POST", "/v1/subscriptions/form", body, FORM)
    assert page.status in {400, 422}
    assert "<h1>" in page.text
    assert "<form" not in page.text, "it would lack what goes along"


def test_a_form_is_counted_as_any_other_asking(
    house: House,
    relay: Running,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(built, "on_one_machine", lambda: False)
    built.forget()
    pages = [send(house, address=f"li{n}@example.com") for n in range(21)]
    assert [page.status for page in pages] == [202] * 20 + [429]
    assert "一小时后再试" in pages[-1].text
    ring()
    assert len(letters(relay, "li1@example.com")) == 1


def test_through_a_distribution_each_visitor_is_counted_and_who_only_says_so_is_bounded_too(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(built, "on_one_machine", lambda: False)
    monkeypatch.setattr(built, "_MOST_AN_HOUR", 2)
    built.forget()
    origin = "192.0.2.1"  # of the distribution, as API Gateway sees it

    def statuses(*visitors: str) -> list[int]:
        return [send(house, {"x-forwarded-for": each}).status for each in visitors]

    assert statuses(*[f"203.0.113.9, 198.51.100.1, {origin}"] * 3) == [202, 202, 429]
    assert statuses(*[f"203.0.113.8, 198.51.100.1, {origin}, 10.0.0.1"]) == [429]
    assert statuses(f"198.51.100.2, {origin}", f"198.51.100.2,{origin}") == [202, 202]
    others = statuses(*[f"203.0.113.{n}, {origin}" for n in range(60)])
    assert others == [202] * 46 + [429] * 14, "50 of one origin, four of which went before"


def test_one_address_is_not_flooded_by_forms(house: House, relay: Running) -> None:
    for store in ("s1", "s2", "s3"):
        send(house, scope=f"stores:{store}")
        ring()
    assert len(letters(relay, ADDRESS)) == 1
