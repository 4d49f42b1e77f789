"""Business dates, ids and cursors."""

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.kernel import clock, cursor, ids
from chalicelib.kernel.errors import BadCursor

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)  # in Shanghai


@pytest.mark.parametrize(
    ("hour", "minute", "date"), [(3, 59, "2026-11-21"), (4, 0, "2026-11-22"), (4, 1, "2026-11-22")]
)
def test_the_business_day_turns_at_the_cut_hour(hour: int, minute: int, date: str) -> None:
    local = datetime(2026, 11, 22, hour, minute, tzinfo=clock.zone("Asia/Shanghai"))
    assert clock.business_date(local, "Asia/Shanghai", 4).isoformat() == date


def test_ids_sort_as_time_does() -> None:
    moments = [NOON + timedelta(milliseconds=step) for step in range(50)]
    made = [ids.new(moment) for moment in moments]
    assert made == sorted(made)
    assert {len(each) for each in made} == {26}


def test_an_id_that_follows_from_a_name_is_the_same_for_everybody() -> None:
    assert ids.following(NOON, "m-1") == ids.following(NOON, "m-1")
    assert ids.following(NOON, "m-1") != ids.following(NOON, "m-2")
    assert (
        ids.floor(NOON) <= ids.following(NOON, "m-1") < ids.floor(NOON + timedelta(milliseconds=1))
    )


def test_milliseconds_survive_text_and_back() -> None:
    moment = clock.cut(datetime(2026, 11, 22, 1, 2, 3, 456789, tzinfo=UTC))
    assert clock.text(moment) == "2026-11-22T01:02:03.456Z"
    assert clock.parse(clock.text(moment)) == moment


def test_a_cursor_opens_for_its_own_list_only() -> None:
    token = cursor.seal(b"k" * 32, "member m1 history", {"before": "x"})
    assert cursor.open_(b"k" * 32, "member m1 history", token) == {"before": "x"}
    for scope in ("member m2 history", "member m1 messages"):
        with pytest.raises(BadCursor):
            cursor.open_(b"k" * 32, scope, token)


@pytest.mark.parametrize("token", ["", "x", "????", "A" * 40, "é" * 8])
def test_a_forged_cursor_is_refused(token: str) -> None:
    with pytest.raises(BadCursor):
        cursor.open_(b"k" * 32, "s", token)
