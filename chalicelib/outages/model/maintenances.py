"""Planned maintenances: the clock alone starts and ends them, so nothing that stands still leaves the page wrong."""

from datetime import datetime, timedelta
from typing import Literal

import msgspec

from chalicelib.kernel.clock import text
from chalicelib.outages.model.words import Words

SOON, STARTED, ENDED = "soon@", "started@", "ended@"
SOON_IS = timedelta(minutes=60)
Progress = Literal["scheduled", "in_progress", "verifying", "completed"]


class Switches(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Which notices a maintenance makes."""

    on_creation: bool = True
    on_change: bool = True
    before_start: bool = True
    at_start: bool = True
    at_end: bool = True


class Recurrence(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The same local time in `zone` each week, or each month on the same day or the same weekday of the month.

    `series_id` names all that come of it; the day that a short month lacks is its last one.
    """

    every: Literal["week", "month", "month_weekday"]
    zone: str = "Asia/Shanghai"
    until: datetime | None = None
    series_id: str = ""


class Report(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What was said of a maintenance while it lasted, or before."""

    id: str
    status: Progress
    body: Words
    display_at: datetime
    created_at: datetime
    updated_at: datetime
    deliver_notifications: bool = True
    key: str = ""
    fingerprint: str = ""


class Maintenance(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """`store_ids` empty: everywhere. `ended_at`: an end before the planned one; before the start, it was cancelled.

    `told` are the notices that the clock made of it; `updates` stand in the order in which they are shown.
    """

    id: str
    name: Words
    created_at: datetime
    updated_at: datetime
    component_ids: tuple[str, ...]
    scheduled_for: datetime
    scheduled_until: datetime
    store_ids: tuple[str, ...] = ()
    recurrence: Recurrence | None = None
    updates: tuple[Report, ...] = ()
    switches: Switches = Switches()
    ended_at: datetime | None = None
    told: tuple[str, ...] = ()
    version: int = 1

    @property
    def over_at(self) -> datetime:
        return min(self.ended_at, self.scheduled_until) if self.ended_at else self.scheduled_until

    @property
    def cancelled(self) -> bool:
        return self.ended_at is not None and self.ended_at < self.scheduled_for

    @property
    def closed(self) -> bool:
        """Over, and all that there was to tell of it is told."""
        return any(each.startswith(ENDED) for each in self.told)

    def live(self, now: datetime) -> bool:
        return self.scheduled_for <= now < self.over_at

    def touches(self, store_id: str) -> bool:
        return not self.store_ids or store_id in self.store_ids


def marks(maintenance: Maintenance, now: datetime) -> tuple[str, ...]:
    """What time has brought of it so far, each by the moment that it hangs on: a new plan is a new mark."""
    begins = text(maintenance.scheduled_for)
    reached = [
        (SOON + begins, maintenance.scheduled_for - SOON_IS),
        (STARTED + begins, maintenance.scheduled_for),
        (ENDED + text(maintenance.over_at), maintenance.over_at),
    ]
    so_far = min(now, maintenance.over_at)
    return tuple(mark for mark, moment in reached if moment <= so_far)


def state(maintenance: Maintenance, now: datetime) -> Progress:
    """By the clock; within the window an operator may say that the result is being verified."""
    if now >= maintenance.over_at:
        return "completed"
    if now < maintenance.scheduled_for:
        return "scheduled"
    said = [each.status for each in maintenance.updates if each.display_at <= now]
    return "verifying" if said and said[-1] == "verifying" else "in_progress"
