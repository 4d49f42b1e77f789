"""What operators do to planned maintenances."""

import msgspec

from chalicelib.kernel.errors import NotFound
from chalicelib.kernel.stamp import Stamp
from chalicelib.outages import table
from chalicelib.outages.model import edits, maintenance_notices
from chalicelib.outages.model.asked import MaintenanceChange, NewMaintenance, NewReport
from chalicelib.outages.model.errors import NameTaken
from chalicelib.outages.model.maintenances import Maintenance
from chalicelib.outages.model.notices import Notice
from chalicelib.outages.model.recurrence import Series
from chalicelib.outages.service.base import Base, asked_by, match, until_fresh
from chalicelib.outages.table import AlreadyMade, Keeping


class Maintenances(Base, frozen=True):
    """They are planned here; the clock starts and ends them."""

    def schedule(
        self, asked: NewMaintenance, key: str | None, by: Stamp
    ) -> tuple[Maintenance, bool]:
        """The first one, and whether this was a replay. Raises InvalidRequest, NameTaken."""
        name = asked_by(key, "maintenance", edits.fingerprint(asked), by)

        def once() -> tuple[Maintenance, bool]:
            now = self.clock()
            page = table.page() or self.new_page(now)
            made = edits.schedule(asked, page, now, self.make_id)
            keeping = Keeping(by)
            keeping.maintenance(made, None)
            keeping.touch(now)
            keeping.named(name, made.id)
            if made.recurrence:
                pattern = msgspec.structs.replace(made, told=())
                keeping.series(
                    Series(id=made.id, pattern=pattern, made_for=made.scheduled_for), None
                )
            if notice := maintenance_notices.of_creation(made, page.time_zone):
                keeping.notice(notice)
            try:
                keeping.commit()
            except AlreadyMade as earlier:
                return self.maintenance(earlier.made_id), True
            return made, False

        return until_fresh(once)

    def maintenance(self, maintenance_id: str) -> Maintenance:
        """Raises NotFound."""
        found = table.maintenance(maintenance_id)
        if found is None:
            raise NotFound
        return found

    def maintenances(
        self, *, over: bool, limit: int, after: str | None
    ) -> tuple[list[Maintenance], str | None]:
        return table.maintenances(over=over, limit=limit, after=after)

    def change_maintenance(
        self, maintenance_id: str, version: int | None, asked: MaintenanceChange, by: Stamp
    ) -> Maintenance:
        """`version`: only as long as that is the one kept. Raises NotFound, Gone, InvalidRequest, MaintenanceOver."""

        def once() -> Maintenance:
            now = self.clock()
            was = self.maintenance(maintenance_id)
            match(was.version, version)
            page = table.page() or self.new_page(now)
            changed = edits.change_maintenance(was, asked, page, now)
            if changed is not was:
                keeping = Keeping(by)
                _stop(keeping, was, changed)
                _keep(
                    keeping,
                    changed,
                    was,
                    maintenance_notices.of_change(changed, was, page.time_zone),
                )
            return changed

        return until_fresh(once)

    def report_on(
        self, maintenance_id: str, asked: NewReport, key: str | None, by: Stamp
    ) -> tuple[Maintenance, bool]:
        """The maintenance, and whether this was a replay. Raises NotFound, InvalidRequest, NameTaken,
        MaintenanceOver, IncidentFull.
        """
        name = f"{by.who}#{key}" if key else ""

        def once() -> tuple[Maintenance, bool]:
            now = self.clock()
            was = self.maintenance(maintenance_id)
            if _said_before(was, name, asked):
                return was, True
            changed = edits.add_report(was, asked, now, self.make_id, name)
            page = table.page() or self.new_page(now)
            notice = maintenance_notices.of_report(changed, page.time_zone)
            _keep(Keeping(by), changed, was, notice)
            return changed, False

        return until_fresh(once)


def _keep(keeping: Keeping, new: Maintenance, was: Maintenance, notice: Notice | None) -> None:
    keeping.maintenance(new, was)
    keeping.touch(new.updated_at)
    if notice:
        keeping.notice(notice)
    keeping.commit()


def _stop(keeping: Keeping, was: Maintenance, new: Maintenance) -> None:
    """No more come of what this one was of."""
    if was.recurrence is None or new.recurrence is not None:
        return
    found = next((each for each in table.series() if each.id == was.recurrence.series_id), None)
    if found and not found.stopped:
        keeping.series(
            msgspec.structs.replace(found, stopped=True, version=found.version + 1), found
        )


def _said_before(maintenance: Maintenance, name: str, asked: NewReport) -> bool:
    """Raises NameTaken."""
    said = [each.fingerprint for each in maintenance.updates if name and each.key == name]
    if said and said != [edits.fingerprint(asked)]:
        raise NameTaken
    return bool(said)
