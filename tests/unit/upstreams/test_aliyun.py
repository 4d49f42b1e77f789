"""The Aliyun SMS stand-in: proof, nonce, parameters, limits, the ledger that both actions share."""

import itertools
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from infra.upstreams import acs3, app
from infra.upstreams.wire import Reply, Request
from infra.upstreams.world import World
from tests.unit.upstreams.caller import NOW_S, control, said

PHONE = "13800138000"
VALUES = {"store": "人民路店", "amount": "35.00", "balance": "165.00", "time": "11月22日15:01"}
TODAY = "20261122"
_nonces = itertools.count(1)


def signed(
    world: World, action: str, query: dict[str, str], changed: dict[str, str] | None = None
) -> Request:
    """Sign an action as a client would; `changed` overwrites headers after signing."""
    at = datetime.fromtimestamp(world.clock.wall(), UTC)
    sent = {
        "host": "127.0.0.1:8700",
        "x-acs-action": action,
        "x-acs-content-sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "x-acs-date": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "x-acs-signature-nonce": f"nonce-{next(_nonces)}",
        "x-acs-version": "2017-05-25",
    }
    key = world.settings.aliyun_key_secret
    proof = acs3.signature(key, query, headers=sent, signed=list(sent), body=b"")
    sent["authorization"] = (
        f"ACS3-HMAC-SHA256 Credential=standin-aliyun-id,SignedHeaders={';'.join(sent)},"
        f"Signature={proof}"
    )
    return Request("POST", "/", query, {**sent, **(changed or {})})


def order(**other: str) -> dict[str, str]:
    return {
        "PhoneNumbers": PHONE,
        "SignName": "灯塔",
        "TemplateCode": "SMS_3000001",
        "TemplateParam": json.dumps(VALUES),
        "OutId": "m1-a1",
        **other,
    }


def call(world: World, action: str, query: dict[str, str]) -> Reply:
    return app.handle(world, signed(world, action, query))


def send(world: World, **other: str) -> Any:  # noqa: ANN401
    return said(call(world, "SendSms", order(**other)))


def asked(world: World, **other: str) -> Any:  # noqa: ANN401
    query = {"PhoneNumber": PHONE, "SendDate": TODAY, "PageSize": "10", "CurrentPage": "1"}
    return said(call(world, "QuerySendDetails", {**query, **other}))


def rows(world: World, **other: str) -> Any:  # noqa: ANN401
    return asked(world, **other)["SmsSendDetailDTOs"]["SmsSendDetailDTO"]


def test_an_accepted_sms_stands_in_the_outbox_as_the_handset_would_show_it(world: World) -> None:
    answer = send(world)
    assert answer["Code"] == "OK"
    [item] = world.outbox.find("sms", f"+86{PHONE}")
    assert (item["id"], item["out_id"]) == (answer["BizId"], "m1-a1")
    assert item["text"] == "【灯塔】您在人民路店消费35.00元，余额165.00元，时间11月22日15:01。"


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"authorization": ""}, 400, "IncompleteSignature"),
        ({"host": "else.example"}, 400, "SignatureDoesNotMatch"),
        ({"x-acs-version": "2014-05-26"}, 400, "SignatureDoesNotMatch"),
        ({"x-acs-content-sha256": "0" * 64}, 400, "SignatureDoesNotMatch"),
        ({"x-acs-security-token": "unsigned"}, 400, "IncompleteSignature"),
        ({"x-acs-date": "2026-11-22 06:00:00"}, 400, "InvalidTimeStamp.Format"),
    ],
)
def test_a_request_with_something_wrong_is_not_believed(
    world: World, headers: dict[str, str], status: int, code: str
) -> None:
    reply = app.handle(world, signed(world, "SendSms", order(), headers))
    assert (reply.status, said(reply)["Code"]) == (status, code)
    assert world.outbox.find() == []


def test_a_changed_parameter_is_not_believed(world: World) -> None:
    request = signed(world, "SendSms", order())
    other = Request("POST", "/", order(PhoneNumbers="13900139000"), request.headers)
    assert said(app.handle(world, other))["Code"] == "SignatureDoesNotMatch"


def test_a_key_of_nobody_is_not_found(world: World) -> None:
    request = signed(world, "SendSms", order())
    proof = request.headers["authorization"].replace("standin-aliyun-id", "nobody")
    other = Request("POST", "/", order(), {**request.headers, "authorization": proof})
    reply = app.handle(world, other)
    assert (reply.status, said(reply)["Code"]) == (404, "InvalidAccessKeyId.NotFound")


@pytest.mark.parametrize(
    ("skew_s", "code"),
    [
        (-901, "InvalidTimeStamp.Expired"),
        (-900, "OK"),
        (900, "OK"),
        (901, "InvalidTimeStamp.Expired"),
    ],
)
def test_fifteen_minutes_of_skew_are_forgiven(world: World, skew_s: int, code: str) -> None:
    control(world, "clock", {"skew_s": skew_s})
    assert send(world)["Code"] == code


def test_a_nonce_counts_once(world: World) -> None:
    request = signed(world, "SendSms", order())
    codes = [said(app.handle(world, request))["Code"] for _ in range(2)]
    assert codes == ["OK", "SignatureNonceUsed"]
    assert len(world.outbox.find()) == 1


