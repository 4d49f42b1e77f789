"""A month of the providers: counted as messages go out, read by the office, kept over a year; a price that decides."""

import json
from collections import Counter
from datetime import datetime, timedelta

import pytest

from chalicelib.adapters import tables
from chalicelib.kernel import clock
from chalicelib.messages import breakers, built, rulebook, scores
from chalicelib.messages.model.choice import Provider
from chalicelib.messages.model.course import Outcome
from chalicelib.messages.model.score import hour_of
from chalicelib.messages.service.months import Months
from chalicelib.messages.service.preferring import Preferring
from tests.client import Client
from tests.house import House
from tests.unit.messages.builders import EMAIL, SMS, message

TENCENT, ALIYUN = Provider("sms", "tencent"), Provider("sms", "aliyun")
PRICES = {
    "prices": [
        {"provider": "tencent", "part_milliyuan": 45},
        {"provider": "aliyun", "part_milliyuan": 40},
    ]
}
GOOD = Counter(accepted=100, delivered=96, undelivered=4, took_5=90, took_60=6)


@pytest.fixture
def office(house: House) -> Client:
    return house.office


def this_month() -> str:
    return f"{clock.business_date(clock.now(), 'Asia/Shanghai', 0):%Y-%m}"


def asked(office: Client, path: str = "", status: int = 200) -> str:
    reply = office.get(f"/v1/provider-months/{path or this_month()}")
    assert reply.status == status, reply.text
    return reply.text


def test_what_goes_out_is_counted_with_its_parts_and_the_price_of_then(house: House) -> None:
    put = house.office.put("/v1/message-rules", PRICES, if_match="*")
    assert put.status == 200, put.text
    rulebook.forget()
    counting = built.scoring()
    for offer in (SMS, SMS, EMAIL):
        counting.called(offer, message(), Outcome("accepted"))
    counting.called(SMS, message(), Outcome("refused", kind="number"))
    counting.flush()
    shown = {one["provider"]: one for one in json.loads(asked(house.office))["items"]}
    total = shown["tencent"]["total"]
    assert (total["accepted"], total["refused"], total["parts"]) == (2, 1, 2)
    assert (total["spent_milliyuan"], total["parts_unpriced"]) == (90, 0)
    assert (shown["smtp"]["total"]["accepted"], shown["smtp"]["total"]["spent_milliyuan"]) == (
        1,
        None,
    )
    assert shown["tencent"]["days"][-1]["figures"] == total
    assert shown["wechat"]["total"] is None
    assert {day["figures"] for day in shown["wechat"]["days"]} == {None}


def test_the_figures_are_of_the_months_days_and_a_request_for_each_provider(
    house: House, counting: list[str]
) -> None:
    assert house
    now = datetime.fromisoformat("2026-03-15T00:00:00+08:00")
    for at in (
        "2026-01-31T23:59:00+08:00",
        "2026-02-01T00:00:00+08:00",
        "2026-02-28T23:00:00+08:00",
        "2026-03-01T00:00:00+08:00",
    ):
        scores.add(ALIYUN, hour_of(datetime.fromisoformat(at)), GOOD)
    counting.clear()
    shown = Months(lambda: now, "Asia/Shanghai").shown(now.date().replace(month=2, day=1))
    assert counting == ["Query"] * 4
    (sheet,) = (one for one in shown.sheets if one.provider == ALIYUN)
    assert [day.date.day for day in sheet.days if day.card] == [1, 28]
    assert (len(sheet.days), sheet.total) == (28, GOOD + GOOD)


def test_an_hours_figures_are_kept_until_its_month_is_read_no_more(house: House) -> None:
    assert house
    hour = hour_of(clock.now())
    scores.add(Provider("email", "kept"), hour, GOOD)
    (image,) = tables.query("messages", "SCORE#email#kept").images
    kept = datetime.fromtimestamp(int(image["expires_at"]["N"]), hour.tzinfo) - hour
    assert kept >= timedelta(days=31 + 366 + 31)


def test_the_page_is_for_eyes_in_the_language_that_they_read(office: Client) -> None:
    scores.add(TENCENT, hour_of(clock.now()), GOOD)
    reply = office.get(f"/v1/provider-months/{this_month()}/page")
    assert (reply.status, reply.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "default-src 'none'" in reply.headers["Content-Security-Policy"]
    assert reply.headers["Content-Language"] in {"en", "zh-CN"}
    assert reply.text.count('role="img"') >= 2


@pytest.mark.parametrize("month", ["2020-01", "2099-12", "2026-13", "2026-1", "now", "2026-11-01"])
def test_a_month_that_is_none_or_out_of_reach_is_not_there(office: Client, month: str) -> None:
    asked(office, month, status=404)
    asked(office, f"{month}/page", status=404)


def test_a_till_reads_no_figures_of_providers(house: House) -> None:
    for path in (this_month(), f"{this_month()}/page"):
        assert house.till.get(f"/v1/provider-months/{path}").status == 403


def test_of_two_about_as_good_the_cheaper_goes_first_and_the_page_says_so(house: House) -> None:
    assert house
    dear, cheap = providers = [Provider("email", name) for name in ("dear", "cheap")]
    hour = hour_of(clock.now())
    scores.add(dear, hour, Counter(accepted=100, delivered=98, undelivered=2, took_5=98))
    scores.add(cheap, hour, Counter(accepted=100, delivered=95, undelivered=5, took_5=95))
    Preferring(providers, clock.now, {"dear": 45, "cheap": 40}.get).run()
    order = breakers.read(providers, consistent=True).orders["email"]
    assert order.names == ("cheap", "dear")
    assert order.why == "cheaper: cheap 40 < dear 45 milliyuan a part, about as good"
    scores.add(cheap, hour, Counter(delivered=0, undelivered=20))
    Preferring(providers, clock.now, {"dear": 45, "cheap": 40}.get).run()
    order = breakers.read(providers, consistent=True).orders["email"]
    assert order.names == ("dear", "cheap")
    assert order.why == "better: dear 0.980 > cheap 0.792"
