"""Members by WeChat: told while they have taps left, and then no more until they tap again."""

from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib import config
from chalicelib.adapters import wechat
from chalicelib.ledger.built import ledger
from chalicelib.notices import built
from infra.upstreams import launch
from infra.upstreams.launch import Running
from tests import standins
from tests.client import Client
from tests.house import BY, House, set_to
from tests.integration.notices.bell import a_notice, ring

TEMPLATE = "tmpl-notice"
SETTINGS = {"wechat_templates": {TEMPLATE: ["thing1", "phrase2", "time3", "thing4"]}}


@pytest.fixture(scope="module")
def upstreams(house: House) -> Iterator[Running]:
    assert house
    with launch.start(settings=SETTINGS) as running:
        settings = {**standins.wechat(running), "WECHAT_NOTICE_TEMPLATE_ID": TEMPLATE}
        with set_to(settings, forget):
            yield running


def forget() -> None:
    config.settings.cache_clear()
    wechat.wechat.cache_clear()
    built.forget()


def told(house: House, number: int) -> dict[str, Any]:
    built.hand_over([a_notice(number, overtakes=f"another {number}")])
    ring()
    figures: dict[str, Any] = house.office.get(f"/v1/notices/n{number}").json
    return figures


def logged_in(house: House, upstreams: Running, openid: str) -> Client:
    """A member who came by WeChat."""
    upstreams.world.store.put("openid", openid, {})
    return house.member(ledger().members.log_in(openid, BY))


def tap(upstreams: Running, openid: str, times: int) -> None:
    upstreams.world.store.put("quota", f"{openid} {TEMPLATE}", times)


def test_a_member_is_told_as_often_as_they_tapped_and_then_after_the_next_tap(
    house: House, upstreams: Running
) -> None:
    mine = logged_in(house, upstreams, "o-first")
    tap(upstreams, "o-first", 1)
    body: dict[str, Any] = {"store_ids": [], "component_ids": []}
    assert mine.put("/v1/me/notice-subscription", body).json["template_id"] == TEMPLATE
    assert told(house, 1)["sent"] == 1
    assert told(house, 2)["failed"] == 1
    assert told(house, 3)["total"] == 0
    tap(upstreams, "o-first", 1)
    assert mine.put("/v1/me/notice-subscription", body).status == 200
    assert told(house, 4)["sent"] == 1


def test_a_member_takes_their_subscription_back(house: House, upstreams: Running) -> None:
    mine = logged_in(house, upstreams, "o-second")
    tap(upstreams, "o-second", 5)
    mine.put("/v1/me/notice-subscription", {})
    for _ in range(2):
        assert mine.delete("/v1/me/notice-subscription").status == 204
    assert told(house, 1)["total"] == 0
