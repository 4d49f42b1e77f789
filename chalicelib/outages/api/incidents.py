"""Incidents, for operators."""

import msgspec

from chalicelib.access.edge import stamp
from chalicelib.adapters.http import Answer, Call, Paging, known_version, tagged
from chalicelib.kernel.errors import (
    BadCursor,
    ConditionMissing,
    Gone,
    InvalidRequest,
    NotFound,
)
from chalicelib.outages.api import cursors
from chalicelib.outages.api.routes import (
    an_id,
    desk,
    idempotency_key,
    made,
    routes,
)
from chalicelib.outages.api.views import IncidentView, incident_view
from chalicelib.outages.model.asked import IncidentChange, NewIncident, NewUpdate
from chalicelib.outages.model.errors import IncidentFull, NameTaken
from chalicelib.outages.table import State


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
    new, again = desk().report(body, idempotency_key(call), stamp(call))
    return made(incident_view(new), new.version, again=again)


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
    of = f"incidents {query.state or 'all'}"
    after = cursors.opened(call, of, query.cursor)
    found, last = desk().incidents(query.state, query.limit, after)
    return IncidentList([incident_view(each) for each in found], cursors.sealed(call, of, last))


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
    return Answer(incident_view(found), headers=tagged(found.version))


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
    return Answer(incident_view(changed), headers=tagged(changed.version))


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
    return made(incident_view(incident), incident.version, again=again)
