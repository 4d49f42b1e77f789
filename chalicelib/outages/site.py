"""The whole static site as files: pages, Statuspage documents and feeds, made from what may be shown."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

import msgspec

from chalicelib.kernel import clock
from chalicelib.outages.model.components import Status, StoreShown
from chalicelib.outages.model.incidents import Incident
from chalicelib.outages.model.snapshot import Snapshot
from chalicelib.outages.model.uptime import records
from chalicelib.outages.model.whole import Whole
from chalicelib.outages.model.words import Language
from chalicelib.outages.templates import feeds, page, shell, statuspage, subscribe
from chalicelib.outages.templates.badge import badge
from chalicelib.outages.templates.calendar import CALENDAR, calendar
from chalicelib.outages.templates.cards import Told
from chalicelib.outages.templates.mini import mini
from chalicelib.outages.templates.parts import Records
from chalicelib.outages.templates.statuspage import Site
from chalicelib.outages.templates.writer import Writer, place

HTML = "text/html; charset=utf-8"
JSON = "application/json; charset=utf-8"
SVG = "image/svg+xml; charset=utf-8"
HISTORY_DAYS = 14
MOST_MONTHS = 14
QUIET_MINUTES = 65  # of a store where nothing happens: its pages are written once an hour
_FOLDERS: dict[Language, str] = {"zh-CN": "", "en": "en/"}
_HOUR = timedelta(hours=1)


class File(NamedTuple):
    """What lies under one key. A page has all that it needs inside, so that no file hangs on another one."""

    body: bytes
    content_type: str


class _View(NamedTuple):
    """What a store sees, or all do: made once for both languages. `at`: when its page says that it was made."""

    shown: Snapshot
    records: Records
    at: datetime
    minutes: int
    stores: list[StoreShown]


def files(whole: Whole, site: Site, now: datetime) -> dict[str, File]:
    """By key without a leading slash; each page and document once for each language. Where nothing is known the front
    pages say so, and nothing else is there.
    """
    shown = whole.at(now)
    if not shown.tells_something:
        return _unknown(site)
    views = _of_stores(whole, shown)
    overall = _View(shown, records(shown, whole.changes), now, page.FRESH_MINUTES, [])
    made: dict[str, File] = {}
    for language, folder in _FOLDERS.items():
        own = msgspec.structs.replace(site, language=language)
        pages = {**_pages(shown, own), **_now(overall, views, own)}
        made |= {folder + key: File(text.encode(), HTML) for key, text in pages.items()}
        made |= {folder + key: file for key, file in _feeds(shown, own)}
        made |= {folder + key: File(body, JSON) for key, body in _documents(shown, own)}
    return made


def _unknown(site: Site) -> dict[str, File]:
    made = {}
    for language, folder in _FOLDERS.items():
        own = msgspec.structs.replace(site, language=language)
        text = page.unknown(own, place("index.html", language))
        made[f"{folder}index.html"] = File(text.encode(), HTML)
    return made


def _of_stores(whole: Whole, shown: Snapshot) -> list[_View]:
    """Most of hundreds of stores see the same: it is reckoned, and written, once for all of them."""
    alike: dict[tuple[bool, ...], list[StoreShown]] = {}
    named = sorted(_named(shown), key=sorted)
    for store in shown.page.stores:
        seen = tuple(store.store_id in each for each in named)
        alike.setdefault(seen, []).append(store)
    return [_of_store(whole, shown, each) for each in alike.values()]


def _named(shown: Snapshot) -> set[tuple[str, ...]]:
    """The stores that anything is limited to."""
    told = {
        one.store_ids for each in shown.incidents for said in each.updates for one in said.affected
    }
    return told | {each.store_ids for each in shown.maintenances}


def _of_store(whole: Whole, shown: Snapshot, stores: list[StoreShown]) -> _View:
    """Where nothing happens at a store its pages stay as they are for an hour: each write costs."""
    seen = shown.seen_from(stores[0].store_id)
    since = max(shown.now.replace(minute=0, second=0, microsecond=0), shown.updated_at)
    soon = any(shown.now - _HOUR <= e.scheduled_for <= shown.now + _HOUR for e in seen.maintenances)
    live = any(each.live(shown.now) for each in seen.maintenances)
    if seen.open_incidents or live or soon:
        return _View(seen, records(seen, whole.changes), shown.now, page.FRESH_MINUTES, stores)
    quiet = msgspec.structs.replace(seen, now=since)
    return _View(quiet, records(quiet, whole.changes), since, QUIET_MINUTES, stores)


def _now(overall: _View, views: Sequence[_View], site: Site) -> dict[str, str]:
    """The front page, and that of each store."""
    made = {"index.html": _page(overall, site, "index.html")}
    looks: dict[str, Status] = {}
    for view in views:
        pattern = _page(view, site, f"stores/{page.STORE_ID}.html")
        look = page.LOOKS[view.shown.roll_up.indicator]
        for store in view.stores:
            writer = _writer(view.shown, site, "")
            made[f"stores/{store.store_id}.html"] = page.of_store(pattern, writer, store)
            looks[store.store_id] = look
    if looks:
        key, listed = (
            "stores/index.html",
            [(each, looks[each.store_id]) for each in overall.shown.page.stores],
        )
        made[key] = page.stores(_writer(overall.shown, site, key), listed)
    return made


def _page(view: _View, site: Site, key: str) -> str:
    writer = _writer(view.shown, site, key)
    return shell.stamped(
        page.now(writer, view.records, HISTORY_DAYS, view.minutes), writer, view.at
    )


def _pages(shown: Snapshot, site: Site) -> dict[str, str]:
    """Each month, each incident and each maintenance; and where to ask for notices."""
    made = {}
    by_month = _months(shown)
    months = sorted(by_month)
    for first in months:
        key = f"history/{first:%Y-%m}.html"
        around = (first != months[0], first != months[-1])
        made[key] = page.month(_writer(shown, site, key), first, by_month[first], around)
    if site.asks:
        made[subscribe.KEY] = subscribe.subscribe(_writer(shown, site, subscribe.KEY))
    for each in _told(shown):
        key = f"incidents/{each.id}.html"
        writer = _writer(shown, site, key)
        made[key] = shell.stamped(page.one(writer, each), writer, shown.now)
    return made


def _months(shown: Snapshot) -> dict[date, list[Told]]:
    """What began in each of the last months, newest first; months without anything too."""
    zone = clock.zone(shown.page.time_zone)
    found: dict[date, list[Told]] = {}
    for told in sorted(_told(shown), key=_began, reverse=True):
        found.setdefault(_began(told)[0].astimezone(zone).date().replace(day=1), []).append(told)
    this = shown.now.astimezone(zone).date().replace(day=1)
    first = min([this, *found])
    for _ in range(MOST_MONTHS):
        found.setdefault(this, [])
        if this <= first:
            break
        this = (this - timedelta(days=1)).replace(day=1)
    return found


def _told(shown: Snapshot) -> list[Told]:
    return [*shown.incidents, *shown.maintenances]


def _began(told: Told) -> tuple[datetime, str]:
    return (told.started_at if isinstance(told, Incident) else told.scheduled_for), told.id


def _feeds(shown: Snapshot, site: Site) -> Iterator[tuple[str, File]]:
    writer = _writer(shown, site, "history.atom")
    yield "history.atom", File(feeds.atom(writer).encode(), feeds.ATOM)
    yield "history.rss", File(feeds.rss(writer).encode(), feeds.RSS)
    yield "status.ics", File(calendar(writer).encode(), CALENDAR)
    yield "badge.svg", File(badge(writer).encode(), SVG)
    yield "mini.json", File(msgspec.json.encode(mini(writer)), JSON)


def _documents(shown: Snapshot, site: Site) -> Iterator[tuple[str, bytes]]:
    for name, document in statuspage.documents(shown, site).items():
        yield f"api/v2/{name}", msgspec.json.encode(document)


def _writer(shown: Snapshot, site: Site, key: str) -> Writer:
    return Writer(shown, site, place(key, site.language))
