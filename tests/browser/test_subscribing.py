"""The form of the status page in a browser without script: filled in, answered by the API, confirmed by letter."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page

from chalicelib.notices import built
from chalicelib.outages.site import files
from chalicelib.outages.templates.statuspage import Site
from infra import showcase
from infra.local.processes import LOOPBACK
from infra.upstreams.launch import Running
from tests.browser import npm
from tests.browser.test_status_page import NO_SCRIPT, opened
from tests.house import House
from tests.integration.notices.bell import a_notice, ring
from tests.integration.notices.conftest import empty
from tests.integration.notices.test_by_mail import letters, link_in, relay

__all__ = ["empty", "relay"]
ADDRESS = "zhao@example.com"
LOOKS: list[tuple[str, int, Literal["light", "dark"]]] = [
    ("subscribe.html", 375, "light"),
    ("en/subscribe.html", 1280, "dark"),
]


@pytest.fixture
def site(house: House, relay: Running) -> Iterator[str]:
    """As the distribution serves it: the published page, and the API under `/api` on the same name."""
    relay.world.outbox.empty()
    asks: tuple[Literal["email", "sms"], ...] = ("email", "sms")
    made = files(showcase.whole(), Site("灯塔", "https://status.example", asks=asks), showcase.NOW)

    class Visitor(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            file = made.get(self.path.lstrip("/") or "index.html")
            kind = file.content_type if file else "text/plain"
            self._answer(200 if file else 404, {"Content-Type": kind}, file.body if file else b"")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            sent = {name.lower(): value for name, value in self.headers.items()}
            reply = house.public.send("POST", self.path.removeprefix("/api"), body, sent)
            self._answer(reply.status, dict(reply.headers), reply.text.encode())

        def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer((LOOPBACK, 0), Visitor)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://{LOOPBACK}:{server.server_port}"
    server.shutdown()
    server.server_close()


def fill_in(page: Page, address: str, scope: str) -> None:
    page.get_by_label("邮箱或手机号").fill(address)
    page.get_by_label("订阅范围").select_option(label=scope)
    page.get_by_role("button", name="订阅", exact=True).click()


def grave(page: Page) -> list[Any]:
    """What axe finds that is serious."""
    page.evaluate((npm.modules() / "axe-core" / "axe.min.js").read_text())
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [each["id"] for each in found if each["impact"] in {"serious", "critical"}]


def test_a_form_that_is_filled_in_without_script_leads_to_notices_of_that_store(
    browser: Browser, site: str, house: House, relay: Running
) -> None:
    with opened(browser, f"{site}/index.html", **NO_SCRIPT) as page:
        page.get_by_role("link", name="通知").click()
        fill_in(page, ADDRESS, "南京路店")
        assert page.inner_text("h1") == "请到邮箱里确认"
        assert page.url.endswith("/api/v1/subscriptions/form")
    ring()
    (letter,) = letters(relay, ADDRESS)
    assert house.public.send("POST", link_in(letter), "").status == 200
    for number, store in enumerate(("s0", "s1")):
        built.hand_over([a_notice(number, store_ids=(store,), overtakes=store)])
    ring()
    sent = [house.office.get(f"/v1/notices/n{number}").json["sent"] for number in (0, 1)]
    assert sent == [1, 0]


def test_what_is_wrong_is_said_and_mended_on_the_page_itself(
    browser: Browser, site: str, relay: Running
) -> None:
    with opened(browser, f"{site}/subscribe.html", **NO_SCRIPT) as page:
        fill_in(page, "zhao@example", "全部")
        assert page.inner_text("h1") == "这个地址不对"
        field = page.get_by_label("邮箱或手机号")
        assert field.input_value() == "zhao@example"
        field.fill(ADDRESS)
        page.get_by_role("button").click()
        assert page.inner_text("h1") == "请到邮箱里确认"
    ring()
    assert len(letters(relay, ADDRESS)) == 1


@pytest.mark.parametrize(("key", "width", "scheme"), LOOKS)
def test_axe_finds_nothing_serious_on_the_form_and_its_answers_and_nothing_runs_over_the_edge(
    browser: Browser, site: str, key: str, width: int, scheme: Literal["light", "dark"]
) -> None:
    size = {"width": width, "height": 800}
    url = f"{site}/{key}"
    with opened(browser, url, viewport=size, color_scheme=scheme, bypass_csp=True) as page:
        for address in ("zhao@example", ADDRESS, None):
            assert grave(page) == []
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            if address:
                page.locator("#a, #f").fill(address)
                page.get_by_role("button").first.click()


def test_the_page_with_the_form_refuses_to_send_anything_elsewhere(
    browser: Browser, site: str
) -> None:
    with opened(browser, f"{site}/subscribe.html") as page:
        page.locator("form").evaluate("it => it.action = 'https://elsewhere.example/'")
        page.locator("#a").fill(ADDRESS)
        with page.expect_console_message(lambda said: "form-action" in said.text):
            page.locator("form").evaluate("it => it.requestSubmit()")
        assert page.url == f"{site}/subscribe.html"
