"""The real adapters against the stand-ins: what the settings say is set up, and what the member gets."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from chalicelib import config
from chalicelib.adapters import email, sms_aliyun, sms_tencent, tables, wechat
from chalicelib.kernel import clock
from chalicelib.kernel.stamp import system
from chalicelib.ledger.built import ledger
from chalicelib.messages import built, table
from chalicelib.messages.model.message import Message
from chalicelib.messages.model.telling import Touched
from chalicelib.messages.service.announce import announce, announce_outage
from chalicelib.messages.service.deliver import Deliveries
from infra.upstreams import launch
from infra.upstreams.faults import Fault
from infra.upstreams.launch import Running
from tests import standins
from tests.breakers import close_all
from tests.house import House, set_to

PHONE = "13800001234"


@pytest.fixture(scope="module")
def upstreams(house: House) -> Iterator[Running]:
    assert house
    with launch.start(settings={"sms_same_content_limit_s": 0}) as running:
        settings = {
            **standins.sms(running),
            **standins.wechat(running),
            **standins.mail(running),
            "TENCENT_SMS_SPEND_TEMPLATE_ID": "2000001",
            "TENCENT_SMS_REFUND_TEMPLATE_ID": "2000003",
            "TENCENT_SMS_OUTAGE_TEMPLATE_ID": "2000004",
            "ALIYUN_SMS_SPEND_TEMPLATE_CODE": "SMS_3000001",
            "ALIYUN_SMS_OUTAGE_TEMPLATE_CODE": "SMS_3000004",
            "WECHAT_SPEND_TEMPLATE_ID": "tmpl-spend",
            "WECHAT_REFUND_TEMPLATE_ID": "tmpl-refund",
            "WECHAT_OUTAGE_TEMPLATE_ID": "tmpl-outage",
        }
        with set_to(settings, forget):
            yield running


@pytest.fixture(autouse=True)
def _nothing_shut(upstreams: Running) -> None:
    assert upstreams
    close_all()
    built.deliveries.cache_clear()


def forget() -> None:
    for cached in (
        config.settings, built.deliveries, sms_tencent.tencent_sms, sms_aliyun.aliyun_sms,
        wechat.wechat, email.mailer,
    ):  # fmt: skip
        cached.cache_clear()


def told(house: House, member_id: str, name: str) -> Message:
    """The message of a new spend after it was delivered once."""
    body = {
        "member_id": member_id,
        "total_fen": 6800,
        "payments": [{"method": "cash", "amount_fen": 6800}],
    }
    taken = house.till.put(f"/v1/stores/{house.store.store_id}/spends/{name}", body).json
    return delivered(taken["spend_id"])


def delivered(entry_id: str) -> Message:
    entry = ledger().entry(entry_id)
    assert entry is not None
    announce([entry], clock.now())
    message = table.message(entry.message_id)
    assert message is not None
    return built.deliveries().go_on(message)


def order(upstreams: Running, **fault: Any) -> None:  # noqa: ANN401
    upstreams.world.faults.order(msgspec.convert(fault, Fault))


def logged_in(house: House, upstreams: Running, openid: str) -> tuple[str, str]:
    """A member who came by WeChat: their id and token."""
    upstreams.world.store.put("openid", openid, {})
    member_id = ledger().members.log_in(openid, system("test"))
    return member_id, house.member_token(member_id)


def test_a_spend_reaches_the_phone(house: House, upstreams: Running) -> None:
    member_id = house.register(PHONE)
    message = told(house, member_id, "reach-1")
    (sms,) = upstreams.world.outbox.find("sms", f"+86{PHONE}")
    assert sms["values"][:3] == ["First Store", "68.00", "0.00"]
    assert sms["session_context"] == message.last.reference
    assert (message.state, message.last.provider_ref) == ("sent", sms["id"])


@pytest.mark.parametrize(("down", "by"), [("nobody", "tencent"), ("tencent", "aliyun")])
def test_an_outage_reaches_the_phone_of_whom_it_touched_by_either_provider(
    house: House, upstreams: Running, down: str, by: str
) -> None:
    phone = f"1380000125{len(down) % 10}"
    member_id = house.register(phone)
    if down == "tencent":
        refusal = "FailedOperation.InsufficientBalanceInSmsPackage"
        order(upstreams, endpoint="tencent.SendSms", kind="tencent_code", code=refusal)
    now = clock.now()
    of = Touched(member_id, "abcdefghijkl", "收银故障", "s1", "First Store", now)
    for _ in range(2):
        announce_outage(of, now, now)
    (message,) = table.since(member_id, now - timedelta(minutes=1)) or []
    done = built.deliveries().go_on(message)
    assert (done.state, done.last.provider) == ("sent", by)
    (sms,) = upstreams.world.outbox.find("sms", f"+86{phone}")
    assert "收银故障" in str(sms)


def test_the_trace_says_in_which_words_it_was_sent(house: House, upstreams: Running) -> None:
    """What the provider was called with is on record, for SMS and mail, and in the language of the member."""
    order(
        upstreams,
        endpoint="tencent.SendSms",
        kind="tencent_code",
        code="FailedOperation.PhoneNumberInBlacklist",
    )
    profile = {"email": "words@example.com", "language": "en", "consents": {"email": True}}
    member_id = house.register("13800001240")
    assert house.member(member_id).patch("/v1/me", profile).status == 200
    message = told(house, member_id, "words-1")
    trace = house.office.get(f"/v1/messages/{message.message_id}").json
    assert [(one["channel"], one["template"]) for one in trace["attempts"]] == [
        ("sms", {"version": 1, "language": "zh", "template_id": "2000001"}),
        ("email", {"version": 1, "language": "en", "template_id": None}),
    ]
    shown = [one["template"] for one in trace["timeline"] if one["what"] == "attempt"]
    assert shown == [one["template"] for one in trace["attempts"]]
    (mail,) = upstreams.world.outbox.find("mail", "words@example.com")
    assert "You spent" in str(mail)
    mine = house.member(member_id).get("/v1/me/messages/diagnosis").json["evidence"]
    assert [one["template"] for one in mine if one["what"] == "attempt"] == [None, None]


@pytest.mark.parametrize("kind", ["refund", "void"])
def test_what_was_given_back_reaches_the_phone_by_the_template_of_refunds(
    house: House, upstreams: Running, kind: str
) -> None:
    phone = {"refund": "13800002001", "void": "13800002002"}[kind]
    spend = told(house, house.register(phone), f"back-{kind}")
    body = {"out_trade_no": f"back-{kind}", "reason": "cold"}
    reply = house.staff(house.store, "store_manager").put(f"/v1/stores/s1/{kind}s/{kind}", body)
    assert reply.status == 201, reply.text
    message = delivered(f"{spend.member_id}-2")
    assert (message.facts.kind, message.state, message.channel) == (kind, "sent", "sms")
    back = upstreams.world.outbox.find("sms", f"+86{phone}")
    sent = [(one["template_id"], one["values"][1]) for one in back]
    assert sorted(sent) == [("2000001", "68.00"), ("2000003", "68.00")]


def test_what_has_no_template_is_left_to_the_inbox(house: House, upstreams: Running) -> None:
    assert upstreams
    member_id = house.register("13800002003")
    house.top_up(member_id, "no-template", 10_000)
    message = delivered(f"{member_id}-1")
    assert [(one.channel, one.provider, one.reason) for one in message.decisions] == [
        ("sms", "tencent", "not_configured"), ("sms", "aliyun", "not_configured"),
        ("wechat", "wechat", "not_configured"), ("email", None, "no_email"),
    ]  # fmt: skip
    assert message.state == "inbox"


def test_accept_and_hang_is_unknown_and_not_sent_again(house: House, upstreams: Running) -> None:
    phone = "13800001235"
    member_id = house.register(phone)
    order(upstreams, endpoint="tencent.SendSms", kind="accept_then_hang", seconds=0)
    message = told(house, member_id, "hang-1")
    assert (message.state, message.last.state) == ("unknown", "unknown")
    assert built.deliveries().go_on(message) == message
    assert len(upstreams.world.outbox.find("sms", f"+86{phone}")) == 1


def test_what_the_chain_rules_holds_for_what_is_sent(house: House, upstreams: Running) -> None:
    """The other channel first, and one SMS an hour to a phone."""
    phone = "13800001236"
    member_id = house.register(phone)
    mine = house.member(member_id)
    mine.patch("/v1/me", {"email": "me@example.com", "consents": {"sms": True, "email": True}})
    rules = {
        "routes": [{"kinds": ["refund"], "channels": ["email"]}],
        "limits": {"phone_an_hour": 1},
    }
    assert house.office.put("/v1/message-rules", rules, if_match="*").status == 200
    try:
        channels = [told(house, member_id, f"ruled-{n}").channel for n in range(2)]
        body = {"out_trade_no": "ruled-0", "reason": "cold"}
        house.staff(house.store, "store_manager").put("/v1/stores/s1/refunds/ruled-back", body)
        refund = delivered(f"{member_id}-3")
    finally:
        house.office.put("/v1/message-rules", {}, if_match="*")
    assert channels == ["sms", "email"]
    assert (refund.channel, refund.decisions) == ("email", ())
    assert len(upstreams.world.outbox.find("sms", f"+86{phone}")) == 1
    assert phone not in str(tables.scan("messages").images), "no key names it"


NO_MONEY = "FailedOperation.InsufficientBalanceInSmsPackage"


def tries(message: Message) -> list[tuple[str, str]]:
    return [(one.provider, one.state) for one in message.attempts]


def minutes_later(minutes: int) -> Deliveries:
    parts = built.deliveries()
    later = timedelta(minutes=minutes)
    return Deliveries(parts.channels, parts.contact, lambda: clock.now() + later)


def test_what_one_sms_provider_refuses_for_our_account_goes_by_the_other_at_once(
    house: House, upstreams: Running
) -> None:
    member_id = house.register("13800003001")
    order(upstreams, endpoint="tencent.SendSms", kind="tencent_code", code=NO_MONEY)
    message = told(house, member_id, "other-1")
    assert tries(message) == [("tencent", "refused"), ("aliyun", "accepted")]
    (sms,) = upstreams.world.outbox.find("sms", "+8613800003001")
    assert (sms["provider"], sms["id"]) == ("aliyun", message.last.provider_ref)
    assert (sms["out_id"], sms["values"]["amount"]) == (message.last.reference, "68.00")
    assert [(one.reason, one.provider) for one in message.decisions] == [
        ("refused:account", "tencent")
    ]


@pytest.mark.parametrize(
    "code", ["FailedOperation.PhoneNumberInBlacklist", "FailedOperation.ContainSensitiveWord"]
)
def test_what_is_refused_for_number_or_content_never_goes_by_the_other(
    house: House, upstreams: Running, code: str
) -> None:
    phone = f"1380000310{len(code) % 10}"
    member_id = house.register(phone)
    order(upstreams, endpoint="tencent.SendSms", kind="tencent_code", code=code)
    message = told(house, member_id, f"never-{code[-6:]}")
    assert (tries(message), message.state) == ([("tencent", "refused")], "failed")
    assert upstreams.world.outbox.find("sms", f"+86{phone}") == []


def test_a_doubt_at_the_other_is_settled_by_its_own_list(house: House, upstreams: Running) -> None:
    phone = "13800003002"
    member_id = house.register(phone)
    order(upstreams, endpoint="tencent.SendSms", kind="tencent_code", code=NO_MONEY)
    order(upstreams, endpoint="aliyun.SendSms", kind="accept_then_hang", seconds=0)
    message = told(house, member_id, "doubt-1")
    assert tries(message) == [("tencent", "refused"), ("aliyun", "unknown")]
    settled = minutes_later(2).go_on(message)
    assert settled.state in {"sent", "delivered"}
    assert tries(settled)[1][1] in {"accepted", "delivered"}
    assert len(upstreams.world.outbox.find("sms", f"+86{phone}")) == 1


def test_what_the_other_never_took_is_sent_again_when_its_list_says_so(
    house: House, upstreams: Running
) -> None:
    phone = "13800003003"
    member_id = house.register(phone)
    order(upstreams, endpoint="tencent.SendSms", kind="tencent_code", code=NO_MONEY)
    order(upstreams, endpoint="aliyun.SendSms", kind="hang_before", seconds=0)
    message = told(house, member_id, "doubt-2")
    assert tries(message)[-1] == ("aliyun", "unknown")
    settled = minutes_later(31).go_on(message)
    assert tries(settled) == [
        ("tencent", "refused"), ("aliyun", "not_taken"), ("aliyun", "accepted"),
    ]  # fmt: skip
    assert len(upstreams.world.outbox.find("sms", f"+86{phone}")) == 1


def test_wechat_is_written_to_as_often_as_the_member_allowed(
    house: House, upstreams: Running
) -> None:
    member_id, token = logged_in(house, upstreams, "o-subscriber")
    me = house.public.holding(token)
    report = {"accepts": [{"template_id": "tmpl-spend", "key": "tap-1"}]}
    for _ in range(2):
        reply = me.post("/v1/me/subscriptions", report)
        assert reply.json["items"] == [{"template_id": "tmpl-spend", "remaining": 1}]
    upstreams.world.store.put("quota", "o-subscriber tmpl-spend", 1)
    assert told(house, member_id, "subscribe-1").channel == "wechat"
    (sent,) = upstreams.world.outbox.find("wechat", "o-subscriber")
    assert sent["values"]["amount2"] == "68.00元"
    second = told(house, member_id, "subscribe-2")
    assert (second.state, [one.reason for one in second.decisions]) == (
        "inbox", ["no_phone", "no_quota", "no_email"],
    )  # fmt: skip


def test_a_template_that_is_not_ours_is_refused(house: House, upstreams: Running) -> None:
    _, token = logged_in(house, upstreams, "o-stranger")
    report = {"accepts": [{"template_id": "other", "key": "tap-1"}]}
    reply = house.public.holding(token).post("/v1/me/subscriptions", report)
    assert reply.status == 422
    assert reply.json["errors"][0]["pointer"] == "/accepts/0/template_id"


def test_e_mail_goes_to_those_who_want_it_in_their_language(
    house: House, upstreams: Running
) -> None:
    member_id, token = logged_in(house, upstreams, "o-reader")
    change = {"email": "reader@example.com", "language": "en", "consents": {"email": True}}
    assert house.public.holding(token).patch("/v1/me", change).status == 200
    message = told(house, member_id, "mail-1")
    assert (message.state, message.channel) == ("sent", "email")
    (mail,) = upstreams.world.outbox.find("mail", "reader@example.com")
    assert "68.00 yuan" in json.dumps(mail)
