"""What is forgiven in a phone, what is not, and which slips are near."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.kernel import phone

mobiles = st.from_regex(r"\A1[3-9][0-9]{9}\Z")


@pytest.mark.parametrize(
    "text",
    ["13800138000", " 138 0013 8000 ", "138-0013-8000", "+8613800138000", "+86 138-0013-8000",
     "008613800138000", "8613800138000", "１３８００１３８０００", "(138)00138000"],
)  # fmt: skip
def test_what_people_write_is_read(text: str) -> None:
    assert phone.parse(text) == "13800138000"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"), ("  ", "empty"), ("138001380o0", "letters"), ("张三", "letters"),
        ("010-62345678", "landline"), ("057188888888", "landline"), ("+85291234567", "foreign"),
        ("1380013800", "too_short"), ("138001380000", "too_long"), ("12800138000", "prefix"),
        ("23800138000", "prefix"),
    ],
)  # fmt: skip
def test_what_is_no_phone_gets_its_reason(text: str, reason: str) -> None:
    with pytest.raises(phone.NotAPhone) as refused:
        phone.parse(text)
    assert refused.value.reason == reason


@given(mobiles)
def test_slips_are_valid_near_and_never_the_phone_itself(number: str) -> None:
    slips = phone.slips(number)
    assert number not in slips
    assert len(slips) == len(set(slips)) <= 99
    assert all(phone.parse(slip) == slip for slip in slips)
    assert all(sum(a != b for a, b in zip(number, slip, strict=True)) <= 2 for slip in slips)


def test_the_mask_keeps_head_and_tail() -> None:
    assert phone.masked("13800135678") == "138****5678"
