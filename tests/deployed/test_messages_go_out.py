"""Messages go out, seen over HTTP, by the points that were asked for: channels, rules, fail-over, previews, limits.

The rules are written before the first test and hold within a minute: who needs them makes new messages until they do.
"""

import itertools
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import urllib3

from chalicelib.messages.model.message import KINDS
from tests.deployed.conftest import LocalStack
from tests.deployed.walking import OTHER, Member, Trace, Walk, paid, reasons, tried, until

CHINA = ZoneInfo("Asia/Shanghai")
PHONE_LIMIT, STORE_LIMIT = 5, 120  # the demo store has taken some sixty
PART_MILLIYUAN = 45
NO_MONEY = {
    "tencent": "FailedOperation.InsufficientBalanceInSmsPackage",
    "aliyun": "isv.AMOUNT_NOT_ENOUGH",
}
ENDS = ("sent", "delivered", "inbox")


def rules() -> dict[str, object]:
    """Refunds are told by SMS at no hour of today."""
    here = datetime.now(CHINA)
    starts, ends = (f"{here + timedelta(hours=hours):%H:%M}" for hours in (-2, 2))
    night = {"channels": ["sms"], "starts": starts, "ends": ends, "zone": "Asia/Shanghai"}
    return {
        "routes": [{"kinds": ["top_up"], "channels": ["email", "sms"], "also": ["wechat"]}],
        "quiet_hours": [{**night, "exempt_kinds": [kind for kind in KINDS if kind != "refund"]}],
        "limits": {
            "store_phone_in_ten_minutes": PHONE_LIMIT,
            "store_in_ten_minutes": STORE_LIMIT,
        },
        "prices": [{"provider": "tencent", "part_milliyuan": PART_MILLIYUAN}],
    }


@pytest.fixture(scope="module")
def ruled(one_stack: LocalStack) -> Iterator[LocalStack]:
    """With rules of the chain, taken back afterwards."""
    if not one_stack.is_whole:
        one_stack.up()
    write_rules(Walk(one_stack), rules())
    yield one_stack
    write_rules(Walk(one_stack), {})


def write_rules(walk: Walk, written: dict[str, object]) -> None:
    told = walk.office("PUT", "/v1/message-rules", written, **{"If-Match": "*"})
    assert told["http"] == 200, told


@pytest.fixture
def walk(ruled: LocalStack) -> Iterator[Walk]:
    walk = Walk(ruled)
    yield walk
    walk.control("DELETE", "faults")


def test_point_1_each_channel_brings_its_message(walk: Walk) -> None:
    for provider in ("tencent", "aliyun"):
        member = walk.member()
        walk.only_by(provider, member.phone)
        trace = walk.told(member.member_id, "delivered")
        assert tried(trace)[-1] == (provider, "delivered")
        assert len(walk.outbox("sms", member.phone)) == 1

    by_mail = walk.guest()
    mail = f"{by_mail.openid}@chain.invalid"
    assert (
        by_mail.app("PATCH", "/v1/me", {"email": mail, "consents": {"email": True}})["http"] == 200
    )
    assert walk.told(by_mail.member_id, "sent")["channel"] == "email"
    assert [one["to"] for one in walk.outbox("mail", mail)] == [mail]

    by_wechat = walk.guest("tmpl-spend")
    assert walk.told(by_wechat.member_id, "delivered")["channel"] == "wechat"
    assert len(walk.outbox("wechat", by_wechat.openid)) == 1

    by_nothing = walk.guest()
    trace = walk.told(by_nothing.member_id, "inbox")
    inbox = by_nothing.app("GET", "/v1/me/messages")["items"]
    assert [one["message_id"] for one in inbox] == [trace["message_id"]]
    assert reasons(trace) >= {("sms", "no_phone"), ("wechat", "no_quota"), ("email", "no_email")}


def test_point_3_while_a_provider_refuses_our_account_the_other_carries_all(walk: Walk) -> None:
    first = min(OTHER, key=lambda name: walk.provider(name)["place"])
    walk.switch(first, "closed")
    walk.fault(f"{first}.SendSms", f"{first}_code", code=NO_MONEY[first], times="always")
    traces = (walk.told(walk.member().member_id, "sent", "delivered") for _ in itertools.count())
    refused = until(traces, lambda trace: (first, "refused") in tried(trace))
    assert tried(refused)[-1][0] == OTHER[first]
    passed_over = until(traces, lambda trace: ("sms", "breaker_open") in reasons(trace))
    assert [provider for provider, _ in tried(passed_over)] == [OTHER[first]]
    breaker = walk.provider(first)["breaker"]
    assert (breaker["state"], breaker["why"]) == ("open", f"account: {NO_MONEY[first]}")

    walk.control("DELETE", "faults")
    ends = datetime.fromisoformat(breaker["until"])
    walk.soon("the end of the pause", lambda: datetime.now(UTC) > ends)
    assert tried(next(traces))[-1][0] == first
    assert walk.provider(first)["breaker"]["state"] == "closed"


