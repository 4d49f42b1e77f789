"""What leads to there being nothing to find."""

from datetime import timedelta

from chalicelib.kernel import clock
from chalicelib.ledger.built import ledger
from chalicelib.messages.model.evidence import Question
from tests.house import BY
from tests.integration.messages.flows.desk import Desk, flow
from tests.integration.stores.journals import card_of, hand_in, registered


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
    held(at)
    return Question(name=at.phone, store_id="s1", home="s1")


@flow("spend_held")
def the_member_of_a_held_sale_asks_by_phone(at: Desk) -> Question:
    held(at)
    return Question(phone=at.phone, home="s1", about=clock.now())


@flow("spend_cancelled")
def a_held_sale_that_a_manager_cancelled(at: Desk) -> Question:
    held_id = held(at)
    body = {"way": "cancel", "reason": "重复"}
    at.house.office.put(f"/v1/stores/s1/held/{held_id}/settlement", body)
    return Question(name=at.phone, store_id="s1", home="s1")


@flow("accepted_no_receipt_yet")
def a_held_sale_that_a_manager_charged(at: Desk) -> Question:
    """The receipt's number leads to what was posted in its place."""
    held_id = held(at)
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


def held(at: Desk) -> str:
    member_id, pen = at.member(), registered(at.house, f"held-{at.phone}")
    card = card_of(member_id, 50_000, issued_at=clock.now() - timedelta(days=30))
    record = pen.sell(member_id, 700, method="balance", card=card, name=at.phone)
    held_id: str = hand_in(at.house.till, pen, [record])["items"][0]["held_id"]
    return held_id
