"""The receipt of a spend, printed again at any time."""

import random
import re
from typing import Any

import pytest

from tests.client import Reply
from tests.house import House

STORE = "/v1/stores/s1"


@pytest.fixture
def member_id(house: House) -> str:
    made = house.register(f"132{random.randrange(10**8):08d}")
    house.top_up(made, f"t-{made}", 10_000)
    return made


def sold(house: House, member_id: str) -> str:
    """10.00 over three lines with 3.33 off."""
    body: dict[str, Any] = {
        "member_id": member_id,
        "total_fen": 667,
        "discount_fen": 333,
        "payments": [
            {"method": "balance", "amount_fen": 600},
            {"method": "cash", "amount_fen": 67},
        ],
        "lines": [
            {"name": "<拿铁>", "quantity": 2, "amount_fen": 334},
            {"name": "美式", "quantity": 1, "amount_fen": 333},
            {"name": "水", "quantity": 1, "amount_fen": 333},
        ],
        "note": "少冰 & 外带",
    }
    name = f"r-{member_id}"
    reply = house.office.put(f"{STORE}/spends/{name}", body)
    assert reply.status == 201, reply.text
    return name


def printed(house: House, name: str, query: str = "", language: str = "zh-CN") -> Reply:
    reply = house.till.get(f"{STORE}/spends/{name}/receipt{query}", accept_language=language)
    assert reply.status == 200, reply.text
    return reply


def shown(reply: Reply) -> dict[str, str]:
    """What stands on the left, with what stands on the right."""
    return dict(re.findall(r"<div[^>]*><span>(.*?)</span><span>(.*?)</span></div>", reply.text))


def test_a_receipt_says_what_was_sold_how_it_was_paid_and_what_is_left(
    house: House, member_id: str
) -> None:
    name = sold(house, member_id)
    reply = printed(house, name)
    rows = shown(reply)
    assert rows["单号"] == name
    assert rows["&lt;拿铁&gt; × 2"] == "2.23"
    assert (rows["美式 × 1"], rows["水 × 1"]) == ("2.22", "2.22")
    assert (rows["小计"], rows["优惠"], rows["合计"]) == ("10.00", "-3.33", "¥6.67")
    assert (rows["储值余额"], rows["现金"], rows["消费后余额"]) == ("6.00", "0.67", "94.00")
    assert "已退款" not in rows
    assert "少冰 &amp; 外带" in reply.text
    assert "First Store" in reply.text


def test_a_receipt_printed_after_a_refund_says_so(house: House, member_id: str) -> None:
    name = sold(house, member_id)
    back = {"out_trade_no": name, "lines": [{"line": 1}], "reason": "凉了"}
    assert house.till.put(f"{STORE}/refunds/{name}", back).status == 201
    rows = shown(printed(house, name))
    assert (rows["已退款"], rows["　美式"]) == ("-2.22", "-2.22")
    assert rows["合计"] == "¥6.67"


def test_a_receipt_speaks_the_callers_language(house: House, member_id: str) -> None:
    name = sold(house, member_id)
    assert '<html lang="zh-CN">' in printed(house, name, language="fr").text
    english = printed(house, name, language="en")
    assert '<html lang="en">' in english.text
    assert shown(english)["Total"] == "¥6.67"
    assert english.headers["Vary"] == "Accept-Language"


@pytest.mark.parametrize(
    ("query", "paper"), [("", "80mm"), ("?width=80", "80mm"), ("?width=58", "58mm")]
)
def test_a_receipt_fits_its_paper(house: House, member_id: str, query: str, paper: str) -> None:
    reply = printed(house, sold(house, member_id), query)
    assert f"@page{{size:{paper} " in reply.text
    assert reply.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in reply.headers["Content-Security-Policy"]


@pytest.mark.parametrize("width", ["57", "81", "0", "", "80mm"])
def test_no_other_paper_is_printed_on(house: House, member_id: str, width: str) -> None:
    name = sold(house, member_id)
    assert house.till.get(f"{STORE}/spends/{name}/receipt?width={width}").status == 422


def test_what_was_refused_or_never_sold_has_no_receipt(house: House, member_id: str) -> None:
    payments = [{"method": "balance", "amount_fen": 10_001}]
    body = {"member_id": member_id, "total_fen": 10_001, "payments": payments}
    assert house.till.put(f"{STORE}/spends/no-{member_id}", body).status == 409
    for name in (f"no-{member_id}", "never-sold"):
        assert house.till.get(f"{STORE}/spends/{name}/receipt").status == 404


def test_no_receipt_names_the_member(house: House) -> None:
    named = house.register(f"131{random.randrange(10**8):08d}", name="欧阳灯塔")
    house.top_up(named, f"t-{named}", 10_000)
    card = house.till.get(f"/v1/members/{named}").json
    text = printed(house, sold(house, named)).text
    assert not [each for each in ("欧阳", card["phone"], card["card_no"]) if each in text]
