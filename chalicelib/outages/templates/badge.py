"""The state as a small picture for other pages: an SVG that says in words what its colour says."""

import unicodedata

from chalicelib.outages.templates import phrases
from chalicelib.outages.templates.page import LOOKS
from chalicelib.outages.templates.style import TINTS
from chalicelib.outages.templates.writer import Writer, safe

_WIDE, _NARROW, _EDGE = 12, 7, 9


def badge(writer: Writer) -> str:
    roll_up = writer.shown.roll_up
    name, said = writer.site.name, phrases.heading(roll_up.description, writer.language)
    left, right = _width(name), _width(said)
    whole = safe(f"{name}{writer.said.colon}{said}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="22" role="img" '
        f'aria-label="{whole}"><title>{whole}</title>'
        f'<rect width="{left + right}" height="22" rx="4" fill="#39424e"/>'
        f'<path fill="#{TINTS[LOOKS[roll_up.indicator]]}" d="M{left} 0h{right - 4}a4 4 0 0 1 4 4v14a4 4 0 0 1-4 4h-'
        f'{right - 4}z"/><g fill="#fff" font-family="system-ui,sans-serif" font-size="12" text-anchor="middle">'
        f'<text x="{left / 2:g}" y="15">{safe(name)}</text>'
        f'<text x="{left + right / 2:g}" y="15">{safe(said)}</text></g></svg>\n'
    )


def _width(text: str) -> int:
    """About what it takes: nobody can measure letters without the reader's font."""
    wide = sum(unicodedata.east_asian_width(each) in "WF" for each in text)
    return wide * _WIDE + (len(text) - wide) * _NARROW + 2 * _EDGE
