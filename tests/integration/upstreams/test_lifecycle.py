"""Starting, stopping and starting again: nothing hangs, nothing accepted is forgotten."""

import http.client
import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from infra.upstreams import launch
from infra.upstreams.faults import Fault
from tests.integration.upstreams.conftest import Control

LOGIN = (
    "/sns/jscode2session?appid=wx000000000standin&secret=standin-wechat-secret"
    "&grant_type=authorization_code&js_code="
)


@contextmanager
def line_to(url: str) -> Iterator[http.client.HTTPConnection]:
    line = http.client.HTTPConnection(url.removeprefix("http://"), timeout=20)
    with closing(line):
        yield line


def ask(line: http.client.HTTPConnection, path: str) -> Any:  # noqa: ANN401
    line.request("GET", path)
    return json.load(line.getresponse())


def await_true(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_restart_keeps_outbox_quota_codes_and_settings(tmp_path: Path) -> None:
    with launch.start(state_dir=tmp_path) as first, line_to(first.url) as line:
        first.world.store.put("quota", "o1 tmpl-spend", 3)
        first.world.outbox.add("wechat", "o1", "1", {})
        first.world.change_settings({"sms_param_max_chars": 6})
        assert "openid" in ask(line, LOGIN + "demo-alice-1")
    with launch.start(state_dir=tmp_path) as second, line_to(second.url) as line:
        assert second.world.store.get("quota", "o1 tmpl-spend") == 3
        assert [item["id"] for item in second.world.outbox.find()] == ["1"]
        assert second.world.settings.sms_param_max_chars == 6
        assert ask(line, LOGIN + "demo-alice-1")["errcode"] == 40163


def test_stopping_ends_a_silence() -> None:
    running = launch.start()
    fault = Fault(endpoint="wechat.*", kind="accept_then_hang", seconds=30)
    running.world.faults.order(fault)
    with line_to(running.url) as line:
        line.request("GET", LOGIN + "demo-alice-1")
        await_true(lambda: bool(running.world.calls))
        running.stop()
        await_true(lambda: not any("request" in thread.name for thread in threading.enumerate()))
        with pytest.raises(http.client.RemoteDisconnected):
            line.getresponse()


def test_one_line_carries_many_calls(upstreams: launch.Running) -> None:
    with line_to(upstreams.url) as line:
        answers = [ask(line, f"{LOGIN}demo-alice-{number}") for number in range(3)]
    assert all("openid" in answer for answer in answers)


def test_of_many_calls_at_once_one_code_serves_one(
    control: Control, upstreams: launch.Running
) -> None:
    control("wechat/codes", {"code": "c1", "openid": "o1"})

    def log_in(_number: int) -> bool:
        with line_to(upstreams.url) as line:
            return "openid" in ask(line, LOGIN + "c1")

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(log_in, range(8))) == 1


def test_a_body_too_large_is_refused(upstreams: launch.Running) -> None:
    with line_to(upstreams.url) as line:
        line.putrequest("POST", "/cgi-bin/stable_token")
        line.putheader("Content-Length", "9999999")
        line.endheaders()
        with line.getresponse() as answer:
            assert answer.status == 413


def test_the_command_says_where_it_is_and_stops_when_told(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "infra.upstreams", "--state-dir", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        where = json.loads(process.stdout.readline())
        with line_to(where["url"]) as line:
            assert ask(line, "/_control/health") == {"status": "ok", "accepted": 0}
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0
    assert where["smtp_port"] > 0
