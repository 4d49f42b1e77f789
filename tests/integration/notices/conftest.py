"""An empty table of subscribers for each test."""

import pytest

from chalicelib.notices import built
from tests.house import House
from tests.simulation.notices_world import World, forget_all


@pytest.fixture(autouse=True)
def empty(house: House, dynamodb_local: str, tables: dict[str, str]) -> None:
    assert house
    forget_all(dynamodb_local, tables)
    built.forget()


@pytest.fixture
def world(empty: None) -> World:  # noqa: ARG001 - first of all
    return World()
