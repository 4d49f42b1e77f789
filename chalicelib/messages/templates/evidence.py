"""Each piece of evidence in words, and all of them in the order of time."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from chalicelib.kernel.errors import Text
from chalicelib.messages.model.choice import masked
from chalicelib.messages.model.evidence import Consent, Down, Incident, Known, Till, What
from chalicelib.messages.model.hearing import CONFLICT
from chalicelib.messages.model.message import Attempt, Decision, Message, Template
from chalicelib.messages.templates.phrases import local
from chalicelib.messages.templates.reasons import (
    AFTER_ALL,
    AT_ODDS,
    CHANNELS,
    PROVIDERS,
    REFUSED_FOR,
    WECHAT_DID_NOT,
    WECHAT_SHOWED,
    WHY_LEFT,
    WORDS,
)

_AT_THE_STORE = Text("在门店", " at the store")
_AT_ONE_TIME: tuple[What, ...] = ("booked", "made", "left", "attempt", "report", "looked_at_next")


class Evidence(NamedTuple):
    """`code` is in the words of whoever said it: the carrier, a provider, the ledger, a channel's rule."""

    what: What
    says: Text
    at: datetime | None = None
    code: str | None = None
    provider: str | None = None
    reference: str | None = None
    template: Template | None = None


def evidence(known: Known) -> list[Evidence]:
    """All that is known, in the order of time where it has one."""
    found = [*_of_nothing(known), *_of_message(known)]
    if known.consent:
        found.append(_consent(known.consent))
    found += [_down(one) for one in known.downs]
    found += [_incident(one) for one in known.incidents]
    timed = sorted((one for one in found if one.at), key=lambda one: _place(one, known.now))
    return [one for one in found if one.at is None] + timed


def _place(one: Evidence, now: datetime) -> tuple[datetime, int]:
    """What comes of something stands after it, also where both bear one time."""
    return one.at or now, _AT_ONE_TIME.index(one.what) if one.what in _AT_ONE_TIME else -1


def moment(at: datetime) -> Text:
    there = local(at)
    return Text(f"{there.month}月{there.day}日{there:%H:%M}", f"{there:%Y-%m-%d %H:%M} (UTC+8)")


def _of_nothing(known: Known) -> Iterator[Evidence]:
    if near := near_phones(known):
        yield Evidence("phones_near", near)
    if known.refusal:
        yield Evidence("order_refused", known.refusal.said, code=known.refusal.code)
    if known.withheld:
        held = known.withheld
        yield Evidence("held", held.said, held.held_at, held.code)
    for till in known.tills:
        yield _till(till)


def near_phones(known: Known) -> Text | None:
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
            yield _at_odds(decision, one) if decision.reason == CONFLICT else _left(decision)
    if known.contact and known.contact.phone:
        phone = masked("sms", known.contact.phone)
        said = Text(f"会员现在的手机号：{phone}。", f"The member's phone is {phone} now.")
        yield Evidence("phone_now", said)
    for resend in message.resends:
        yield Evidence(
            "resent", Text("由工作人员补发。", "Sent again by staff."), resend.at, resend.who
        )
    if message.due_at:
        said = Text("系统到时会自动再处理。", "It is looked at again by itself then.")
        yield Evidence("looked_at_next", said, message.due_at)


def _attempt(attempt: Attempt) -> Iterator[Evidence]:
    channel, by = CHANNELS[attempt.channel], PROVIDERS.get(attempt.provider)
    by = by or same(attempt.provider)
    outcome = _outcome(attempt)
    said = Text(
        f"第 {attempt.n} 次：{channel.zh}（{by.zh}）发往 {attempt.to}，{outcome.zh}。",
        f"Attempt {attempt.n}: {channel.en} by {by.en} to {attempt.to}: {outcome.en}.",
    )
    reported = attempt.state in {"delivered", "undelivered"}
    tried_at = attempt.started_at  # carriers tell whole seconds, and none reports what was not sent
    yield Evidence(
        "attempt",
        said,
        tried_at,
        None if reported else attempt.code,
        attempt.provider,
        attempt.provider_ref,
        attempt.template,
    )
    if reported:
        word = _word(attempt)
        code = attempt.report_code or attempt.code
        at = max(attempt.reported_at or attempt.ended_at or tried_at, tried_at)
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
    name, _, kind = decision.reason.partition(":")
    why = WHY_LEFT.get(name) or REFUSED_FOR.get(kind)
    why = why or same(decision.reason)
    by = PROVIDERS.get(decision.provider or "") if decision.channel == "sms" else None
    zh, en = (f"（{by.zh}）", f" of {by.en}") if by else ("", "")
    said = Text(f"没有走{channel.zh}{zh}：{why.zh}。", f"Not by {channel.en}{en}: {why.en}.")
    return Evidence("left", said, decision.at, decision.reason, decision.provider)


def _at_odds(decision: Decision, message: Message) -> Evidence:
    """A report that contradicts another is only on record; one that contradicts the provider itself counts."""
    counts = any(
        (one.channel, one.provider, one.report_code)
        == (decision.channel, decision.provider, decision.code)
        for one in message.attempts
    )
    said, code = AFTER_ALL if counts else AT_ODDS, decision.code or decision.reason
    return Evidence("report", said, decision.at, code, decision.provider)


def _consent(consent: Consent) -> Evidence:
    where = Text("在小程序里", " in the mini program") if consent.how == "app" else _AT_THE_STORE
    what = (
        Text("同意了", "agreed to") if consent.given else Text("没有同意（或取消了）", "declined")
    )
    said = Text(f"会员{where.zh}{what.zh}短信。", f"The member {what.en} SMS{where.en}.")
    return Evidence("consent", said, consent.at)


def _down(one: Down) -> Evidence:
    by = PROVIDERS.get(one.provider) or same(one.provider)
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


def same(text: str) -> Text:
    return Text(text, text)
