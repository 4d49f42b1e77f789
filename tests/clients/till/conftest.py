"""Fixtures of the companion's tests."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.till.shop import Shop, opened
from tests.house import House

_phones = itertools.count(1)


@pytest.fixture
def shop(house: House, tmp_path: Path) -> Iterator[Shop]:
    with opened(house, tmp_path / "till") as shop:
        yield shop


@pytest.fixture
def member_id(house: House) -> str:
    """A member with 100.00 on the card."""
    number = next(_phones)
    made = house.register(f"1370{number:07d}")
    house.top_up(made, f"start-{number}", 10_000)
    return made
