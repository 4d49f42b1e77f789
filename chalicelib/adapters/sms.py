"""What providers of short messages have in common: how their codes are read, and what they tell of a message."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Literal, TypeVar

from chalicelib.adapters.upstream import RefusalClass, Refused, Unknown, Unreachable, UpstreamError

CarrierWord = Literal[
    "delivered", "no_such_number", "suspended", "off", "blacklisted", "keyword", "spam",
    "flow_control", "sign_name", "expired", "rejected", "other",
]  # fmt: skip
Meaning = RefusalClass | Literal["unknown", "unreachable"]
# What the carriers' gateways answer differs from one to the other and is listed nowhere in full: the beginnings that
# are the same in the lists which several senders publish (mysubmail.com/documents/1XQAE4, anxin163.com/news_view.asp?
# id=78, Huawei Cloud's sms_05_0051), and Aliyun's own words for them (help.aliyun.com/document_detail/101347).
# `off` is also out of reach, and where the gateway does not say which.
_CARRIER_WORDS: dict[str, CarrierWord] = {
    "DELIV": "delivered",
    "BLACK": "blacklisted",
    "BEYOND": "flow_control",
    "CMPPERR:8": "flow_control",
    "CONTENT_": "keyword",
    "DB:0144": "blacklisted",
    "EXPIRED": "expired",
    "HD:0001": "blacklisted",
    "IB:0008": "flow_control",
    "ID:0076": "keyword",
    "INVALID_NUMBER": "off",
    "KEYWORD": "keyword",
    "MA:0001": "blacklisted",
    "MA:0022": "flow_control",
    "MA:0024": "sign_name",
    "MBBLACK": "blacklisted",
    "MK:0001": "no_such_number",
    "MK:0005": "suspended",
    "MK:0010": "off",
    "MK:0013": "suspended",
    "MK:0115": "spam",
    "MOBILE_ACCOUNT_ABNORMAL": "suspended",
    "MOBILE_IN_BLACK": "blacklisted",
    "MOBILE_NOT_ON_SERVICE": "off",
    "MOBILE_SEND_LIMIT": "flow_control",
    "MOBLLE_TERMINAL_ERROR": "off",  # their spelling
    "MOBILE_TERMINAL_ERROR": "off",
    "QM_FAIL": "sign_name",
    "REJECT": "rejected",
    "SIGFAIL": "sign_name",
    "SIGN": "sign_name",  # SIGNATURE_BLACKLIST, SIGNBLOCKED
    "UNDELIV": "off",
    "USER_REJECT": "blacklisted",
}
NOTICE_REFERENCE = "notice-"  # begins the references of those that are no message of a member's
BEIJING = timezone(timedelta(hours=8))  # in which providers write their times, without a zone
T = TypeVar("T")


@dataclass(frozen=True)
class Report:
    """What became of one message. `delivered` is None where the carrier has said neither.

    `serial_no` is the provider's, `carrier_code` the carrier's own word, `reference` what the send gave along; each is
    empty where the provider does not say it.
    """

    serial_no: str
    delivered: bool | None
    carrier_code: str
    reported_at: datetime | None
    reference: str = field(default="", repr=False)


def meaning(provider: str, code: str, meanings: Mapping[str, Meaning]) -> UpstreamError:
    """By exact name or by what the name begins with; the longest that fits counts.

    A code that nobody has listed is a no of an unknown class.
    """
    kind = _longest(code, meanings) or "other"
    if kind == "unknown":
        return Unknown(provider, code)
    if kind == "unreachable":
        return Unreachable(provider, code)
    return Refused(provider, code, kind)


def carrier_word(code: str) -> CarrierWord:
    """What a carrier's own code comes to, by what it begins with."""
    return _longest(code.upper(), _CARRIER_WORDS) or "other"


def beijing_time(text: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(text or "").replace(tzinfo=BEIJING)
    except ValueError:
        return None


def _longest(code: str, known: Mapping[str, T]) -> T | None:
    fitting = [name for name in known if code.startswith(name)]
    return known[max(fitting, key=len)] if fitting else None
