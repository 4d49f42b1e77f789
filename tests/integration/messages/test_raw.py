"""What is pushed at us is kept once, sealed, and comes back as it came, from a read and from a stream."""

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.adapters import tables
from chalicelib.messages import raw
from tests.house import House

NOW = datetime(2026, 11, 22, 6, 5, tzinfo=UTC)
BODY = b'[{"mobile": "13800001234"}]\xff'


def rows(source: str) -> list[Any]:
    return list(tables.query("messages", f"RAW#{source}#2026-11-22").images)


def test_a_body_comes_back_as_it_came_from_a_read_and_from_a_stream(house: House) -> None:
    assert house
    assert raw.keep("one", BODY, NOW, {"nonce": "7"})
    (image,) = rows("one")
    as_streamed = {**image, "body": {"B": base64.b64encode(image["body"]["B"]).decode()}}
    for each in (image, as_streamed):
        assert raw.pushed_of(each) == ("one", BODY, NOW, {"nonce": "7"})


def test_the_same_body_is_one_row_on_a_day(house: House) -> None:
    assert house
    later = NOW + timedelta(minutes=10)
    assert [raw.keep("two", BODY, at) for at in (NOW, later)] == [True, False]
    assert len(rows("two")) == 1
    assert raw.keep("two", BODY, NOW + timedelta(days=1))


def test_a_row_shows_no_phone_and_goes_after_a_month(house: House) -> None:
    assert house
    raw.keep("three", BODY, NOW)
    (image,) = rows("three")
    assert b"1234" not in image["body"]["B"]
    assert b"mobile" not in image["body"]["B"]
    assert int(image["expires_at"]["N"]) == int((NOW + timedelta(days=30)).timestamp())
