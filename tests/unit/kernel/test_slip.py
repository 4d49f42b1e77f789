"""A narrow page for a thermal printer."""

import re
from itertools import pairwise
from typing import Literal

import pytest

from chalicelib.kernel import slip
from chalicelib.kernel.slip import Bars, Cut, Head, Note, Part, Row

PARTS: list[Part] = [Head("店"), Row("拿铁", "18.00"), Note("谢谢"), Cut()]


@pytest.mark.parametrize("width", [58, 80])
def test_the_page_is_as_wide_as_the_paper(width: Literal[58, 80]) -> None:
    page = slip.page(width, "zh-CN", "小票", PARTS)
    assert re.search(rf"@page{{size:{width}mm \d+mm;margin:0}}", page)
    assert '<html lang="zh-CN">' in page


def test_what_people_typed_is_no_markup() -> None:
    typed = "<script>\"&'\x00\x1b"
    parts: list[Part] = [Head(typed), Row(typed, typed), Note(typed)]
    page = slip.page(58, "en", typed, parts)
    assert "<script" not in page
    assert "\x00" not in page
    assert "\x1b" not in page
    assert page.count("&lt;script&gt;&quot;&amp;&#x27;\ufffd\ufffd") == 5


def test_the_page_asks_nothing_of_anybody() -> None:
    page = slip.page(80, "en", "Receipt", PARTS)
    assert not re.search(r"https?:|src=|href=|url\(|@import|<script|<link|\son\w+=", page)
    assert "default-src 'none'" in slip.HEADERS["Content-Security-Policy"]


def test_more_is_longer_and_narrower_paper_too() -> None:
    long_name = Row("一份名字很长很长很长很长很长很长很长很长的套餐", "1234.56")
    fewer_first = [PARTS, [*PARTS, Row("a", "1")], [*PARTS, long_name, long_name]]
    heights = [slip.height_mm(58, parts) for parts in fewer_first]
    assert all(shorter < longer for shorter, longer in pairwise(heights))
    assert slip.height_mm(80, fewer_first[2]) < heights[2]


@pytest.mark.parametrize(
    ("width", "name", "bars"),
    [
        (58, "20261122-0001", True),
        (58, "a" * 14, True),
        (58, "a" * 15, False),
        (80, "a" * 23, True),
        (80, "a" * 24, False),
    ],
)
def test_a_name_is_printed_as_bars_where_it_fits(
    width: Literal[58, 80], name: str, *, bars: bool
) -> None:
    assert ("<svg" in slip.page(width, "en", "Receipt", [Bars(name)])) is bars
    assert (slip.height_mm(width, [Bars(name)]) > slip.height_mm(width, [])) is bars
