"""Ninety days as bars: one SVG for each component, in which runs of like days are one path each."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby

from chalicelib.outages.model import uptime
from chalicelib.outages.model.components import SEVERITY, Status
from chalicelib.outages.model.uptime import Day
from chalicelib.outages.templates import phrases
from chalicelib.outages.templates.writer import Writer, safe

_DOWN: Sequence[Status] = ("partial_outage", "major_outage")


def bars(writer: Writer, days: Sequence[Day]) -> str:
    """What it shows is said in words too; the bars of bad days are taller and have a tip each."""
    said, count = writer.said, len(days)
    part = uptime.uptime(days, writer.shown.page.partial_weight)
    if part is None:
        return f'<p class="soft">{said.no_data}</p>'
    percent = uptime.percent(part)
    told = said.bars.format(days=count, percent=percent)
    if lost := sum(1 for each in days if set(each.lasted_ms) & set(_DOWN)):
        told += said.bars_lost.format(count=lost)
    return (
        f'<div class="bars"><svg viewBox="0 0 {count} 10" preserveAspectRatio="none" role="img" '
        f'aria-label="{safe(told)}">{"".join(_runs(writer, days))}</svg>'
        f'<p class="soft row" aria-hidden="true"><span>{said.days_ago.format(days=count)}</span>'
        f"<span>{said.uptime.format(percent=percent)}</span><span>{said.today}</span></p></div>"
    )


def _runs(writer: Writer, days: Sequence[Day]) -> Iterator[str]:
    begin = 0
    for (look, tip), run in groupby(days, lambda each: (each.look, _tip(writer, each))):
        length = len(list(run))
        title = f"<title>{tip}</title>" if tip else ""
        yield f'<path class="{look or "none"}" d="M{begin} 5h{length}">{title}</path>'
        begin += length


def _tip(writer: Writer, day: Day) -> str:
    if not day.lasted_ms:
        return ""
    worst_first = sorted(day.lasted_ms.items(), key=lambda each: -SEVERITY[each[0]])
    told = [f"{writer.said.statuses[status]} {_length(writer, ms)}" for status, ms in worst_first]
    return f"{_date(writer, day.date)}{writer.said.colon}{writer.listed(told)}"


def _date(writer: Writer, day: date) -> str:
    return phrases.day(day, writer.language)


def _length(writer: Writer, lasted_ms: int) -> str:
    return phrases.lasted(timedelta(milliseconds=lasted_ms), writer.language)


def percent_of(parts: Iterable[Sequence[Day]], partial_weight: float) -> str | None:
    """Of a group: the mean of its members."""
    part = uptime.mean(uptime.uptime(each, partial_weight) for each in parts)
    return uptime.percent(part) if part is not None else None
