"""Letters and webhooks."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from chalicelib.kernel.clock import Clock
from chalicelib.notices.model.subscribers import Asked, Contact, Subscriber
from chalicelib.notices.templates.hooks import Hooks
from chalicelib.notices.templates.letters import Letters
from chalicelib.outages.model.notices import Notice


class MailProvider(Protocol):
    def send(
        self, to: str, subject: str, text: str, message_id: str, headers: Mapping[str, str] = ...
    ) -> None: ...


class Poster(Protocol):
    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> bytes: ...


@dataclass(frozen=True)
class Webhook:
    """Signed with what its owner gave for that: HMAC-SHA256 over the time, a full stop and the body."""

    poster: Poster
    hooks: Hooks
    clock: Clock

    def tell(self, to: Subscriber, notice: Notice) -> None:
        self._post(to.contact, self.hooks.notice(notice, to, self.clock()), notice.notice_id)

    def ask(self, asked: Asked) -> bool:
        """An endpoint that says the challenge back wants them: a 2xx alone says every catch-all."""
        challenge = asked.nonce
        said = self._post(asked.contact, self.hooks.verification(asked, challenge), "verification")
        return challenge.encode() in said

    def _post(self, to: Contact, body: bytes, name: str) -> bytes:
        at = str(int(self.clock().timestamp()))
        signed = hmac.digest(to.secret.encode(), at.encode() + b"." + body, "sha256").hex()
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Dengta-Status",
            "Dengta-Signature": f"t={at},v1={signed}",
            "Dengta-Notice-Id": name,
        }
        return self.poster.post(to.address, body, headers)


@dataclass(frozen=True)
class Mail:
    provider: MailProvider
    letters: Letters

    def tell(self, to: Subscriber, notice: Notice) -> None:
        letter = self.letters.notice(notice, to.language, to.subscriber_id)
        name = f"{notice.notice_id}-{to.subscriber_id}"
        self.provider.send(to.contact.address, letter.subject, letter.text, name, letter.headers)

    def ask(self, asked: Asked) -> bool:
        letter = self.letters.confirmation(asked)
        name = f"ask-{asked.subscriber_id}-{asked.letters}"
        self.provider.send(asked.contact.address, letter.subject, letter.text, name, letter.headers)
        return False
