"""A DynamoDB Local of its own for each simulation: one that has served a thousand tests is several times slower."""

from collections.abc import Iterator

import pytest

from infra.local import dynamodb


@pytest.fixture(scope="module")
def dynamodb_local() -> Iterator[str]:
    running = dynamodb.start()
    yield running.url
    running.stop()
