"""The whole static site as files: pages, Statuspage documents and feeds, made from what may be shown."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import msgspec

from chalicelib.outages.model.snapshot import Snapshot
from chalicelib.outages.model.whole import Whole
from chalicelib.outages.model.words import Language, floor_id
from chalicelib.outages.templates import page, statuspage
from chalicelib.outages.templates.statuspage import Site

HTML = "text/html; charset=utf-8"
JSON = "application/json; charset=utf-8"
HISTORY_DAYS = 14
MOST_RECENT = 50
_PREFIXES: dict[Language, str] = {"zh-CN": "", "en": "en/"}


class File(NamedTuple):
    """What lies under one key; `lasting`: its key names its content, so it never changes."""

    body: bytes
    content_type: str
    lasting: bool = False


def files(whole: Whole, site: Site, now: datetime) -> dict[str, File]:
    """By key without a leading slash; each page and document once for each language."""
    shown = whole.at(now)
    made: dict[str, File] = {}
    for language, prefix in _PREFIXES.items():
        own = msgspec.structs.replace(site, language=language)
        made |= {prefix + key: file for key, file in _of_one_language(shown, own)}
    return made


def _of_one_language(shown: Snapshot, site: Site) -> Iterator[tuple[str, File]]:
    yield "index.html", _index(shown, site)
    for name, document in _documents(shown, site):
        yield f"api/v2/{name}.json", File(msgspec.json.encode(document), JSON)


def _index(shown: Snapshot, site: Site) -> File:
    least = floor_id(shown.now - timedelta(days=HISTORY_DAYS))
    recent = tuple(each for each in shown.incidents if each.open or each.id >= least)
    told = msgspec.structs.replace(shown, incidents=recent)
    bare = page.render(told, site, HISTORY_DAYS)
    return File(page.stamped(bare, told, site.language).encode(), HTML)


def _documents(shown: Snapshot, site: Site) -> Iterator[tuple[str, Any]]:
    """The documents of Statuspage v2, without `.json`."""
    yield "summary", statuspage.summary(shown, site)
    yield "status", statuspage.status(shown, site)
    yield "components", statuspage.components_only(shown, site)
    recent = shown.incidents[:MOST_RECENT]
    yield "incidents", statuspage.incidents_only(shown, site, recent)
    unresolved = shown.open_incidents
    yield "incidents/unresolved", statuspage.incidents_only(shown, site, unresolved)
