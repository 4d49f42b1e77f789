"""What callers read of a message. Addresses are masked everywhere."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from chalicelib.adapters.http import At, at
from chalicelib.messages import templates
from chalicelib.messages.model.evidence import Known, What
from chalicelib.messages.model.message import Attempt, Decision, Message, Resend, Template

if TYPE_CHECKING:
    from chalicelib.messages.templates.evidence import Evidence


class MessageView(msgspec.Struct):
    """`channel` is where it went, or may have gone: sms, wechat, email; null while it is in the inbox only.

    `state` is one of created, sending, retrying, waiting, unknown, sent, delivered, failed, inbox. `spend_id` is the id
    of the ledger entry that it tells of, whatever its kind.
    """

    message_id: str
    kind: str
    subject: str
    text: str
    state: str
    channel: str | None
    spend_id: str
    store_id: str
    store_name: str
    out_trade_no: str
    amount_fen: int
    balance_after_fen: int
    created_at: At


class MessageList(msgspec.Struct):
    items: list[MessageView]
    next_cursor: str | None = None


class WordsView(msgspec.Struct):
    """Which version of our words in which language, `zh` or `en`; `template_id` is the provider's, of SMS and WeChat.

    The words of the version in force are in `GET /v1/message-templates`.
    """

    version: int
    language: str
    template_id: str | None


class AttemptView(msgspec.Struct):
    """One call to one provider. `reference` went with it, `provider_ref` came back.

    `code` is what the provider answered; `report_code` what the carrier said later, `report_word` what that comes to.
    `template` is what it was sent with; null for one from before that was kept.
    """

    n: int
    channel: str
    provider: str
    to: str
    state: str
    reference: str
    provider_ref: str | None
    code: str | None
    refused_for: str | None
    started_at: At
    ended_at: At | None
    report_code: str | None
    report_word: str | None
    reported_at: At | None
    template: WordsView | None


class DecisionView(msgspec.Struct):
    """Why a channel was left; with `provider`, why that one of its providers was. `receipt_conflict` leaves none: a
    report, of this `code`, contradicts what was known.
    """

    channel: str
    reason: str
    at: At
    provider: str | None = None
    code: str | None = None


class ResendView(msgspec.Struct):
    """Who had it sent again and why; `channels` are those that it may take again."""

    at: At
    who: str
    role: str
    reason: str
    channels: list[str]


class TraceView(MessageView):
    """A message with all that was tried. `due_at` is when it is looked at again."""

    member_id: str
    updated_at: At
    due_at: At | None
    attempts: list[AttemptView]
    decisions: list[DecisionView]
    resends: list[ResendView]


class EvidenceView(msgspec.Struct):
    """`says` is plain. `code` is in the words of whoever said it: the carrier, a provider, the ledger, a rule; of a
    till it is the device, of an incident its id. `reference` is the provider's for the message, `template` the words
    that an attempt was sent with. A member reads none of these, nor `provider`.
    """

    what: What
    says: str
    at: At | None = None
    code: str | None = None
    provider: str | None = None
    reference: str | None = None
    template: WordsView | None = None


class LifeView(TraceView):
    """With its whole life in the order of time: booked, made, attempts and reports, channels left, sent again.

    `copies` went over other channels at once; what came of them is in the timeline too.
    """

    copies: list[TraceView]
    timeline: list[EvidenceView]


class TraceList(msgspec.Struct):
    """`hint` says what to look at where nothing was found."""

    items: list[TraceView]
    next_cursor: str | None = None
    hint: str | None = None


def message_view(message: Message, *, english: bool) -> MessageView:
    facts = message.facts
    letter = templates.letter(facts, english=english)
    return MessageView(
        message_id=message.message_id,
        kind=facts.kind,
        subject=letter.subject,
        text=letter.text,
        state=message.state,
        channel=message.channel,
        spend_id=facts.entry_id,
        store_id=facts.store_id,
        store_name=facts.store_name,
        out_trade_no=facts.order_name,
        amount_fen=facts.amount_fen,
        balance_after_fen=facts.balance_after_fen,
        created_at=at(message.created_at),
    )


def trace_view(message: Message, *, english: bool) -> TraceView:
    return TraceView(
        **msgspec.structs.asdict(message_view(message, english=english)),
        member_id=message.member_id,
        updated_at=at(message.updated_at),
        due_at=at(message.due_at) if message.due_at else None,
        attempts=[_attempt_view(one) for one in message.attempts],
        decisions=[_decision_view(one) for one in message.decisions],
        resends=[_resend_view(one) for one in message.resends],
    )


def life_view(message: Message, copies: Sequence[Message], *, english: bool) -> LifeView:
    from chalicelib.messages.templates import evidence as words  # noqa: PLC0415 - seldom asked for

    known = Known(now=message.updated_at, message=message, beside=tuple(copies))
    return LifeView(
        **msgspec.structs.asdict(trace_view(message, english=english)),
        copies=[trace_view(one, english=english) for one in copies],
        timeline=[evidence_view(one, staff=True, english=english) for one in words.evidence(known)],
    )


def evidence_view(one: "Evidence", *, staff: bool, english: bool) -> EvidenceView:
    made = EvidenceView(
        one.what, one.says.en if english else one.says.zh, at(one.at) if one.at else None
    )
    if staff:
        made.code, made.provider, made.reference = one.code, one.provider, one.reference
        made.template = _words_view(one.template)
    return made


def _attempt_view(one: Attempt) -> AttemptView:
    return AttemptView(
        n=one.n,
        channel=one.channel,
        provider=one.provider,
        to=one.to,
        state=one.state,
        reference=one.reference,
        provider_ref=one.provider_ref,
        code=one.code,
        refused_for=one.kind if one.state == "refused" else None,
        started_at=at(one.started_at),
        ended_at=at(one.ended_at) if one.ended_at else None,
        report_code=one.report_code,
        report_word=one.kind if one.state == "undelivered" else None,
        reported_at=at(one.reported_at) if one.reported_at else None,
        template=_words_view(one.template),
    )


def _words_view(one: Template | None) -> WordsView | None:
    return WordsView(one.version, one.language, one.template_id) if one else None


def _resend_view(one: Resend) -> ResendView:
    return ResendView(at(one.at), one.who, one.role, one.reason, list(one.channels))


def _decision_view(one: Decision) -> DecisionView:
    return DecisionView(one.channel, one.reason, at(one.at), one.provider, one.code)
