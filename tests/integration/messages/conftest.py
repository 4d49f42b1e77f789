"""A count of what is asked of DynamoDB."""

from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.adapters import tables
from tests.house import House


@pytest.fixture
def counting(house: House) -> Iterator[list[str]]:
    """The DynamoDB requests made, by operation; what a container learns once is learnt before."""
    assert house
    made: list[str] = []

    def note(model: Any, **_: object) -> None:  # noqa: ANN401
        made.append(model.name)

    events = tables.connection().client.meta.events
    events.register("before-call.dynamodb", note)
    yield made
    events.unregister("before-call.dynamodb", note)
