"""What each page stands in: head, headline, and a foot that says how fresh the page is and where the rest lies."""

import hashlib
from base64 import b64encode
from collections.abc import Iterable
from datetime import datetime

from chalicelib.kernel import clock
from chalicelib.outages.model.components import Status
from chalicelib.outages.templates import phrases
from chalicelib.outages.templates.phrases import PHRASES
from chalicelib.outages.templates.statuspage import Site
from chalicelib.outages.templates.style import CSS, ICONS, SCRIPT, TINTS
from chalicelib.outages.templates.writer import Place, Writer, safe

MOST_BYTES = 60_000
GENERATED = "\0generated\0"  # stands where the time goes, so that the ETag can be made without it
_FEEDS = (("history.atom", "Atom"), ("history.rss", "RSS"), ("status.ics", "iCalendar"))
_DOCUMENTS = ("api/v2/summary.json", "api/v2/incidents.json", "api/v2/scheduled-maintenances.json")


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


CSP = (
    f"default-src 'none'; style-src {_hash(CSS)}; script-src {_hash(SCRIPT)}; img-src data:; "
    "base-uri 'none'; form-action 'none'"
)

FORM_CSP = CSP.replace("form-action 'none'", "form-action 'self'")


def document(  # noqa: PLR0917
    site: Site, where: Place, title: str, content: str, look: Status, policy: str = CSP
) -> str:
    """`look` colours the tab's icon."""
    said = PHRASES[site.language]
    other = "zh-CN" if site.language == "en" else "en"
    feed = safe(where.folder + "history.atom")
    return (
        f'<!doctype html><html lang="{site.language}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<title>{title}</title><link rel="icon" href="{_tab_icon(look)}">'
        f'<link rel="alternate" type="application/atom+xml" href="{feed}">'
        f'<style>{CSS}</style></head><body>{ICONS}<div class="wrap">'
        f'<a class="skip" href="#m">{said.skip}</a><header>'
        f'<p><a href="{safe(where.folder)}index.html">{said.title.format(name=safe(site.name))}</a></p>'
        f'<a href="{where.other}" lang="{other}" hreflang="{other}">{said.other_language}</a>'
        f"</header>{content}</div></body></html>"
    )


def stale(writer: Writer, minutes: int) -> str:
    """What the script shows once the page is too old."""
    said = writer.said.stale.format(minutes=minutes)
    return f'<p class="card" id="stale" role="status" hidden>{said}</p>'


def fresh(writer: Writer, minutes: int) -> str:
    """The same in words, for where no script runs."""
    return f"<p>{writer.said.fresh.format(minutes=minutes)}</p><script>{SCRIPT}</script>"


def as_of(writer: Writer, minutes: int) -> str:
    time = f'<time id="made" data-minutes="{minutes}" {GENERATED}</time>'
    return f'<p class="soft">{writer.said.as_of.format(time=time)}</p>'


def stamped(text: str, writer: Writer, made_at: datetime) -> str:
    """The document with the time at which it was made."""
    shown = writer.shown
    said = phrases.moment(made_at, shown.now, shown.page.time_zone, writer.language)
    return text.replace(GENERATED, f'datetime="{made_at.isoformat(timespec="seconds")}">{said}')


def foot(writer: Writer, *notes: str) -> str:
    said, page = writer.said, writer.shown.page
    zone = safe(phrases.zone_name(page.time_zone, writer.language))
    offset = phrases.offset(writer.shown.now, page.time_zone)
    month = writer.shown.now.astimezone(clock.zone(page.time_zone))
    links = [
        _link(writer, "index.html", said.home),
        _link(writer, f"history/{month:%Y-%m}.html", said.history),
        *([_link(writer, "stores/index.html", said.stores)] if page.stores else []),
    ]
    return (
        f"<footer>{''.join(notes)}<p>{said.zone.format(zone=zone, offset=offset)}</p>"
        f"<p>{' · '.join(links)}</p>"
        f"<p>{said.feeds}{said.colon}{_named(writer, _asks(writer))}</p><p>{said.programs}{said.colon}"
        f"{_named(writer, ((each, each.rpartition('/')[2]) for each in _DOCUMENTS))}</p></footer>"
    )


def _asks(writer: Writer) -> list[tuple[str, str]]:
    """The ways to hear of it: by being told, where anybody can be, and by looking."""
    told = [("subscribe.html", writer.said.notices)] if writer.site.asks else []
    return [*told, *_FEEDS]


def _named(writer: Writer, links: Iterable[tuple[str, str]]) -> str:
    return " · ".join(_link(writer, path, name) for path, name in links)


def _link(writer: Writer, path: str, name: str) -> str:
    return f'<a href="{writer.link(path)}">{name}</a>'


def _tab_icon(look: Status) -> str:
    circle = f"%3Ccircle cx='8' cy='8' r='7' fill='%23{TINTS[look]}'/%3E"
    return f"data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E{circle}%3C/svg%3E"
