"""How each verdict of a diagnosis comes about: what members, tills and providers do, and the question that follows."""

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import msgspec

from chalicelib.kernel import clock
from chalicelib.ledger.built import ledger
from chalicelib.messages import built, table
from chalicelib.messages.model import routing
from chalicelib.messages.model.choice import Gate, Offer, Provider
from chalicelib.messages.model.course import Outcome
from chalicelib.messages.model.diagnosis import Code, Sure
from chalicelib.messages.model.message import KINDS, ChannelName, Message
from chalicelib.messages.service.announce import announce
from chalicelib.messages.service.breaking import Breaking
from chalicelib.messages.service.deliver import Deliveries
from chalicelib.messages.service.diagnose import Question
from infra.upstreams.faults import Fault
from infra.upstreams.launch import Running
from tests.house import BY, House
from tests.integration.stores.journals import card_of, hand_in, registered


def _both(tencent: str, aliyun: str) -> Mapping[str, str]:
    return {"tencent": tencent, "aliyun": aliyun}


NO_MONEY = _both("FailedOperation.InsufficientBalanceInSmsPackage", "isv.AMOUNT_NOT_ENOUGH")
TOO_OFTEN = _both("LimitExceeded.PhoneNumberOneHourLimit", "isv.BUSINESS_LIMIT_CONTROL")
BAD_TEMPLATE = _both("FailedOperation.TemplateIncorrectOrUnapproved", "isv.SMS_TEMPLATE_ILLEGAL")
AT_THE_DOOR = _both("RequestLimitExceeded", "Throttling.User")
A_RECEIPT_LATER = timedelta(minutes=11)
_numbers = itertools.count(10)


@dataclass
class Desk:
    """`phone` is this flow's own; `later` is how far the clock has been turned when the question is asked."""

    house: House
    upstreams: Running
    phone: str = field(default_factory=lambda: f"137{next(_numbers):08d}")
    later: timedelta = timedelta(0)
    channels: tuple[ChannelName, ...] = ("sms", "wechat", "email")
    gates: tuple[Gate, ...] = ()

    def clock(self) -> datetime:
        return clock.now() + self.later

    def member(self, phone: str | None = None, **more: Any) -> str:  # noqa: ANN401
        return self.house.register(phone or self.phone, **more)

    def by_wechat(self, accepts: int = 0) -> str:
        """A member who came by WeChat and bound no phone; `accepts` are known here and there."""
        openid = f"o-{self.phone}"
        self.upstreams.world.store.put("openid", openid, {})
        self.upstreams.world.store.put("quota", f"{openid} tmpl-spend", accepts)
        member_id = ledger().members.log_in(openid, BY)
        for n in range(accepts):
            tap = {"accepts": [{"template_id": "tmpl-spend", "key": f"tap-{n}"}]}
            self.house.member(member_id).post("/v1/me/subscriptions", tap)
        return member_id

    def spend(self, member_id: str, *, method: str = "cash", name: str | None = None) -> str:
        """The id of the spend; empty where it is refused."""
        name = name or self.phone
        body = {
            "member_id": member_id,
            "total_fen": 6800,
            "payments": [{"method": method, "amount_fen": 6800}],
        }
        reply = self.house.till.put(f"/v1/stores/s1/spends/{name}", body)
        spend_id: str = reply.json.get("spend_id", "")
        return spend_id

    def made(self, spend_id: str) -> Message:
        entry = ledger().entry(spend_id)
        assert entry is not None
        announce([entry], clock.now())
        return self.read(spend_id)

    def read(self, spend_id: str) -> Message:
        entry = ledger().entry(spend_id)
        message = table.message(entry.message_id, consistent=True) if entry else None
        assert message is not None
        return message

    def deliveries(self) -> Deliveries:
        """What is set up here. One flow's failures open no breaker on the others: gates are set by who needs them."""
        real = built.deliveries()
        channels = [one for one in real.channels if one.offer.channel in self.channels]
        return replace(
            real,
            channels=channels,
            clock=self.clock,
            gates=self.gates,
            heard=lambda *_: None,
        )

    def told(self, member_id: str, *turns: timedelta, name: str | None = None) -> str:
        """A spend whose message was delivered once now, and again at each of these times."""
        spend_id = self.spend(member_id, name=name)
        self.made(spend_id)
        for later in (timedelta(0), *turns):
            self.later = later
            self.deliveries().go_on(self.read(spend_id))
        return spend_id

    def rules(self, **document: Any) -> None:  # noqa: ANN401
        """The chain's, until the flow is over."""
        reply = self.house.office.put("/v1/message-rules", document, if_match="*")
        assert reply.status == 200, reply.text

    def fault(self, code: str | Mapping[str, str], kind: str = "", **more: Any) -> None:  # noqa: ANN401
        """At both providers, for this flow's phone; where one code is given, it is what the carrier says."""
        for provider in ("tencent", "aliyun"):
            what = kind or ("carrier_fails" if isinstance(code, str) else f"{provider}_code")
            told = {"code": code if isinstance(code, str) else code[provider]} if code else {}
            fault = {
                "endpoint": f"{provider}.SendSms",
                "kind": what,
                "match": self.phone,
                "times": "always",
            }
            self.upstreams.world.faults.order(msgspec.convert({**fault, **told, **more}, Fault))


