"""Notices and codes by SMS: through the first of the chain's providers that takes it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from chalicelib.adapters import sms
from chalicelib.adapters.secrets import NoSuchSecretError
from chalicelib.adapters.upstream import Refused, Unreachable
from chalicelib.notices.model.subscribers import Asked, Subscriber
from chalicelib.notices.templates import texts
from chalicelib.outages.model.notices import Notice

_ANOTHER_MAY_TAKE_IT = frozenset({"account", "template", "origin", "frequency"})


class SmsProvider(Protocol):
    def send(
        self, phone: str, template_id: str, params: Sequence[str], reference: str
    ) -> object: ...


class SmsLine(NamedTuple):
    """A provider with the templates that it approved."""

    name: str
    provider: SmsProvider
    notice_template: str
    code_template: str


@dataclass(frozen=True)
class Sms:
    """Never through a second provider after one that may have taken it. `code` is that of who was asked."""

    lines: Sequence[SmsLine]
    code: Callable[[Asked], str]

    def tell(self, to: Subscriber, notice: Notice) -> None:
        reference = f"{sms.NOTICE_REFERENCE}{notice.notice_id}-{to.subscriber_id}"

        def send(line: SmsLine) -> object:
            values = texts.notice_values(notice, line.name)
            return line.provider.send(to.contact.address, line.notice_template, values, reference)

        self._through_one(send)

    def ask(self, asked: Asked) -> bool:
        """What they confirm by is typed: nothing of ours that a phone opens stands in an SMS."""
        reference = f"{sms.NOTICE_REFERENCE}ask-{asked.subscriber_id}-{asked.letters}"
        values = [self.code(asked)]

        def send(line: SmsLine) -> object:
            return line.provider.send(asked.contact.address, line.code_template, values, reference)

        self._through_one(send)
        return False

    def _through_one(self, send: Callable[[SmsLine], object]) -> None:
        """Raises what the first of them said where none took it."""
        said: list[Exception] = []
        for line in self.lines:
            try:
                send(line)
            except Refused as refused:
                if refused.kind not in _ANOTHER_MAY_TAKE_IT:
                    raise
                said.append(refused)
            except (Unreachable, NoSuchSecretError) as error:
                said.append(error)
            else:
                return
        raise said[0]
