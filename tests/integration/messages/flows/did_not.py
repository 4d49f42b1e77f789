"""What leads to a message that was not sent, or did not arrive."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

from chalicelib.messages.model.diagnosis import Code
from chalicelib.messages.model.evidence import Question
from tests.integration.messages.flows.desk import A_RECEIPT_LATER, FLOWS, Desk, Flow, both, flow

BAD_TEMPLATE = both("FailedOperation.TemplateIncorrectOrUnapproved", "isv.SMS_TEMPLATE_ILLEGAL")


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


@flow("not_shown_by_wechat")
def wechat_took_it_and_says_that_it_did_not_arrive(at: Desk) -> Question:
    spend_id = at.told(at.by_wechat(accepts=1))
    item = {
        "TemplateId": "tmpl-spend",
        "MsgID": at.read(spend_id).last.provider_ref,
        "ErrorCode": "7",
    }
    at.wechat_pushes("subscribe_msg_sent_event", {**item, "ErrorStatus": "failed"})
    at.deliveries().go_on(at.read(spend_id))
    return Question(spend_id=spend_id)


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
    at.fault(both("InvalidParameterValue.IncorrectPhoneNumber", "isv.MOBILE_NUMBER_ILLEGAL"))
    return Question(spend_id=at.told(at.member()))


@flow("blacklisted")
def a_number_on_the_providers_own_list(at: Desk) -> Question:
    at.fault(both("FailedOperation.PhoneNumberInBlacklist", "isv.MOBILE_NUMBER_ILLEGAL"))
    return Question(spend_id=at.told(at.member()))


@flow("content_refused")
def words_that_the_provider_refuses(at: Desk) -> Question:
    at.fault(both("FailedOperation.ContainSensitiveWord", "isv.SMS_CONTENT_ILLEGAL"))
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
