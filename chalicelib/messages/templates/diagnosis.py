"""A diagnosis in words: the verdict and the next step."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from chalicelib.kernel.errors import Text
from chalicelib.messages.model.choice import address_of, masked
from chalicelib.messages.model.diagnosis import Verdict
from chalicelib.messages.model.evidence import Known
from chalicelib.messages.model.message import Attempt, ChannelName, Message
from chalicelib.messages.templates.evidence import moment, near_phones, same
from chalicelib.messages.templates.phrases import STORE_UNNAMED
from chalicelib.messages.templates.verdicts import VERDICTS

_NOTHING = Text("", "")
_SOON = Text("稍后", "soon")


class Told(NamedTuple):
    """A verdict as it is said to one who asks."""

    says: str
    then: str


def told(verdict: Verdict, known: Known, *, staff: bool, english: bool) -> Told:
    words = VERDICTS[verdict.code].staff if staff else VERDICTS[verdict.code].member
    chosen = 1 if english else 0
    values = {name: text[chosen] for name, text in _values(verdict, known).items()}
    return Told(words.says[chosen].format_map(values), words.then[chosen].format_map(values))


def _values(verdict: Verdict, known: Known) -> Mapping[str, Text]:
    attempt = _telling(verdict, known.message)
    report = attempt and (attempt.reported_at or attempt.ended_at)
    phone = address_of(known.contact, "sms") if known.contact else None
    reason = known.withheld.said if known.withheld else known.refusal and known.refusal.said
    return {
        "near": Text(near.zh, f" {near.en}") if (near := near_phones(known)) else _NOTHING,
        "store": same(known.elsewhere or "") if known.elsewhere else STORE_UNNAMED,
        "reason": _sentence(reason) if reason else _NOTHING,
        "again": _again(verdict.expected_at) if verdict.expected_at else _NOTHING,
        "expected": moment(verdict.expected_at) if verdict.expected_at else _SOON,
        "to": same(attempt.to if attempt else ""),
        "now_to": same(masked("sms", phone) if phone else "—"),
        "sent": moment(attempt.started_at) if attempt else _SOON,
        "reported": moment(report) if report else _SOON,
    }


def _again(at: datetime) -> Text:
    then = moment(at)
    return Text(f"系统会在{then.zh}自动再试。", f" It is tried again by itself at {then.en}.")


def _sentence(text: Text) -> Text:
    """A title may stand without its full stop."""
    return Text(f"{text.zh.rstrip('。')}。", f"{text.en.rstrip('.')}.")


def _telling(verdict: Verdict, message: Message | None) -> Attempt | None:
    """The attempt that the verdict speaks of: the one that arrived, else the last by that channel."""
    by: ChannelName = {"sent_by_wechat": "wechat", "sent_by_email": "email"}.get(  # type: ignore[assignment] # channels
        verdict.code, "sms"
    )
    attempts = message.attempts[::-1] if message else ()
    arrived = [one for one in attempts if one.state == "delivered" and one.channel == by]
    last = [one for one in attempts if one.channel == by]
    return next(iter([*arrived, *last, *attempts]), None)
