"""Notes for staff in one text that fits, and what is done after each try to say it."""

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.adapters.wecom import MOST_BYTES as BOT_TAKES
from chalicelib.messages import staff
from chalicelib.messages.model import digest
from chalicelib.messages.model.course import LEASE, Outcome
from chalicelib.messages.model.digest import AGAIN_AFTER, MOST_BYTES, REPEATED, Note

NOW = datetime(2026, 11, 22, 8, 5, tzinfo=UTC)
REFUSED = Outcome("refused", code="93000", kind="account")
TOO_MANY = Outcome("refused", code="45009", kind="frequency")
NO_ANSWER = Outcome("unknown", code="ReadTimeoutError")
NOT_THERE = Outcome("unreachable", code="NewConnectionError")


def notes(*texts: str) -> list[Note]:
    return [Note(f"k{n}", text, NOW - timedelta(minutes=n)) for n, text in enumerate(texts)]


def test_the_oldest_note_comes_first_and_each_has_its_local_hour() -> None:
    made = digest.composed("灯塔", notes("阿里云已恢复", "腾讯云已停用"))
    assert made.text == "【灯塔】值班提醒\n16:04 腾讯云已停用\n16:05 阿里云已恢复"
    assert len(made.taken) == 2


def test_what_does_not_fit_is_left_for_the_next() -> None:
    every = notes(*["灯" * 100] * 9)
    made = digest.composed("灯塔", every)
    assert [note.key for note in made.taken] == ["k8", "k7", "k6", "k5", "k4", "k3"]
    assert len(made.text.encode()) <= MOST_BYTES < len(made.text.encode()) + 307


def test_the_longest_note_fits_also_where_it_may_be_a_repeat() -> None:
    longest = "🏮" * staff.MOST_CHARS
    (digest_text, taken) = digest.composed("灯塔" * 20, notes(longest))
    assert len(taken) == 1
    assert len((REPEATED + digest_text).encode()) <= BOT_TAKES
    assert len(REPEATED.encode()) + MOST_BYTES <= BOT_TAKES


def test_what_is_told_is_not_due_again() -> None:
    told = digest.after(digest.begun("d", "一条", NOW), Outcome("accepted"), NOW)
    assert (told.state, told.due_at) == ("told", None)


def test_a_bot_that_is_gone_is_not_asked_again() -> None:
    done = digest.after(digest.begun("d", "一条", NOW), REFUSED, NOW)
    assert (done.state, done.due_at, done.code) == ("given_up", None, "93000")


@pytest.mark.parametrize("outcome", [TOO_MANY, NO_ANSWER, NOT_THERE], ids=lambda one: one.code)
def test_what_passes_is_tried_again_ever_later_and_then_given_up(outcome: Outcome) -> None:
    tried, now = digest.begun("d", "一条", NOW), NOW
    for pause in AGAIN_AFTER:
        tried = digest.after(tried, outcome, now)
        assert (tried.state, tried.due_at) == ("waiting", now + pause)
        now += pause
        tried = digest.again(tried, now)
    assert digest.after(tried, outcome, now).state == "given_up"


@pytest.mark.parametrize(
    ("outcome", "doubtful"), [(NO_ANSWER, True), (NOT_THERE, False), (TOO_MANY, False)]
)
def test_only_what_the_group_may_have_says_that_it_may_be_a_repeat(
    outcome: Outcome, *, doubtful: bool
) -> None:
    tried = digest.after(digest.begun("d", "一条", NOW), outcome, NOW)
    assert digest.again(tried, NOW).said.startswith(REPEATED) is doubtful


def test_who_began_and_is_gone_may_have_said_it() -> None:
    begun = digest.begun("d", "一条", NOW)
    assert begun.due_at == NOW + LEASE
    assert begun.said == "一条"
    assert digest.again(begun, NOW + LEASE).said == REPEATED + "一条"