class Flow(NamedTuple):
    code: Code
    name: str
    run: Callable[[Desk], Question]
    sure: Sure = "certain"


FLOWS: list[Flow] = []


def flow(code: Code, sure: Sure = "certain") -> Callable[[Callable[[Desk], Question]], None]:
    def keep(run: Callable[[Desk], Question]) -> None:
        FLOWS.append(Flow(code, run.__name__, run, sure))

    return keep


# Nothing is there to be found


@flow("no_such_member")
def a_phone_with_one_digit_wrong(at: Desk) -> Question:
    at.member()
    return Question(phone=at.phone[:-1] + str((int(at.phone[-1]) + 1) % 10)[::-1])


@flow("other_phone")
def a_spend_on_somebody_elses_membership(at: Desk) -> Question:
    return Question(spend_id=at.told(at.member()), phone="13600000001")


@flow("no_such_spend", "likely")
def an_order_that_nobody_rang_up(at: Desk) -> Question:
    return Question(name=f"never-{at.phone}", store_id="s2", home="s2")


@flow("no_such_spend", "likely")
def a_spend_id_that_never_was(at: Desk) -> Question:
    return Question(spend_id=f"{at.member()}-999")


@flow("no_such_spend", "likely")
def a_member_asks_after_another_members_spend(at: Desk) -> Question:
    theirs = at.told(at.member())
    return Question(spend_id=theirs, member_id=at.member("13600000002"), own=True)


@flow("other_store")
def head_office_names_the_wrong_store(at: Desk) -> Question:
    at.told(at.member())
    return Question(name=at.phone, store_id="s2")


@flow("other_store")
def a_member_who_was_at_another_store_then(at: Desk) -> Question:
    at.told(at.member())
    return Question(phone=at.phone, store_id="s2", about=clock.now())


@flow("spend_not_here_yet", "likely")
def a_till_that_handed_in_one_record_and_not_the_one_before(at: Desk) -> Question:
    member_id, pen = at.member(), registered(at.house, f"gap-{at.phone}")
    pen.sell(member_id, 100, name=at.phone)
    hand_in(at.house.till, pen, [pen.sell(member_id, 200)])
    return Question(name=at.phone, store_id="s1", home="s1")


@flow("spend_not_here_yet", "likely")
def the_member_of_that_sale_asks_the_store_by_phone(at: Desk) -> Question:
    pen = registered(at.house, f"gap-{at.phone}")
    pen.sell(at.member(), 100)
    hand_in(at.house.till, pen, [pen.sell(at.member("13600000003"), 200)])
    return Question(phone=at.phone, home="s1", about=clock.now())


@flow("spend_held")
def an_off_line_sale_on_a_card_that_had_expired(at: Desk) -> Question:
    _held(at)
    return Question(name=at.phone, store_id="s1", home="s1")


