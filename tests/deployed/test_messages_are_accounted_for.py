"""Each message is accounted for, seen over HTTP, by the points that were asked for: receipts, diagnosis, search."""

import itertools
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import urllib3

from tests.deployed.conftest import LocalStack
from tests.deployed.walking import OTHER, Trace, Walk, paid, reasons, tried, until

CHINA = ZoneInfo("Asia/Shanghai")
CARRIERS = {
    "MK:0001": "number_empty",
    "MK:0005": "number_suspended",
    "MK:0010": "phone_off",
    "DB:0144": "blacklisted",
    "ID:0076": "keyword_blocked",
}
Faults = Mapping[str, dict[str, Any]]
NONE: Faults = {}
NO_TEMPLATE: Faults = {
    "tencent": {"kind": "tencent_code", "code": "FailedOperation.TemplateIncorrectOrUnapproved"},
    "aliyun": {"kind": "aliyun_code", "code": "isv.SMS_TEMPLATE_ILLEGAL"},
}


@pytest.fixture
def walk(local_stack: LocalStack) -> Iterator[Walk]:
    walk = Walk(local_stack)
    yield walk
    walk.control("DELETE", "faults")


def test_point_4_each_receipt_of_a_mixed_batch_counts_once_and_the_first_word_holds(
    walk: Walk,
) -> None:
    good, bad = silent(walk, "tencent"), silent(walk, "tencent")
    stranger = {**of_tencent(good), "sid": "stranger", "mobile": "13900000000"}
    failed = of_tencent(bad) | {"report_status": "FAIL", "errmsg": "MK:0001"}
    batch = [None, of_tencent(good), {"sid": 1}, of_tencent(good), stranger, failed]
    assert [walk.pushes("tencent", batch), walk.pushes("tencent", batch)] == [200, 200]
    heard = walk.settled(good, "delivered")
    assert [one["what"] for one in heard["timeline"]].count("report") == 1
    undelivered = walk.settled(bad, "retrying", "inbox", "failed")["attempts"][-1]
    assert (undelivered["report_code"], undelivered["report_word"]) == ("MK:0001", "no_such_number")

    late = of_tencent(good) | {"report_status": "FAIL", "errmsg": "UNDELIV"}
    assert walk.pushes("tencent", [late]) == 200

    conflict = partial(walk.trace, good["message_id"])
    walk.soon("the conflict", lambda: ("sms", "receipt_conflict") in reasons(conflict()))
    assert conflict()["state"] == "delivered"
    life = [(one["what"], one["at"]) for one in conflict()["timeline"]]
    assert [at for _, at in life] == sorted(at for _, at in life)
    whats = [what for what, _ in life if what != "left"]
    assert (whats[:2], whats[-3:]) == (["booked", "made"], ["attempt", "report", "report"])


def test_point_4_aliyuns_probe_is_answered_and_a_wrong_secret_is_not(walk: Walk) -> None:
    secret = walk.control("GET", "settings")["sms_callback_secret"]
    url = f"{walk.addresses['api_url']}/callbacks/sms/aliyun"
    assert urllib3.request("GET", f"{url}/{secret}").json()["code"] == 0
    assert urllib3.request("GET", f"{url}/{secret}0").status == 404
    assert walk.pushes("aliyun", [], secret="of-nobody") == 404


def test_point_4_a_receipt_that_overtakes_the_answer_to_its_send_counts(walk: Walk) -> None:
    member = walk.member()
    walk.only_by("aliyun", member.phone)
    hangs = {"match": member.phone, "seconds": 3}
    walk.fault("aliyun.SendSms", "accept_then_hang", **hangs)
    trace = walk.told(member.member_id, "delivered")
    assert tried(trace)[-1] == ("aliyun", "delivered")
    assert len(walk.outbox("sms", member.phone)) == 1


