"""Tables as a spreadsheet reads them."""

import csv
import io
from datetime import UTC, datetime

import pytest

from chalicelib.kernel import sheet


def read(text: str) -> list[list[str]]:
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True))


@pytest.mark.parametrize(
    "typed",
    [
        "=1+1", "+86", "-2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "＝1", "＋1", "－1", "＠x",
        '=HYPERLINK("http://x","y")',
    ],
)  # fmt: skip
def test_what_somebody_typed_never_begins_a_formula(typed: str) -> None:
    assert read(sheet.written([[typed]])) == [[f"'{typed}"]]


@pytest.mark.parametrize("typed", ["1-2", "a=b", "拿铁", "", "20261122-0001", "_x", "'quoted"])
def test_other_text_stays_as_it_is(typed: str) -> None:
    assert read(sheet.written([[typed, "x"]])) == [[typed, "x"]]


def test_a_negative_number_stays_a_number() -> None:
    row = [sheet.yuan(-1), sheet.yuan(-123_456), sheet.number(-7), sheet.yuan(0)]
    assert read(sheet.written([row])) == [["-0.01", "-1234.56", "-7", "0.00"]]
    assert read(sheet.written([[sheet.yuan(None), sheet.number(None)]])) == [["", ""]]


def test_commas_quotes_and_line_ends_stay_within_their_cell() -> None:
    row = ["a,b", 'say "hi"', "one\ntwo", "三"]
    text = sheet.written([row, row])
    assert read(text) == [row, row]
    assert text.endswith("\r\n")
    assert '"say ""hi"""' in text


def test_times_are_those_of_the_stores_clock() -> None:
    moment = datetime(2026, 11, 21, 18, 30, 5, tzinfo=UTC)
    assert sheet.local(moment, "Asia/Shanghai") == "2026-11-22 02:30:05"
