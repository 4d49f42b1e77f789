"""Fixtures that every folder of tests may use."""

import uuid
from collections.abc import Iterator

import pytest

from infra.local import dynamodb
from tests.house import House, open_house, settled


@pytest.fixture(scope="session")
def dynamodb_local() -> Iterator[str]:
    """The address of an in-memory DynamoDB Local; one for each test process."""
    running = dynamodb.start()
    yield running.url
    running.stop()


@pytest.fixture(scope="module")
def tables(dynamodb_local: str, request: pytest.FixtureRequest) -> dict[str, str]:
    """Empty tables for this test module: {"BOOK_TABLE": "t1a2b3c4-book", …}; streams where it is marked so."""
    with_streams = request.node.get_closest_marker("streams") is not None
    prefix = f"t{uuid.uuid4().hex[:8]}"
    return dynamodb.create_tables(dynamodb_local, prefix, with_streams=with_streams)


@pytest.fixture(scope="module")
def house(dynamodb_local: str, tables: dict[str, str]) -> Iterator[House]:
    """The whole API in this process, over the tables of this module."""
    with settled(dynamodb_local, tables):
        yield open_house()
