"""Incidents, for operators."""

from typing import Annotated

import msgspec

from chalicelib.access import paging
from chalicelib.access.edge import stamp
from chalicelib.adapters.http import Answer, Call, Paging, known_version, replayed, tagged
from chalicelib.adapters.http.answers import At
from chalicelib.kernel.clock import text
from chalicelib.kernel.errors import (
    BadCursor,
    ConditionMissing,
    Gone,
    InvalidRequest,
    NotFound,
)
from chalicelib.outages.api.routes import (
    an_id,
    desk,
    idempotency_key,
    routes,
)
from chalicelib.outages.model.asked import IncidentChange, NewIncident, NewUpdate
from chalicelib.outages.model.components import Status
from chalicelib.outages.model.errors import IncidentFull, NameTaken
from chalicelib.outages.model.incidents import (
    Impact,
    Incident,
    Stage,
    Update,
    impacts,
    milestones,
)
from chalicelib.outages.model.words import Words
from chalicelib.outages.table import State


class AffectedView(msgspec.Struct):
    component_id: str
    old_status: Status
    new_status: Status


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
    component_id: str
    status: Status


class IncidentView(msgspec.Struct):
    """`updates` newest first; `components` as the latest update naming each one says."""

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
    next_update_due_at: At | None
    created_at: At
    updated_at: At
    version: Annotated[int, msgspec.Meta(description="What If-Match names, in quotes")]
    components: list[NowView]
    updates: list[UpdateView]


class IncidentList(msgspec.Struct):
    items: list[IncidentView]
    next_cursor: str | None


class IncidentQuery(Paging, frozen=True, forbid_unknown_fields=True):
    """All of them, or those of one state; a `draft` is not public."""

    state: State | None = None


@routes.declare(
    "POST",
    "/v1/incidents",
    needs="incident:publish",
    takes=NewIncident,
    answers={201: IncidentView, 200: IncidentView},
    raises=(InvalidRequest, NameTaken, IncidentFull),
)
def post_incident(call: Call, body: NewIncident) -> Answer:
    """Report an incident with its first update. With an `Idempotency-Key`, the same request sent again makes no
    second one.
    """
    made, again = desk().report(body, idempotency_key(call), stamp(call))
    return Answer(
        _view(made),
        200 if again else 201,
        headers={**tagged(made.version), **replayed(again=again)},
    )


@routes.declare(
    "GET",
    "/v1/incidents",
    needs="incident:publish",
    asks=IncidentQuery,
    answers={200: IncidentList},
    raises=(BadCursor,),
)
def get_incidents(call: Call, query: IncidentQuery) -> IncidentList:
    """Incidents, newest first: open ones, then those that are over, then drafts."""
    scope = paging.scope(call, f"incidents {query.state or 'all'}")
    at = paging.opened(scope, query.cursor)
    found, last = desk().incidents(query.state, query.limit, at["after"] if at else None)
    following = paging.sealed(scope, {"after": last} if last else None)
    return IncidentList([_view(each) for each in found], following)


@routes.declare(
    "GET",
    "/v1/incidents/{incident_id}",
    needs="incident:publish",
    answers={200: IncidentView},
    raises=(NotFound,),
)
def get_incident(_call: Call, incident_id: str) -> Answer:
    """One incident, also one that is held back, with the ETag that a change names."""
    found = desk().incident(an_id(incident_id))
    return Answer(_view(found), headers=tagged(found.version))


@routes.declare(
    "PATCH",
    "/v1/incidents/{incident_id}",
    needs="incident:publish",
    takes=IncidentChange,
    answers={200: IncidentView},
    raises=(NotFound, InvalidRequest, ConditionMissing, Gone),
)
def patch_incident(call: Call, incident_id: str, body: IncidentChange) -> Answer:
    """Change what an incident is called, who sees it, its impact and its promises; `If-Match` names the version that
    was read, or `*`. How it goes on is said by an update.
    """
    changed = desk().change_incident(an_id(incident_id), known_version(call), body, stamp(call))
    return Answer(_view(changed), headers=tagged(changed.version))


@routes.declare(
    "POST",
    "/v1/incidents/{incident_id}/updates",
    needs="incident:publish",
    takes=NewUpdate,
    answers={201: IncidentView, 200: IncidentView},
    raises=(NotFound, InvalidRequest, NameTaken, IncidentFull),
)
def post_incident_update(call: Call, incident_id: str, body: NewUpdate) -> Answer:
    """Say how an incident goes on; its state and that of its components follow. With an `Idempotency-Key`, the same
    update sent again is kept once.
    """
    incident, again = desk().post_update(
        an_id(incident_id), body, idempotency_key(call), stamp(call)
    )
    return Answer(
        _view(incident),
        200 if again else 201,
        headers={**tagged(incident.version), **replayed(again=again)},
    )


def _view(incident: Incident) -> IncidentView:
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
        monitoring_at=text(since.monitoring_at) if since.monitoring_at else None,
        resolved_at=text(since.resolved_at) if since.resolved_at else None,
        eta_at=text(incident.eta_at) if incident.eta_at else None,
        next_update_due_at=(
            text(incident.next_update_due_at) if incident.next_update_due_at else None
        ),
        created_at=text(incident.created_at),
        updated_at=text(incident.updated_at),
        version=incident.version,
        components=[NowView(name, status) for name, status in impacts(incident).items()],
        updates=[_update_view(each) for each in reversed(incident.updates)],
    )


def _update_view(update: Update) -> UpdateView:
    return UpdateView(
        update_id=update.id,
        status=update.status,
        body=update.body,
        display_at=text(update.display_at),
        created_at=text(update.created_at),
        components=[
            AffectedView(one.component_id, one.old_status, one.new_status)
            for one in update.affected
        ],
        eta_at=text(update.eta_at) if update.eta_at else None,
        deliver_notifications=update.deliver_notifications,
    )
