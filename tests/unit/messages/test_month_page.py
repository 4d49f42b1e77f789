"""The page of a month: what is drawn and what is said, in both languages, and nothing of a name that is markup."""

import re
from collections.abc import Mapping
from datetime import date
from html.parser import HTMLParser

import pytest

from chalicelib.messages.model.month import Day, Month
from chalicelib.messages.model.score import Counts, summed
from chalicelib.messages.templates.months import page, plot

NOVEMBER = Month(date(2026, 11, 1), "Asia/Shanghai")
GOOD = {"accepted": 4, "delivered": 4, "took_5": 3, "took_1800": 1, "parts": 4, "milliyuan": 180}


def provider(cards: Mapping[int, Counts], name: str = "tencent", until: int = 22) -> page.Of:
    days = [Day(date(2026, 11, day), cards.get(day)) for day in range(1, until + 1)]
    return page.Of("sms", name, summed(cards.values()) if cards else None, days)


def rendered(*providers: page.Of, english: bool = True, chain: str = "Beacon") -> str:
    return page.render(chain, NOVEMBER, providers, english=english)


def plots(html: str) -> list[str]:
    return re.findall(r'<svg viewBox="0 0.*?</svg>(?=</|<h3|<p|<d)', html)


class Nesting(HTMLParser):
    """Every element is closed by its own end."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self.seen.add(tag)
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self.seen.add(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("english", [True, False])
def test_the_page_is_whole_and_needs_nothing_from_elsewhere(english: bool) -> None:  # noqa: FBT001
    html = rendered(provider({3: GOOD}), provider({}, "aliyun"), english=english)
    nesting = Nesting()
    nesting.feed(html)
    assert nesting.open == []
    assert not nesting.seen & {"script", "link", "img", "iframe"}
    assert "http" not in html
    assert "url(" not in html
    assert f'<html lang="{"en" if english else "zh-CN"}">' in html
    assert "prefers-color-scheme:dark" in html
    assert "2026-11" in html


def test_accepted_delivered_times_and_cost_are_drawn_for_each_day_with_data() -> None:
    counts, times, spent = plots(rendered(provider({3: GOOD, 4: GOOD, 9: GOOD})))
    assert (counts.count('class="bar2"'), counts.count('class="bar1"')) == (3, 3)
    assert (times.count('class="d1"'), times.count('class="d2"')) == (3, 3)
    assert (times.count('class="l1"'), times.count('class="l2"')) == (1, 1)  # days 3 and 4
    assert spent.count('class="bar2"') == 3


def test_a_day_without_data_is_a_dash_and_one_with_none_delivered_a_zero() -> None:
    none = {"accepted": 0, "delivered": 0, "undelivered": 2}
    counts, times = plots(rendered(provider({1: GOOD | {"parts": 0}, 2: none}, until=4)))
    assert (counts.count('class="bar1"'), counts.count('class="none"')) == (2, 2)
    assert (times.count('class="d1"'), times.count('class="none"')) == (1, 3)


def test_what_is_not_known_is_said() -> None:
    unpriced = {"parts": 2, "parts_unpriced": 2}
    html = rendered(
        provider({}),
        provider({1: {"accepted": 5}}, "smtp"),
        provider({1: GOOD | unpriced}, "aliyun"),
    )
    assert html.count("There were no messages this month") == 1
    assert html.count("No receipt came") == 1
    assert html.count("state no price") == 1
    assert "<td>—</td>" in html
    partly = rendered(provider({1: GOOD | {"parts": 1_204, "parts_unpriced": 1_200}}))
    assert "1,200 parts went out while no price was stated" in partly


def test_without_receipts_nothing_delivered_is_drawn() -> None:
    (counts,) = plots(rendered(provider({1: {"accepted": 5}}, "smtp")))
    assert (counts.count('class="bar2"'), counts.count('class="bar1"')) == (1, 0)


def test_providers_stand_side_by_side_with_their_figures() -> None:
    html = rendered(provider({3: GOOD}), provider({3: {**GOOD, "took_longer": 9}}, "aliyun"))
    rows = re.findall(r'<tr><th scope="row">(\w+ SMS)</th>(.*?)</tr>', html)
    assert [(name, re.findall(r"<td>(.*?)</td>", row)) for name, row in rows] == [
        (
            "Tencent SMS",
            ["4", "4", "100.0%", "&lt;= 5 s".replace("&lt;=", "≤"), "≤ 30 min", "0.18"],
        ),
        ("Aliyun SMS", ["4", "4", "100.0%", "&gt; 6 h", "&gt; 6 h", "0.18"]),
    ]


def test_a_name_is_never_markup() -> None:
    html = rendered(provider({3: GOOD}, "<b>"), chain='"><script>alert(1)</script>\x00')
    assert "<script" not in html
    assert "<b>" not in html
    assert "\x00" not in html
    assert "&quot;&gt;&lt;script&gt;" in html
    assert 'aria-label="&lt;b&gt;: ' in html


@pytest.mark.parametrize(
    ("most", "top"), [(0, "1"), (1, "1"), (3, "5"), (1001, "2,000"), (0.034, "0.05")]
)
def test_a_scale_ends_at_a_number_that_people_read(most: float, top: str) -> None:
    assert f">{top}</text>" in plot.bars("x", 30, [most])


def test_a_month_of_data_stays_small() -> None:
    whole = [provider(dict.fromkeys(range(1, 31), GOOD), name, 30) for name in "abcd"]
    assert len(rendered(*whole, english=False).encode()) < 100_000
