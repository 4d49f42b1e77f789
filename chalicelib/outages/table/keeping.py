"""What is written together: one transaction of rows, each only as long as it is the version that was read."""

from datetime import datetime
from typing import NamedTuple, TypeVar

from pynamodb.expressions.update import Action

from chalicelib.adapters import tables
from chalicelib.adapters.tables import ConditionFailed
from chalicelib.kernel import clock
from chalicelib.kernel.stamp import Stamp
from chalicelib.outages.model.canned import Template
from chalicelib.outages.model.changes import BaselineChange
from chalicelib.outages.model.components import Page
from chalicelib.outages.model.errors import IncidentFull, NameTaken
from chalicelib.outages.model.incidents import Incident
from chalicelib.outages.model.maintenances import Maintenance
from chalicelib.outages.model.notices import Notice
from chalicelib.outages.model.recurrence import Series
from chalicelib.outages.table.rows import (
    CHANGE,
    CHANGES,
    NOTICE,
    NOTICES,
    PAGE,
    SERIES,
    TEMPLATE,
    TEMPLATES,
    DocRow,
    NameRow,
    PageRow,
    json,
    place,
    place_of,
)

_MOST_BYTES = 200_000  # half of what an item may hold


T = TypeVar("T", Incident, Maintenance)


class Asked(NamedTuple):
    """The name that a caller gave to its request, and what the request was."""

    key: str
    fingerprint: str


class AlreadyMade(Exception):
    """The same request came before; `made_id` is what it made."""

    def __init__(self, made_id: str) -> None:
        super().__init__(made_id)
        self.made_id = made_id


class Stale(Exception):
    """Somebody changed a row since it was read."""


class Keeping:
    """Values to be kept together by one who asked; nothing is written before `commit`."""

    def __init__(self, by: Stamp) -> None:
        self._by = by.text()
        self._writes = tables.Transaction()
        self._asked: Asked | None = None

    def page(self, new: Page, was: Page | None) -> None:
        touched_at = clock.text(new.updated_at)
        row = PageRow(
            PAGE, PAGE, doc=json(new), version=new.version, touched_at=touched_at, by=self._by
        )
        if was is None:
            self._writes.put_new("page", row)
        else:
            self._writes.put("page", row, PageRow.version == was.version)

    def touch(self, at: datetime) -> None:
        """The page's time of change goes with what it shows."""
        actions: list[Action] = [
            PageRow.touched_at.set(clock.text(at)),
            PageRow.by.set(self._by),
        ]
        self._writes.update("page", PageRow(PAGE, PAGE), actions, PageRow.doc.exists())

    def incident(self, new: Incident, was: Incident | None) -> None:
        """Raises IncidentFull."""
        self._moving(place(new), place(was) if was else None, new, was)

    def maintenance(self, new: Maintenance, was: Maintenance | None) -> None:
        """Raises IncidentFull."""
        self._moving(place_of(new), place_of(was) if was else None, new, was)

    def series(self, new: Series, was: Series | None) -> None:
        row = DocRow(SERIES, f"{SERIES}#{new.id}", doc=json(new), version=new.version, by=self._by)
        if was is None:
            self._writes.put_new("series", row)
        else:
            self._writes.put("series", row, DocRow.version == was.version)

    def change(self, change: BaselineChange) -> None:
        row = DocRow(CHANGES, CHANGE + change.id, doc=json(change), by=self._by)
        self._writes.put_new("change", row)

    def notice(self, notice: Notice) -> None:
        """Put again, the same notice is the same row."""
        month = NOTICES + notice.at.strftime("%Y-%m")
        row = DocRow(month, NOTICE + notice.notice_id, doc=json(notice), by=self._by)
        self._writes.put("notice", row)

    def template(self, new: Template) -> None:
        """Whatever stood there before."""
        self._writes.put(
            "template", DocRow(TEMPLATES, TEMPLATE + new.id, doc=json(new), by=self._by)
        )

    def no_template(self, template_id: str) -> None:
        """Committed where there is none, it is Stale."""
        row = DocRow(TEMPLATES, TEMPLATE + template_id)
        self._writes.delete("template", row, DocRow.doc.exists())

    def named(self, asked: Asked | None, made_id: str) -> None:
        """Committed again, the same request is AlreadyMade, and another one by that name NameTaken."""
        self._asked = asked
        if asked:
            key = f"NAME#{asked.key}"
            row = NameRow(key, "LOCK", made_id=made_id, fingerprint=asked.fingerprint, by=self._by)
            self._writes.put_new("name", row)

    def commit(self) -> None:
        """Raises Stale, AlreadyMade, NameTaken."""
        try:
            self._writes.commit()
        except ConditionFailed as failed:
            there = failed.images.get("name")
            if self._asked is None or there is None:
                raise Stale from failed
            if there["fingerprint"]["S"] != self._asked.fingerprint:
                raise NameTaken from failed
            raise AlreadyMade(there["made_id"]["S"]) from failed

    def _moving(self, sk: str, was_at: str | None, new: T, was: T | None) -> None:
        """A row whose sort key follows from its state: where that changed, the old one goes."""
        doc = json(new)
        if len(doc.encode()) > _MOST_BYTES:
            raise IncidentFull
        row = DocRow(PAGE, sk, doc=doc, version=new.version, by=self._by)
        if was is None:
            self._writes.put_new("kept", row)
        elif sk == was_at:
            self._writes.put("kept", row, DocRow.version == was.version)
        else:
            self._writes.put_new("kept", row)
            self._writes.delete("moved", DocRow(PAGE, was_at), DocRow.version == was.version)
