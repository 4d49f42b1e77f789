"""A receipt as a thermal printer takes it: one narrow HTML page without script, black on white, sized in mm."""

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

Width = Literal[58, 80]

CONTENT_TYPE = "text/html; charset=utf-8"
HEADERS = {
    "Vary": "Accept-Language",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_PRINTED_MM = {58: 48, 80: 72}  # what the heads of such printers reach
_FONT_MM, _LINE_MM, _ENDS_MM = 3.1, 4.4, 14
_NARROW_EM = 0.61  # the widest digit of the fonts asked for
_BIG = 1.45
_RIGHT_MOST = 0.6  # what is wider goes to a line of its own
_CONTROLS = dict.fromkeys((*range(32), 127), "\N{REPLACEMENT CHARACTER}")
_CSS = (
    "@page{{size:{paper}mm {height}mm;margin:0}}"
    "*{{box-sizing:border-box;margin:0;padding:0}}"
    "html{{background:#fff;color:#000}}"
    "body{{width:{printed}mm;margin:0 auto;padding:4mm 0 8mm;overflow-wrap:anywhere;"
    'font:{font}mm/{line}mm ui-monospace,"Sarasa Mono SC","Noto Sans Mono CJK SC",Menlo,Consolas,monospace;'
    "font-variant-numeric:tabular-nums;-webkit-print-color-adjust:exact}}"
    "h1{{font-size:{big}mm;line-height:{bigline}mm;text-align:center}}"
    "p{{white-space:pre-wrap}}p.c{{text-align:center}}hr{{border:0;border-top:.3mm dashed #000;margin:2mm 0}}"
    "div{{display:flex;flex-wrap:wrap;column-gap:2mm}}div>:first-child{{flex:1 1 40%}}"
    "div>:last-child{{flex:0 0 auto;max-width:100%;margin-left:auto;text-align:right}}.b{{font-weight:700}}"
)


@dataclass(frozen=True)
class Head:
    """The first words of a slip, or of a part of it."""

    text: str


@dataclass(frozen=True)
class Row:
    """What it is, and how much."""

    left: str
    right: str
    bold: bool = False


@dataclass(frozen=True)
class Note:
    text: str
    centred: bool = False
    bold: bool = False


@dataclass(frozen=True)
class Cut:
    """A line across."""


Part = Head | Row | Note | Cut


def page(width: Width, language: str, title: str, parts: Sequence[Part]) -> str:
    """The whole document. Its page is as long as the parts will be, so that a roll is cut behind them."""
    style = _CSS.format(
        paper=width,
        height=math.ceil(height_mm(width, parts)),
        printed=_PRINTED_MM[width],
        font=_FONT_MM,
        line=_LINE_MM,
        big=round(_FONT_MM * _BIG, 2),
        bigline=round(_LINE_MM * _BIG, 2),
    )
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{_safe(title)}</title><style>{style}</style></head>"
        f"<body><main>{''.join(map(_html, parts))}</main></body></html>"
    )


def height_mm(width: Width, parts: Sequence[Part]) -> float:
    """Estimated by the width of the characters, upwards."""
    across_em = _PRINTED_MM[width] / _FONT_MM
    return _ENDS_MM + sum(_part_mm(part, across_em) for part in parts)


def _part_mm(part: Part, across_em: float) -> float:
    match part:
        case Head(text):
            return _lines(text, across_em / _BIG) * _LINE_MM * _BIG
        case Row(left, right) if _em(right) + 1 > across_em * _RIGHT_MOST:
            return (_lines(left, across_em) + _lines(right, across_em)) * _LINE_MM
        case Row(left, right):
            return _lines(left, across_em - _em(right) - 1) * _LINE_MM
        case Note(text):
            return sum(_lines(each, across_em) for each in text.split("\n")) * _LINE_MM
        case Cut():
            return 5


def _lines(text: str, across_em: float) -> int:
    return max(1, math.ceil(_em(text) / max(across_em - 1, 1)))


def _em(text: str) -> float:
    return sum(1 if unicodedata.east_asian_width(c) in "WFA" else _NARROW_EM for c in text)


def _html(part: Part) -> str:
    match part:
        case Head(text):
            return f"<h1>{_safe(text)}</h1>"
        case Row(left, right, bold):
            mark = ' class="b"' if bold else ""
            return f"<div{mark}><span>{_safe(left)}</span><span>{_safe(right)}</span></div>"
        case Note(text, centred, bold):
            marks = " ".join(mark for mark, wanted in (("c", centred), ("b", bold)) if wanted)
            shown = "\n".join(_safe(each) for each in text.split("\n"))
            return f'<p class="{marks}">{shown}</p>' if marks else f"<p>{shown}</p>"
        case Cut():
            return "<hr>"


def _safe(text: str) -> str:
    return escape(text.translate(_CONTROLS))
