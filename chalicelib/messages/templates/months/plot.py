"""Plots over the days of a month, as inlined SVG: bars from zero, lines with gaps; a day without data has a dash."""

import math
from collections.abc import Iterator, Sequence
from html import escape

Values = Sequence[float | None]
_WIDTH, _HEIGHT, _LEFT, _TOP, _BOTTOM = 360, 150, 52, 8, 20
_FLOOR = _HEIGHT - _BOTTOM
_ROOM = _WIDTH - _LEFT - 6
_EACH = 5  # days from one label to the next


def bars(label: str, days: int, behind: Values, front: Values = ()) -> str:
    """`front` narrower and before `behind`, both on one scale, the first for the first day."""
    most = _round_up(max((value or 0 for value in (*behind, *front)), default=0))
    marks = [(_y(part * most, most), f"{part * most:,g}") for part in (0, 0.5, 1)]
    drawn = [
        *(_bar(n, value, most, days, ("bar2", 0.8)) for n, value in enumerate(behind)),
        *(_bar(n, value, most, days, ("bar1", 0.4)) for n, value in enumerate(front)),
        *_dashes(behind, days),
    ]
    return _plot(label, days, marks, drawn)


def lines(label: str, days: int, levels: Sequence[str], below: Values, above: Values) -> str:
    """Each value is the place of a level. Two marks of other shapes, so that nobody needs to see the colours."""
    most = len(levels) - 1
    marks = [(_y(place, most), level) for place, level in enumerate(levels)]
    drawn = [
        *_line(above, days, most, "2"),
        *_line(below, days, most, "1"),
        *_dashes(below, days),
    ]
    return _plot(label, days, marks, drawn)


def key(shape: str, kind: str) -> str:
    """What stands in the legend; `shape` as drawn in the plot."""
    return f'<svg viewBox="-5 -5 10 10" aria-hidden="true">{_SHAPES[shape].format(kind=kind)}</svg>'


_SHAPES = {
    "bar": '<rect class="{kind}" x="-4" y="-4" width="8" height="8"/>',
    "1": '<circle class="d1" r="3.5"/>',
    "2": '<path class="d2" d="M0-4.5L4.5 4H-4.5z"/>',
    "dash": '<path class="none" d="M-4 0H4"/>',
}


def _plot(label: str, days: int, marks: Sequence[tuple[float, str]], drawn: Sequence[str]) -> str:
    grid = "".join(
        f'<path class="grid" d="M{_LEFT} {y:g}H{_WIDTH - 6}"/>'
        f'<text x="{_LEFT - 5}" y="{y + 4:g}" text-anchor="end">{escape(text)}</text>'
        for y, text in marks
    )
    dates = "".join(
        f'<text x="{_x(day - 1, days):g}" y="{_HEIGHT - 5}" text-anchor="middle">{day}</text>'
        for day in range(1, days + 1)
        if day == 1 or day % _EACH == 0
    )
    return (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{escape(label)}">'
        f"{grid}{dates}{''.join(drawn)}</svg>"
    )


def _bar(n: int, value: float | None, most: float, days: int, look: tuple[str, float]) -> str:
    """A zero is a hair line on the floor."""
    if value is None:
        return ""
    kind, share = look
    width = round(_ROOM / days * share, 2)
    top = min(_y(value, most), _FLOOR - 0.6)
    return (
        f'<rect class="{kind}" x="{_x(n, days) - width / 2:g}" y="{top:g}" '
        f'width="{width:g}" height="{_FLOOR - top:g}"/>'
    )


def _line(values: Values, days: int, most: float, which: str) -> Iterator[str]:
    """A run of days with values is one line; each value has a mark, as a run may be one day long."""
    run: list[str] = []
    for n, value in enumerate((*values, None)):
        if value is not None:
            run.append(f"{_x(n, days):g} {_y(value, most):g}")
            continue
        if len(run) > 1:
            yield f'<path class="l{which}" d="M{"L".join(run)}"/>'
        for place in run:
            shape = _SHAPES[which].format(kind="")
            yield f'<g transform="translate({place}) scale(.72)">{shape}</g>'
        run = []


def _dashes(values: Values, days: int) -> Iterator[str]:
    for n, value in enumerate(values):
        if value is None:
            yield f'<path class="none" d="M{_x(n, days) - 2.5:g} {_FLOOR - 4}h5"/>'


def _x(n: int, days: int) -> float:
    return round(_LEFT + (n + 0.5) * _ROOM / days, 2)


def _y(value: float, most: float) -> float:
    return round(_FLOOR - (_FLOOR - _TOP) * value / (most or 1), 2)


def _round_up(value: float) -> float:
    """To one, two or five times a power of ten: a scale that people read."""
    if value <= 0:
        return 1
    step = 10.0 ** math.floor(math.log10(value))
    return next(times * step for times in (1, 2, 5, 10) if times * step >= value)
