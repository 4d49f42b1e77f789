"""A count of what is asked of DynamoDB."""

from collections.abc import Iterator

import pytest

from tests.house import House, asked_of_dynamodb


@pytest.fixture
def counting(house: House) -> Iterator[list[str]]:
    """The DynamoDB requests made, by operation; what a container learns once is learnt before."""
    assert house
    with asked_of_dynamodb() as made:
        yield made