def test_point_5_the_answer_names_what_was_in_the_way(walk: Walk) -> None:
    cashier, wanted = walk.staff("cashier"), {}

    def spends(verdict: str, faults: Faults = NONE, *, sms: bool = True) -> None:
        member = walk.member(sms=sms)
        for provider, fault in faults.items():
            walk.fault(f"{provider}.SendSms", match=member.phone, **fault)
        wanted[walk.spend(member.member_id)["name"]] = verdict

    def both(**fault: object) -> Faults:
        return dict.fromkeys(OTHER, fault)

    for code, verdict in CARRIERS.items():
        spends(verdict, both(kind="carrier_fails", code=code))
    spends("accepted_no_receipt_yet", both(kind="carrier_silent"))
    spends("asking_provider", both(kind="http_error", status=503))
    spends("template_refused", NO_TEMPLATE)
    spends("no_consent", sms=False)
    spends("delivered")

    def verdicts() -> Iterator[Trace]:
        while True:
            walk.tick()
            asked = {name: walk.diagnosis(cashier, out_trade_no=name) for name in wanted}
            yield {name: answer["verdict"] for name, answer in asked.items()}

    until(verdicts(), lambda told: told == wanted)
    for provider, refused in NO_TEMPLATE.items():
        listed = walk.provider(provider)["template_refusals"]
        assert refused["code"] in {one["code"] for one in listed}


def test_point_5_where_nothing_went_out_the_answer_says_so_and_to_each_only_what_is_theirs(
    walk: Walk,
) -> None:
    cashier, here, there = walk.staff("cashier"), walk.guest(), walk.member()
    spend = walk.spend(here.member_id)
    broke = {**paid(here.member_id, 100), "payments": [{"method": "balance", "amount_fen": 100}]}
    path = f"/v1/stores/{walk.store_id}/spends/too-much"
    assert walk.till("PUT", path, broke)["code"] == "balance_too_low"
    near = there.phone[:-1] + str((int(there.phone[-1]) + 1) % 10)

    said = {
        "no_such_member": walk.diagnosis(cashier, phone=near),
        "nothing_then": walk.diagnosis(cashier, phone=there.phone),
        "no_such_spend": walk.diagnosis(cashier, out_trade_no="never-was"),
        "spend_refused": walk.diagnosis(cashier, out_trade_no="too-much"),
    }
    assert [answer["verdict"] for answer in said.values()] == [*said]
    assert [one["what"] for one in said["no_such_member"]["evidence"]] == ["phones_near"]

    old = walk.member()
    mine = walk.bound(here, f"136{old.phone[3:]}")
    walk.settled(walk.spend(mine.member_id), "delivered")
    moved = walk.bound(mine, f"135{old.phone[3:]}")
    latest = walk.diagnosis(cashier, member_id=moved.member_id)
    assert latest["verdict"] == "phone_changed"
    other = walk.diagnosis(cashier, spend_id=spend["spend_id"], phone=there.phone)
    assert other["verdict"] == "other_phone"

    own = f"/v1/me/messages/diagnosis?spend_id={spend['spend_id']}"
    assert moved.app("GET", own)["verdict"] != "no_such_spend"
    assert walk.guest().app("GET", own)["verdict"] == "no_such_spend"
    asked = {"out_trade_no": spend["name"], "store_id": "nanjing-lu"}
    refusal = walk.diagnosis(cashier, **asked)
    assert (refusal["code"], "support" in refusal["granted_by"]) == ("wrong_store", True)
    refusal = walk.diagnosis(walk.till, phone=there.phone)
    assert (refusal["missing"], "cashier" in refusal["granted_by"]) == ("message:search", True)


