"""A line to the house over loopback HTTP, with weather: what a till meets between itself and the API."""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal

from tests.client import Client, Reply

Weather = Literal[
    "fair",
    "cut",
    "hang",
    "500",
    "503",
    "429",
    "401",
    "too late",
    "portal",
    "late cut",
    "late hang",
    "late 500",
]
LATE = {"late cut": "cut", "late hang": "hang", "late 500": "500"}
_PATIENCE_S = 20
_OWN: dict[str, tuple[int, dict[str, str], str]] = {
    "500": (500, {}, '{"message": "Internal server error"}'),
    "503": (503, {"Retry-After": "0"}, '{"code": "try_again", "title": "Busy just now"}'),
    "401": (401, {}, '{"code": "not_authenticated", "title": "No valid credential"}'),
    "too late": (409, {}, '{"code": "void_too_late", "title": "Only on the same business day"}'),
    "429": (429, {"Retry-After": "0"}, '{"message": "Too Many Requests"}'),
    "portal": (200, {"Content-Type": "text/html"}, "<html>Welcome to the hotel</html>"),
}


class Bridge(ThreadingHTTPServer):
    """`weather` is asked for each call; `passed` is told before and after each effect."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, client: Client, weather: Callable[[str, str], Weather]) -> None:
        self.client = client
        self.weather = weather
        self.passed: Callable[[str], None] = lambda _moment: None
        self.turn = threading.Lock()
        self.calls: list[tuple[str, str, str]] = []
        super().__init__(("127.0.0.1", 0), _Visitor)

    def handle_error(self, request: object, client_address: object) -> None:
        """A till that was killed leaves its calls open; anything else is a fault of the test."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/api"

    def answer(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> Reply:
        """One at a time: the app keeps the call that it serves in one place, as Lambda does."""
        with self.turn:
            return self.client.send(method, path.removeprefix("/api"), body, headers)


class _Visitor(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = _PATIENCE_S
    server: Bridge

    def visit(self) -> None:
        size = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(size).decode() if size else None
        weather = self.server.weather(self.command, self.path)
        self.server.calls.append((self.command, self.path, weather))
        self.server.passed("came")
        if weather != "fair" and weather not in LATE:
            return self._storm(weather)
        headers = {name.lower(): value for name, value in self.headers.items()}
        reply = self.server.answer(self.command, self.path, body, headers)
        self.server.passed("done")
        if weather in LATE:
            return self._storm(LATE[weather])
        self._send(reply.status, dict(reply.headers), reply.text)
        return self.server.passed("answered")

    def _storm(self, weather: str) -> None:
        if weather in _OWN:
            return self._send(*_OWN[weather])
        self.close_connection = True
        if weather == "hang":
            with suppress(OSError):
                self.connection.recv(1)  # nothing, until the till has had enough
        return None

    def _send(self, status: int, headers: dict[str, str], text: str) -> None:
        raw = text.encode()
        with suppress(OSError):
            self.send_response(status)
            for name, value in (headers | {"Content-Length": str(len(raw))}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(raw)

    do_GET = do_PUT = do_POST = visit  # noqa: N815 - the names that http.server calls

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """The tests say what matters."""


@contextmanager
def bridged(client: Client, weather: Callable[[str, str], Weather]) -> Iterator[Bridge]:
    bridge = Bridge(client, weather)
    thread = threading.Thread(target=bridge.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield bridge
    finally:
        bridge.shutdown()
        thread.join()
        bridge.server_close()
