"""The closed list of verdicts in the documents is the one that is answered."""

from typing import get_args

from chalicelib.adapters.sms import CarrierWord
from chalicelib.adapters.upstream import RefusalClass
from chalicelib.messages.model.diagnosis import CODES
from chalicelib.messages.templates.reasons import REFUSED_FOR, WORDS
from chalicelib.messages.templates.verdicts import GROUPS, VERDICTS
from infra import verdicts


def test_the_page_lists_the_verdicts_in_the_words_of_today() -> None:
    page = verdicts.FILE.read_text()
    assert verdicts.text(page) == page


def test_every_verdict_stands_in_one_group_and_has_words() -> None:
    grouped = [code for group in GROUPS.values() for code in group]
    assert sorted(grouped) == sorted(CODES)
    assert set(VERDICTS) == set(CODES)


def test_every_word_of_a_carrier_and_every_class_of_refusal_is_told_plainly() -> None:
    assert set(WORDS) == set(get_args(CarrierWord))
    assert set(REFUSED_FOR) == set(get_args(RefusalClass)) - {"code"}  # of a log-in


def test_what_is_said_to_staff_and_to_the_member_is_whole_in_both_languages() -> None:
    for code, said in VERDICTS.items():
        for words in said:
            for text in words:
                assert text.zh.endswith(("。", "{again}", "{near}")), code
                assert text.en.endswith((".", "{again}", "{near}")), code