def test_point_6_every_key_finds_the_message_and_a_permitted_person_sends_it_again(
    walk: Walk,
) -> None:
    member = walk.member()
    walk.only_by("tencent", member.phone)
    entry = walk.spend(member.member_id)
    trace, manager = walk.settled(entry, "delivered"), walk.staff("store_manager")
    now = datetime.now(UTC)
    keys: list[dict[str, str]] = [
        {"phone": member.phone},
        {"member_id": member.member_id},
        {"spend_id": entry["spend_id"]},
        {"out_trade_no": entry["name"]},
        {"provider_ref": trace["attempts"][-1]["provider_ref"]},
        {
            "from": f"{now - timedelta(hours=1):%FT%TZ}",
            "to": f"{now + timedelta(minutes=1):%FT%TZ}",
        },
    ]
    for key in keys:
        found = manager("POST", "/v1/messages/search", key)["items"]
        assert [one["message_id"] for one in found] == [trace["message_id"]], key

    again, why = f"/v1/messages/{trace['message_id']}/resend", {"reason": "没收到"}
    assert walk.staff("cashier")("POST", again, why)["missing"] == "message:resend"
    assert manager("POST", again, why)["http"] == 202
    assert manager("POST", again, why)["code"] == "message_under_way"

    def resent() -> bool:
        walk.tick()
        return len(walk.outbox("sms", member.phone)) == 2

    walk.control("DELETE", "faults")
    walk.soon("the second SMS", resent)
    (one,) = walk.trace(trace["message_id"])["resends"]
    assert (one["role"], one["reason"]) == ("store_manager", "没收到")
    assert "resent" in [each["what"] for each in walk.trace(trace["message_id"])["timeline"]]


@pytest.mark.parametrize("form", ["json", "xml"])
def test_point_8_what_a_member_writes_is_read_once_and_forgeries_never(
    walk: Walk, form: str
) -> None:
    guest = walk.guest()

    def push(text: str, **off: object) -> None:
        words = {"Content": text, "MsgId": str(time.time_ns())}
        pushed = {"openid": guest.openid, "kind": "text", "fields": words, "form": form}
        walk.control("POST", "wechat/pushes", pushed | off)

    push("forged", forged=True)
    push("old", signed_s_ago=3600)
    push("in the open", safe=False)
    push("of another", other_app=True)
    push("为什么没收到短信", copies=2)

    def mine() -> list[Trace]:
        items = walk.office("GET", "/v1/care?limit=100")["items"]
        read = [walk.office("GET", f"/v1/care/{one['care_id']}") for one in items]
        return [one for one in read if one["member_id"] == guest.member_id]

    walk.soon("what the member wrote", lambda: len(mine()) == 1)
    walk.soon("each push", lambda: walk.pushed(guest.openid))
    assert [one["said"]["Content"] for one in mine()] == ["为什么没收到短信"]


@pytest.mark.parametrize("as_array", [False, True])
def test_point_8_a_refused_notice_ends_the_quota_however_it_is_listed(
    walk: Walk,
    as_array: bool,  # noqa: FBT001
) -> None:
    guest = walk.guest("tmpl-spend")
    refused = {"TemplateId": "tmpl-spend", "SubscribeStatusString": "reject"}
    event = {"openid": guest.openid, "kind": "subscribe_msg_change_event", "items": [refused]}
    walk.control("POST", "wechat/pushes", {**event, "as_array": as_array})
    walk.soon("the push", lambda: walk.pushed(guest.openid))
    traces = (walk.told(guest.member_id, "inbox", "delivered") for _ in itertools.count())
    assert until(traces, lambda trace: ("wechat", "no_quota") in reasons(trace))


def silent(walk: Walk, provider: str) -> Trace:
    """Of a message that its carrier says nothing of by itself, with the phone."""
    member = walk.member()
    walk.only_by(provider, member.phone)
    walk.fault(f"{provider}.SendSms", "carrier_silent", match=member.phone)
    return {**walk.told(member.member_id, "sent"), "phone": member.phone}


def of_tencent(trace: Trace) -> dict[str, str]:
    at = datetime.now(CHINA)
    return {
        "user_receive_time": f"{at:%F %T}",
        "nationcode": "86",
        "mobile": trace["phone"],
        "report_status": "SUCCESS",
        "errmsg": "DELIVRD",
        "description": "用户短信送达成功",
        "sid": trace["attempts"][-1]["provider_ref"],
    }
