"""Stand-in upstreams on loopback, and a watch on every log line for what must not be in it."""

import logging
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest

from chalicelib.adapters.log import JsonLines
from infra.upstreams import launch
from infra.upstreams.faults import Fault
from infra.upstreams.launch import Running
from tests.integration.adapters.leaks import leaked

THEIR_OWN_LOGS = {"mail.log", "asyncio"}

Break = Callable[..., None]


class Watch(logging.Handler):
    """Every line of every logger, as it would be written."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(JsonLines())
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.name not in THEIR_OWN_LOGS:
            self.lines.append(self.format(record))


@pytest.fixture
def upstreams() -> Iterator[Running]:
    with launch.start() as running:
        yield running


@pytest.fixture
def broken(upstreams: Running) -> Break:
    """Order a fault: `broken("tencent.SendSms", "accept_then_hang", seconds=5)`."""

    def order(endpoint: str, kind: str, **more: Any) -> None:  # noqa: ANN401
        wanted = {"endpoint": endpoint, "kind": kind, **more}
        upstreams.world.faults.order(msgspec.convert(wanted, Fault))

    return order


@pytest.fixture(autouse=True)
def logged(upstreams: Running) -> Iterator[Watch]:
    """What was logged; fails the test where a secret, a phone, an openid or an address is in it."""
    watch, loggers = Watch(), [logging.getLogger(), logging.getLogger("dengta")]
    levels = [one.level for one in loggers]
    for one in loggers:
        one.addHandler(watch)
        one.setLevel(logging.DEBUG)
    yield watch
    for one, level in zip(loggers, levels, strict=True):
        one.removeHandler(watch)
        one.setLevel(level)
    assert leaked("\n".join(watch.lines), upstreams) == []
