"""E-mail against a relay on loopback."""

import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import quote

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from chalicelib.adapters.email import Mailer
from chalicelib.adapters.upstream import Refused, Unknown, Unreachable
from infra.local import processes
from infra.upstreams.launch import Running
from tests.integration.adapters.conftest import Break
from tests.integration.adapters.leaks import ADDRESS, RELAY_PASSWORD, leaked, shown_by


def mailer_at(port: int) -> Mailer:
    url = f"smtp://user:{quote(RELAY_PASSWORD, safe='')}@127.0.0.1:{port}"
    return Mailer(lambda: url, "灯塔 <noreply@shop.example>", 1)


@pytest.fixture
def mailer(upstreams: Running) -> Mailer:
    return mailer_at(upstreams.smtp_port)


def send(mailer: Mailer) -> None:
    mailer.send(ADDRESS, "消费通知\n第二行", "您在人民路店消费 12.50 元。", "01KMESSAGE")


def test_a_letter_arrives_in_chinese_under_our_id(upstreams: Running, mailer: Mailer) -> None:
    send(mailer)
    (kept,) = upstreams.world.outbox.find("mail", ADDRESS)
    assert kept["subject"] == "消费通知 第二行"
    assert kept["text"].strip() == "您在人民路店消费 12.50 元。"
    assert (kept["id"], kept["from"]) == ("<01KMESSAGE@shop.example>", "noreply@shop.example")


@pytest.mark.parametrize("phase", ["rcpt", "data"])
def test_a_relay_that_asks_for_patience_is_tried_again(
    mailer: Mailer, broken: Break, phase: str
) -> None:
    broken("smtp", "smtp_reply", code=451, phase=phase)
    with pytest.raises(Unreachable) as unreachable:
        send(mailer)
    assert unreachable.value.code == "451"
    send(mailer)


@pytest.mark.parametrize(("phase", "kind"), [("rcpt", "number"), ("data", "content")])
def test_a_relay_that_says_no_is_believed(
    upstreams: Running, mailer: Mailer, broken: Break, phase: str, kind: str
) -> None:
    broken("smtp", "smtp_reply", code=550, phase=phase)
    with pytest.raises(Refused) as refused:
        send(mailer)
    assert (refused.value.kind, refused.value.code) == (kind, "550")
    assert leaked(shown_by(refused.value), upstreams) == []


@pytest.mark.parametrize("seconds", [0, 5])
def test_a_line_lost_after_the_text_is_unknown(
    upstreams: Running, mailer: Mailer, broken: Break, seconds: int
) -> None:
    broken("smtp", "accept_then_hang", seconds=seconds)
    with pytest.raises(Unknown) as unknown:
        send(mailer)
    assert len(upstreams.world.outbox.find("mail", ADDRESS)) == 1
    assert leaked(shown_by(unknown.value), upstreams) == []


@pytest.fixture(scope="session")
def relay_key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate for 127.0.0.1 that nobody but these tests trusts, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "relay")])
    address = x509.IPAddress(ip_address("127.0.0.1"))
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("relay") / "relay.pem"
    plain = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(plain + certificate.public_bytes(Encoding.PEM))
    return path


class Hearing:
    """A secure relay's ears: which passwords it was told, how many letters it got."""

    def __init__(self) -> None:
        self.passwords: list[bytes] = []
        self.letters = 0
        self.knows_us = True

    async def handle_DATA(self, *_: object) -> str:  # noqa: N802 - aiosmtpd's word
        self.letters += 1
        return "250 OK"

    def believe(
        self, _server: object, _session: object, _how: object, _mechanism: str, told: LoginPassword
    ) -> AuthResult:
        self.passwords.append(told.password)
        return AuthResult(success=self.knows_us, handled=False)


@pytest.fixture
def secure_relay(relay_key: Path) -> Iterator[tuple[int, Hearing]]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(relay_key)
    hearing = Hearing()
    port = processes.free_port()
    relay = Controller(
        hearing,
        hostname="127.0.0.1",
        port=port,
        ssl_context=context,
        authenticator=hearing.believe,
        auth_require_tls=False,
    )
    relay.start()
    yield port, hearing
    relay.stop()


def secure_mailer(port: int, trusted: ssl.SSLContext) -> Mailer:
    url = f"smtps://user:{quote(RELAY_PASSWORD, safe='')}@127.0.0.1:{port}"
    return Mailer(lambda: url, "noreply@shop.example", 2, lambda: trusted)


def test_a_letter_goes_over_a_secure_line_with_the_password_as_it_is(
    secure_relay: tuple[int, Hearing], relay_key: Path
) -> None:
    port, hearing = secure_relay
    send(secure_mailer(port, ssl.create_default_context(cafile=str(relay_key))))
    assert (hearing.passwords, hearing.letters) == ([RELAY_PASSWORD.encode()], 1)


def test_a_relay_that_cannot_prove_who_it_is_is_told_nothing(
    secure_relay: tuple[int, Hearing],
) -> None:
    port, hearing = secure_relay
    with pytest.raises(Unreachable) as unreachable:
        send(secure_mailer(port, ssl.create_default_context()))
    assert unreachable.value.code == "not_trusted"
    assert (hearing.passwords, hearing.letters) == ([], 0)


@pytest.mark.parametrize("talk", [send, Mailer.knock])
def test_a_relay_that_is_not_there_is_unreachable(
    upstreams: Running, talk: Callable[[Mailer], None]
) -> None:
    with pytest.raises(Unreachable) as unreachable:
        talk(mailer_at(9))
    assert leaked(shown_by(unreachable.value), upstreams) == []


def test_a_knock_logs_in_over_the_same_line_and_leaves_no_letter(
    secure_relay: tuple[int, Hearing], relay_key: Path
) -> None:
    port, hearing = secure_relay
    secure_mailer(port, ssl.create_default_context(cafile=str(relay_key))).knock()
    assert (hearing.passwords, hearing.letters) == ([RELAY_PASSWORD.encode()], 0)


def test_a_relay_that_knows_us_no_more_says_so_at_a_knock(
    upstreams: Running, secure_relay: tuple[int, Hearing], relay_key: Path
) -> None:
    port, hearing = secure_relay
    hearing.knows_us = False
    with pytest.raises(Refused) as refused:
        secure_mailer(port, ssl.create_default_context(cafile=str(relay_key))).knock()
    assert (refused.value.kind, refused.value.code) == ("account", "535")
    assert leaked(shown_by(refused.value), upstreams) == []
