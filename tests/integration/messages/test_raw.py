"""What is pushed at us is kept once, sealed, and comes back as it came, from a read and from a stream."""

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.adapters import tables
from chalicelib.messages import raw
from chalicelib.messages.service.pushes import Pushes
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


def test_a_push_over_which_something_broke_is_read_again_until_it_is_read(house: House) -> None:
    assert house
    hand = [NOW]
    broken, read = [True], list[str]()

    def take(pushed: raw.Pushed) -> None:
        if broken[0]:
            raise OSError
        read.append(pushed.source)

    pushes = Pushes(take, lambda: hand[0])
    raw.keep("four", BODY, NOW)
    (image,) = rows("four")
    pushes.take_in(image)
    for after in raw.READ_AGAIN_AFTER[:2]:
        hand[0] = NOW + after - timedelta(milliseconds=1)
        pushes.take_up_due(lambda: True)
        hand[0] = NOW + after
        pushes.take_up_due(lambda: True)
    assert read == []
    broken[0] = False
    for _ in range(2):
        hand[0] = NOW + raw.READ_AGAIN_AFTER[2]
        pushes.take_up_due(lambda: True)
    assert read.count("four") == 1


def test_a_push_that_the_stream_brought_is_not_read_again(house: House) -> None:
    assert house
    read = list[str]()
    pushes = Pushes(lambda pushed: read.append(pushed.source), lambda: NOW + timedelta(days=1))
    raw.keep("five", BODY, NOW)
    (image,) = rows("five")
    pushes.take_in(image)
    pushes.take_up_due(lambda: True)
    assert read.count("five") == 1