@flow("spend_held")
def the_member_of_a_held_sale_asks_by_phone(at: Desk) -> Question:
    _held(at)
    return Question(phone=at.phone, home="s1", about=clock.now())


@flow("spend_cancelled")
def a_held_sale_that_a_manager_cancelled(at: Desk) -> Question:
    held_id = _held(at)
    body = {"way": "cancel", "reason": "重复"}
    at.house.office.put(f"/v1/stores/s1/held/{held_id}/settlement", body)
    return Question(name=at.phone, store_id="s1", home="s1")


@flow("accepted_no_receipt_yet")
def a_held_sale_that_a_manager_charged(at: Desk) -> Question:
    """The receipt's number leads to what was posted in its place."""
    held_id = _held(at)
    settled = at.house.office.put(
        f"/v1/stores/s1/held/{held_id}/settlement", {"way": "charge", "reason": "属实"}
    )
    at.deliveries().go_on(at.made(settled.json["settlement"]["spend_id"]))
    return Question(name=at.phone, store_id="s1", home="s1")


@flow("spend_refused")
def a_balance_that_was_too_low(at: Desk) -> Question:
    at.spend(at.member(), method="balance")
    return Question(name=at.phone, store_id="s1", home="s1")


@flow("nothing_then", "likely")
def a_member_who_bought_nothing_then(at: Desk) -> Question:
    at.told(at.member())
    return Question(phone=at.phone, home="s2", about=clock.now() - timedelta(days=3))


@flow("nobody_is_told")
def two_members_who_became_one(at: Desk) -> Question:
    member_id, joining = at.member(), at.by_wechat()
    at.spend(joining)
    app = ledger().card(joining).member
    assert ledger().members.bind_phone(app, at.phone, ledger(), BY) == member_id
    return Question(spend_id=f"{member_id}-1")


# Under way


@flow("just_booked")
def booked_and_no_stream_came_yet(at: Desk) -> Question:
    return Question(spend_id=at.spend(at.member()))


@flow("just_booked")
def the_latest_of_a_member(at: Desk) -> Question:
    member_id = at.member()
    at.told(member_id)
    at.spend(member_id, name=f"{at.phone}-2")
    return Question(member_id=member_id)


@flow("late")
def booked_and_no_stream_came_for_ten_minutes(at: Desk) -> Question:
    spend_id = at.spend(at.member())
    at.later = timedelta(minutes=10)
    return Question(spend_id=spend_id)


@flow("late")
def made_and_nobody_took_it_up(at: Desk) -> Question:
    spend_id = at.spend(at.member())
    at.made(spend_id)
    at.later = timedelta(minutes=10)
    return Question(spend_id=spend_id)


@flow("on_its_way")
def made_just_now(at: Desk) -> Question:
    spend_id = at.spend(at.member())
    at.made(spend_id)
    return Question(spend_id=spend_id)


@flow("provider_trouble")
def a_provider_that_turns_us_away_at_its_door(at: Desk) -> Question:
    at.fault(AT_THE_DOOR, scope="request")
    return Question(spend_id=at.told(at.member()))


@flow("all_providers_down")
def both_providers_turn_us_away_each_time(at: Desk) -> Question:
    at.fault(AT_THE_DOOR, scope="request")
    turns = [timedelta(minutes=minutes) for minutes in (1, 4, 13, 44, 46, 49, 58, 89)]
    return Question(spend_id=at.told(at.member(), *turns))


@flow("provider_account")
def both_accounts_are_out_of_money(at: Desk) -> Question:
    at.fault(NO_MONEY)
    return Question(spend_id=at.told(at.member()))


@flow("limit_reached")
def both_providers_find_it_too_often(at: Desk) -> Question:
    at.fault(TOO_OFTEN)
    return Question(spend_id=at.told(at.member()))


