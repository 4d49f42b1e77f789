"""What time alone brings about: to be called each minute, and before the site is made."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

import msgspec

from chalicelib.adapters import log
from chalicelib.kernel import stamp
from chalicelib.kernel.errors import TryAgain
from chalicelib.outages import table
from chalicelib.outages.model.incidents import Incident
from chalicelib.outages.model.maintenance_notices import by_the_clock
from chalicelib.outages.model.maintenances import Maintenance
from chalicelib.outages.model.nagging import nagged, reminder
from chalicelib.outages.model.notices import announced
from chalicelib.outages.model.recurrence import Series, next_of
from chalicelib.outages.service.base import Base
from chalicelib.outages.table import Keeping, Stale

OVERDUE = "update overdue"  # an alarm counts these lines
Remind = Callable[[str], object]  # tells staff; it does not raise
_log = log.logger("outages")
_BY = stamp.system("status-clock")
_MOST_AT_ONCE = 10


class Clockwork(Base, frozen=True):
    """What somebody else changes meanwhile is left to the next minute, and nothing keeps the rest from being done."""

    def tick(self, remind: Remind = lambda _text: None) -> None:
        """Notices of what came out, begins and ends; reminders of broken promises; the next of what recurs.

        Done again it changes nothing. Raises what went wrong with one of them, once all others were seen to.
        """
        now = self.clock()
        read = table.now_shown(consistent=True)
        if read.page is None:
            return
        zone = read.page.time_zone
        steps = [
            *(partial(_incident, each, zone, now, remind) for each in read.incidents),
            *(partial(_maintenance, each, zone, now) for each in read.maintenances),
            *(partial(_recur, each, now) for each in table.series()),
        ]
        failed = [error for step in steps if (error := _alone(step))]
        if failed:
            raise failed[0]


def _alone(step: Callable[[], None]) -> Exception | None:
    try:
        step()
    except (Stale, TryAgain):
        _log.info("left to the next minute")
    except Exception as error:  # noqa: BLE001 - the others must not wait for what cannot be done
        return error
    return None


def _incident(was: Incident, zone: str, now: datetime, remind: Remind) -> None:
    """A reminder is on record before it is said: what nobody heard is said again with the next one, and none twice."""
    told, notice = announced(was, now)
    new = nagged(told, now)
    if new is was:
        return
    new = msgspec.structs.replace(new, version=was.version + 1)
    keeping = Keeping(_BY)
    keeping.incident(new, was)
    if notice:
        keeping.notice(notice)
    keeping.commit()
    if new.events != was.events:
        _log.warning(OVERDUE, extra={"incident_id": new.id, "to": new.events[-1].new})
        remind(reminder(new, now, zone))


def _maintenance(was: Maintenance, zone: str, now: datetime) -> None:
    new, notice = by_the_clock(was, now, zone)
    if new is was:
        return
    keeping = Keeping(_BY)
    keeping.maintenance(new, was)
    if notice:
        keeping.notice(notice)
    keeping.commit()


def _recur(series: Series, now: datetime) -> None:
    for _ in range(_MOST_AT_ONCE):
        made = next_of(series, now)
        if made is None:
            return
        advanced = msgspec.structs.replace(
            series, made_for=made.scheduled_for, version=series.version + 1
        )
        keeping = Keeping(_BY)
        keeping.maintenance(made, None)
        keeping.series(advanced, series)
        keeping.touch(now)
        keeping.commit()
        series = advanced
