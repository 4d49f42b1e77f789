"""Mending what was said of an incident, and who does what in it."""

from chalicelib.access.edge import stamp
from chalicelib.adapters.http import Answer, Call, known_version, tagged
from chalicelib.kernel.errors import ConditionMissing, Gone, InvalidRequest, NotFound
from chalicelib.outages.api.routes import an_id, desk, routes
from chalicelib.outages.api.views import IncidentView, incident_view
from chalicelib.outages.model.asked import NewRoles, UpdateChange
from chalicelib.outages.model.errors import IncidentFull, LastUpdate
from chalicelib.outages.model.incidents import Incident


@routes.declare(
    "PATCH",
    "/v1/incidents/{incident_id}/updates/{update_id}",
    needs="incident:publish",
    takes=UpdateChange,
    answers={200: IncidentView},
    raises=(NotFound, InvalidRequest, ConditionMissing, Gone, IncidentFull),
)
def patch_incident_update(
    call: Call, incident_id: str, update_id: str, body: UpdateChange
) -> Answer:
    """Mend an update; the incident's state and that of its components follow anew. Nobody is told. `If-Match` names
    the version of the incident that was read, or `*`.
    """
    version = known_version(call)
    return _answer(
        desk().change_update(an_id(incident_id), an_id(update_id), version, body, stamp(call))
    )


@routes.declare(
    "DELETE",
    "/v1/incidents/{incident_id}/updates/{update_id}",
    needs="incident:publish",
    answers={200: IncidentView},
    raises=(NotFound, ConditionMissing, Gone, LastUpdate),
)
def delete_incident_update(call: Call, incident_id: str, update_id: str) -> Answer:
    """Take an update back, as if it had never been said. `If-Match` as for a change."""
    version = known_version(call)
    return _answer(desk().delete_update(an_id(incident_id), an_id(update_id), version, stamp(call)))


@routes.declare(
    "PUT",
    "/v1/incidents/{incident_id}/roles",
    needs="incident:publish",
    takes=NewRoles,
    answers={200: IncidentView},
    raises=(NotFound, InvalidRequest, ConditionMissing, Gone, IncidentFull),
)
def put_incident_roles(call: Call, incident_id: str, body: NewRoles) -> Answer:
    """Say who leads, stands by, tells and writes down; each hand-over is kept as an event of the incident. `If-Match`
    as for a change.
    """
    return _answer(desk().assign(an_id(incident_id), known_version(call), body, stamp(call)))


def _answer(incident: Incident) -> Answer:
    return Answer(incident_view(incident), headers=tagged(incident.version))
