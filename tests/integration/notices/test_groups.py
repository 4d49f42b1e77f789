"""Groups of staff: told as a WeCom bot near by, by an operator's word."""

import logging
from collections.abc import Iterator

import pytest

from chalicelib.adapters import tables
from chalicelib.notices import built
from chalicelib.notices.audience import GROUP_PUT_ASIDE
from chalicelib.notices.table.turns import TABLE
from infra.upstreams import launch
from infra.upstreams.launch import Running
from tests.client import Reply
from tests.house import House
from tests.integration.notices.bell import a_notice, ring


@pytest.fixture(scope="module")
def upstreams() -> Iterator[Running]:
    with launch.start() as running:
        yield running


def put(house: House, upstreams: Running, name: str = "on-duty", **more: object) -> Reply:
    (key,) = upstreams.world.settings.wecom_groups
    body = {
        "title": "值班群",
        "webhook_url": f"{upstreams.url}/cgi-bin/webhook/send?key={key}",
        **more,
    }
    return house.office.put(f"/v1/notice-groups/{name}", body)


def told(house: House, number: int) -> int:
    built.hand_over([a_notice(number, overtakes=f"another {number}")])
    ring()
    sent: int = house.office.get(f"/v1/notices/n{number}").json["sent"]
    return sent


def test_a_group_is_told_until_it_is_taken_away(house: House, upstreams: Running) -> None:
    assert put(house, upstreams).json["title"] == "值班群"
    assert told(house, 1) == 1
    (said,) = upstreams.world.outbox.find("wecom")
    assert "收银缓慢" in str(said)
    assert house.office.delete("/v1/notice-groups/on-duty").status == 204
    assert house.office.get("/v1/notice-groups").json == {"items": []}
    assert told(house, 2) == 0


def test_a_new_bot_under_the_same_name_takes_the_place_of_the_old_one(
    house: House, upstreams: Running
) -> None:
    for url in ("http://127.0.0.1:9/send?key=old", "http://127.0.0.1:9/send?key=new"):
        assert put(house, upstreams, webhook_url=url).status == 200
    live = [image for image in tables.scan(TABLE).images if image["sk"]["S"].startswith("LIVE#")]
    assert len(live) == 1
    assert len(house.office.get("/v1/notice-groups").json["items"]) == 1


def test_a_bot_that_two_names_have_is_told_until_both_are_gone(
    house: House, upstreams: Running
) -> None:
    for name in ("on-duty", "managers"):
        assert put(house, upstreams, name).status == 200
    assert house.office.delete("/v1/notice-groups/managers").status == 204
    assert told(house, 1) == 1
    put(house, upstreams, "managers")
    put(house, upstreams, "managers", webhook_url="http://127.0.0.1:9/send?key=own")
    assert house.office.delete("/v1/notice-groups/managers").status == 204
    assert told(house, 2) == 1
    assert house.office.delete("/v1/notice-groups/on-duty").status == 204
    assert told(house, 3) == 0


def test_a_group_that_is_changed_while_a_notice_is_on_its_way_is_told_of_it(
    house: House, upstreams: Running
) -> None:
    put(house, upstreams)
    built.hand_over([a_notice()])
    put(house, upstreams, title="值班经理群")
    ring()
    assert house.office.get("/v1/notices/n1").json["sent"] == 1


def test_a_bot_that_was_removed_is_told_no_more_and_an_alarm_says_so(
    house: House, upstreams: Running, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = f"{upstreams.url}/cgi-bin/webhook/send?key=removed"
    put(house, upstreams, webhook_url=wrong)
    with caplog.at_level(logging.WARNING):
        assert told(house, 1) == 0
    (said,) = [one for one in caplog.records if one.getMessage() == GROUP_PUT_ASIDE]
    assert "key=" not in str(vars(said))
    live = [image for image in tables.scan(TABLE).images if image["sk"]["S"].startswith("LIVE#")]
    assert live == []


def test_a_group_that_is_put_anew_is_told_again_and_is_not_aside_any_more(
    house: House, upstreams: Running
) -> None:
    groups = upstreams.world.settings.wecom_groups
    upstreams.world.change_settings({"wecom_groups": {"another": "别的群"}})
    (key,) = groups
    url = f"{upstreams.url}/cgi-bin/webhook/send?key={key}"
    assert put(house, upstreams, webhook_url=url).status == 200
    assert told(house, 1) == 0
    upstreams.world.change_settings({"wecom_groups": groups})
    assert put(house, upstreams, webhook_url=url).status == 200
    assert told(house, 2) == 1
    kept = [image["sk"]["S"] for image in tables.scan(TABLE).images]
    assert [sk for sk in kept if sk.startswith("ASIDE#")] == []


def test_what_is_no_bot_is_refused(house: House, upstreams: Running) -> None:
    refused = put(house, upstreams, webhook_url="https://qyapi.weixin.qq.com/cgi-bin/webhook/send")
    assert refused.status == 422
    assert refused.json["errors"][0]["pointer"] == "/webhook_url"
