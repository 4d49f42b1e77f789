"""The history as RSS 2.0 and as Atom, in the words that readers of Statuspage feeds look for."""

from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import NamedTuple
from urllib.parse import urlsplit

from chalicelib.outages.model import maintenances
from chalicelib.outages.model.incidents import Incident
from chalicelib.outages.model.maintenances import Maintenance
from chalicelib.outages.templates.writer import Writer, safe

_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
RSS = "application/rss+xml; charset=utf-8"
ATOM = "application/atom+xml; charset=utf-8"
MOST_ITEMS = 50


class Item(NamedTuple):
    """`lines` stand newest first: the stage, when, and what was said."""

    id: str
    title: str
    began_at: datetime
    updated_at: datetime
    lines: Sequence[tuple[str, datetime, str]]


def atom(writer: Writer) -> str:
    """A feed without entries has the page's own time of change."""
    host, site = _host(writer), writer.site
    entries = "".join(
        f"<entry><id>tag:{host},2005:Incident/{item.id}</id>"
        f"<published>{_atom_time(item.began_at)}</published><updated>{_atom_time(item.updated_at)}</updated>"
        f'<link rel="alternate" type="text/html" href="{_link(writer, item)}"/>'
        f'<title>{item.title}</title><content type="html">{safe(_content(writer, item))}</content></entry>'
        for item in items(writer)
    )
    return (
        f'{_XML}<feed xml:lang="{site.language}" xmlns="http://www.w3.org/2005/Atom">'
        f"<id>tag:{host},2005:/history</id>"
        f'<link rel="alternate" type="text/html" href="{safe(writer.site.home)}"/>'
        f'<link rel="self" type="application/atom+xml" href="{safe(writer.site.home)}/history.atom"/>'
        f"<title>{_title(writer)}</title><updated>{_atom_time(writer.shown.updated_at)}</updated>"
        f"<author><name>{safe(site.name)}</name></author>{entries}</feed>\n"
    )


def rss(writer: Writer) -> str:
    items_ = "".join(
        f"<item><title>{item.title}</title>"
        f"<description>{safe(_content(writer, item))}</description>"
        f"<pubDate>{format_datetime(item.began_at)}</pubDate><link>{_link(writer, item)}</link>"
        f'<guid isPermaLink="false">{item.id}</guid></item>'
        for item in items(writer)
    )
    return (
        f'{_XML}<rss version="2.0"><channel><title>{_title(writer)}</title>'
        f"<link>{safe(writer.site.home)}</link><description>{_title(writer)}</description>"
        f"<language>{writer.language.lower()}</language>"
        f"<lastBuildDate>{format_datetime(writer.shown.updated_at)}</lastBuildDate>{items_}</channel></rss>\n"
    )


def items(writer: Writer) -> list[Item]:
    """The newest incidents and maintenances, by when they began or were announced."""
    found = [_of_incident(writer, each) for each in writer.shown.incidents]
    found += [_of_maintenance(writer, each) for each in writer.shown.maintenances]
    return sorted(found, key=lambda each: (each.began_at, each.id), reverse=True)[:MOST_ITEMS]


def _of_incident(writer: Writer, incident: Incident) -> Item:
    said = writer.said.stages
    lines = [
        (said[each.status], each.display_at, writer.plain(each.body))
        for each in reversed(incident.updates)
    ]
    changed_at = max(incident.updated_at, incident.published_at)
    return Item(incident.id, writer.plain(incident.name), incident.started_at, changed_at, lines)


def _of_maintenance(writer: Writer, planned: Maintenance) -> Item:
    said = writer.said
    lines = [
        (said.progress[each.status], each.display_at, writer.plain(each.body))
        for each in reversed(planned.updates)
    ]
    state = maintenances.state(planned, writer.shown.now)
    name = said.cancelled if planned.cancelled else said.progress[state]
    lines = lines or [(name, planned.created_at, writer.plain(planned.name))]
    title = f"{writer.plain(planned.name)} · {name}"
    return Item(planned.id, title, planned.created_at, planned.updated_at, lines)


def _content(writer: Writer, item: Item) -> str:
    """Readers look for the first `<strong>`: it is the latest stage."""
    return "".join(
        f"<p><small>{writer.at(at)}</small><br><strong>{stage}</strong> - {body}</p>"
        for stage, at, body in item.lines
    )


def _title(writer: Writer) -> str:
    return f"{writer.said.title.format(name=safe(writer.site.name))} · {writer.said.history}"


def _link(writer: Writer, item: Item) -> str:
    return safe(writer.site.link(item.id))


def _host(writer: Writer) -> str:
    return safe(urlsplit(writer.site.url).hostname or "status")


def _atom_time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")
