"""E-mail against a relay on loopback."""

from urllib.parse import quote

import pytest

from chalicelib.adapters.email import Mailer
from chalicelib.adapters.upstream import Refused, Unknown, Unreachable
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


def test_a_relay_that_is_not_there_is_unreachable(upstreams: Running) -> None:
    with pytest.raises(Unreachable) as unreachable:
        send(mailer_at(9))
    assert leaked(shown_by(unreachable.value), upstreams) == []
