"""A mail relay that delivers into the outbox, with the refusals and drops a real one has."""

import asyncio
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from infra.upstreams.faults import Fault
from infra.upstreams.world import World

OK = "250 OK"
LOST = "421 Connection lost"


class Relay:
    """Takes any user's password: what is checked here is the conversation."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: object
    ) -> str:
        fault = self._fault({address, str(envelope.mail_from)}, "rcpt")
        if fault is not None and fault.kind == "smtp_reply":
            return f"{fault.code} ordered by the fault control"
        name, at, domain = address.rpartition("@")
        if not (name and at and domain):
            return "553 5.1.3 The recipient is no address"
        envelope.rcpt_tos.append(address)
        return OK

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        self._world.calls["smtp"] += 1
        fault = self._fault({*envelope.rcpt_tos, str(envelope.mail_from)}, "data")
        if fault is None:
            return self._keep(envelope)
        if fault.kind == "smtp_reply":
            return f"{fault.code} ordered by the fault control"
        if fault.kind == "accept_then_hang":
            self._keep(envelope)
        await asyncio.sleep(fault.seconds)
        if isinstance(server.transport, asyncio.WriteTransport):
            server.transport.abort()
        return LOST

    def _fault(self, subjects: set[str], phase: str) -> Fault | None:
        with self._world.store.transaction():
            return self._world.faults.take("smtp", subjects, phase)

    def _keep(self, envelope: Envelope) -> str:
        content = envelope.content
        raw = content if isinstance(content, bytes) else str(content).encode()
        mail = message_from_bytes(raw, policy=policy.default)
        kept = {"from": envelope.mail_from, "subject": str(mail["Subject"] or ""), **_text(mail)}
        message_id = str(mail["Message-ID"] or "")
        with self._world.store.transaction():
            for recipient in envelope.rcpt_tos:
                self._world.outbox.add("mail", recipient, message_id, kept)
        return OK


def _text(mail: EmailMessage) -> dict[str, str]:
    found = {}
    for kind, name in (("plain", "text"), ("html", "html")):
        part = mail.get_body(preferencelist=(kind,))
        if part is not None:
            found[name] = str(part.get_content()).replace("\r\n", "\n")
    return found


class Sink(Controller):
    """The relay in a thread of its own; with port 0 it takes a free one."""

    def __init__(self, world: World, host: str, port: int) -> None:
        super().__init__(
            Relay(world),
            hostname=host,
            port=port,
            authenticator=_believe,
            auth_require_tls=False,
            enable_SMTPUTF8=True,
        )

    def _trigger_server(self) -> None:
        if isinstance(self.server, asyncio.Server):
            self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


def _believe(*_login: Any) -> AuthResult:  # noqa: ANN401
    return AuthResult(success=True)
