"""Incidents: a name, and updates from which everything else follows."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal, NamedTuple

import msgspec

from chalicelib.outages.model.components import Status, worst
from chalicelib.outages.model.words import Words

Stage = Literal["investigating", "identified", "monitoring", "resolved", "postmortem"]
Impact = Literal["none", "minor", "major", "critical"]
CLOSED: frozenset[Stage] = frozenset({"resolved", "postmortem"})
MOST_UPDATES = 200
IMPACT_OF: Mapping[Status, Impact] = {
    "operational": "none",
    "under_maintenance": "none",
    "degraded_performance": "minor",
    "partial_outage": "major",
    "major_outage": "critical",
}


class Affected(msgspec.Struct, frozen=True):
    """What one update says of one component."""

    component_id: str
    old_status: Status
    new_status: Status


class Update(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """`display_at` is when it counts as said, perhaps back-dated; `eta_at` what it said about the end, if it did.

    `key` and `fingerprint` recognise the same request sent again.
    """

    id: str
    status: Stage
    body: Words
    display_at: datetime
    created_at: datetime
    updated_at: datetime
    affected: tuple[Affected, ...] = ()
    deliver_notifications: bool = True
    eta_at: datetime | None = None
    key: str = ""
    fingerprint: str = ""


class Incident(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """`updates` stand in the order of `display_at`, then id; there is at least one.

    Not `public`: never shown. `published_at` in the future: not shown yet.
    """

    id: str
    name: Words
    created_at: datetime
    updated_at: datetime
    started_at: datetime
    published_at: datetime
    updates: tuple[Update, ...]
    version: int = 1
    public: bool = True
    impact_override: Impact | None = None
    eta_at: datetime | None = None
    next_update_due_at: datetime | None = None

    @property
    def status(self) -> Stage:
        return self.updates[-1].status

    @property
    def open(self) -> bool:
        return self.status not in CLOSED

    @property
    def impact(self) -> Impact:
        """The worst that it ever was, so that a resolved incident still tells how bad it had been."""
        if self.impact_override:
            return self.impact_override
        return IMPACT_OF[worst(one.new_status for each in self.updates for one in each.affected)]


class Milestones(NamedTuple):
    """Since when it has been watched and over; None where it is not, or was reopened since."""

    monitoring_at: datetime | None
    resolved_at: datetime | None


def milestones(incident: Incident) -> Milestones:
    monitoring_at = resolved_at = None
    for update in incident.updates:
        if update.status in {"investigating", "identified"}:
            monitoring_at = None
        elif update.status == "monitoring":
            monitoring_at = monitoring_at or update.display_at
        over = update.status in CLOSED
        resolved_at = (resolved_at or update.display_at) if over else None
    return Milestones(monitoring_at, resolved_at)


def impacts(incident: Incident) -> dict[str, Status]:
    """For each component that was ever named, what the latest update naming it says."""
    return {one.component_id: one.new_status for each in incident.updates for one in each.affected}


def in_order(updates: tuple[Update, ...]) -> tuple[Update, ...]:
    return tuple(sorted(updates, key=lambda each: (each.display_at, each.id)))


def visible(incident: Incident, now: datetime) -> bool:
    """The one gate: what it does not let through changes no page, no feed, no list and no colour."""
    return incident.public and incident.published_at <= now
