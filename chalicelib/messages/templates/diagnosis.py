"""A diagnosis in words: the verdict, the next step, and each piece of evidence."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from chalicelib.kernel.errors import Text
from chalicelib.messages.model.choice import address_of, masked
from chalicelib.messages.model.diagnosis import Verdict
from chalicelib.messages.model.evidence import Consent, Down, Incident, Known, Till, What
from chalicelib.messages.model.message import Attempt, ChannelName, Decision, Message, Template
from chalicelib.messages.templates.phrases import STORE_UNNAMED, local
from chalicelib.messages.templates.reasons import (
    CHANNELS,
    CONFLICT,
    PROVIDERS,
    REFUSED_FOR,
    WECHAT_DID_NOT,
    WECHAT_SHOWED,
    WHY_LEFT,
    WORDS,
)
from chalicelib.messages.templates.verdicts import VERDICTS

_AT_THE_STORE = Text("在门店", " at the store")
_NOTHING = Text("", "")
_SOON = Text("稍后", "soon")


class Told(NamedTuple):
    """A verdict as it is said to one who asks."""

    says: str
    then: str


class Evidence(NamedTuple):
    """`code` is in the words of whoever said it: the carrier, a provider, the ledger, a channel's rule."""

    what: What
    says: Text
    at: datetime | None = None
    code: str | None = None
    provider: str | None = None
    reference: str | None = None
    template: Template | None = None


def told(verdict: Verdict, known: Known, *, staff: bool, english: bool) -> Told:
    words = VERDICTS[verdict.code].staff if staff else VERDICTS[verdict.code].member
    chosen = 1 if english else 0
    values = {name: text[chosen] for name, text in _values(verdict, known).items()}
    return Told(words.says[chosen].format_map(values), words.then[chosen].format_map(values))


def evidence(known: Known) -> list[Evidence]:
    """All that is known, in the order of time where it has one."""
    found = [*_of_nothing(known), *_of_message(known)]
    if known.consent:
        found.append(_consent(known.consent))
    found += [_down(one) for one in known.downs]
    found += [_incident(one) for one in known.incidents]
    timed = sorted((one for one in found if one.at), key=lambda one: one.at or known.now)
    return [one for one in found if one.at is None] + timed


def moment(at: datetime) -> Text:
    there = local(at)
    return Text(f"{there.month}月{there.day}日{there:%H:%M}", f"{there:%Y-%m-%d %H:%M} (UTC+8)")


