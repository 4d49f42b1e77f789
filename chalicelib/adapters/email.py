"""E-mail over an SMTP relay: one plain text at a time, and what became of it as far as the relay says."""

import smtplib
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, parseaddr
from functools import cache
from typing import Self
from urllib.parse import unquote, urlsplit

import certifi

from chalicelib import config
from chalicelib.adapters import line, secrets
from chalicelib.adapters.upstream import RefusalClass, Refused, Unknown, Unreachable, UpstreamError

_TIMEOUT_S = 10
_PORTS = {"smtps": 465, "smtp": 25}
_PERMANENT = 500
_TAKEN = 250
_NO_SUCH_BOX = frozenset({550, 551, 553, 556})  # RFC 5321, RFC 7504
_NOT_OF_THE_BOX = ("5.7.", "5.2.2", "5.1.7", "5.1.8")  # RFC 3463: policy, a full box, our sender
_NO_HEADERS: Mapping[str, str] = {}

_Talk = Callable[[], object]


@cache
def _trusted() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=certifi.where())


@dataclass(frozen=True)
class _Relay:
    host: str
    port: int
    secure: bool
    user: str = field(repr=False)
    password: str = field(repr=False)

    @classmethod
    def parse(cls, url: str) -> Self:
        """Raises Refused for what is no such URL: urlsplit would quote parts of it, so the password."""
        with suppress(ValueError, KeyError):
            parts = urlsplit(url)
            port = parts.port or _PORTS[parts.scheme]
            if parts.hostname:
                user, password = unquote(parts.username or ""), unquote(parts.password or "")
                return cls(parts.hostname, port, parts.scheme == "smtps", user, password)
        raise Refused("email", "bad_smtp_url", "account")

    def log_in(self, relay: smtplib.SMTP, trusted: Callable[[], ssl.SSLContext]) -> None:
        """A line that is not secure yet is made so where the relay can."""
        relay.ehlo_or_helo_if_needed()
        if not self.secure and relay.has_extn("starttls"):
            relay.starttls(context=trusted())
            relay.ehlo()
        if self.user:
            relay.login(self.user, self.password)


class Mailer:
    """`smtp_url` gives `smtps://user:password@host:465`, parts percent-encoded; `smtp://` is for a relay near by."""

    def __init__(
        self,
        smtp_url: Callable[[], str],
        sender: str,
        timeout_s: float,
        trusted: Callable[[], ssl.SSLContext] = _trusted,
    ) -> None:
        self._smtp_url = smtp_url
        self._trusted = trusted
        self._sender = sender
        self._timeout_s = timeout_s

    def send(
        self,
        to: str,
        subject: str,
        text: str,
        message_id: str,
        headers: Mapping[str, str] = _NO_HEADERS,
    ) -> None:
        """Returns when the relay has taken it, which is not yet delivery. `message_id` becomes the `Message-ID`.

        Raises Unreachable (no relay, or it said 4xx), Refused (5xx) or Unknown (the line was lost after the text).
        """
        letter = self._letter(to, subject, text, message_id, headers)
        with self._logged_in() as relay:
            self._hand_over(relay, to, letter)

    def knock(self) -> None:
        """Whether the relay would take a letter from us, as far as it says before one is begun; none is.

        Raises Unreachable or Refused (of class account).
        """
        with self._logged_in() as relay:
            _asked(lambda: _ok(*relay.noop()), "account")

    @contextmanager
    def _logged_in(self) -> Iterator[smtplib.SMTP]:
        where = _Relay.parse(self._smtp_url())
        relay = _reached(lambda: self._connect(where))
        try:
            _asked(lambda: where.log_in(relay, self._trusted), "account")
            yield relay
            with suppress(OSError, smtplib.SMTPException):
                relay.quit()
        finally:
            relay.close()

    def _hand_over(self, relay: smtplib.SMTP, to: str, letter: bytes) -> None:
        _, envelope_from = parseaddr(self._sender)
        _asked(lambda: _ok(*relay.mail(envelope_from)), "account")
        _asked(lambda: _ok(*relay.rcpt(to)), "number")
        _asked(lambda: _ok(*relay.data(letter)), "content", lost=Unknown)

    def _connect(self, where: "_Relay") -> smtplib.SMTP:
        """Our name is given: smtplib would look it up, which can take longer than the letter."""
        name, timeout_s = _domain(self._sender), self._timeout_s
        if not where.secure:
            return smtplib.SMTP(where.host, where.port, name, timeout_s)
        return smtplib.SMTP_SSL(
            where.host, where.port, name, timeout=timeout_s, context=self._trusted()
        )

    def _letter(
        self, to: str, subject: str, text: str, message_id: str, headers: Mapping[str, str]
    ) -> bytes:
        if not to.isascii() or not to.isprintable() or parseaddr(to) != ("", to) or "@" not in to:
            raise Refused("email", "no_address", "number")
        letter = EmailMessage()
        letter["From"] = self._sender
        letter["To"] = to
        letter["Subject"] = " ".join(subject.split())
        letter["Date"] = formatdate()
        letter["Message-ID"] = f"<{message_id}@{_domain(self._sender)}>"
        letter["Auto-Submitted"] = "auto-generated"
        for name, value in headers.items():
            letter[name] = value
        letter.set_content(text, cte="base64")
        return letter.as_bytes(policy=SMTP)


@cache
def mailer() -> Mailer | None:
    """One for each container; None where no relay is set, so that no real host is ever called by accident."""
    settings = config.settings()
    url_param = settings.smtp_url_param
    if not url_param or not settings.mail_from:
        return None
    return Mailer(lambda: secrets.read(url_param), settings.mail_from, _TIMEOUT_S)


def _reached(connect: Callable[[], smtplib.SMTP]) -> smtplib.SMTP:
    """A relay that is not there or does not greet is Unreachable, also where it says 554 instead of a greeting."""
    try:
        return connect()
    except smtplib.SMTPResponseException as error:
        code = str(error.smtp_code)
    except (OSError, smtplib.SMTPException) as error:
        code = line.word_for(error)
    raise Unreachable("email", code)


def _asked(talk: _Talk, kind: RefusalClass, lost: type[UpstreamError] = Unreachable) -> None:
    """One step of the conversation; `lost` is what a lost line means in it.

    Raised outside the `except`, so that no error carries smtplib's, which holds addresses and what the relay said.
    """
    trouble: UpstreamError
    try:
        talk()
    except smtplib.SMTPResponseException as error:
        code = str(error.smtp_code)
        permanent = error.smtp_code >= _PERMANENT
        if kind == "number" and not _of_the_box(error):
            kind = "other"
        trouble = Refused("email", code, kind) if permanent else Unreachable("email", code)
    except smtplib.SMTPNotSupportedError:
        trouble = Refused("email", "not_supported", "account")
    except (OSError, smtplib.SMTPException) as error:
        trouble = lost("email", line.word_for(error))
    else:
        return
    raise trouble


def _of_the_box(error: smtplib.SMTPResponseException) -> bool:
    """Whether a no to a recipient says that there is no such box; others are to us, or for now."""
    said = error.smtp_error
    text = said.decode("ascii", "replace") if isinstance(said, bytes) else said
    return error.smtp_code in _NO_SUCH_BOX and not text.startswith(_NOT_OF_THE_BOX)


def _ok(code: int, said: bytes) -> None:
    """251 and 252 are a yes as well. Some codes smtplib only hands back."""
    if not _TAKEN <= code < _TAKEN + 50:
        raise smtplib.SMTPResponseException(code, said)


def _domain(sender: str) -> str:
    return parseaddr(sender)[1].rpartition("@")[2]
