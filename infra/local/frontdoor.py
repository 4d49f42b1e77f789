"""One port that stands for the domain and its distribution: the API, and the published site.

`/api/…` goes to the API's stage, everything else to the published site in its bucket; until there is one,
`/` shows the API's own page, and where the API fails, its status page and documents are the published ones. What
API Gateway answers by itself, and the emulator says in other words, is said here as the template says it.
"""

import argparse
import http.client
import json
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, unquote, urlsplit

from infra.local.places import Places, read_json
from infra.local.processes import LOOPBACK
from infra.template import api

TIMEOUT_SECONDS = 30
MAX_BODY_BYTES = 10 * 1024 * 1024
HOP_BY_HOP = {"connection", "host", "keep-alive", "transfer-encoding", "content-length", "date"}
SITE = "site"  # the folder of the bucket that is served
FRONT_PAGE, STATUS = "/index.html", "/status"
DOCUMENTS = "/api/v2/"
KEPT_HEADERS = {"content-type", "cache-control", "etag", "last-modified"}
OK, NOT_FOUND, SERVER_ERROR = 200, 404, 500
NOWHERE = b"404\n"


class Answer(NamedTuple):
    """What goes back to the caller."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


class FrontDoor(ThreadingHTTPServer):
    """Knows where the stack lies; that is read anew for each call, for a deploy may move it."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, places: Places) -> None:
        self.places = places
        super().__init__((LOOPBACK, port), Visitor)


class Visitor(BaseHTTPRequestHandler):
    """One connection of a caller."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: FrontDoor

    def visit(self) -> None:
        """Answer one call, whatever its method."""
        size = int(self.headers.get("Content-Length") or 0)
        if size > MAX_BODY_BYTES:
            self.close_connection = True
            return self.send(gateway_answer("REQUEST_TOO_LARGE"))
        body = self.rfile.read(size)
        return self.send(self.answer(body))

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = visit  # noqa: N815

    def answer(self, body: bytes) -> Answer:
        """The API's answer, or what is published."""
        path = urlsplit(self.path).path
        if path.startswith("/api/"):
            return self.standing(self.ask_api(self.path.removeprefix("/api"), body), path)
        if path == STATUS:
            return self.standing(self.ask_api(self.path, body), path)
        return self.published(path) or (
            self.ask_api(STATUS, body)
            if path == "/"
            else Answer(NOT_FOUND, [("Content-Type", "text/plain; charset=utf-8")], NOWHERE)
        )

    def standing(self, answer: Answer, path: str) -> Answer:
        """What is published, where the API fails and it is the status that was asked for."""
        if answer.status < SERVER_ERROR or not path.startswith((DOCUMENTS, STATUS)):
            return answer
        return self.published(FRONT_PAGE if path == STATUS else path) or answer

    def published(self, path: str) -> Answer | None:
        """What the distribution would serve for this path; None where there is nothing."""
        deployed = read_json(self.server.places.deployed_file)
        if not deployed or self.command not in {"GET", "HEAD"}:
            return None
        outputs = deployed["outputs"]
        key = FRONT_PAGE if path == "/" else unquote(path)
        target = f"/{outputs['StatusBucket']}/{SITE}{quote(key)}"
        try:
            answer, content = self.fetch(urlsplit(outputs["ApiUrl"]).netloc, "GET", target)
        except OSError:
            return None
        if answer.status != OK:
            return None
        kept = [pair for pair in answer.getheaders() if pair[0].lower() in KEPT_HEADERS]
        return Answer(OK, kept, content)

    def fetch(
        self,
        place: str,
        method: str,
        target: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[http.client.HTTPResponse, bytes]:
        """One request of the emulator. Raises OSError."""
        line = http.client.HTTPConnection(place, timeout=TIMEOUT_SECONDS)
        try:
            line.request(method, target, body, headers or {})
            answer = line.getresponse()
            return answer, answer.read()
        finally:
            line.close()

    def ask_api(self, target: str, body: bytes) -> Answer:
        """Pass the call on to the emulator's address of the API, as it came."""
        deployed = read_json(self.server.places.deployed_file)
        if not deployed:
            return gateway_answer("DEFAULT_5XX")
        place = urlsplit(deployed["outputs"]["ApiUrl"])
        headers = {
            name: value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP
        }
        try:
            answer, content = self.fetch(
                place.netloc, self.command, f"{place.path}{target}", body, headers
            )
        except TimeoutError:
            return gateway_answer("INTEGRATION_TIMEOUT")
        except OSError:
            return gateway_answer("DEFAULT_5XX")
        if answer.getheader("x-amzn-ErrorType") == "MissingAuthenticationTokenException":
            return gateway_answer("MISSING_AUTHENTICATION_TOKEN")
        kept = [pair for pair in answer.getheaders() if pair[0].lower() not in HOP_BY_HOP]
        return Answer(answer.status, kept, content)

    def send(self, answer: Answer) -> None:
        """Write the answer; a HEAD gets the headers only."""
        self.send_response(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """One line without the query, which may carry secrets."""
        path = urlsplit(self.path).path
        self.log_message("%s %s %s %s", self.command, path, str(code), str(size))


def gateway_answer(kind: str) -> Answer:
    """What API Gateway would say by itself."""
    problem = next(one for one in api.PROBLEMS if one.kind == kind)
    body = {**api.body(problem), "instance": "front-door"}
    headers = [("Content-Type", "application/problem+json"), ("X-Request-Id", "front-door")]
    return Answer(problem.status, headers, json.dumps(body, ensure_ascii=False).encode())


def main() -> None:
    """Serve until ended."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--home", type=Path, required=True)
    options = parser.parse_args()
    FrontDoor(options.port, Places(options.home)).serve_forever()


if __name__ == "__main__":
    main()
