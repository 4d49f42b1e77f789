"""A front door before DynamoDB Local that also answers for the parameter store: a cold start asks both."""

import http.client
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit


@contextmanager
def door(dynamodb_url: str, parameters: dict[str, str]) -> Iterator[str]:
    """The address of the door; `parameters` are SSM's names and values."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(urlsplit(dynamodb_url), parameters))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def _handler(dynamodb: Any, parameters: dict[str, str]) -> type[BaseHTTPRequestHandler]:  # noqa: ANN401
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def setup(self) -> None:
            super().setup()
            self.behind = http.client.HTTPConnection(dynamodb.hostname, dynamodb.port)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers["X-Amz-Target"].startswith("AmazonSSM."):
                asked = json.loads(body)["Name"]
                told = {"Parameter": {"Name": asked, "Value": parameters[asked]}}
                self._answer(200, json.dumps(told).encode(), {})
                return
            self.behind.request("POST", "/", body, dict(self.headers))
            answer = self.behind.getresponse()
            self._answer(answer.status, answer.read(), dict(answer.getheaders()))

        def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            kept = {"x-amz-crc32", "x-amzn-requestid"}
            for name, value in headers.items():
                if name.lower() in kept:
                    self.send_header(name, value)
            self.send_header("Content-Type", "application/x-amz-json-1.0")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_told: object) -> None:
            return

    return Handler
