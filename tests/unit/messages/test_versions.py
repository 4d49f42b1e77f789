"""Every change of the words counts a version on: an attempt says by it which words a member got."""

import hashlib
import itertools
from collections.abc import Iterator

import pytest

from chalicelib.messages import templates
from chalicelib.messages.model.message import KINDS, Facts, Kind
from chalicelib.messages.templates.forms import FORMS
from chalicelib.messages.templates.words import BODY, LETTERS_VERSION, SUBJECT
from tests.unit.messages.builders import NOW, facts

# What each version said, or says. After a change add the new version: what was sent stays on record here.
_KEYS = "thing1 amount2 amount3 time4"
_SPEND = ("您在{store}消费{amount}元，余额{balance}元，时间{time}。", _KEYS)
_TOP_UP = ("您在{store}充值{amount}元，余额{balance}元，时间{time}。", _KEYS)
_REFUND = ("您在{store}退款{amount}元，余额{balance}元，时间{time}。", _KEYS)
WORDS: dict[tuple[Kind, int], tuple[str, str]] = {
    ("spend", 1): _SPEND,
    ("top_up", 1): _TOP_UP,
    ("refund", 1): _REFUND,
    ("void", 1): _REFUND,
    ("outage", 1): (
        "{store}自{time}起受到“{what}”影响，您的消费或通知可能延迟，敬请谅解。",
        "thing1 time2 thing3",
    ),
}
LETTERS = {1: "b0a14545ac554aae"}


@pytest.mark.parametrize("kind", FORMS)
def test_a_template_whose_words_or_keys_changed_has_another_version(kind: Kind) -> None:
    form = FORMS[kind]
    assert WORDS[kind, form.version] == (form.text, " ".join(form.wechat_keys))


def test_no_version_is_left_out() -> None:
    latest = {kind: max(version for of, version in WORDS if of == kind) for kind in FORMS}
    assert latest == {kind: form.version for kind, form in FORMS.items()}
    assert max(LETTERS) == LETTERS_VERSION


def test_letters_whose_words_changed_have_another_version() -> None:
    said = "\n".join(_letters())
    assert hashlib.sha256(said.encode()).hexdigest()[:16] == LETTERS[LETTERS_VERSION]


def _letters() -> Iterator[str]:
    """The sentences, and what they come to with each of the phrases that depend on what happened."""
    for kind in KINDS:
        yield from (*SUBJECT[kind], *BODY[kind])
        for told, english in itertools.product(_told(kind), (False, True)):
            yield "\n".join(templates.letter(told, english=english))


def _told(kind: Kind) -> Iterator[Facts]:
    for balance, delta, points in itertools.product(
        (13_150, -50), (0, -6800, 6800, 100), (0, 1, -7)
    ):
        money = {"balance_after_fen": balance, "delta_fen": delta, "points": points}
        yield facts(kind=kind, points_after=9, **money)
        more = {"bonus_fen": 500, "coupons": 1, "title": "券", "ends_at": NOW}
        yield facts(kind=kind, points_after=9, **money, **more)
        yield facts(kind=kind, store_name="", times=2, title="卡", amount_fen=0, **money)
        yield facts(kind=kind, coupons=2, times=1, happened_at=NOW, **money)
