"""The static site of a bad day, served as the distribution does; and a browser, where this machine has one."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Error

from chalicelib.kernel import clock
from chalicelib.outages.site import File, files
from chalicelib.outages.templates.statuspage import Site
from infra import chromium, showcase
from infra.local.processes import LOOPBACK


class Served(NamedTuple):
    """Where the site is, and what was asked of it."""

    url: str
    made: dict[str, File]
    asked: list[str]


def serve(made: dict[str, File]) -> Iterator[Served]:
    asked: list[str] = []

    class Visitor(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            file = made.get(self.path.lstrip("/") or "index.html")
            self.send_response(200 if file else 404)
            self.send_header("Content-Type", file.content_type if file else "text/plain")
            self.end_headers()
            self.wfile.write(file.body if file else b"")

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer((LOOPBACK, 0), Visitor)
    Thread(target=server.serve_forever, daemon=True).start()
    yield Served(f"http://{LOOPBACK}:{server.server_port}", made, asked)
    server.shutdown()
    server.server_close()


def bad_day(made_at: datetime) -> dict[str, File]:
    return files(showcase.whole(), Site("灯塔", "https://status.example.cn"), made_at)


@pytest.fixture(scope="session")
def stale() -> Iterator[Served]:
    """Made when its story plays, which is long ago for the browser's clock."""
    yield from serve(bad_day(showcase.NOW))


@pytest.fixture(scope="session")
def fresh() -> Iterator[Served]:
    yield from serve(bad_day(clock.now()))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if chromium.path() is None:
        pytest.skip("no Chromium on this machine: apt-get install chromium")
    with ExitStack() as ended:
        try:
            running = ended.enter_context(chromium.running())
        except Error as error:
            pytest.skip(f"Chromium does not start on this machine: {error.message.splitlines()[0]}")
        yield running
