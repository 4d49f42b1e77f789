"""What is kept of the status page: everything public in one partition, in ranges that are read whole.

    DRAFT#{id}      incidents that are not public        read by operators only
    ENDED#{id}      maintenances that are over
    HISTORY#{id}    closed incidents                     incidents.json: HISTORY# to PAGE, newest first
    INCIDENT#{id}   open incidents                       summary, status, components: INCIDENT# to WINDOW#
    PAGE            the page with all its components
    WINDOW#{id}     maintenances that are not over yet
`CHANGES` is the partition of baseline changes, `CHANGE#{id}`; `NAME#{caller}#{kind}#{key}` is
what an Idempotency-Key made. Each row holds its value as JSON in `doc`: new fields get defaults, old names stay.
Ids sort by time, so the sort key of an incident follows from its id and from what became of it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, NamedTuple

import msgspec
from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.expressions.update import Action

from chalicelib.adapters import tables
from chalicelib.adapters.tables import ConditionFailed, Image, Row
from chalicelib.kernel import clock
from chalicelib.kernel.stamp import Stamp
from chalicelib.outages.model.changes import BaselineChange
from chalicelib.outages.model.components import Page
from chalicelib.outages.model.errors import IncidentFull, NameTaken
from chalicelib.outages.model.incidents import Incident
from chalicelib.outages.model.maintenances import Maintenance
from chalicelib.outages.model.whole import Whole
from chalicelib.outages.model.words import floor_id

State = Literal["open", "closed", "draft"]
RANGES: dict[State, str] = {"open": "INCIDENT#", "closed": "HISTORY#", "draft": "DRAFT#"}
_PAGE = "PAGE"
_OVER = "ENDED#"
_CHANGES = "CHANGES"
_END = "~"  # sorts after every id
_MOST_INCIDENT_BYTES = 200_000  # half of what an item may hold

_page = msgspec.json.Decoder(Page)
_incident = msgspec.json.Decoder(Incident)
_maintenance = msgspec.json.Decoder(Maintenance)
_change = msgspec.json.Decoder(BaselineChange)


class PageRow(Row):
    """`touched_at`: when any incident last changed what is shown."""

    table = "outages"
    doc = UnicodeAttribute()
    version = NumberAttribute()
    touched_at = UnicodeAttribute()


class IncidentRow(Row):
    table = "outages"
    doc = UnicodeAttribute()
    version = NumberAttribute()


class NameRow(Row):
    """What an Idempotency-Key made, and of which request."""

    table = "outages"
    made_id = UnicodeAttribute()
    fingerprint = UnicodeAttribute()


class Asked(NamedTuple):
    """The name that a caller gave to its request, and what the request was."""

    key: str
    fingerprint: str


class Read(NamedTuple):
    """What a range held; `page` is None where there is no page record."""

    page: Page | None
    incidents: list[Incident]
    maintenances: list[Maintenance]


class AlreadyMade(Exception):
    """The same request came before; `made_id` is what it made."""

    def __init__(self, made_id: str) -> None:
        super().__init__(made_id)
        self.made_id = made_id


class Stale(Exception):
    """Somebody changed the row since it was read."""


def now_shown(*, consistent: bool = False) -> Read:
    """The page, open incidents, maintenances that are not over: one request."""
    return _decoded(_images("INCIDENT#", f"WINDOW#{_END}", consistent=consistent))


def shown_since(least_id: str) -> Read:
    """The same with incidents that closed, from an id on: one request."""
    return _decoded(_images(f"HISTORY#{least_id}", f"WINDOW#{_END}"))


def most_recent(limit: int) -> Read:
    """The page and its `limit` newest incidents, open ones first: one request."""
    return _decoded(_images("HISTORY#", _PAGE, newest_first=True, limit=limit + 1))


def whole(since: datetime) -> Whole | None:
    """All that may be shown since then, each range by its pages; None where there is no page record."""
    least = floor_id(since)
    over = _decoded(_images(_OVER + least, _OVER + _END))
    read = _decoded(_images(f"HISTORY#{least}", f"WINDOW#{_END}"))
    if read.page is None:
        return None
    return Whole(
        read.page,
        tuple(read.incidents),
        (*over.maintenances, *read.maintenances),
        tuple(_changes(since)),
    )


def _changes(since: datetime) -> list[BaselineChange]:
    images = tables.query_all(
        "outages", _CHANGES, between=(f"CHANGE#{floor_id(since)}", "CHANGE#~")
    )
    return [_change.decode(image["doc"]["S"]) for image in images]


def page(*, consistent: bool = True) -> Page | None:
    image = tables.get("outages", (_PAGE, _PAGE), consistent=consistent)
    return _decoded([image]).page if image else None


def incident(incident_id: str) -> Incident | None:
    """Wherever it stands; open ones are found first."""
    for begins in RANGES.values():
        image = tables.get("outages", (_PAGE, begins + incident_id), consistent=True)
        if image:
            return _incident.decode(image["doc"]["S"])
    return None


def incidents(
    state: State | None, limit: int, after: str | None
) -> tuple[list[Incident], str | None]:
    """Newest first; all states: open, then closed, then drafts. `after` and the second of the answer are sort keys."""
    key: Image | None = {"pk": {"S": _PAGE}, "sk": {"S": after}} if after else None
    begins, ends = (RANGES[state], RANGES[state]) if state else ("DRAFT#", "INCIDENT#")
    got = tables.query(
        "outages", _PAGE, between=(begins, ends + _END), limit=limit, newest_first=True, after=key
    )
    found = [_incident.decode(image["doc"]["S"]) for image in got.images]
    return found, got.last["sk"]["S"] if got.last else None


def save_page(new: Page, was: Page | None, by: Stamp, asked: Asked | None, made_id: str) -> None:
    """Raises Stale, AlreadyMade, NameTaken."""
    transaction = tables.Transaction()
    row = _page_row(new, by)
    if was is None:
        transaction.put_new("page", row)
    else:
        transaction.put("page", row, PageRow.version == was.version)
    _name(transaction, asked, made_id, by)
    _commit(transaction, asked)


def save_incident(
    new: Incident, was: Incident | None, fresh_page: Page | None, by: Stamp, asked: Asked | None = None,
    *, shown: bool,
) -> None:  # fmt: skip
    """With its page where there is none yet. `shown`: the page's time of change goes with it.

    Raises Stale, AlreadyMade, NameTaken, IncidentFull.
    """
    transaction = tables.Transaction()
    row = _incident_row(new, by)
    if was is None:
        transaction.put_new("incident", row)
    elif _place(was) == _place(new):
        transaction.put("incident", row, IncidentRow.version == was.version)
    else:
        transaction.put_new("incident", row)
        left = IncidentRow(_PAGE, _place(was))
        transaction.delete("moved", left, IncidentRow.version == was.version)
    if fresh_page:
        transaction.put_new("page", _page_row(fresh_page, by))
    elif shown:
        touched: list[Action] = [
            PageRow.touched_at.set(clock.text(new.updated_at)),
            PageRow.by.set(by.text()),
        ]
        transaction.update("page", PageRow(_PAGE, _PAGE), touched, PageRow.doc.exists())
    _name(transaction, asked, new.id, by)
    _commit(transaction, asked)


def _commit(transaction: tables.Transaction, asked: Asked | None) -> None:
    try:
        transaction.commit()
    except ConditionFailed as failed:
        there = failed.images.get("name")
        if there is None or asked is None:
            raise Stale from failed
        if there["fingerprint"]["S"] != asked.fingerprint:
            raise NameTaken from failed
        raise AlreadyMade(there["made_id"]["S"]) from failed


def _name(transaction: tables.Transaction, asked: Asked | None, made_id: str, by: Stamp) -> None:
    if asked:
        row = NameRow(
            f"NAME#{asked.key}",
            "LOCK",
            made_id=made_id,
            fingerprint=asked.fingerprint,
            by=by.text(),
        )
        transaction.put_new("name", row)


def _page_row(new: Page, by: Stamp) -> PageRow:
    return PageRow(
        _PAGE,
        _PAGE,
        doc=_json(new),
        version=new.version,
        touched_at=clock.text(new.updated_at),
        by=by.text(),
    )


def _incident_row(new: Incident, by: Stamp) -> IncidentRow:
    doc = _json(new)
    if len(doc.encode()) > _MOST_INCIDENT_BYTES:
        raise IncidentFull
    return IncidentRow(_PAGE, _place(new), doc=doc, version=new.version, by=by.text())


def _place(kept: Incident) -> str:
    state: State = "draft" if not kept.public else "open" if kept.open else "closed"
    return RANGES[state] + kept.id


def _json(value: msgspec.Struct) -> str:
    return msgspec.json.encode(value).decode()


def _images(
    first: str,
    last: str,
    *,
    newest_first: bool = False,
    limit: int | None = None,
    consistent: bool = False,
) -> Sequence[Image]:
    return tables.query_all(
        "outages",
        _PAGE,
        between=(first, last),
        newest_first=newest_first,
        limit=limit,
        consistent=consistent,
    )


def _decoded(images: Sequence[Image]) -> Read:
    read = Read(None, [], [])
    for image in images:
        kind, doc = image["sk"]["S"], image["doc"]["S"]
        if kind == _PAGE:
            read = read._replace(page=_page_of(image))
        elif kind.startswith((_OVER, "WINDOW#")):
            read.maintenances.append(_maintenance.decode(doc))
        else:
            read.incidents.append(_incident.decode(doc))
    return read


def _page_of(image: Image) -> Page:
    """Its own time of change, or that of what it shows, whichever is later."""
    kept = _page.decode(image["doc"]["S"])
    touched_at = clock.parse(image["touched_at"]["S"])
    return msgspec.structs.replace(kept, updated_at=max(kept.updated_at, touched_at))
