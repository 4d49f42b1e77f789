"""The providers' page and the switch by hand, as an operator uses them."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib import config
from chalicelib.access import audit
from chalicelib.adapters import tables
from chalicelib.adapters.streams import Record
from chalicelib.kernel import clock
from chalicelib.messages import scores
from chalicelib.messages.model.choice import Provider
from chalicelib.messages.model.score import hour_of
from chalicelib.messages.service.breaking import Breaking
from chalicelib.messages.service.preferring import Preferring
from tests.breakers import close_all
from tests.client import Client
from tests.house import House
from tests.unit.messages.builders import ALIYUN, ANYONE, SMS, message

TENCENT, BY_ALIYUN = Provider("sms", "tencent"), Provider("sms", "aliyun")
SWITCH = "/v1/providers/tencent/breaker"
OFF = {"state": "open", "reason": "合同到期"}


@pytest.fixture(autouse=True)
def _set_up(house: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    assert house
    monkeypatch.setenv("SMS_PROVIDERS", "tencent,aliyun")
    config.settings.cache_clear()
    close_all()
    yield
    config.settings.cache_clear()


@pytest.fixture
def office(house: House) -> Client:
    return house.office


def page(office: Client) -> dict[str, Any]:
    reply = office.get("/v1/providers")
    assert reply.status == 200, reply.text
    return {one["provider"]: one for one in reply.json["items"]}


def test_the_page_says_who_goes_first_and_why(office: Client) -> None:
    hour = hour_of(clock.now())
    refused = {"refused_account": 2, "refused_template": 1, "template_spend": 1}
    bad = Counter(accepted=97, delivered=70, undelivered=30, took_5=60, took_300=10, **refused)
    scores.add(TENCENT, hour, bad + Counter(carrier_sign_name=30))
    scores.add(BY_ALIYUN, hour, Counter(accepted=50, delivered=50, took_15=50))
    Preferring([TENCENT, BY_ALIYUN], clock.now).run()
    shown = page(office)
    assert list(shown) == ["aliyun", "tencent", "wechat", "smtp"]
    assert [one["place"] for one in shown.values()] == [1, 2, None, None]
    assert shown["tencent"]["place_because"] == "better: aliyun 1.000 > tencent 0.679"
    card = shown["tencent"]["last_hour"]
    assert (card["asked"], card["taken"], card["prompt"]) == (100, 0.97, 0.7)
    assert (card["median_s"], card["p95_s"]) == (5, 300)
    assert card["refused"] == {"account": 2, "template": 1}
    assert (card["carriers"], card["refused_templates"]) == ({"sign_name": 30}, {"spend": 1})
    assert shown["tencent"]["last_week"] == shown["tencent"]["last_day"] == card


def test_a_provider_that_is_switched_off_gets_nothing_until_it_is_switched_on(
    office: Client,
) -> None:
    tag = office.get(SWITCH).headers["ETag"]
    off = office.put(SWITCH, OFF, if_match=tag)
    assert (off.status, off.json["state"], off.json["by_hand"]) == (200, "open", True)
    container = Breaking([TENCENT, BY_ALIYUN], clock.now)
    shut = container.gate(SMS, message(created_at=clock.now()), ANYONE, clock.now())
    assert shut is not None
    assert shut.reason == "breaker_open"
    assert container.gate(ALIYUN, message(), ANYONE, clock.now()) is None
    assert page(office)["tencent"]["breaker"]["why"] == "合同到期"


def test_of_two_who_switch_at_once_one_is_told_to_read_again(office: Client) -> None:
    tag = office.get(SWITCH).headers["ETag"]
    first, second = (office.put(SWITCH, OFF, if_match=tag) for _ in range(2))
    assert (first.status, second.status) == (200, 412)
    assert office.put(SWITCH, OFF).status == 428


def test_a_switch_is_kept_for_the_audit_with_who_did_it(office: Client) -> None:
    assert office.put(SWITCH, OFF, if_match="*").status == 200
    version = office.get(SWITCH).json["version"]
    image = tables.get("messages", ("PROVIDER#sms#tencent", f"SWITCH#{version:08d}"))
    assert image is not None
    keys = {name: image[name] for name in ("pk", "sk")}
    record = Record("1", "e-1", "INSERT", 0, keys, None, image)
    row = audit.row_of(record, "")
    assert row is not None
    assert (row.role, row.who) == ("owner", json.loads(image["by"]["S"])["who"])


def test_a_provider_that_nobody_knows_is_not_there(office: Client) -> None:
    assert office.put("/v1/providers/carrier-pigeon/breaker", OFF, if_match="*").status == 404