@flow("quiet_hours")
def the_chains_quiet_hours(at: Desk) -> Question:
    """From the last hour to the next one, in the store's own zone."""
    hours = [f"{clock.now() + timedelta(hours=by):%H}:00" for by in (-1, 2)]
    quiet = {"channels": ["sms", "wechat", "email"], "starts": hours[0], "ends": hours[1]}
    at.rules(quiet_hours=[{**quiet, "zone": "UTC"}])
    at.gates = routing.gates(built.rules_of_the_minute)
    return Question(spend_id=at.told(at.member()))


@flow("limit_reached")
def more_than_the_chain_lets_one_phone_have(at: Desk) -> Question:
    at.rules(limits={"phone_an_hour": 1})
    member_id = at.member()
    at.told(member_id)
    return Question(spend_id=at.told(member_id, name=f"{at.phone}-2"))


@flow("not_offered")
def a_kind_that_the_chain_sends_nowhere(at: Desk) -> Question:
    at.rules(routes=[{"kinds": ["spend"], "channels": []}])
    at.gates = routing.gates(built.rules_of_the_minute)
    return Question(spend_id=at.told(at.member()))


@flow("all_providers_down")
def the_breakers_of_both_are_open(at: Desk) -> Question:
    """Opened by other members' messages, and shut again for those who come after."""
    breaking = Breaking([Provider("sms", "tencent"), Provider("sms", "aliyun")], at.clock)
    for provider in breaking.providers:
        broken = Offer(*provider, frozenset(KINDS))
        breaking.heard(broken, Outcome("refused", code="AuthFailure", kind="account"))
    at.gates, at.channels = (breaking.gate,), ("sms",)
    return Question(spend_id=at.told(at.member()))


@flow("asking_provider")
def a_provider_that_took_it_and_hung(at: Desk) -> Question:
    at.fault("", "accept_then_hang", seconds=0)
    return Question(spend_id=at.told(at.member()))


@flow("outcome_unknown")
def wechat_took_it_and_hung(at: Desk) -> Question:
    member_id = at.by_wechat(accepts=1)
    fault = Fault(endpoint="wechat.subscribe_send", kind="accept_then_hang", seconds=0)
    at.upstreams.world.faults.order(fault)
    return Question(spend_id=at.told(member_id, timedelta(minutes=2), timedelta(minutes=3)))


# It went out


@flow("accepted_no_receipt_yet")
def accepted_and_the_carrier_is_silent(at: Desk) -> Question:
    at.fault("", "carrier_silent")
    return Question(spend_id=at.told(at.member(), A_RECEIPT_LATER))


@flow("no_receipt")
def the_carrier_is_silent_for_three_days(at: Desk) -> Question:
    at.fault("", "carrier_silent")
    turns = [timedelta(hours=hours) for hours in (0.2, 1.1, 6.1, 24.1, 72.1)]
    return Question(spend_id=at.told(at.member(), *turns))


@flow("delivered")
def delivered_and_the_member_asks_by_phone(at: Desk) -> Question:
    at.told(at.member(), A_RECEIPT_LATER)
    return Question(phone=at.phone, about=clock.now())


@flow("delivered")
def delivered_and_asked_for_by_the_number_of_the_order(at: Desk) -> Question:
    at.told(at.member(), A_RECEIPT_LATER)
    return Question(name=at.phone, store_id="s1", home="s1", phone=at.phone)


@flow("sent_by_wechat")
def a_member_without_a_phone_who_allows_notices(at: Desk) -> Question:
    return Question(spend_id=at.told(at.by_wechat(accepts=1)))


@flow("sent_by_email")
def an_empty_number_and_a_mail_address(at: Desk) -> Question:
    member_id = at.by_wechat()
    change = {"email": f"a{at.phone}@example.com", "consents": {"email": True}}
    at.house.member(member_id).patch("/v1/me", change)
    return Question(spend_id=at.told(member_id))


@flow("phone_changed")
def a_phone_bound_after_it_was_sent(at: Desk) -> Question:
    member_id = at.by_wechat()
    ledger().members.bind_phone(ledger().card(member_id).member, at.phone, ledger(), BY)
    at.house.member(member_id).patch("/v1/me", {"consents": {"sms": True}})
    spend_id = at.told(member_id)
    new = f"135{at.phone[3:]}"
    ledger().members.bind_phone(ledger().card(member_id).member, new, ledger(), BY)
    return Question(phone=new, about=ledger().entry(spend_id).booked_at)  # type: ignore[union-attr] # just booked


