"""What leads to a message that went out."""

from datetime import timedelta

from chalicelib.kernel import clock
from chalicelib.ledger.built import ledger
from chalicelib.messages.model.evidence import Question
from tests.house import BY
from tests.integration.messages.flows.desk import A_RECEIPT_LATER, Desk, flow


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
