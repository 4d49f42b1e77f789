"""A world of stand-ins in memory, at a fixed hour, reached without a socket."""

import pytest

from infra.upstreams.clock import Clock
from infra.upstreams.world import World
from tests.unit.upstreams.caller import NOW_S


@pytest.fixture
def world() -> World:
    return World(clock=Clock(wall=lambda: NOW_S))
