"""Code 128 by its own rules: what every symbol holds to, and names read back."""

import pytest

from chalicelib.kernel import barcode

SYMBOLS = barcode._SYMBOLS  # noqa: SLF001 - the table itself is what may be mistyped


def test_every_symbol_is_unlike_the_others_eleven_modules_wide_and_even_in_its_bars() -> None:
    *symbols, stop = SYMBOLS
    assert len(set(symbols)) == 106
    assert {sum(map(int, symbol)) for symbol in symbols} == {11}
    assert {sum(map(int, symbol[::2])) % 2 for symbol in symbols} == {0}
    assert stop == "2331112"


def values(text: str) -> list[int]:
    """Start, data, check and stop, out of the widths."""
    widths = "".join(map(str, barcode.widths(text)))
    assert widths.endswith(SYMBOLS[106])
    body = widths.removesuffix(SYMBOLS[106])
    return [SYMBOLS.index(body[at : at + 6]) for at in range(0, len(body), 6)]


def read(text: str) -> str:
    start, *data, check = values(text)
    total = start + sum(at * value for at, value in enumerate(data, 1))
    assert check == total % 103
    pairs, found = start == 105, ""
    for value in data:
        if value == (100 if pairs else 99):
            pairs = not pairs
        else:
            found += f"{value:02d}" if pairs else chr(value + 32)
    return found


@pytest.mark.parametrize(
    "text",
    [
        "20261122-0001", "a", "1", "12", "123", "1234", "12345", "a1234", "a12345b678901", "x" * 64,
        "Az_-|*@.", "0000", "99999999", "a99b", "20261122-12345-till1",
    ],
)  # fmt: skip
def test_a_name_is_read_back(text: str) -> None:
    assert read(text) == text


def test_the_check_is_that_of_the_standards_arithmetic() -> None:
    assert values("PJJ123C") == [104, 48, 42, 42, 17, 18, 19, 35, 55]


def test_digits_take_half_the_place() -> None:
    assert values("20261122") == [105, 20, 26, 11, 22, (105 + 20 + 52 + 33 + 88) % 103]
    assert sum(barcode.widths("1" * 12)) < sum(barcode.widths("a" * 12))
