"""The office reads what to register at each provider and what a message would be, and nobody is told anything."""

from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib import config
from chalicelib.messages import rulebook
from tests.house import House, set_to

PATH = "/v1/message-templates"
IDS = {
    "TENCENT_SMS_SPEND_TEMPLATE_ID": "2000001",
    "TENCENT_SMS_SIGN_NAME": "灯塔",
    "ALIYUN_SMS_SIGN_NAME": "灯塔会员",
    "WECHAT_SPEND_TEMPLATE_ID": "tmpl-spend",
}


@pytest.fixture(scope="module", autouse=True)
def set_up(house: House) -> Iterator[None]:
    assert house
    with set_to(IDS, config.settings.cache_clear):
        yield


def preview(house: House, kind: str = "spend", **example: object) -> dict[tuple[str, str], Any]:
    reply = house.office.post(f"{PATH}/{kind}/preview", example)
    assert reply.status == 200, reply.text
    return {(item["provider"], item["language"]): item for item in reply.json["items"]}


def test_the_office_reads_what_to_register_where(house: House) -> None:
    kinds = {item["kind"]: item for item in house.office.get(PATH).json["items"]}
    spend = kinds["spend"]
    assert [field["type"] for field in spend["fields"]] == ["name", "money", "money", "moment"]
    by = {one["provider"]: one for one in spend["registered"]}
    assert by["tencent"]["text"] == "您在{1}消费{2}元，余额{3}元，时间{4}。"
    assert by["aliyun"]["text"].startswith("您在${store}消费")
    assert by["wechat"]["keys"] == ["thing1", "amount2", "amount3", "time4"]
    assert [by[name]["template_id"] for name in by] == ["2000001", None, "tmpl-spend"]
    assert (kinds["grant"]["version"], kinds["grant"]["registered"]) == (None, [])
    assert kinds["grant"]["subject"] == {"zh": "您收到一份赠送", "en": "Something for you"}


def test_a_preview_reads_as_the_member_would(house: House) -> None:
    shown = preview(house, amount_fen=1200, balance_after_fen=800, store_name="人民路店")
    assert set(shown) == {
        ("tencent", "zh"), ("aliyun", "zh"), ("wechat", "zh"), ("smtp", "zh"), ("smtp", "en"),
    }  # fmt: skip
    tencent = shown["tencent", "zh"]
    assert tencent["text"].startswith("【灯塔】您在人民路店消费12.00元，余额8.00元，时间")
    assert (tencent["chars"], tencent["parts"]) == (len(tencent["text"]), 1)
    subscribe = {value["key"]: value["text"] for value in shown["wechat", "zh"]["values"]}
    assert (subscribe["thing1"], subscribe["amount3"]) == ("人民路店", "8.00元")
    assert "at 人民路店 on" in shown["smtp", "en"]["text"]
    assert all(item["would_be_taken"] for item in shown.values())


def test_each_provider_gets_as_much_of_a_long_name_as_it_takes(house: House) -> None:
    shown = preview(house, store_name="【总店】" + "店" * 60)
    names = {by: item["values"][0]["text"] for (by, _), item in shown.items() if item["values"]}
    assert [len(names[by]) for by in ("tencent", "aliyun", "wechat")] == [12, 35, 20]
    assert names["tencent"].startswith("总店店")
    aliyun = shown["aliyun", "zh"]
    assert aliyun["chars"] == len(aliyun["text"]) > 70
    assert aliyun["parts"] == 2


def test_the_price_is_what_the_chain_said_for_each_part(house: House) -> None:
    prices = [{"provider": "aliyun", "part_milliyuan": 45}]
    assert house.office.put("/v1/message-rules", {"prices": prices}, if_match="*").status == 200
    rulebook.forget()
    shown = preview(house, store_name="店" * 60)
    assert shown["aliyun", "zh"]["price_milliyuan"] == 90
    assert shown["tencent", "zh"]["price_milliyuan"] is None


def test_a_kind_without_a_template_goes_out_as_a_letter_only(house: House) -> None:
    assert set(preview(house, "grant", points=5)) == {("smtp", "zh"), ("smtp", "en")}


@pytest.mark.parametrize(
    ("kind", "example", "status"),
    [
        ("invented", {}, 404),
        ("spend", {"amount_fen": -1}, 422),
        ("spend", {"store_name": "店\n店"}, 422),
        ("spend", {"phone": "13800000000"}, 422),
    ],
)
def test_what_makes_no_sense_is_told(
    house: House, kind: str, example: dict[str, object], status: int
) -> None:
    assert house.office.post(f"{PATH}/{kind}/preview", example).status == status


def test_asking_writes_nothing_and_reads_the_rules_at_most(
    house: House, counting: list[str]
) -> None:
    rulebook.forget()
    preview(house)
    preview(house)
    assert counting == ["Query"]
