"""What operators do to incidents."""

from collections.abc import Callable, Mapping
from datetime import datetime

import msgspec

from chalicelib.kernel.errors import NotFound
from chalicelib.kernel.stamp import Stamp
from chalicelib.outages import table
from chalicelib.outages.model import edits
from chalicelib.outages.model.asked import (
    IncidentChange,
    NewIncident,
    NewRoles,
    NewUpdate,
    UpdateChange,
)
from chalicelib.outages.model.components import Page, Status
from chalicelib.outages.model.errors import NameTaken
from chalicelib.outages.model.incidents import Incident, visible
from chalicelib.outages.model.notices import announced, withdrawn
from chalicelib.outages.model.snapshot import published
from chalicelib.outages.service.base import Base, asked_by, match, until_fresh
from chalicelib.outages.table import AlreadyMade, Keeping, State


class Incidents(Base, frozen=True):
    """An incident goes on by updates; everything else follows from them."""

    def report(
        self, asked: NewIncident, key: str | None, by: Stamp, request: msgspec.Struct | None = None
    ) -> tuple[Incident, bool]:
        """The incident, and whether this was a replay; `request` where the caller asked in other words.

        Raises InvalidRequest, NameTaken, IncidentFull.
        """
        name = asked_by(key, "incident", edits.fingerprint(request or asked), by)

        def once() -> tuple[Incident, bool]:
            now = self.clock()
            page, kept, before = self._before(now)
            keeping = Keeping(by)
            opened = edits.open_incident(asked, page, before, now, self.make_id)
            made = _told(keeping, opened, now)
            keeping.incident(made, None)
            keeping.named(name, made.id)
            if kept is None:
                keeping.page(page, None)
            elif visible(made, now):
                keeping.touch(made.updated_at)
            try:
                keeping.commit()
            except AlreadyMade as earlier:
                return self.incident(earlier.made_id), True
            return made, False

        return until_fresh(once)

    def post_update(
        self, incident_id: str, asked: NewUpdate, key: str | None, by: Stamp
    ) -> tuple[Incident, bool]:
        """The incident, and whether this was a replay. Raises NotFound, InvalidRequest, NameTaken, IncidentFull."""
        name = f"{by.who}#{key}" if key else ""

        def once() -> tuple[Incident, bool]:
            now = self.clock()
            was = self.incident(incident_id)
            if _said_before(was, name, asked):
                return was, True
            page, _, before = self._before(now)
            changed = edits.add_update(was, asked, page, before, now, self.make_id, name)
            return keep(changed, was, by, now), False

        return until_fresh(once)

    def change_incident(
        self, incident_id: str, version: int | None, asked: IncidentChange, by: Stamp
    ) -> Incident:
        """`version`: only as long as that is the one kept. Raises NotFound, Gone, InvalidRequest."""

        def change(was: Incident, now: datetime) -> Incident:
            return edits.change_incident(was, asked, now, by.who)

        return self._change(incident_id, version, change, by)

    def change_update(
        self, incident_id: str, update_id: str, version: int | None, asked: UpdateChange, by: Stamp
    ) -> Incident:
        """Raises NotFound, Gone, InvalidRequest."""

        def change(was: Incident, now: datetime) -> Incident:
            page, _, before = self._before(now)
            return edits.change_update(was, update_id, asked, page, before, now)

        return self._change(incident_id, version, change, by)

    def delete_update(
        self, incident_id: str, update_id: str, version: int | None, by: Stamp
    ) -> Incident:
        """Raises NotFound, Gone, LastUpdate."""

        def change(was: Incident, now: datetime) -> Incident:
            return edits.delete_update(was, update_id, now)

        return self._change(incident_id, version, change, by)

    def assign(self, incident_id: str, version: int | None, asked: NewRoles, by: Stamp) -> Incident:
        """Raises NotFound, Gone."""

        def change(was: Incident, now: datetime) -> Incident:
            return edits.assign(was, asked, by.who, now)

        return self._change(incident_id, version, change, by)

    def incident(self, incident_id: str) -> Incident:
        """Also one that is held back. Raises NotFound."""
        found = table.incident(incident_id)
        if found is None:
            raise NotFound
        return found

    def incidents(
        self, state: State | None, limit: int, after: str | None
    ) -> tuple[list[Incident], str | None]:
        return table.incidents(state, limit, after)

    def _change(
        self,
        incident_id: str,
        version: int | None,
        change: Callable[[Incident, datetime], Incident],
        by: Stamp,
    ) -> Incident:
        """What changes nothing writes nothing."""

        def once() -> Incident:
            now = self.clock()
            was = self.incident(incident_id)
            match(was.version, version)
            changed = change(was, now)
            return was if changed is was else keep(changed, was, by, now)

        return until_fresh(once)

    def _before(self, now: datetime) -> tuple[Page, Page | None, Mapping[str, Status]]:
        """The page, the same where it is kept already, and how each component fares."""
        read = table.now_shown(consistent=True)
        page = read.page or self.new_page(now)
        states = published(page, read.incidents, read.maintenances, now).states
        return page, read.page, {each: state.status for each, state in states.items()}


def keep(new: Incident, was: Incident, by: Stamp, now: datetime) -> Incident:
    """With its notice, where one is due, or the word that ends those under way.

    Hiding what was shown changes the page as much as showing it.
    """
    keeping = Keeping(by)
    kept = _told(keeping, new, now)
    keeping.incident(kept, was)
    if gone := withdrawn(kept, was, now):
        keeping.notice(gone)
    if new.updated_at != was.updated_at and (visible(was, now) or visible(new, now)):
        keeping.touch(kept.updated_at)
    keeping.commit()
    return kept


def _told(keeping: Keeping, incident: Incident, now: datetime) -> Incident:
    told, notice = announced(incident, now)
    if notice:
        keeping.notice(notice)
    return told


def _said_before(incident: Incident, name: str, asked: NewUpdate) -> bool:
    """Raises NameTaken."""
    said = [each.fingerprint for each in incident.updates if name and each.key == name]
    if said and said != [edits.fingerprint(asked)]:
        raise NameTaken
    return bool(said)
