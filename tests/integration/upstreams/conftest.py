"""Stand-ins that answer on loopback, and a short way to their control API."""

import json
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from infra.upstreams import launch

Control = Callable[..., Any]


@pytest.fixture
def upstreams() -> Iterator[launch.Running]:
    with launch.start() as running:
        yield running


@pytest.fixture
def control(upstreams: launch.Running) -> Control:
    """Call `control("faults", {...})` or `control("outbox", method="GET")`."""

    def call(path: str, body: object = None, method: str = "POST") -> Any:  # noqa: ANN401
        raw = None if body is None else json.dumps(body).encode()
        url = f"{upstreams.url}/_control/{path}"
        request = urllib.request.Request(url, raw, method=method)
        with urllib.request.urlopen(request, timeout=5) as answer:
            return json.load(answer)

    return call
