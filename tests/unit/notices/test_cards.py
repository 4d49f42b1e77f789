"""A notice as a subscribe message that WeChat takes."""

from typing import get_args

import pytest

from chalicelib.adapters.wechat.values import check_values
from chalicelib.notices.templates.cards import wechat_values
from chalicelib.outages.model.notices import Kind
from chalicelib.outages.model.words import Words
from tests.unit.notices.words import a_notice


@pytest.mark.parametrize("kind", get_args(Kind))
@pytest.mark.parametrize("body", ["", "好。", "很" * 500 + "\n😀", "line one\nline two " * 20])
def test_whatever_a_notice_says_wechat_takes_it(kind: Kind, body: str) -> None:
    check_values(wechat_values(a_notice(kind=kind, body=Words(body))))


def test_the_time_is_that_on_a_readers_clock() -> None:
    assert wechat_values(a_notice())["time3"] == "2026年11月22日 16:00"
