"""How an incident is shown to operators."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from chalicelib.adapters.http.answers import At
from chalicelib.kernel.clock import text
from chalicelib.outages.model.components import Status
from chalicelib.outages.model.incidents import (
    Impact,
    Incident,
    Role,
    Severity,
    Stage,
    Update,
    milestones,
    spreads,
)
from chalicelib.outages.model.words import Words


class AffectedView(msgspec.Struct):
    component_id: str
    old_status: Status
    new_status: Status
    store_ids: tuple[str, ...]


class UpdateView(msgspec.Struct):
    update_id: str
    status: Stage
    body: Words
    display_at: At
    created_at: At
    components: list[AffectedView]
    eta_at: At | None
    deliver_notifications: bool


class NowView(msgspec.Struct):
    """For the whole chain; where only some stores are touched, `stores` says how each of them fares."""

    component_id: str
    status: Status
    stores: dict[str, Status]


class PromiseView(msgspec.Struct):
    said_at: At
    eta_at: At | None


class EventView(msgspec.Struct):
    """What happened among those who work on it, which the page never shows."""

    at: At
    who: str
    what: Literal["role", "severity", "overdue"]
    role: Role | None
    old: str
    new: str


class RolesView(msgspec.Struct):
    commander: str | None = None
    deputy: str | None = None
    communications: str | None = None
    scribe: str | None = None


class IncidentView(msgspec.Struct):
    """`updates` newest first; `components` as the latest update naming each one says; `etas` all that was said
    of the end, oldest first.
    """

    incident_id: str
    name: Words
    status: Stage
    impact: Impact
    impact_override: Impact | None
    public: bool
    published_at: At
    started_at: At
    monitoring_at: At | None
    resolved_at: At | None
    eta_at: At | None
    etas: list[PromiseView]
    next_update_due_at: At | None
    severity: Severity | None
    roles: RolesView
    backfilled: bool
    created_at: At
    updated_at: At
    version: Annotated[int, msgspec.Meta(description="What If-Match names, in quotes")]
    components: list[NowView]
    updates: list[UpdateView]
    events: list[EventView]


def incident_view(incident: Incident) -> IncidentView:
    since = milestones(incident)
    return IncidentView(
        incident_id=incident.id,
        name=incident.name,
        status=incident.status,
        impact=incident.impact,
        impact_override=incident.impact_override,
        public=incident.public,
        published_at=text(incident.published_at),
        started_at=text(incident.started_at),
        monitoring_at=_text(since.monitoring_at),
        resolved_at=_text(since.resolved_at),
        eta_at=_text(incident.eta_at),
        etas=[PromiseView(text(one.said_at), _text(one.eta_at)) for one in incident.etas],
        next_update_due_at=_text(incident.next_update_due_at),
        severity=incident.severity,
        roles=RolesView(**incident.roles),
        backfilled=incident.backfilled,
        created_at=text(incident.created_at),
        updated_at=text(incident.updated_at),
        version=incident.version,
        components=[
            NowView(name, spread.overall, dict(spread.at))
            for name, spread in spreads(incident).items()
        ],
        updates=[_update_view(each) for each in reversed(incident.updates)],
        events=[
            EventView(text(one.at), one.who, one.what, one.role, one.old, one.new)
            for one in incident.events
        ],
    )


def _update_view(update: Update) -> UpdateView:
    return UpdateView(
        update_id=update.id,
        status=update.status,
        body=update.body,
        display_at=text(update.display_at),
        created_at=text(update.created_at),
        components=[
            AffectedView(one.component_id, one.old_status, one.new_status, one.store_ids)
            for one in update.affected
        ],
        eta_at=_text(update.eta_at),
        deliver_notifications=update.deliver_notifications,
    )


def _text(moment: datetime | None) -> str | None:
    return text(moment) if moment else None
