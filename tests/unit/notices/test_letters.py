"""Letters and hooks: in the reader's language, with a way out in each."""

import json
from datetime import UTC, datetime

import pytest

from chalicelib.adapters.keyring import Keyring
from chalicelib.notices.model.subscribers import Contact, Scope, Subscriber
from chalicelib.notices.service.links import Links, subscriber_id
from chalicelib.notices.templates.hooks import Hooks
from chalicelib.notices.templates.letters import Letters
from chalicelib.outages.model.words import Language, Words
from tests.unit.notices.words import a_notice

LINKS = Links(Keyring({"v1": bytes(32)}, "v1"), "https://status.example/api")
LETTERS = Letters("灯塔", "https://status.example", LINKS.confirm, LINKS.leave)
WHO = subscriber_id(LINKS.keyring, "email", "wang@example.com")


@pytest.mark.parametrize(
    ("language", "subject", "marked"),
    [
        ("zh-CN", "【灯塔】故障进展：收银缓慢", False),
        ("en", "[灯塔] Incident update: Tills are slow", True),
    ],
)
def test_a_letter_says_so_where_a_language_is_missing(
    language: Language,
    subject: str,
    marked: bool,  # noqa: FBT001
) -> None:
    letter = LETTERS.notice(a_notice(), language, WHO)
    assert letter.subject == subject
    assert ("Chinese only" in letter.text) is marked
    assert "正在处理。" in letter.text


def test_a_letter_can_be_left_in_one_tap_also_by_the_mail_program() -> None:
    letter = LETTERS.notice(a_notice(body=Words("好", "Fine")), "en", WHO)
    link = LINKS.leave(WHO)
    assert link in letter.text
    assert letter.headers["List-Unsubscribe"] == f"<{link}>"
    assert letter.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    token = link.split("/")[-2]
    assert LINKS.fits(token, "leave", "")
    assert not LINKS.fits(token, "confirm", "")
    assert not LINKS.fits(token[:-1] + ("0" if token[-1] != "0" else "1"), "leave", "")
    assert "wang" not in link


def test_a_hook_has_the_shape_that_readers_of_statuspage_know() -> None:
    hooks = Hooks("https://status.example", LINKS.confirm, LINKS.leave)
    now = datetime(2026, 11, 22, 8, tzinfo=UTC)
    to = Subscriber(
        subscriber_id=WHO,
        channel="webhook",
        contact=Contact("https://hooks.example"),
        scope=Scope(),
        language="zh-CN",
        since=now,
    )
    said = json.loads(hooks.notice(a_notice(), to, now))
    assert said["incident"]["name"] == "收银缓慢"
    assert said["incident"]["status"] == "identified"
    assert said["incident"]["incident_updates"][0]["body"] == "正在处理。"
    assert said["meta"]["unsubscribe"] == LINKS.leave(WHO)
