"""wechatpy logs in and sends through the stand-in, as it would through the official host."""

from typing import Any

import pytest
from wechatpy import WeChatClient
from wechatpy.client.api import WeChatWxa
from wechatpy.exceptions import APILimitedException, WeChatClientException

from infra.upstreams.launch import Running
from infra.upstreams.wechat import demo_openid
from tests.integration.upstreams.conftest import Control

ALICE = demo_openid("demo-alice")
OFFICIAL = "https://api.weixin.qq.com/"


class LocalClient(WeChatClient):  # type: ignore[misc]
    """wechatpy has no switch for the host: whatever goes to the official one is turned aside."""

    def __init__(self, url: str) -> None:
        self.local = f"{url}/"
        super().__init__("wx000000000standin", "standin-wechat-secret", timeout=5)

    def _request(self, method: str, url_or_endpoint: str, **kwargs: Any) -> Any:  # noqa: ANN401
        base = str(kwargs.pop("api_base_url", OFFICIAL))
        url = url_or_endpoint if "://" in url_or_endpoint else base + url_or_endpoint
        return super()._request(method, url.replace(OFFICIAL, self.local), **kwargs)

    def _fetch_access_token(self, url: str, params: dict[str, str]) -> Any:  # noqa: ANN401
        return super()._fetch_access_token(url.replace(OFFICIAL, self.local), params)


@pytest.fixture
def wechat(upstreams: Running) -> LocalClient:
    return LocalClient(upstreams.url)


def send(wechat: LocalClient, **other: object) -> Any:  # noqa: ANN401
    values = {"thing1": "人民路店", "amount2": "35.00元", "amount3": "165.00元", "time4": "15:01"}
    message = {
        "touser": ALICE,
        "template_id": "tmpl-spend",
        "data": {key: {"value": value} for key, value in values.items()},
        "miniprogram_state": "formal",
        "lang": "zh_CN",
        **other,
    }
    return wechat.post(f"{OFFICIAL}cgi-bin/message/subscribe/send", data=message)


def test_a_code_becomes_a_session_once(wechat: LocalClient) -> None:
    assert WeChatWxa(wechat).code_to_session("demo-alice-1")["openid"] == ALICE
    with pytest.raises(WeChatClientException) as refused:
        WeChatWxa(wechat).code_to_session("demo-alice-1")
    assert refused.value.errcode == 40163


def test_a_phone_code_becomes_a_phone(wechat: LocalClient) -> None:
    url = f"{OFFICIAL}wxa/business/getuserphonenumber"
    answer = wechat.post(url, data={"code": "phone-13800138000-1"})
    assert answer["phone_info"]["purePhoneNumber"] == "13800138000"


def test_a_consented_message_is_sent_and_the_next_one_refused(
    wechat: LocalClient, control: Control
) -> None:
    control("wechat/quota", {"openid": ALICE, "template_id": "tmpl-spend", "count": 1})
    assert send(wechat)["errcode"] == 0
    with pytest.raises(WeChatClientException) as refused:
        send(wechat)
    assert refused.value.errcode == 43101
    [item] = control("outbox?channel=wechat", method="GET")["items"]
    assert (item["to"], item["values"]["thing1"]) == (ALICE, "人民路店")


def test_wechatpys_own_short_form_lacks_what_is_required(
    wechat: LocalClient, control: Control
) -> None:
    control("wechat/quota", {"openid": ALICE, "template_id": "tmpl-spend", "count": 1})
    with pytest.raises(WeChatClientException) as refused:
        WeChatWxa(wechat).send_subscribe_message(ALICE, "tmpl-spend", {})
    assert (refused.value.errcode, "miniprogram_state" in refused.value.errmsg) == (47003, True)


def test_an_expired_token_is_fetched_again_by_its_retry(
    wechat: LocalClient, control: Control
) -> None:
    control("wechat/quota", {"openid": ALICE, "template_id": "tmpl-spend", "count": 1})
    control("faults", {"endpoint": "wechat.subscribe_send", "kind": "token_expired"})
    assert send(wechat)["errcode"] == 0
    calls = control("calls", method="GET")["calls"]
    assert calls == {"wechat.token": 2, "wechat.subscribe_send": 2}


def test_a_daily_limit_is_recognised(wechat: LocalClient, control: Control) -> None:
    control("faults", {"endpoint": "wechat.subscribe_send", "kind": "errcode", "code": 45009})
    with pytest.raises(APILimitedException):
        send(wechat)


def test_a_gateway_error_is_an_http_error(wechat: LocalClient, control: Control) -> None:
    control("faults", {"endpoint": "wechat.jscode2session", "kind": "http_error"})
    with pytest.raises(WeChatClientException) as broken:
        WeChatWxa(wechat).code_to_session("demo-alice-1")
    assert (broken.value.errcode, broken.value.response.status_code) == (None, 502)
