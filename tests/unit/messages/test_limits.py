"""Which counters an attempt raises, and what each may come to."""

from datetime import timedelta

import pytest

from chalicelib.messages.model.course import Outcome
from chalicelib.messages.model.limits import Receiver, caps
from chalicelib.messages.model.message import ChannelName, Message
from chalicelib.messages.model.rules import Limits
from tests.unit.messages.builders import NOW, facts, message, tried

LIMITS = Limits(3, 5, 7, 2, 9)
TO = Receiver("01M", "v1#abc")


def counted(
    was: Message, channel: ChannelName = "sms", limits: Limits = LIMITS, minutes: float = 0
) -> dict[tuple[str, str, str], int]:
    at = NOW + timedelta(minutes=minutes)
    return {
        (cap.holder, cap.window, one.name): one.most
        for cap in caps(limits, was, channel, TO, at)
        for one in cap.counts
    }


def test_an_sms_counts_for_its_phone_its_member_and_its_store_by_the_clock_of_the_rules() -> None:
    """The moment is 6:05 in UTC."""
    assert counted(message()) == {
        ("LIMIT#PHONE#v1#abc", "DAY#2026-11-22", "day"): 5,
        ("LIMIT#PHONE#v1#abc", "DAY#2026-11-22", "h14"): 3,
        ("LIMIT#PHONE#v1#abc", "DAY#2026-11-22", "s1_1400"): 2,
        ("LIMIT#STORE#s1", "TEN#2026-11-22T1400", "all"): 9,
        ("LIMIT#MEMBER#01M", "DAY#2026-11-22", "day"): 7,
    }


@pytest.mark.parametrize(
    ("minutes", "window"), [(4.99, "s1_1400"), (5, "s1_1410"), (15, "s1_1420")]
)
def test_ten_minutes_begin_when_the_clock_shows_a_nought(minutes: float, window: str) -> None:
    names = {name for _, _, name in counted(message(), minutes=minutes)}
    assert window in names


def test_a_day_ends_at_midnight_in_the_zone_of_the_rules() -> None:
    to_midnight = (24 - 14) * 60 - 5
    windows = [
        {window for _, window, name in counted(message(), minutes=minutes) if name == "day"}
        for minutes in (to_midnight - 0.01, to_midnight)
    ]
    assert windows == [{"DAY#2026-11-22"}, {"DAY#2026-11-23"}]


def test_what_is_no_sms_counts_for_its_member_only() -> None:
    assert [holder for holder, _, _ in counted(message(), "wechat")] == ["LIMIT#MEMBER#01M"]


def test_what_belongs_to_no_store_counts_for_none() -> None:
    nobodys = message(facts=facts(store_id="", kind="expiry"))
    assert not any("STORE" in holder or "s1" in name for holder, _, name in counted(nobodys))


def test_a_limit_that_is_not_set_writes_nothing() -> None:
    assert counted(message(), limits=Limits(None, None, None, None, None)) == {}
    only_store = Limits(None, None, None, None, 9)
    assert [holder for holder, _, _ in counted(message(), limits=only_store)] == ["LIMIT#STORE#s1"]


def test_a_message_counts_once_however_often_it_is_tried_and_by_whom() -> None:
    again = tried(message(), Outcome("refused", kind="account"))
    assert counted(again) == {}
    assert counted(again, "wechat") == {}
    other_channel_first = tried(message(), Outcome("refused", kind="number"))
    assert counted(other_channel_first, "wechat") == {}
