"""Planned maintenances as iCalendar (RFC 5545): a calendar that subscribes to it moves and cancels its entries."""

from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

from chalicelib.outages.model.maintenances import Maintenance
from chalicelib.outages.model.words import say
from chalicelib.outages.templates.writer import Writer

CALENDAR = "text/calendar; charset=utf-8"
_MOST_BYTES = 75  # of a line, before it is folded


def calendar(writer: Writer) -> str:
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Dengta//status//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_text(writer.said.title.format(name=writer.site.name))}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT15M",
    ]
    planned = sorted(writer.shown.maintenances, key=lambda each: (each.scheduled_for, each.id))
    for each in planned:
        lines.extend(_event(writer, each))
    lines.append("END:VCALENDAR")
    return "".join(f"{folded}\r\n" for line in lines for folded in _folded(line))


def _event(writer: Writer, planned: Maintenance) -> Iterator[str]:
    host = urlsplit(writer.site.url).hostname or "status"
    ends = planned.scheduled_until if planned.cancelled else planned.over_at
    yield "BEGIN:VEVENT"
    yield f"UID:{planned.id}@{host}"
    yield f"SEQUENCE:{planned.version - 1}"
    yield f"DTSTAMP:{_time(planned.updated_at)}"
    yield f"LAST-MODIFIED:{_time(planned.updated_at)}"
    yield f"DTSTART:{_time(planned.scheduled_for)}"
    yield f"DTEND:{_time(ends)}"
    yield f"SUMMARY:{_text(say(planned.name, writer.language).text)}"
    if planned.updates:
        yield f"DESCRIPTION:{_text(say(planned.updates[-1].body, writer.language).text)}"
    yield f"STATUS:{'CANCELLED' if planned.cancelled else 'CONFIRMED'}"
    if writer.site.url:
        yield f"URL:{writer.site.link(planned.id)}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _time(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    kept = "".join(each for each in escaped if each == "\n" or each >= " ")
    return kept.replace("\n", "\\n")


def _folded(line: str) -> Iterator[str]:
    """Cut between characters, never within one."""
    part, taken = "", 0
    for each in line:
        width = len(each.encode())
        if taken + width > _MOST_BYTES:
            yield part
            part, taken = " ", 1
        part += each
        taken += width
    yield part
