"""Why a member cannot find a message: one verdict out of a closed list, from what is known."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal, NamedTuple, get_args

from chalicelib.messages.model.choice import address_of, masked
from chalicelib.messages.model.evidence import Known
from chalicelib.messages.model.message import KINDS, Attempt, ChannelName, Message, State

Code = Literal[
    # nothing is there to be found
    "no_such_member", "other_phone", "no_such_spend", "other_store", "spend_not_here_yet",
    "spend_held", "spend_cancelled", "spend_refused", "nothing_then", "nobody_is_told",
    # under way
    "just_booked", "on_its_way", "late", "provider_trouble", "all_providers_down", "quiet_hours",
    "limit_reached", "asking_provider", "outcome_unknown",
    # it went out
    "accepted_no_receipt_yet", "no_receipt", "delivered", "sent_by_wechat", "sent_by_email",
    "phone_changed",
    # it did not
    "no_consent", "no_address", "no_wechat_quota", "not_offered", "member_gone", "number_empty",
    "number_suspended", "phone_off", "blacklisted", "keyword_blocked", "spam_blocked",
    "sign_name_unregistered", "carrier_busy", "carrier_refused", "number_refused",
    "content_refused", "template_refused", "provider_account", "not_shown_by_wechat",
]  # fmt: skip
CODES: tuple[Code, ...] = get_args(Code)
Sure = Literal["certain", "likely", "possible"]
OURS: frozenset[Code] = frozenset({
    "spend_not_here_yet", "nothing_then", "no_such_spend", "just_booked", "on_its_way", "late",
    "provider_trouble", "all_providers_down", "asking_provider", "outcome_unknown",
    "accepted_no_receipt_yet", "no_receipt", "provider_account",
})  # fmt: skip
"""Where a part of ours, or a provider, may have been down: the incidents of that time belong to the answer."""

THEIRS: frozenset[Code] = frozenset({
    "late", "provider_trouble", "all_providers_down", "asking_provider", "provider_account",
})  # fmt: skip
"""Where it helps to know which providers are not used now."""

MADE_WITHIN = timedelta(minutes=5)  # a stream's second, or the sweeper's round
SENT_WITHIN = timedelta(minutes=2)
LATE_AFTER = timedelta(minutes=5)  # past the time at which somebody had to look at it
RECEIPTS_END = timedelta(hours=72)
_CARRIER: Mapping[str, Code] = {
    "no_such_number": "number_empty",
    "suspended": "number_suspended",
    "off": "phone_off",
    "expired": "phone_off",
    "blacklisted": "blacklisted",
    "keyword": "keyword_blocked",
    "spam": "spam_blocked",
    "sign_name": "sign_name_unregistered",
    "flow_control": "carrier_busy",
}
_REFUSED: Mapping[str, Code] = {
    "number": "number_refused",
    "user": "no_address",
    "quota": "no_wechat_quota",
    "content": "content_refused",
    "template": "template_refused",
    "frequency": "limit_reached",
    "account": "provider_account",
    "origin": "provider_account",
}
# What counts most first. E-mail is never what a member misses, so its reasons decide nothing.
_LEFT: Mapping[tuple[ChannelName, str], Code] = {
    ("sms", "no_member"): "member_gone",
    ("sms", "phone_limit"): "limit_reached",
    ("sms", "member_limit"): "limit_reached",
    ("sms", "store_limit"): "limit_reached",
    ("sms", "no_consent"): "no_consent",
    ("wechat", "no_quota"): "no_wechat_quota",
    ("sms", "not_in_rules"): "not_offered",
    ("sms", "not_configured"): "not_offered",
    ("sms", "not_set_up"): "not_offered",
    ("sms", "no_phone"): "no_address",
}
_WAITS: Mapping[str, Code] = {
    "breaker_open": "all_providers_down",
    "unreachable": "all_providers_down",
    "refused:account": "provider_account",
    "refused:origin": "provider_account",
    "quiet_hours": "quiet_hours",
    "phone_limit": "limit_reached",
    "member_limit": "limit_reached",
    "store_limit": "limit_reached",
}
_IN_DOUBT = frozenset({"not_taken", "unresolved"})
_ORDER: tuple[ChannelName, ...] = ("sms", "wechat", "email")


class Verdict(NamedTuple):
    """`expected_at`: by then the message should be there, or more be known."""

    code: Code
    sure: Sure = "certain"
    expected_at: datetime | None = None


def diagnosed(known: Known) -> Verdict:
    if known.other_phone:
        return Verdict("other_phone")
    if known.message is None:
        return _of_nothing(known)
    return _phone_changed(known, known.message) or _of_message(known, known.message)


def missed(message: Message, copies: Sequence[Message]) -> Message:
    """Of a message and its copies the one that answers for all: the SMS, which is what a member looks for.

    Where that reached nobody and nobody works on it, one that did.
    """
    by_sms = next((one for one in copies if one.beside == "sms"), message)
    if by_sms.channel or by_sms.due_at:
        return by_sms
    return next((one for one in (message, *copies) if one.channel), by_sms)


def with_incidents(verdict: Verdict, known: Known) -> Verdict:
    """What is not expected before an incident ends is not promised before."""
    etas = [one.eta_at for one in known.incidents if one.eta_at and not one.ended_at]
    if verdict.expected_at is None or not etas:
        return verdict
    return verdict._replace(expected_at=max(verdict.expected_at, *etas))


def _of_nothing(known: Known) -> Verdict:
    if known.lacking == "member":
        return Verdict("no_such_member")
    if known.entry:
        return _of_booking(known)
    if known.withheld:
        return Verdict("spend_cancelled" if known.withheld.cancelled else "spend_held")
    if known.refusal or known.elsewhere is not None:
        return Verdict("spend_refused" if known.refusal else "other_store")
    if known.tills:
        gaps = any(till.missing for till in known.tills)
        return Verdict("spend_not_here_yet", "likely" if gaps else "possible")
    return Verdict("no_such_spend" if known.lacking == "spend" else "nothing_then", "likely")


def _of_booking(known: Known) -> Verdict:
    """Booked, and no message of it is there."""
    if known.entry is None or known.entry.kind not in KINDS:
        return Verdict("nobody_is_told")
    if known.now - known.entry.booked_at < MADE_WITHIN:
        return Verdict("just_booked", expected_at=known.entry.booked_at + MADE_WITHIN)
    return Verdict("late", expected_at=known.now + MADE_WITHIN)


def _phone_changed(known: Known, message: Message) -> Verdict | None:
    """It went by SMS to a number that is not the member's any more, and goes nowhere else by itself."""
    if message.state not in {"sent", "delivered", "failed", "unknown"}:
        return None
    if message.channel not in {None, "sms"}:
        return None
    phone = address_of(known.contact, "sms") if known.contact else None
    attempt = _last_by("sms", message)
    if phone is None or attempt is None or attempt.to == masked("sms", phone):
        return None
    return Verdict("phone_changed")


