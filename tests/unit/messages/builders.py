"""Messages, contacts and offers for the tests of the rules."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from msgspec.structs import replace

from chalicelib.messages.model import course
from chalicelib.messages.model.choice import Choice, Offer, choose
from chalicelib.messages.model.course import Outcome
from chalicelib.messages.model.message import KINDS, Facts, Message

NOW = datetime(2026, 11, 22, 6, 5, tzinfo=UTC)
ALL = frozenset(KINDS)
SMS, WECHAT, EMAIL = (
    Offer("sms", "tencent", ALL),
    Offer("wechat", "wechat", ALL),
    Offer("email", "smtp", ALL),
)
OFFERS = (SMS, WECHAT, EMAIL)
ALIYUN = Offer("sms", "aliyun", ALL)
TWO_SMS = (SMS, ALIYUN, WECHAT, EMAIL)


class Someone(NamedTuple):
    member_id: str = "01M"
    phone: str | None = "13812345678"
    openid: str | None = "oAbcdefgh"
    email: str | None = "a.person@example.com"
    language: str = "zh-CN"
    consents: frozenset[str] = frozenset({"sms", "email"})


ANYONE = Someone()


def facts(**more: Any) -> Facts:  # noqa: ANN401
    given: dict[str, Any] = {
        "kind": "spend",
        "entry_id": "01M-7",
        "store_id": "s1",
        "store_name": "南京路店",
        "order_name": "A1",
        "amount_fen": 6800,
        "balance_after_fen": 13150,
        "booked_at": NOW,
    }
    return Facts(**{**given, **more})


def message(**more: Any) -> Message:  # noqa: ANN401
    made = Message("01M-" + "0" * 26, "01M", facts(), NOW, NOW, due_at=NOW + course.UNHEARD)
    return replace(made, **more)


def tried(
    was: Message,
    *outcomes: Outcome,
    contact: Someone = ANYONE,
    offers: Sequence[Offer] = OFFERS,
) -> Message:
    """The message after one attempt for each outcome, each by the offer that is next."""
    for outcome in outcomes:
        choice = choose(was, contact, offers, NOW)
        claimed = claim(was, choice, contact)
        settled = course.settled(claimed, claimed.last.n, outcome, NOW)
        assert settled is not None
        was = settled
    return was


def claim(was: Message, choice: Choice, contact: Someone = ANYONE) -> Message:
    assert choice.offer is not None
    address = {"sms": contact.phone, "wechat": contact.openid, "email": contact.email}
    return course.claimed(was, choice.offer, choice, address[choice.offer.channel] or "", NOW)
