"""Incidents: a name, and updates from which everything else follows."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal, NamedTuple

import msgspec

from chalicelib.outages.model.components import Status, overall, worst
from chalicelib.outages.model.words import Words

Stage = Literal["investigating", "identified", "monitoring", "resolved", "postmortem"]
Impact = Literal["none", "minor", "major", "critical"]
Severity = Literal["sev1", "sev2", "sev3", "sev4", "sev5"]
Role = Literal["commander", "deputy", "communications", "scribe"]
CLOSED: frozenset[Stage] = frozenset({"resolved", "postmortem"})
MOST_UPDATES = 200
IMPACT_OF: Mapping[Status, Impact] = {
    "operational": "none",
    "under_maintenance": "none",
    "degraded_performance": "minor",
    "partial_outage": "major",
    "major_outage": "critical",
}


class Affected(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one update says of one component: everywhere, or at the stores that are named."""

    component_id: str
    old_status: Status
    new_status: Status
    store_ids: tuple[str, ...] = ()


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


class Promise(msgspec.Struct, frozen=True):
    """When it was said, and by when the end was then expected; None took it back."""

    said_at: datetime
    eta_at: datetime | None


class Event(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What happened among those who work on it: for operators only, never shown. `old` and `new` are ids or names."""

    at: datetime
    who: str
    what: Literal["role", "severity", "overdue"]
    role: Role | None = None
    old: str = ""
    new: str = ""


class Incident(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """`updates` stand in the order of `display_at`, then id; there is at least one.

    Not `public`: never shown. `published_at` in the future: not shown yet. `etas`: all that was said of the end, oldest
    first. `untold`: the update that subscribers are still to be told, once the incident may be read; `told`: that they
    were told of it before. `nagged_for`: the promise of an update whose breach was reported.
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
    severity: Severity | None = None
    roles: dict[Role, str] = {}
    events: tuple[Event, ...] = ()
    etas: tuple[Promise, ...] = ()
    backfilled: bool = False
    untold: str = ""
    told: bool = False
    nagged_for: datetime | None = None

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
        return IMPACT_OF[
            worst(
                overall(one.new_status, one.store_ids)
                for each in self.updates
                for one in each.affected
            )
        ]


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


class Spread(NamedTuple):
    """How one component fares by one incident: everywhere, and otherwise at some stores."""

    everywhere: Status | None
    at: Mapping[str, Status]

    @property
    def overall(self) -> Status:
        found = worst(self.at.values())
        return worst([self.everywhere or "operational", overall(found, self.at)])

    def seen_from(self, store_id: str) -> Status | None:
        """None: nothing was said of that store."""
        return self.at.get(store_id, self.everywhere)


def spreads(incident: Incident) -> dict[str, Spread]:
    """For each component ever named, the latest word for each store: one for everywhere replaces all before it."""
    found: dict[str, Spread] = {}
    for update in incident.updates:
        for one in update.affected:
            absorb(found, one)
    return found


def absorb(found: dict[str, Spread], one: Affected) -> None:
    if not one.store_ids:
        found[one.component_id] = Spread(one.new_status, {})
        return
    before = found.get(one.component_id, Spread(None, {}))
    here = {**before.at, **dict.fromkeys(one.store_ids, one.new_status)}
    found[one.component_id] = Spread(before.everywhere, here)


def impacts(incident: Incident, store_id: str | None = None) -> dict[str, Status]:
    """How each component fares by it: for the whole chain, or for one store."""
    found = spreads(incident)
    if store_id is None:
        return {name: spread.overall for name, spread in found.items()}
    seen = {name: spread.seen_from(store_id) for name, spread in found.items()}
    return {name: status for name, status in seen.items() if status}


def touches(incident: Incident, store_id: str) -> bool:
    """Whether it is, or ever was, of that store; one that names no component is of all."""
    named = [one.store_ids for each in incident.updates for one in each.affected]
    return not named or any(not each or store_id in each for each in named)


def in_order(updates: tuple[Update, ...]) -> tuple[Update, ...]:
    return tuple(sorted(updates, key=lambda each: (each.display_at, each.id)))


def visible(incident: Incident, now: datetime) -> bool:
    """The one gate: what it does not let through changes no page, no feed, no list and no colour."""
    return incident.public and incident.published_at <= now
