"""What operators do to the status page, and what everybody reads of it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

import msgspec

from chalicelib.kernel import clock
from chalicelib.kernel.clock import Clock
from chalicelib.kernel.errors import Gone, NotFound, TryAgain
from chalicelib.kernel.stamp import Stamp
from chalicelib.outages import table
from chalicelib.outages.model import edits
from chalicelib.outages.model.asked import (
    ComponentChange,
    IncidentChange,
    NewComponent,
    NewIncident,
    NewUpdate,
)
from chalicelib.outages.model.components import Component, Page
from chalicelib.outages.model.errors import NameTaken, StatusUnknown
from chalicelib.outages.model.incidents import Incident, visible
from chalicelib.outages.model.snapshot import Snapshot, published
from chalicelib.outages.model.whole import DAYS, Whole
from chalicelib.outages.model.words import IdMaker, floor_id, new_id
from chalicelib.outages.table import AlreadyMade, Asked, Stale, State

_TRIES = 8
HISTORY_DAYS = 14
MOST_RECENT = 50
T = TypeVar("T")


class Desk(msgspec.Struct, frozen=True):
    """The use cases; clock and id-maker are its arguments."""

    clock: Clock = clock.now
    make_id: IdMaker = new_id

    def now_shown(self) -> Snapshot:
        """What the roll-up, the components and the summary are made of: one request. Raises StatusUnknown."""
        return self._snapshot(table.now_shown())

    def with_history(self) -> Snapshot:
        """The same with the closed incidents of the last days: one request. Raises StatusUnknown."""
        since = self.clock() - timedelta(days=HISTORY_DAYS)
        return self._snapshot(table.shown_since(floor_id(since)))

    def most_recent(self) -> Snapshot:
        """Up to 50 incidents, open or closed: one request. Raises StatusUnknown."""
        return self._snapshot(table.most_recent(MOST_RECENT))

    def whole(self) -> Whole:
        """All that the site is made of. Raises StatusUnknown."""
        now = self.clock()
        since = now - timedelta(days=DAYS)
        read = table.whole(since)
        if read is None:
            raise StatusUnknown
        return read

    def components(self) -> Snapshot:
        """For operators, who may see an empty page too."""
        read = table.now_shown(consistent=True)
        now = self.clock()
        return published(read.page or self._new_page(now), read.incidents, read.maintenances, now)

    def add_component(
        self, asked: NewComponent, key: str | None, by: Stamp
    ) -> tuple[Component, bool]:
        """The component, and whether this was a replay. Raises InvalidRequest, PageFull, NameTaken."""
        name = _asked(key, "component", edits.fingerprint(asked), by)

        def once() -> tuple[Component, bool]:
            now = self.clock()
            was = table.page()
            start = was or self._new_page(now)
            page, made = edits.add_component(start, asked, self.make_id(now), now)
            try:
                table.save_page(page, was, by, name, made.id)
            except AlreadyMade as before:
                return _known(table.page(), before.made_id), True
            return made, False

        return _until_fresh(once)

    def component(self, component_id: str) -> Component:
        """Raises NotFound."""
        return _known(table.page(), component_id)

    def change_component(
        self, component_id: str, version: int | None, asked: ComponentChange, by: Stamp
    ) -> Component:
        """`version`: only as long as that is the one kept. Raises NotFound, Gone, InvalidRequest."""

        def once() -> Component:
            was = table.page()
            component = _known(was, component_id)
            _match(component.version, version)
            page, changed = edits.change_component(was, component, asked, self.clock())  # type: ignore[arg-type]
            if page is not was:
                table.save_page(page, was, by, None, changed.id)
            return changed

        return _until_fresh(once)

    def report(self, asked: NewIncident, key: str | None, by: Stamp) -> tuple[Incident, bool]:
        """The incident, and whether this was a replay. Raises InvalidRequest, NameTaken, IncidentFull."""
        name = _asked(key, "incident", edits.fingerprint(asked), by)

        def once() -> tuple[Incident, bool]:
            now = self.clock()
            read = table.now_shown(consistent=True)
            page = read.page or self._new_page(now)
            states = published(page, read.incidents, read.maintenances, now).states
            before = {each: state.status for each, state in states.items()}
            made = edits.open_incident(asked, page, before, now, self.make_id)
            fresh = None if read.page else page
            try:
                table.save_incident(made, None, fresh, by, name, shown=visible(made, now))
            except AlreadyMade as earlier:
                return self.incident(earlier.made_id), True
            return made, False

        return _until_fresh(once)

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
            read = table.now_shown(consistent=True)
            page = read.page or self._new_page(now)
            states = published(page, read.incidents, read.maintenances, now).states
            before = {each: state.status for each, state in states.items()}
            changed = edits.add_update(was, asked, page, before, now, self.make_id, name)
            self._save(changed, was, by, now)
            return changed, False

        return _until_fresh(once)

    def change_incident(
        self, incident_id: str, version: int | None, asked: IncidentChange, by: Stamp
    ) -> Incident:
        """`version`: only as long as that is the one kept. Raises NotFound, Gone, InvalidRequest."""

        def once() -> Incident:
            now = self.clock()
            was = self.incident(incident_id)
            _match(was.version, version)
            changed = edits.change_incident(was, asked, now)
            if changed is not was:
                self._save(changed, was, by, now)
            return changed

        return _until_fresh(once)

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

    def _save(self, new: Incident, was: Incident, by: Stamp, now: datetime) -> None:
        """Hiding what was shown changes the page as much as showing it."""
        table.save_incident(new, was, None, by, shown=visible(was, now) or visible(new, now))

    def _snapshot(self, read: table.Read) -> Snapshot:
        if read.page is None:
            raise StatusUnknown
        shown = published(read.page, read.incidents, read.maintenances, self.clock())
        if not shown.tells_something:
            raise StatusUnknown
        return shown

    def _new_page(self, now: datetime) -> Page:
        return Page(id=self.make_id(now), created_at=now, updated_at=now)


def _until_fresh(once: Callable[[], T]) -> T:
    """Read and write again where somebody else wrote between. Raises TryAgain when that does not end."""
    for _ in range(_TRIES):
        try:
            return once()
        except Stale:
            continue
    raise TryAgain


def _asked(key: str | None, kind: str, fingerprint: str, by: Stamp) -> Asked | None:
    return Asked(f"{by.who}#{kind}#{key}", fingerprint) if key else None


def _known(page: Page | None, component_id: str) -> Component:
    found = page.component(component_id) if page else None
    if found is None:
        raise NotFound
    return found


def _match(kept: int, version: int | None) -> None:
    if version is not None and version != kept:
        raise Gone


def _said_before(incident: Incident, name: str, asked: NewUpdate) -> bool:
    """Raises NameTaken."""
    said = [each.fingerprint for each in incident.updates if name and each.key == name]
    if said and said != [edits.fingerprint(asked)]:
        raise NameTaken
    return bool(said)
