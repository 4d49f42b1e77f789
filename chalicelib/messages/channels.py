"""The channels: a message put into the words of one provider, and an attempt asked after."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from chalicelib.adapters.upstream import UpstreamError
from chalicelib.kernel.clock import Clock
from chalicelib.messages import templates
from chalicelib.messages.model.choice import Contact, Offer
from chalicelib.messages.model.course import Told, Verdict
from chalicelib.messages.model.message import Attempt, Kind, Message

_CLOCKS_APART = timedelta(minutes=2)  # theirs and ours
CANNOT_TELL = Verdict("cannot_tell")
_TOLD: Mapping[bool | None, Told] = {True: "delivered", False: "undelivered", None: "taken"}


class Counted(NamedTuple):
    """Quota that one send uses up."""

    holder: str
    template: str


class Channel(Protocol):
    @property
    def offer(self) -> Offer: ...

    def counted(self, message: Message, contact: Contact) -> Counted | None:
        """The quota to take before sending; None where none is counted."""

    def send(self, message: Message, contact: Contact, reference: str) -> str | None:
        """The provider's reference. Raises Unreachable, Unknown or Refused."""

    def look_up(self, attempt: Attempt, contact: Contact, others: frozenset[str]) -> Verdict:
        """What became of an attempt; `others` are the provider's references of this member's other attempts."""


class Sent(Protocol):
    @property
    def serial_no(self) -> str: ...


class Report(Protocol):
    @property
    def serial_no(self) -> str: ...
    @property
    def reference(self) -> str: ...
    @property
    def delivered(self) -> bool | None: ...
    @property
    def carrier_code(self) -> str: ...


class SmsProvider(Protocol):
    def send(self, phone: str, template_id: str, params: Sequence[str], reference: str) -> Sent: ...
    def find(self, phone: str, since: datetime, until: datetime) -> Sequence[Report]: ...


class SubscribeProvider(Protocol):
    def send_subscribe(
        self, openid: str, template_id: str, values: Mapping[str, str], page: str | None
    ) -> str | None: ...


class MailProvider(Protocol):
    def send(self, to: str, subject: str, text: str, message_id: str) -> None: ...


@dataclass(frozen=True)
class Sms:
    """By Tencent Cloud. It can be asked by phone and time, and answers with what the carriers have reported."""

    provider: SmsProvider
    templates: Mapping[Kind, str]
    clock: Clock

    @property
    def offer(self) -> Offer:
        return Offer("sms", "tencent", frozenset(self.templates))

    def counted(self, message: Message, contact: Contact) -> Counted | None:  # noqa: ARG002
        return None

    def send(self, message: Message, contact: Contact, reference: str) -> str | None:
        template = self.templates[message.facts.kind]
        params = templates.sms_params(message.facts)
        return self.provider.send(contact.phone or "", template, params, reference).serial_no

    def look_up(self, attempt: Attempt, contact: Contact, others: frozenset[str]) -> Verdict:
        since, until = attempt.started_at - _CLOCKS_APART, self.clock()
        try:
            reports = self.provider.find(contact.phone or "", since, until)
        except UpstreamError as error:
            return Verdict("no_answer", code=error.code)
        found = _ours(reports, attempt, others)
        if found is None:
            return Verdict("not_found")
        return Verdict(_TOLD[found.delivered], found.serial_no, found.carrier_code)


@dataclass(frozen=True)
class Subscribe:
    """WeChat's subscribe message: one accept, one message. Nobody can be asked what became of one."""

    provider: SubscribeProvider
    templates: Mapping[Kind, str]
    holder: Callable[[str], str]

    @property
    def offer(self) -> Offer:
        return Offer("wechat", "wechat", frozenset(self.templates))

    def counted(self, message: Message, contact: Contact) -> Counted | None:
        return Counted(self.holder(contact.openid or ""), self.templates[message.facts.kind])

    def send(self, message: Message, contact: Contact, reference: str) -> str | None:  # noqa: ARG002
        template = self.templates[message.facts.kind]
        values = templates.wechat_values(message.facts)
        return self.provider.send_subscribe(contact.openid or "", template, values, None)

    def look_up(self, attempt: Attempt, contact: Contact, others: frozenset[str]) -> Verdict:  # noqa: ARG002
        return CANNOT_TELL


@dataclass(frozen=True)
class Mail:
    """E-mail: that a relay took it is the last that is heard."""

    provider: MailProvider
    kinds: frozenset[str]

    @property
    def offer(self) -> Offer:
        return Offer("email", "smtp", self.kinds)

    def counted(self, message: Message, contact: Contact) -> Counted | None:  # noqa: ARG002
        return None

    def send(self, message: Message, contact: Contact, reference: str) -> str | None:
        letter = templates.letter(message.facts, english=contact.language.startswith("en"))
        self.provider.send(contact.email or "", letter.subject, letter.text, reference)
        return reference

    def look_up(self, attempt: Attempt, contact: Contact, others: frozenset[str]) -> Verdict:  # noqa: ARG002
        return CANNOT_TELL


def _ours(reports: Sequence[Report], attempt: Attempt, others: frozenset[str]) -> Report | None:
    """By our reference; where the provider does not give it back, any report is ours that is no other attempt's.

    That errs towards "it was taken": a message too few is in the inbox still, one too many cannot be called back.
    """
    named = [one for one in reports if one.reference == attempt.reference]
    unnamed = [one for one in reports if not one.reference and one.serial_no not in others]
    return next(iter([*named, *unnamed]), None)
