"""Tokens that all containers share."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.adapters import tables as stored
from chalicelib.adapters.keyring import Keyring
from chalicelib.adapters.upstream_tokens import TokenStore
from tests.house import settled

KEYRING = Keyring({"v1": bytes(32)}, "v1")
NOW = datetime(2026, 11, 22, tzinfo=UTC)
KEY = "wechat/wx1"


class Hour:
    """A clock that the test turns."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def pass_s(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture(scope="module", autouse=True)
def _over_tables(dynamodb_local: str, tables: dict[str, str]) -> Iterator[None]:
    with settled(dynamodb_local, tables):
        yield


@pytest.fixture
def hour() -> Hour:
    return Hour()


def container(hour: Hour, keyring: Keyring = KEYRING) -> TokenStore:
    return TokenStore(lambda: keyring, hour)


def test_what_one_container_keeps_another_finds(hour: Hour) -> None:
    container(hour).set(KEY, "token-1", 7200)
    assert container(hour).get(KEY) == "token-1"


def test_a_store_that_never_held_anything_is_not_falsy(hour: Hour) -> None:
    assert container(hour)
    assert container(hour).get("wechat/unheard-of") is None
    assert container(hour).get("wechat/unheard-of", "default") == "default"


@pytest.mark.parametrize(("left_s", "found"), [(59, None), (60, None), (61, "token-1")])
def test_a_token_in_its_last_minute_is_not_handed_out(
    hour: Hour, left_s: int, found: str | None
) -> None:
    mine = container(hour)
    mine.set(KEY, "token-1", 7200)
    hour.pass_s(7200 - left_s)
    assert mine.get(KEY) == found
    assert container(hour).get(KEY) == found


@pytest.mark.parametrize(("passed_s", "seen"), [(59, "old"), (60, "new"), (61, "new")])
def test_the_cache_is_read_for_less_than_a_minute(hour: Hour, passed_s: int, seen: str) -> None:
    mine = container(hour)
    mine.set(KEY, "old", 7200)
    container(hour).set(KEY, "new", 7200)
    hour.pass_s(passed_s)
    assert mine.get(KEY) == seen


def test_the_table_can_be_asked_past_the_cache(hour: Hour) -> None:
    mine = container(hour)
    mine.set(KEY, "old", 7200)
    container(hour).set(KEY, "new", 7200)
    assert mine.shared(KEY) == "new"
    assert mine.get(KEY) == "new"


def test_the_table_holds_no_readable_token_and_when_to_drop_it(hour: Hour) -> None:
    container(hour).set(KEY, "a-readable-token", 7200)
    image = stored.get("tokens", (KEY, "TOKEN"), consistent=True)
    assert image is not None
    assert "a-readable-token" not in str(image)
    assert image["expires_at"] == {"N": str(int(NOW.timestamp()) + 7200)}


def test_a_token_sealed_for_another_place_or_key_is_as_good_as_none(hour: Hour) -> None:
    container(hour).set(KEY, "token-1", 7200)
    assert container(hour, Keyring({"v1": b"1" * 32}, "v1")).get(KEY) is None
    assert container(hour, Keyring({"v2": bytes(32)}, "v2")).get(KEY) is None


def test_nothing_is_kept_for_no_token(hour: Hour) -> None:
    container(hour).set("wechat/wx2", None, 7200)
    assert container(hour).get("wechat/wx2") is None