# It did not


@flow("no_consent")
def a_member_who_wants_no_messages(at: Desk) -> Question:
    return Question(spend_id=at.told(at.member(consents={"sms": False})))


@flow("no_address")
def no_phone_where_wechat_is_not_set_up(at: Desk) -> Question:
    at.channels = ("sms",)
    return Question(spend_id=at.told(at.by_wechat()))


@flow("no_wechat_quota")
def no_phone_and_no_notice_allowed(at: Desk) -> Question:
    return Question(spend_id=at.told(at.by_wechat()))


@flow("no_wechat_quota")
def wechat_counts_fewer_than_we_do(at: Desk) -> Question:
    member_id = at.by_wechat(accepts=1)
    at.upstreams.world.store.put("quota", f"o-{at.phone} tmpl-spend", 0)
    return Question(spend_id=at.told(member_id))


@flow("not_offered")
def a_kind_without_a_template(at: Desk) -> Question:
    member_id = at.member()
    at.house.top_up(member_id, at.phone, 10_000)
    at.deliveries().go_on(at.made(f"{member_id}-1"))
    return Question(name=at.phone, store_id="s1", home="s1")


@flow("member_gone")
def a_member_whose_profile_is_not_there(at: Desk) -> Question:
    spend_id = at.spend(at.member())
    message = at.made(spend_id)
    at.later = timedelta(minutes=6)
    replace(at.deliveries(), contact=lambda _: None).go_on(message)
    return Question(spend_id=spend_id)


@flow("number_refused")
def a_number_that_the_provider_finds_wrong(at: Desk) -> Question:
    at.fault(_both("InvalidParameterValue.IncorrectPhoneNumber", "isv.MOBILE_NUMBER_ILLEGAL"))
    return Question(spend_id=at.told(at.member()))


@flow("blacklisted")
def a_number_on_the_providers_own_list(at: Desk) -> Question:
    at.fault(_both("FailedOperation.PhoneNumberInBlacklist", "isv.MOBILE_NUMBER_ILLEGAL"))
    return Question(spend_id=at.told(at.member()))


@flow("content_refused")
def words_that_the_provider_refuses(at: Desk) -> Question:
    at.fault(_both("FailedOperation.ContainSensitiveWord", "isv.SMS_CONTENT_ILLEGAL"))
    return Question(spend_id=at.told(at.member()))


@flow("template_refused")
def a_template_that_neither_knows(at: Desk) -> Question:
    at.fault(BAD_TEMPLATE)
    return Question(spend_id=at.told(at.member()))


CARRIERS: Mapping[str, Code] = {
    "MK:0001": "number_empty",
    "MK:0005": "number_suspended",
    "MK:0010": "phone_off",
    "EXPIRED": "phone_off",
    "MBBLACK": "blacklisted",
    "ID:0076": "keyword_blocked",
    "MK:0115": "spam_blocked",
    "MA:0024": "sign_name_unregistered",
    "IB:0008": "carrier_busy",
    "XX:9999": "carrier_refused",
}


def _carrier(code: str) -> Callable[[Desk], Question]:
    def run(at: Desk) -> Question:
        at.fault(code)
        return Question(spend_id=at.told(at.member(), A_RECEIPT_LATER, 2 * A_RECEIPT_LATER))

    return run


FLOWS += [Flow(code, f"the_carrier_says_{word}", _carrier(word)) for word, code in CARRIERS.items()]


def _held(at: Desk) -> str:
    member_id, pen = at.member(), registered(at.house, f"held-{at.phone}")
    card = card_of(member_id, 50_000, issued_at=clock.now() - timedelta(days=30))
    record = pen.sell(member_id, 700, method="balance", card=card, name=at.phone)
    held_id: str = hand_in(at.house.till, pen, [record])["items"][0]["held_id"]
    return held_id
