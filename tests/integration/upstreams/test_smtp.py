"""The stand-in relay against Python's own SMTP client."""

import smtplib
from email.message import EmailMessage

import pytest

from infra.upstreams.launch import Running
from tests.integration.upstreams.conftest import Control

TO = "member@example.com"


def mail(upstreams: Running, to: str = TO) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "dengta@example.com", to, "消费提醒"
    message["Message-ID"] = "<attempt-1@dengta.example>"
    message.set_content("您在人民路店消费35.00元。")
    with smtplib.SMTP("127.0.0.1", upstreams.smtp_port, timeout=5) as line:
        line.login("relay-user", "relay-word")
        line.send_message(message)


def kept(upstreams: Running) -> list[str]:
    return [item["id"] for item in upstreams.world.outbox.find("mail", TO)]


def test_a_mail_is_kept_with_its_subject_text_and_id(upstreams: Running) -> None:
    mail(upstreams)
    [item] = upstreams.world.outbox.find("mail", TO)
    assert (item["id"], item["from"]) == ("<attempt-1@dengta.example>", "dengta@example.com")
    assert (item["subject"], item["text"]) == ("消费提醒", "您在人民路店消费35.00元。\n")


@pytest.mark.parametrize("code", [451, 552])
def test_a_refusal_after_data_keeps_nothing(
    upstreams: Running, control: Control, code: int
) -> None:
    control("faults", {"endpoint": "smtp", "kind": "smtp_reply", "code": code})
    with pytest.raises(smtplib.SMTPDataError) as refused:
        mail(upstreams)
    assert refused.value.smtp_code == code
    assert kept(upstreams) == []
    mail(upstreams)
    assert len(kept(upstreams)) == 1


def test_a_recipient_may_be_refused_alone(upstreams: Running, control: Control) -> None:
    fault = {"endpoint": "smtp", "kind": "smtp_reply", "code": 550, "phase": "rcpt", "match": TO}
    control("faults", fault)
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        mail(upstreams)
    mail(upstreams)
    assert len(kept(upstreams)) == 1


@pytest.mark.parametrize(("kind", "accepted"), [("accept_then_hang", 1), ("hang_before", 0)])
def test_a_line_dropped_after_data_leaves_the_sender_in_doubt(
    upstreams: Running, control: Control, kind: str, accepted: int
) -> None:
    control("faults", {"endpoint": "smtp", "kind": kind, "seconds": 0})
    with pytest.raises(smtplib.SMTPServerDisconnected):
        mail(upstreams)
    assert len(kept(upstreams)) == accepted