def _values(verdict: Verdict, known: Known) -> Mapping[str, Text]:
    attempt = _telling(verdict, known.message)
    report = attempt and (attempt.reported_at or attempt.ended_at)
    phone = address_of(known.contact, "sms") if known.contact else None
    reason = known.withheld.said if known.withheld else known.refusal and known.refusal.said
    return {
        "near": Text(near.zh, f" {near.en}") if (near := _near(known)) else _NOTHING,
        "store": _same(known.elsewhere or "") if known.elsewhere else STORE_UNNAMED,
        "reason": _sentence(reason) if reason else _NOTHING,
        "again": _again(verdict.expected_at) if verdict.expected_at else _NOTHING,
        "expected": moment(verdict.expected_at) if verdict.expected_at else _SOON,
        "to": _same(attempt.to if attempt else ""),
        "now_to": _same(masked("sms", phone) if phone else "—"),
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


def _of_nothing(known: Known) -> Iterator[Evidence]:
    if near := _near(known):
        yield Evidence("phones_near", near)
    if known.refusal:
        yield Evidence("order_refused", known.refusal.said, code=known.refusal.code)
    if known.withheld:
        held = known.withheld
        yield Evidence("held", held.said, held.held_at, held.code)
    for till in known.tills:
        yield _till(till)


def _near(known: Known) -> Text | None:
    if not known.near:
        return None
    return Text(
        f"有 {known.near} 位会员的手机号与它只差一位或相邻两位颠倒。",
        f"The phones of {known.near} members differ from it by one digit or one swapped pair.",
    )


def _till(till: Till) -> Evidence:
    gaps = "、".join(f"{first}–{last}" for first, last in till.missing)
    name = till.name or till.device_id
    if not gaps:
        said = Text(
            f"离线收银设备“{name}”：收到的最后序号是 {till.highest}，之前的都齐了。",
            f"Till “{name}” sells off line: the last counter that came is {till.highest}, none below it is missing.",
        )
    else:
        said = Text(
            f"离线收银设备“{name}”：收到的最后序号是 {till.highest}，还缺 {gaps}。",
            f"Till “{name}” sells off line: the last counter that came is {till.highest}; {gaps.replace('、', ', ')}"
            " have not come.",
        )
    return Evidence("till", said, code=till.device_id)


def _of_message(known: Known) -> Iterator[Evidence]:
    message = known.message
    booked_at = (
        known.entry.booked_at if known.entry else message.facts.booked_at if message else None
    )
    if booked_at:
        yield Evidence("booked", Text("入账。", "Booked."), booked_at)
    if message is None:
        return
    made = Text("生成消息，并放进小程序。", "The message was made; the mini program has it.")
    yield Evidence("made", made, message.created_at)
    for one in (message, *known.beside):
        for attempt in one.attempts:
            yield from _attempt(attempt)
        for decision in one.decisions:
            yield _left(decision)
    if known.contact and known.contact.phone:
        phone = masked("sms", known.contact.phone)
        said = Text(f"会员现在的手机号：{phone}。", f"The member's phone is {phone} now.")
        yield Evidence("phone_now", said)
    for resend in message.resends:
        yield Evidence(
            "resent", Text("由工作人员补发。", "Sent again by staff."), resend.at, resend.who
        )
    if message.due_at:
        said = Text("系统下次处理的时间。", "When it is looked at again by itself.")
        yield Evidence("looked_at_next", said, message.due_at)


def _attempt(attempt: Attempt) -> Iterator[Evidence]:
    channel, by = CHANNELS[attempt.channel], PROVIDERS.get(attempt.provider)
    by = by or _same(attempt.provider)
    outcome = _outcome(attempt)
    said = Text(
        f"第 {attempt.n} 次：{channel.zh}（{by.zh}）发往 {attempt.to}，{outcome.zh}。",
        f"Attempt {attempt.n}: {channel.en} by {by.en} to {attempt.to}: {outcome.en}.",
    )
    reported = attempt.state in {"delivered", "undelivered"}
    yield Evidence(
        "attempt",
        said,
        attempt.started_at,
        None if reported else attempt.code,
        attempt.provider,
        attempt.provider_ref,
        attempt.template,
    )
    if reported:
        word = _word(attempt)
        code = attempt.report_code or attempt.code
        at = attempt.reported_at or attempt.ended_at
        yield Evidence("report", word, at, code, attempt.provider, attempt.provider_ref)


def _word(attempt: Attempt) -> Text:
    delivered = attempt.state == "delivered"
    if attempt.channel == "wechat":
        return WECHAT_SHOWED if delivered else WECHAT_DID_NOT
    return WORDS["delivered"] if delivered else WORDS.get(attempt.kind or "", WORDS["other"])


def _outcome(attempt: Attempt) -> Text:
    return {
        "calling": Text("正在调用", "being called"),
        "accepted": Text("服务商已受理", "taken by the provider"),
        "delivered": Text("服务商已受理", "taken by the provider"),
        "undelivered": Text("服务商已受理", "taken by the provider"),
        "refused": REFUSED_FOR.get(attempt.kind or "", REFUSED_FOR["other"]),
        "unreachable": Text("连不上服务商", "the provider could not be reached"),
        "unknown": Text("服务商没有明确回应", "the provider gave no clear answer"),
        "not_taken": Text("核实后服务商没有收到", "asked later, the provider knew nothing of it"),
        "unresolved": Text("服务商无法确认结果", "the provider cannot say what became of it"),
        "no_receipt": Text("已受理，72 小时内没有回执", "taken, and not reported within 72 hours"),
    }[attempt.state]


def _left(decision: Decision) -> Evidence:
    channel = CHANNELS[decision.channel]
    if decision.reason == "receipt_conflict":
        return Evidence("report", CONFLICT, decision.at, decision.reason, decision.provider)
    name, _, kind = decision.reason.partition(":")
    why = WHY_LEFT.get(name) or REFUSED_FOR.get(kind)
    why = why or _same(decision.reason)
    said = Text(f"没有走{channel.zh}：{why.zh}。", f"Not by {channel.en}: {why.en}.")
    return Evidence("left", said, decision.at, decision.reason, decision.provider)


def _consent(consent: Consent) -> Evidence:
    where = Text("在小程序里", " in the mini program") if consent.how == "app" else _AT_THE_STORE
    what = (
        Text("同意了", "agreed to") if consent.given else Text("没有同意（或取消了）", "declined")
    )
    said = Text(f"会员{where.zh}{what.zh}短信。", f"The member {what.en} SMS{where.en}.")
    return Evidence("consent", said, consent.at)


def _down(one: Down) -> Evidence:
    by = PROVIDERS.get(one.provider) or _same(one.provider)
    again = moment(one.until) if one.until else None
    said = Text(
        f"{by.zh}出了故障，暂停使用" + (f"，{again.zh}再试。" if again else "。"),
        f"{by.en} is failing and not used for now"
        + (f"; tried again {again.en}." if again else "."),
    )
    return Evidence("provider_down", said, one.since, one.why, one.provider)


def _incident(one: Incident) -> Evidence:
    over = moment(one.ended_at) if one.ended_at else None
    said = Text(
        f"故障公告“{one.name.zh}”，" + (f"{over.zh}恢复。" if over else "仍在处理。"),
        f"Incident “{one.name.en}”, " + (f"over at {over.en}." if over else "still open."),
    )
    return Evidence("incident", said, one.started_at, one.incident_id)


def _same(text: str) -> Text:
    return Text(text, text)
