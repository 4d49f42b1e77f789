"""Tables as spreadsheets read them: CSV by RFC 4180, with a mark by which Excel reads Chinese, and without formulas."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime

from chalicelib.kernel import clock, money

CONTENT_TYPE = "text/csv; charset=utf-8"
_MARK = "\ufeff"
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


class Plain(str):
    """A number, a time or a word of ours: written as it is, also where it begins with a sign."""

    __slots__ = ()


def headers(name: str) -> dict[str, str]:
    """`name` is ours: letters, digits, dashes."""
    return {
        "Content-Disposition": f'attachment; filename="{name}.csv"',
        "Vary": "Accept-Language",
        "X-Content-Type-Options": "nosniff",
    }


def yuan(amount_fen: int | None) -> Plain:
    """Two decimals; nothing where there is no amount."""
    return Plain("" if amount_fen is None else money.yuan(amount_fen))


def number(value: int | None) -> Plain:
    return Plain("" if value is None else value)


def local(moment: datetime, zone: str) -> Plain:
    """`2026-11-22 16:05:09` on the clock of `zone`, which a column of its own names."""
    return Plain(moment.astimezone(clock.zone(zone)).strftime("%Y-%m-%d %H:%M:%S"))


def written(rows: Iterable[Sequence[str]]) -> str:
    """All cells that are not `Plain` were typed by somebody: what looks like a formula is made text by a quote."""
    out = io.StringIO(newline="")
    out.write(_MARK)
    csv.writer(out, lineterminator="\r\n").writerows([_cell(each) for each in row] for row in rows)
    return out.getvalue()


def _cell(text: str) -> str:
    if isinstance(text, Plain):
        return text
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text
