"""The channels: a message put into the words of one provider, and an attempt asked after."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from chalicelib.adapters.secrets import NoSuchSecretError
from chalicelib.adapters.sms import carrier_word
from chalicelib.adapters.upstream import UpstreamError
from chalicelib.kernel.clock import Clock
from chalicelib.messages import templates
from chalicelib.messages.model.choice import Contact, Offer
from chalicelib.messages.model.hearing import CLOCKS_APART, NOT_TAKEN, Told, Verdict
from chalicelib.messages.model.message import Attempt, Kind, Message, Template
from chalicelib.messages.templates.forms import FORMS
from chalicelib.messages.templates.words import LETTERS_VERSION

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

    def template(self, message: Message, contact: Contact) -> Template:
        """The words that `send` would use."""

    def send(self, message: Message, contact: Contact, reference: str) -> str | None:
        """The provider's reference. Raises Unreachable, Unknown or Refused."""

    def look_up(self, attempt: Attempt, contact: Contact, others: Sequence[Attempt]) -> Verdict:
        """What became of an attempt; `others` are the ones of this member by the same provider about that time."""


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
    @property
    def reported_at(self) -> datetime | None: ...


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
    """By the provider of that name. It can be asked by phone and time, and answers with what it knows of them."""

    name: str
    provider: SmsProvider
    templates: Mapping[Kind, str]
    clock: Clock

    @property
    def offer(self) -> Offer:
        return Offer("sms", self.name, frozenset(self.templates))

    def counted(self, message: Message, contact: Contact) -> Counted | None:  # noqa: ARG002
        return None

    def template(self, message: Message, contact: Contact) -> Template:  # noqa: ARG002
        return _registered(message, self.templates)

    def send(self, message: Message, contact: Contact, reference: str) -> str | None:
        template = self.templates[message.facts.kind]
        params = templates.sms_params(message.facts, self.name)
        return self.provider.send(contact.phone or "", template, params, reference).serial_no

    def look_up(self, attempt: Attempt, contact: Contact, others: Sequence[Attempt]) -> Verdict:
        since, until = attempt.started_at - CLOCKS_APART, self.clock()
        try:
            reports = self.provider.find(contact.phone or "", since, until)
        except UpstreamError as error:
            return Verdict("no_answer", code=error.code)
        except NoSuchSecretError:
            return Verdict("no_answer", code="no_secret")
        return _judged(reports, attempt, [one for one in others if one.started_at >= since])


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

    def template(self, message: Message, contact: Contact) -> Template:  # noqa: ARG002
        return _registered(message, self.templates)

    def send(self, message: Message, contact: Contact, reference: str) -> str | None:  # noqa: ARG002
        template = self.templates[message.facts.kind]
        values = templates.wechat_values(message.facts)
        return self.provider.send_subscribe(contact.openid or "", template, values, None)

    def look_up(self, attempt: Attempt, contact: Contact, others: Sequence[Attempt]) -> Verdict:  # noqa: ARG002
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

    def template(self, message: Message, contact: Contact) -> Template:  # noqa: ARG002
        return Template(LETTERS_VERSION, "en" if _reads_english(contact) else "zh")

    def send(self, message: Message, contact: Contact, reference: str) -> str | None:
        letter = templates.letter(message.facts, english=_reads_english(contact))
        self.provider.send(contact.email or "", letter.subject, letter.text, reference)
        return reference

    def look_up(self, attempt: Attempt, contact: Contact, others: Sequence[Attempt]) -> Verdict:  # noqa: ARG002
        return CANNOT_TELL


def _registered(message: Message, ids: Mapping[Kind, str]) -> Template:
    """Providers' templates are in Chinese."""
    kind = message.facts.kind
    return Template(FORMS[kind].version, template_id=ids[kind])


def _reads_english(contact: Contact) -> bool:
    return contact.language.startswith("en")


def _judged(reports: Sequence[Report], attempt: Attempt, others: Sequence[Attempt]) -> Verdict:
    """By our reference or theirs, else by exclusion: a receipt that belongs to no other attempt.

    Receipts nobody claims are shared out among the attempts that may have been taken and have no name of theirs. Where
    there are fewer of them, whose they are cannot be told, and then it is not safe to say of any that it was not taken.
    """
    for report in reports:
        theirs = attempt.provider_ref is not None and report.serial_no == attempt.provider_ref
        if report.reference == attempt.reference or theirs:
            return _as_reported(report)
    if attempt.provider_ref:
        return Verdict("not_found")
    known = {one.provider_ref for one in others}
    strangers = [one for one in reports if not one.reference and one.serial_no not in known]
    if not strangers:
        return Verdict("not_found")
    nameless = [one for one in others if not one.provider_ref and one.state not in NOT_TAKEN]
    if len(strangers) < 1 + len(nameless):
        return Verdict("ambiguous")
    if len({one.delivered for one in strangers}) > 1:
        return Verdict("taken")  # each of them was, and which one ended how cannot be told
    return _as_reported(strangers[0])


def _as_reported(report: Report) -> Verdict:
    told = _TOLD[report.delivered]
    if told == "taken":
        return Verdict(told, report.serial_no)
    kind = None if report.delivered else carrier_word(report.carrier_code)
    return Verdict(told, report.serial_no, report.carrier_code, kind, report.reported_at)
