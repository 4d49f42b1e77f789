"""Whether the verdict on a message is what providers and carriers know of it."""

from chalicelib.messages.model.diagnosis import Code, Verdict, diagnosed
from chalicelib.messages.model.evidence import Known
from chalicelib.messages.model.message import Message
from tests.simulation.storm import Storm, sms_of, taken_by_others

BY_THE_CARRIER: frozenset[Code] = frozenset({
    "number_empty", "number_suspended", "phone_off", "blacklisted", "keyword_blocked",
    "spam_blocked", "sign_name_unregistered", "carrier_busy", "carrier_refused",
})  # fmt: skip
NOBODY_CAN_SAY: frozenset[Code] = frozenset({"outcome_unknown", "asking_provider"})
UNDER_WAY: frozenset[Code] = frozenset({"on_its_way", "provider_trouble", "late"})


def verdict_on(storm: Storm, message: Message) -> Verdict:
    contact = storm.people.get(message.member_id)
    return diagnosed(Known(now=storm.clock(), message=message, contact=contact))


def is_so(storm: Storm, message: Message, code: Code) -> bool:
    """`delivered` may be wrong where a carrier said both: then the first word holds, and the conflict is on record."""
    fates = [fate for _, fate in sms_of(storm, message.message_id)]
    others = taken_by_others(storm, message)
    if code == "delivered":
        said_both = any(one.reason == "receipt_conflict" for one in message.decisions)
        return "delivered" in fates or (bool(fates) and said_both)
    if code in {"accepted_no_receipt_yet", "no_receipt"}:
        return bool(fates)
    if code in {"sent_by_wechat", "sent_by_email"}:
        return code.removeprefix("sent_by_") in others
    if code in BY_THE_CARRIER and fates:
        return "undelivered" in fates and "delivered" not in fates
    if code in NOBODY_CAN_SAY | UNDER_WAY:
        return True
    return "delivered" not in fates and not others
