"""What is asked as anybody would ask it: the API and the page, here of a small server on loopback."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from chalicelib.kernel import clock
from chalicelib.probes import checks
from chalicelib.probes.service.asking import measured


class Server(HTTPServer):
    """Answers what it is told to, by path."""

    answers: dict[str, tuple[int, str]]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        status, body = self.server.answers.get(self.path, (404, ""))
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server(("127.0.0.1", 0), Handler)
    made.answers = {}
    thread = threading.Thread(target=made.serve_forever, args=(0.05,))
    thread.start()
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


def test_the_api_is_asked_from_outside(server: Server) -> None:
    check = checks.answers(f"{server.url}/api", 2)
    server.answers["/api/healthz"] = (200, "{}")
    assert measured(check, clock.now()).trouble == ""  # type: ignore[union-attr]
    server.answers["/api/healthz"] = (503, "")
    assert measured(check, clock.now()).trouble == "http_503"  # type: ignore[union-attr]


def test_the_page_is_as_old_as_it_says_itself(server: Server) -> None:
    check, now = checks.age(server.url, 2), clock.now()
    made_at = clock.text(now - timedelta(seconds=420))
    server.answers["/mini.json"] = (200, f'{{"generated_at": "{made_at}", "language": "zh-CN"}}')
    assert check(now) == 420
    server.answers["/mini.json"] = (200, "<html>")
    assert measured(check, now).trouble == "not_json"  # type: ignore[union-attr]
    assert measured(checks.age("http://127.0.0.1:9", 2), now).trouble  # type: ignore[union-attr]
