"""A receipt as a thermal printer takes it: one narrow HTML page without script, black on white, sized in mm."""

import math
import unicodedata
from collections.abc import Sequence
from html import escape
from typing import Literal

import msgspec

from chalicelib.kernel import barcode

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
_RIGHT_MOST = 0.68  # what is wider goes to a line of its own
_MODULES_MM = (0.375, 0.25)  # three dots of a head of 8 dots a millimetre, or two
_BARS_MM = 12
_CONTROLS = dict.fromkeys((*range(32), 127), "\N{REPLACEMENT CHARACTER}")
_CSS = (
    "@page{{size:{paper}mm {height}mm;margin:0}}"
    "*{{box-sizing:border-box;margin:0;padding:0}}"
    "html{{background:#fff;color:#000}}"
    "body{{width:{printed}mm;margin:0 auto;padding:4mm 0 8mm;overflow-wrap:anywhere;"
    'font:{font}mm/{line}mm ui-monospace,"Sarasa Mono SC","Noto Sans Mono CJK SC",Menlo,Consolas,monospace;'
    "font-variant-numeric:tabular-nums;-webkit-print-color-adjust:exact}}"
    "h1{{font-size:{big}mm;line-height:{bigline}mm;text-align:center}}"
    "svg{{display:block;margin:1mm auto}}"
    "p{{white-space:pre-wrap}}p.c{{text-align:center}}hr{{border:0;border-top:.3mm dashed #000;margin:2mm 0}}"
    "div{{display:flex;flex-wrap:wrap;column-gap:2mm}}div>:first-child{{flex:1 1 25%}}"
    "div>:last-child{{flex:0 0 auto;max-width:100%;margin-left:auto;text-align:right}}.b{{font-weight:700}}"
)


class Head(msgspec.Struct, frozen=True):
    """The first words of a slip, or of a part of it."""

    text: str


class Row(msgspec.Struct, frozen=True):
    """What it is, and how much."""

    left: str
    right: str
    bold: bool = False


class Note(msgspec.Struct, frozen=True):
    text: str
    centred: bool = False
    bold: bool = False


class Cut(msgspec.Struct, frozen=True):
    """A line across."""


class Bars(msgspec.Struct, frozen=True):
    """A name as a bar code, where it fits on the paper."""

    text: str


Part = Head | Row | Note | Cut | Bars


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
        f"<body><main>{''.join(_html(part, width) for part in parts)}</main></body></html>"
    )


def height_mm(width: Width, parts: Sequence[Part]) -> float:
    """Estimated by the width of the characters, upwards."""
    return _ENDS_MM + sum(_part_mm(part, _PRINTED_MM[width]) for part in parts)


def _part_mm(part: Part, across_mm: int) -> float:
    across_em = across_mm / _FONT_MM
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
        case Bars(text):
            return _BARS_MM + 2 if _module_mm(text, across_mm) else 0


def _lines(text: str, across_em: float) -> int:
    return max(1, math.ceil(_em(text) / max(across_em - 1, 1)))


def _em(text: str) -> float:
    return sum(1 if unicodedata.east_asian_width(c) in "WFA" else _NARROW_EM for c in text)


def _html(part: Part, paper: Width) -> str:
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
        case Bars(text):
            return _bars(text, _PRINTED_MM[paper])


def _bars(text: str, most_mm: int) -> str:
    module_mm = _module_mm(text, most_mm)
    if not module_mm:
        return ""
    widths = barcode.widths(text)
    at, bars = 0, ""
    for number, width in enumerate(widths):
        bars += "" if number % 2 else f"M{at} 0h{width}v1h-{width}z"
        at += width
    return (
        f'<svg viewBox="0 0 {at} 1" width="{at * module_mm}mm" height="{_BARS_MM}mm" role="img" '
        f'aria-label="{_safe(text)}" preserveAspectRatio="none" shape-rendering="crispEdges">'
        f'<path d="{bars}"/></svg>'
    )


def _module_mm(text: str, most_mm: int) -> float:
    """As wide as it may be; 0 where it fits in no width. The paper's own margins are the quiet zone."""
    modules = sum(barcode.widths(text))
    return next((mm for mm in _MODULES_MM if modules * mm <= most_mm), 0)


def _safe(text: str) -> str:
    return escape(text.translate(_CONTROLS))
