"""Fixtures of the simulations."""

from collections.abc import Iterator

import pytest

from chalicelib.adapters.tables import writes
from chalicelib.ledger.service import ledger
from infra.local import dynamodb


@pytest.fixture(scope="module")
def dynamodb_local() -> Iterator[str]:
    """One for each simulation: what has served a thousand tests is several times slower."""
    running = dynamodb.start()
    yield running.url
    running.stop()


@pytest.fixture
def without_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is tried again is tried at once."""
    for module in (ledger, writes):
        monkeypatch.setattr(module, "jitter_s", lambda _attempt: 0.0)
