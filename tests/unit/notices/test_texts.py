"""A notice as an SMS that each provider takes, and the texts that they are to approve."""

import re
from typing import get_args

import pytest

from chalicelib.adapters.sms_aliyun import OF_CODE, OF_NOTICE
from chalicelib.adapters.sms_values import most_chars_of, unfit
from chalicelib.notices.templates import texts
from chalicelib.outages.model.notices import Kind
from chalicelib.outages.model.words import Words
from infra.upstreams.world import Settings
from tests.unit.notices.words import a_notice


@pytest.mark.parametrize("kind", get_args(Kind))
@pytest.mark.parametrize("provider", ["tencent", "aliyun"])
@pytest.mark.parametrize(
    "title", ["收银缓慢", "很" * 100, "【促销】见 https://a.example", "¥", "x\ny", "😀" * 30]
)
def test_whatever_a_notice_says_providers_take_it(kind: Kind, provider: str, title: str) -> None:
    values = texts.notice_values(a_notice(kind=kind, title=Words(title)), provider)
    assert unfit(values, most_chars_of(provider)) == []
    assert len(values) == len(OF_NOTICE)


def test_the_values_stand_in_the_order_of_the_text() -> None:
    values = texts.notice_values(a_notice(), "tencent")
    said = texts.NOTICE.format_map(dict(zip(OF_NOTICE, values, strict=True)))
    assert said == "正在处理：收银缓慢（11月22日16:00）。进展和退订请见我们的状态页。"


@pytest.mark.parametrize(
    ("text", "names", "at"), [(texts.NOTICE, OF_NOTICE, 5), (texts.CODE, OF_CODE, 6)]
)
def test_the_stand_ins_were_registered_with_just_these_texts(
    text: str, names: tuple[str, ...], at: int
) -> None:
    assert re.findall(r"\{(\w+)\}", text) == list(names)
    by_position = text.format_map({name: f"{{{n}}}" for n, name in enumerate(names, start=1)})
    by_name = text.format_map({name: f"${{{name}}}" for name in names})
    assert Settings().sms_templates[f"200000{at}"] == by_position
    assert Settings().aliyun_templates[f"SMS_300000{at}"] == by_name