def _of_message(known: Known, message: Message) -> Verdict:
    late = message.due_at and known.now - message.due_at >= LATE_AFTER
    if late and _waited_for(message):
        return Verdict("late", expected_at=known.now + MADE_WITHIN)
    judges: Mapping[State, Callable[[Known, Message], Verdict]] = {
        "created": _of_sending,
        "sending": _of_sending,
        "retrying": _of_retrying,
        "waiting": _of_waiting,
        "unknown": _of_unknown,
        "sent": _of_sent,
        "delivered": _of_sent,
        "failed": _of_failed,
        "inbox": _of_inbox,
    }
    return judges[message.state](known, message)


def _waited_for(message: Message) -> bool:
    """Whether the member has nothing before somebody looks at it; a receipt may be asked for any time."""
    return message.state in {"created", "sending", "retrying", "waiting", "unknown"}


def _of_sending(_known: Known, message: Message) -> Verdict:
    return Verdict("on_its_way", expected_at=message.updated_at + SENT_WITHIN)


def _of_unknown(_known: Known, message: Message) -> Verdict:
    if message.due_at:
        return Verdict("asking_provider", expected_at=message.due_at)
    return Verdict("outcome_unknown")


def _of_retrying(_known: Known, message: Message) -> Verdict:
    trouble = message.attempts and message.last.state == "unreachable"
    expected_at = (message.due_at or message.updated_at) + SENT_WITHIN
    return Verdict("provider_trouble" if trouble else "on_its_way", expected_at=expected_at)


def _of_waiting(_known: Known, message: Message) -> Verdict:
    """By what was said last of the channel that comes first."""
    reasons = [one for one in reversed(message.lately.decisions) if one.reason in _WAITS]
    reasons.sort(key=lambda one: _ORDER.index(one.channel))
    code = _WAITS[reasons[0].reason] if reasons else "late"
    return Verdict(code, expected_at=message.due_at)


def _of_sent(known: Known, message: Message) -> Verdict:
    arrived = next((one for one in message.attempts if one.state == "delivered"), None)
    channel = arrived.channel if arrived else message.channel
    if channel == "wechat":
        return Verdict("sent_by_wechat")
    if channel == "email":
        return Verdict("sent_by_email")
    if arrived:
        return Verdict("delivered")
    attempt = _last_by("sms", message)
    if attempt is None or known.now - attempt.started_at >= RECEIPTS_END:
        return Verdict("no_receipt")
    return Verdict("accepted_no_receipt_yet", expected_at=message.due_at)


def _of_failed(_known: Known, message: Message) -> Verdict:
    """By the last SMS, which is what a member looks for; else by the last attempt.

    Not certain where a provider knew nothing of an earlier one that it may have taken: it may have come all the same.
    """
    attempt = _last_by("sms", message) or message.last
    doubtful = _IN_DOUBT & {one.state for one in message.attempts}
    return Verdict(_of_attempt(attempt), "likely" if doubtful else "certain")


def _of_attempt(attempt: Attempt) -> Code:
    if attempt.state == "undelivered" and attempt.channel == "wechat":
        return "not_shown_by_wechat"
    if attempt.state == "undelivered":
        return _CARRIER.get(attempt.kind or "", "carrier_refused")
    if attempt.state == "refused":
        if "blacklist" in (attempt.code or "").lower():
            return "blacklisted"
        return _REFUSED.get(attempt.kind or "", "carrier_refused")
    return "all_providers_down"


def _of_inbox(_known: Known, message: Message) -> Verdict:
    """No channel was tried: by the reason that counts most."""
    reasons = {(one.channel, one.reason) for one in message.lately.decisions}
    code = next((code for reason, code in _LEFT.items() if reason in reasons), None)
    return Verdict(code) if code else Verdict("not_offered", "likely")


def _last_by(channel: ChannelName, message: Message) -> Attempt | None:
    """Of what was tried since it was last opened again."""
    attempts = message.lately.attempts or message.attempts
    return next((one for one in reversed(attempts) if one.channel == channel), None)
