"""What an SMS variable may hold, and how many messages a text is charged as."""

import pytest

from chalicelib.adapters.sms_values import length, parts, plain, unfit


@pytest.mark.parametrize(
    ("chars", "charged"), [(1, 1), (70, 1), (71, 2), (134, 2), (135, 3), (201, 3), (202, 4)]
)
def test_seventy_are_one_message_and_longer_texts_are_split_by_67(chars: int, charged: int) -> None:
    assert parts("灯" * chars) == charged


def test_an_emoji_counts_as_two() -> None:
    assert length("灯🏮") == 3
    assert parts("🏮" * 35) == 1
    assert parts("🏮" * 36) == 2


@pytest.mark.parametrize(
    "value", ["", " ", "【灯塔】", "¥12", "http://a", "WWW.a", "a\nb", "1" * 13, "🏮" * 7]
)
def test_what_a_provider_would_refuse_is_named_by_its_place(value: str) -> None:
    assert unfit(["南京路店", value, "12.00"], 12) == [2]
    assert unfit(["南京路店", plain(value, 12) or "门店", "12.00"], 12) == []
