"""Reads of the status page: a range for each question, whole or by pages."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec

from chalicelib.adapters import tables
from chalicelib.adapters.tables import Image
from chalicelib.kernel import clock
from chalicelib.outages.model.canned import Template
from chalicelib.outages.model.changes import BaselineChange
from chalicelib.outages.model.components import Page
from chalicelib.outages.model.incidents import Incident
from chalicelib.outages.model.maintenances import Maintenance
from chalicelib.outages.model.recurrence import Series
from chalicelib.outages.model.whole import Whole
from chalicelib.outages.model.words import floor_id
from chalicelib.outages.table.rows import (
    CHANGE,
    CHANGES,
    END,
    OVER,
    PAGE,
    PLANNED,
    RANGES,
    SERIES,
    TABLE,
    TEMPLATE,
    TEMPLATES,
    State,
)

_CHUNK = 200

_page = msgspec.json.Decoder(Page)
_incident = msgspec.json.Decoder(Incident)
_maintenance = msgspec.json.Decoder(Maintenance)
_template = msgspec.json.Decoder(Template)
_series = msgspec.json.Decoder(Series)
_change = msgspec.json.Decoder(BaselineChange)


class Read(NamedTuple):
    """What a range held; `page` is None where there is no page record."""

    page: Page | None
    incidents: list[Incident]
    maintenances: list[Maintenance]


def now_shown(*, consistent: bool = False) -> Read:
    """The page, open incidents, maintenances that are not over: one request."""
    return _decoded(_images("INCIDENT#", PLANNED + END, consistent=consistent))


def shown_since(least_id: str) -> Read:
    """The same with incidents that closed, from an id on: one request."""
    return _decoded(_images(f"HISTORY#{least_id}", PLANNED + END))


def most_recent(limit: int) -> Read:
    """The page and its `limit` newest incidents, open ones first: one request."""
    return _decoded(_images("HISTORY#", PAGE, newest_first=True, limit=limit + 1))


def whole(since: datetime) -> Whole | None:
    """All that may be shown since then, each range by its pages; None where there is no page record.

    As it is now: what is published of it stands until somebody changes something again, or the clock strikes.
    """
    least = floor_id(since)
    over = _decoded(_images(OVER + least, OVER + END, consistent=True))
    read = _decoded(_images(f"HISTORY#{least}", PLANNED + END, consistent=True))
    if read.page is None:
        return None
    changed = tables.query_all(
        TABLE, CHANGES, between=(CHANGE + least, CHANGE + END), consistent=True
    )
    return Whole(
        read.page,
        tuple(read.incidents),
        (*over.maintenances, *read.maintenances),
        tuple(_change.decode(image["doc"]["S"]) for image in changed),
    )


def page(*, consistent: bool = True) -> Page | None:
    image = tables.get(TABLE, (PAGE, PAGE), consistent=consistent)
    return _page_of(image) if image else None


def incident(incident_id: str) -> Incident | None:
    """Wherever it stands; open ones are found first."""
    for begins in RANGES.values():
        image = tables.get(TABLE, (PAGE, begins + incident_id), consistent=True)
        if image:
            return _incident.decode(image["doc"]["S"])
    return None


def incidents(
    state: State | None, limit: int, after: str | None
) -> tuple[list[Incident], str | None]:
    """Newest first; all states: open, then closed, then drafts. `after` and the second of the answer are sort keys."""
    begins, ends = (RANGES[state], RANGES[state]) if state else ("DRAFT#", "INCIDENT#")
    got = _page_from(PAGE, (begins, ends + END), limit, after)
    found = [_incident.decode(image["doc"]["S"]) for image in got.images]
    return found, got.last["sk"]["S"] if got.last else None


def maintenance(maintenance_id: str) -> Maintenance | None:
    """Wherever it stands."""
    for begins in (PLANNED, OVER):
        image = tables.get(TABLE, (PAGE, begins + maintenance_id), consistent=True)
        if image:
            return _maintenance.decode(image["doc"]["S"])
    return None


def maintenances(
    *, over: bool, limit: int, after: str | None
) -> tuple[list[Maintenance], str | None]:
    """Newest first; `after` and the second of the answer are sort keys."""
    begins = OVER if over else PLANNED
    got = _page_from(PAGE, (begins, begins + END), limit, after)
    found = [_maintenance.decode(image["doc"]["S"]) for image in got.images]
    return found, got.last["sk"]["S"] if got.last else None


def series() -> list[Series]:
    """All that recurs."""
    images = tables.query_all(TABLE, SERIES, consistent=True)
    return [_series.decode(image["doc"]["S"]) for image in images]


def templates() -> list[Template]:
    """By their ids."""
    images = tables.query_all(TABLE, TEMPLATES, consistent=True)
    return [_template.decode(image["doc"]["S"]) for image in images]


def template(template_id: str) -> Template | None:
    image = tables.get(TABLE, (TEMPLATES, TEMPLATE + template_id), consistent=True)
    return _template.decode(image["doc"]["S"]) if image else None


def changes(
    component_id: str, limit: int, after: str | None
) -> tuple[list[BaselineChange], str | None]:
    """Those of one component, newest first; `after` and the second of the answer are sort keys."""
    found: list[BaselineChange] = []
    while True:
        got = _page_from(CHANGES, (CHANGE, CHANGE + END), _CHUNK, after)
        for image in got.images:
            change = _change.decode(image["doc"]["S"])
            if change.component_id == component_id:
                if len(found) == limit:
                    return found, CHANGE + found[-1].id
                found.append(change)
        if got.last is None:
            return found, None
        after = got.last["sk"]["S"]


def _page_from(pk: str, between: tuple[str, str], limit: int, after: str | None) -> tables.Page:
    key: Image | None = {"pk": {"S": pk}, "sk": {"S": after}} if after else None
    return tables.query(TABLE, pk, between=between, limit=limit, newest_first=True, after=key)


def _images(
    first: str,
    last: str,
    *,
    newest_first: bool = False,
    limit: int | None = None,
    consistent: bool = False,
) -> Sequence[Image]:
    return tables.query_all(
        TABLE,
        PAGE,
        between=(first, last),
        newest_first=newest_first,
        limit=limit,
        consistent=consistent,
    )


def _decoded(images: Sequence[Image]) -> Read:
    read = Read(None, [], [])
    for image in images:
        kind, doc = image["sk"]["S"], image["doc"]["S"]
        if kind == PAGE:
            read = read._replace(page=_page_of(image))
        elif kind.startswith((OVER, PLANNED)):
            read.maintenances.append(_maintenance.decode(doc))
        else:
            read.incidents.append(_incident.decode(doc))
    return read


def _page_of(image: Image) -> Page:
    """Its own time of change, or that of what it shows, whichever is later."""
    kept = _page.decode(image["doc"]["S"])
    touched_at = clock.parse(image["touched_at"]["S"])
    return msgspec.structs.replace(kept, updated_at=max(kept.updated_at, touched_at))
