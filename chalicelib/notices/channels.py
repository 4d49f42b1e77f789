"""The channels: a notice put into the words of each, and a first word to an address that is to confirm."""

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from chalicelib.adapters.secrets import NoSuchSecretError
from chalicelib.adapters.upstream import Refused, Unknown, Unreachable
from chalicelib.kernel.clock import Clock
from chalicelib.notices.model.jobs import Outcome
from chalicelib.notices.model.subscribers import Asked, Contact, Subscriber
from chalicelib.notices.templates import cards
from chalicelib.notices.templates.hooks import Hooks
from chalicelib.notices.templates.letters import Letters
from chalicelib.outages.model.notices import Notice

_LATER = frozenset({"frequency", "account"})  # a no that says nothing about this receiver
_NOBODY_THERE = frozenset({"number", "user", "quota"})  # quota: until they tap "allow" again


class Channel(Protocol):
    def tell(self, to: Subscriber, notice: Notice) -> None:
        """Raises Unreachable, Unknown or Refused."""

    def ask(self, asked: Asked) -> bool:
        """Ask the address to confirm; whether it did so at once. Raises the same."""


class SubscribeProvider(Protocol):
    def send_subscribe(
        self, openid: str, template_id: str, values: Mapping[str, str], page: str | None
    ) -> str | None: ...


@dataclass(frozen=True)
class Subscribe:
    """WeChat's subscribe message: one tap, one notice. How many are left WeChat knows best."""

    provider: SubscribeProvider
    template_id: str

    def tell(self, to: Subscriber, notice: Notice) -> None:
        values = cards.wechat_values(notice)
        self.provider.send_subscribe(to.contact.address, self.template_id, values, None)

    def ask(self, asked: Asked) -> bool:  # noqa: ARG002
        """Nobody but the member subscribes, who is logged in."""
        return False


class Bot(Protocol):
    def say(self, text: str) -> None: ...


@dataclass(frozen=True)
class WeCom:
    """`bot` makes the one of an address. Here the account is the receiver: a bot that was removed is gone."""

    bot: Callable[[str], Bot]
    letters: Letters

    def tell(self, to: Subscriber, notice: Notice) -> None:
        try:
            self.bot(to.contact.address).say(self.letters.short(notice, to.language))
        except Refused as refused:
            if refused.kind != "account":
                raise
            code = refused.code
        else:
            return
        raise Refused("wecom", code, "number")

    def ask(self, asked: Asked) -> bool:  # noqa: ARG002
        """Nobody but an operator subscribes a group, whose word is enough."""
        return False


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


def outcome_of(call: Callable[[], object]) -> Outcome:
    """What a try to tell somebody came to, whatever it raises."""
    try:
        call()
    except Unreachable as error:
        return Outcome("waiting", error.code)
    except NoSuchSecretError:
        return Outcome("waiting", "no_secret")
    except Unknown as error:
        return Outcome("unknown", error.code)
    except Refused as error:
        if error.kind in _LATER:
            return Outcome("waiting", error.code)
        return Outcome("failed", error.code, gone=error.kind in _NOBODY_THERE)
    return Outcome("sent")


def teller(channels: Mapping[str, Channel]) -> Callable[[Subscriber, Notice], Outcome]:
    """By the receiver's channel; one that is not set up any more is a failure."""

    def tell(to: Subscriber, notice: Notice) -> Outcome:
        channel = channels.get(to.channel)
        if channel is None:
            return Outcome("failed", "no_channel")
        return outcome_of(lambda: channel.tell(to, notice))

    return tell