def test_point_3_answers_that_tell_nothing_shut_a_provider_off_and_send_nothing_twice(
    walk: Walk,
) -> None:
    first = min(OTHER, key=lambda name: walk.provider(name)["place"])
    walk.switch(first, "closed")
    walk.fault(f"{first}.SendSms", "http_error", status=502, times="always")
    members: list[Member] = []

    def another() -> Trace:
        members.append(walk.member())
        return walk.told(members[-1].member_id, "sent", "delivered", "unknown")

    traces = (another() for _ in itertools.count())
    until(traces, lambda trace: ("sms", "breaker_open") in reasons(trace))
    assert walk.provider(first)["breaker"]["why"] == "unknown: http_502"
    walk.control("DELETE", "faults")
    walk.switch(first, "closed")
    *asked_after, _ = members
    assert all(not walk.outbox("sms", one.phone) for one in asked_after)
    assert 1 <= len(asked_after) < STORE_LIMIT


def test_point_3_a_month_of_the_providers_is_shown_in_figures_and_plots(walk: Walk) -> None:
    member = walk.member()
    walk.only_by("aliyun", member.phone)
    walk.told(member.member_id, "delivered")
    month = f"/v1/provider-months/{datetime.now(CHINA):%Y-%m}"

    def counted() -> bool:
        items = walk.office("GET", month)["items"]
        totals = {one["provider"]: one["total"] for one in items}
        return bool(totals["aliyun"] and totals["aliyun"]["delivered"])

    walk.soon("what was counted", counted)
    proof = {"Authorization": f"Bearer {walk.addresses['operator_key']}"}
    page = urllib3.request("GET", f"{walk.addresses['api_url']}{month}/page", headers=proof)
    assert page.headers["Content-Type"].startswith("text/html")
    assert page.data.count(b"<svg") >= 2


def test_point_7_a_preview_says_what_fits_how_long_it_is_and_what_it_costs(walk: Walk) -> None:
    def shown(store_name: str) -> Trace:
        values = {"store_name": store_name}
        items = walk.office("POST", "/v1/message-templates/spend/preview", values)["items"]
        return {one["provider"]: one for one in items}

    walk.soon("the price", lambda: shown("店")["tencent"]["price_milliyuan"] == PART_MILLIYUAN)
    long = shown("灯塔咖啡南京西路静安寺地铁站旗舰店")
    fitting = {name: next(one["text"] for one in long[name]["values"]) for name in OTHER}
    assert {name: len(text) for name, text in fitting.items()} == {"tencent": 12, "aliyun": 17}
    assert [(long[name]["parts"], long[name]["version"]) for name in OTHER] == [(1, 1)] * 2


def test_point_2_rules_take_one_channel_instead_another_beside_and_none_at_night(
    walk: Walk,
) -> None:
    def told_of(kind: str, body: Callable[[], object]) -> Iterator[Trace]:
        while True:
            entry = walk.posts(kind, body())
            yield walk.settled(entry, "sent", "delivered", "waiting", "inbox")

    guest = walk.guest("tmpl-top-up")
    mail = f"{guest.openid}@chain.invalid"
    mailed = {"email": mail, "consents": {"email": True}}
    reached = walk.bound(guest, walk.member().phone.replace("137", "134", 1))
    assert reached.app("PATCH", "/v1/me", mailed)["http"] == 200
    top_up = {"member_id": reached.member_id, "paid_fen": 100, "method": "cash"}
    by_rule = until(
        told_of("top-ups", lambda: top_up),
        lambda one: one["channel"] == "email" and not reasons(one),
    )

    def beside() -> list[str | None]:
        return [one["channel"] for one in walk.trace(by_rule["message_id"])["copies"]]

    walk.soon("the copy by WeChat", lambda: beside() == ["wechat"])

    def refund() -> object:
        spend = walk.posts("spends", paid(reached.member_id, 100))
        return {"out_trade_no": spend["name"], "reason": "走查"}

    at_night = until(told_of("refunds", refund), lambda one: ("sms", "quiet_hours") in reasons(one))
    assert at_night["channel"] in {"email", None}


def test_point_9_neither_one_phone_nor_all_can_be_bombed_from_a_till(walk: Walk) -> None:
    victim = walk.member()
    again = walk.posts("spends", paid(victim.member_id, 100))
    order = f"/v1/stores/{walk.store_id}/spends/{again['name']}"
    replays = [walk.till("PUT", order, paid(victim.member_id, 100))["http"] for _ in range(5)]
    assert replays == [200] * 5
    walk.settled(again, "delivered", "sent")
    assert len(walk.outbox("sms", victim.phone)) == 1

    def is_stopped(trace: Trace) -> bool:
        return ("sms", "store_limit") in reasons(trace)

    at_one = until((walk.told(victim.member_id, *ENDS) for _ in itertools.count()), is_stopped)
    many = [walk.member() for _ in range(STORE_LIMIT // (PHONE_LIMIT - 1))]

    def flood() -> Iterator[Trace]:
        for number, member in enumerate(itertools.cycle(many)):
            entry = walk.spend(member.member_id)
            if number % 10 == 0:
                yield walk.settled(entry, *ENDS)

    at_all = until(flood(), is_stopped)
    assert [(one["state"], one["attempts"]) for one in (at_one, at_all)] == [("inbox", [])] * 2

    def in_the_group() -> bool:
        walk.tick()
        return walk.store_id in "".join(one["text"] for one in walk.outbox("wecom"))

    walk.soon("the staff's group", in_the_group)
