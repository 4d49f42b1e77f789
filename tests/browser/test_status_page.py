"""The published page in a browser: narrow and wide, light and dark, in both languages, with script and without."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import npm
from tests.browser.conftest import Served

LOOKS: list[tuple[str, int, Literal["light", "dark"]]] = [
    ("index.html", 375, "light"),
    ("index.html", 1280, "dark"),
    ("en/index.html", 375, "dark"),
    ("en/index.html", 1280, "light"),
    ("stores/s0.html", 1280, "light"),
    ("en/stores/index.html", 375, "light"),
    ("history/2026-11.html", 375, "dark"),
    ("en/incidents/{}.html", 375, "light"),
]
NO_SCRIPT = {"java_script_enabled": False}


@contextmanager
def opened(browser: Browser, url: str, **more: Any) -> Iterator[Page]:  # noqa: ANN401 - the library's
    context = browser.new_context(**more)
    page = context.new_page()
    page.goto(url)
    yield page
    context.close()


def a_key(site: Served, key: str) -> str:
    """With the id of the newest incident."""
    incidents = json.loads(site.made["api/v2/incidents.json"].body)["incidents"]
    return key.format(incidents[0]["id"])


@pytest.mark.parametrize(("key", "width", "scheme"), LOOKS)
def test_axe_finds_nothing_serious_and_nothing_runs_over_the_edge(
    browser: Browser, stale: Served, key: str, width: int, scheme: Literal["light", "dark"]
) -> None:
    axe = (npm.modules() / "axe-core" / "axe.min.js").read_text()
    url, size = f"{stale.url}/{a_key(stale, key)}", {"width": width, "height": 800}
    with opened(browser, url, viewport=size, color_scheme=scheme, bypass_csp=True) as page:
        page.evaluate(axe)
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        grave = [
            (each["id"], [node["html"] for node in each["nodes"]])
            for each in found["violations"]
            if each["impact"] in {"serious", "critical"}
        ]
        assert grave == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("key", ["index.html", "en/stores/s0.html"])
def test_a_page_asks_for_nothing_but_itself(browser: Browser, stale: Served, key: str) -> None:
    asked: list[str] = []
    said: list[str] = []
    context = browser.new_context()
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(f"{stale.url}/{key}")
    assert [each for each in asked if not each.startswith("data:")] == [f"{stale.url}/{key}"]
    assert said == [], "the page's own policy refuses a part of it"
    assert context.cookies() == []
    context.close()


def test_without_script_the_page_says_all_and_how_to_tell_its_age(
    browser: Browser, stale: Served
) -> None:
    with opened(browser, f"{stale.url}/index.html", **NO_SCRIPT) as page:
        text = page.inner_text("body")
        assert page.is_hidden("#stale")
    for said in (
        "个别服务出现故障",
        "截至 11月22日 16:20", "如果上面的时间早于 5 分钟前", "此前预计 11月22日 15:20、11月22日 16:30",
        "北京时间（UTC+8）", "部分中断按 30% 计入", "仅限门店：南京路店", "维护进行中",
    ):  # fmt: skip
        assert said in text


def test_with_script_an_old_page_says_that_it_is_old_and_a_new_one_does_not(
    browser: Browser, stale: Served, fresh: Served
) -> None:
    with opened(browser, f"{stale.url}/en/index.html") as page:
        assert "no longer renewed" in page.inner_text("#stale")
    with opened(browser, f"{fresh.url}/en/index.html") as page:
        assert page.is_hidden("#stale")


def test_a_store_sees_its_own_trouble_whole_and_not_that_of_others(
    browser: Browser, stale: Served
) -> None:
    with opened(browser, f"{stale.url}/en/stores/s0.html", **NO_SCRIPT) as page:
        text = page.inner_text("body")
    assert "Tills off line at Nanjing Road" in text
    assert "Major outage" in text
    with opened(browser, f"{stale.url}/en/stores/s1.html", **NO_SCRIPT) as page:
        text = page.inner_text("body")
    assert "Nanjing Road" not in text
    assert "Major outage" not in text
    assert "Some spend messages are late" in text


def test_the_badge_is_a_picture(browser: Browser, stale: Served) -> None:
    with opened(browser, f"{stale.url}/badge.svg") as page:
        assert page.eval_on_selector("svg", "it => it.getBBox().width > 60")
        assert "个别服务出现故障" in (page.text_content("svg") or "")
