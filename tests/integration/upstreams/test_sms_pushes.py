"""Receipts over the line: pushed by themselves once a carrier has reported, and Aliyun's probe of the address."""

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from chalicelib.adapters.sms_aliyun import pushes as aliyun
from chalicelib.adapters.sms_tencent import pushes as tencent
from infra.upstreams import launch
from infra.upstreams.sms_push import PROVIDERS
from tests.integration.upstreams.conftest import Control
from tests.unit.upstreams.test_sms_pushes import sent


class _Callback(BaseHTTPRequestHandler):
    """The address: it answers every provider at once."""

    bodies: list[tuple[str, bytes]]

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        self.bodies.append((self.path, self.rfile.read(length)))
        self.do_GET()

    def do_GET(self) -> None:
        said = json.dumps({"result": 0, "code": 0}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_parts: object) -> None:
        """Say nothing."""


@pytest.fixture
def pushed(upstreams: launch.Running) -> Iterator[list[tuple[str, bytes]]]:
    bodies: list[tuple[str, bytes]] = []
    handler = type("Callback", (_Callback,), {"bodies": bodies})
    server = HTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    urls = {name: f"http://127.0.0.1:{server.server_port}/{name}" for name in PROVIDERS}
    upstreams.world.change_settings({"sms_push_urls": urls, "sms_report_delay_s": 0})
    yield bodies
    upstreams.world.change_settings({"sms_push_urls": {}})
    server.shutdown()
    thread.join()
    server.server_close()


def test_each_receipt_is_pushed_once_and_reads_as_its_provider_writes_it(
    upstreams: launch.Running, pushed: list[tuple[str, bytes]], control: Control
) -> None:
    for provider in PROVIDERS:
        sent(upstreams.world, provider, 3)
    read: dict[str, Any] = {"/tencent": tencent.read, "/aliyun": aliyun.read}
    reports: list[Any] = []
    deadline = time.monotonic() + 10
    while len(reports) < 6:
        assert time.monotonic() < deadline
        reports = [one for path, body in list(pushed) for one in read[path](body).reports]
        time.sleep(0.01)
    assert all(one.delivered and one.reported_at for one in reports)
    accepted = {one["id"] for one in control("outbox", method="GET")["items"]}
    assert {one.serial_no for one in reports} == accepted
    while control("sms/pushes", method="GET")["waiting"]:
        assert time.monotonic() < deadline
    assert len({one.serial_no for one in reports}) == len(reports) == 6


def test_the_probe_wants_an_answer_in_aliyuns_words_and_in_time(
    upstreams: launch.Running, pushed: list[tuple[str, bytes]], control: Control
) -> None:
    assert pushed == []
    found = control("sms/probe")
    assert (found["status"], found["taken"]) == (200, True)
    upstreams.world.change_settings({"sms_push_urls": {"aliyun": f"{upstreams.url}/nothing"}})
    assert control("sms/probe")["taken"] is False