def test_an_action_of_another_product_is_not_found(world: World) -> None:
    reply = call(world, "RunInstances", {})
    assert (reply.status, said(reply)["Code"]) == (404, "InvalidAction.NotFound")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"SignName": "else"}, "isv.SMS_SIGNATURE_ILLEGAL"),
        ({"TemplateCode": "SMS_1"}, "isv.SMS_TEMPLATE_ILLEGAL"),
        ({"TemplateParam": "no json"}, "isv.INVALID_JSON_PARAM"),
        ({"TemplateParam": json.dumps({**VALUES, "amount": 35})}, "isv.INVALID_JSON_PARAM"),
        ({"TemplateParam": json.dumps({"store": "x"})}, "isv.TEMPLATE_MISSING_PARAMETERS"),
        (
            {"TemplateParam": json.dumps({**VALUES, "store": "www.x.cn"})},
            "isv.PARAM_NOT_SUPPORT_URL",
        ),
        ({"TemplateParam": json.dumps({**VALUES, "store": "x" * 35})}, "OK"),
        ({"TemplateParam": json.dumps({**VALUES, "store": "x" * 36})}, "isv.PARAM_LENGTH_LIMIT"),
        ({"PhoneNumbers": "123"}, "isv.MOBILE_NUMBER_ILLEGAL"),
        ({"PhoneNumbers": f"{PHONE},123"}, "isv.MOBILE_NUMBER_ILLEGAL"),
        ({"OutId": "x" * 256}, "OK"),
        ({"OutId": "x" * 257}, "isv.INVALID_PARAMETERS"),
        ({"Nonsense": "1"}, "InvalidParameter"),
    ],
)
def test_what_is_asked_for_is_checked(world: World, query: dict[str, str], code: str) -> None:
    assert send(world, **query)["Code"] == code
    assert bool(world.outbox.find()) == (code == "OK")


def test_what_is_missing_is_named(world: World) -> None:
    reply = call(
        world, "SendSms", {name: value for name, value in order().items() if name != "SignName"}
    )
    assert (reply.status, said(reply)["Code"]) == (400, "MissingSignName")


def test_a_minute_and_a_day_have_so_many_for_a_number_and_template(world: World) -> None:
    control(world, "settings", {"aliyun_minute_permits": 2, "aliyun_day_permits": 3})
    assert [send(world)["Code"] for _ in range(3)] == ["OK", "OK", "isv.BUSINESS_LIMIT_CONTROL"]
    assert send(world, PhoneNumbers="13900139000")["Code"] == "OK"
    assert send(world, TemplateCode="SMS_3000002")["Code"] == "OK"
    control(world, "clock", {"offset_s": 61})
    assert send(world)["Code"] == "OK"
    refused = send(world)
    assert (refused["Code"], refused["Message"]) == (
        "isv.BUSINESS_LIMIT_CONTROL",
        "触发天级流控Permits:3",
    )


def test_a_message_is_listed_at_once_and_its_receipt_when_it_comes(world: World) -> None:
    send(world)
    [waiting] = rows(world)
    assert (waiting["SendStatus"], waiting["OutId"], "ErrCode" in waiting) == (1, "m1-a1", False)
    control(world, "clock", {"offset_s": 1})
    [row] = rows(world)
    assert (row["SendStatus"], row["ErrCode"]) == (3, "DELIVERED")


def test_a_silent_carrier_is_waited_for_for_ever(world: World) -> None:
    control(world, "faults", {"endpoint": "aliyun.SendSms", "kind": "carrier_silent"})
    send(world)
    control(world, "clock", {"offset_s": 86_400})
    assert [row["SendStatus"] for row in rows(world)] == [1]


def test_the_list_has_pages_and_days(world: World) -> None:
    for n in range(3):
        send(world, OutId=f"m{n}")
    pages = [
        [row["OutId"] for row in rows(world, PageSize="2", CurrentPage=page)] for page in "123"
    ]
    assert [len(page) for page in pages] == [2, 1, 0]
    assert rows(world, SendDate="20261121") == []
    assert asked(world)["TotalCount"] == "3"


@pytest.mark.parametrize(
    "query",
    [
        {"PageSize": "51"},
        {"PageSize": "0"},
        {"CurrentPage": "0"},
        {"SendDate": "2026-11-22"},
        {"SendDate": "20261022"},
        {"SendDate": "20261124"},
    ],
)
def test_a_query_out_of_bounds_is_refused(world: World, query: dict[str, str]) -> None:
    assert asked(world, **query)["Code"] == "isv.INVALID_PARAMETERS"


@pytest.mark.parametrize(
    ("fault", "status", "code", "taken"),
    [
        ({"code": "isv.AMOUNT_NOT_ENOUGH"}, 200, "isv.AMOUNT_NOT_ENOUGH", 0),
        ({"code": "Throttling.User", "scope": "request"}, 400, "Throttling.User", 0),
        (
            {"code": "ServiceUnavailable", "scope": "request", "taken": True},
            503,
            "ServiceUnavailable",
            1,
        ),
        ({"code": "isp.SYSTEM_ERROR", "taken": True}, 200, "isp.SYSTEM_ERROR", 1),
        ({"code": "isv.DENY_IP_RANGE", "match": "13900139000"}, 200, "OK", 1),
    ],
)
def test_a_code_on_order_comes_in_the_shape_that_it_has(
    world: World, fault: dict[str, object], status: int, code: str, taken: int
) -> None:
    control(world, "faults", {"endpoint": "aliyun.SendSms", "kind": "aliyun_code", **fault})
    reply = call(world, "SendSms", order())
    assert (reply.status, said(reply)["Code"]) == (status, code)
    assert len(world.outbox.find()) == taken


def test_tencents_pulls_do_not_see_it(world: World) -> None:
    send(world)
    control(world, "clock", {"offset_s": 1})
    assert world.store.run("SELECT count(*) FROM reports") == [(0,)]


def test_today_is_the_day_of_beijing(world: World) -> None:
    assert world.clock.wall() == NOW_S
    send(world)
    assert rows(world)[0]["SendDate"].startswith("2026-11-2")
