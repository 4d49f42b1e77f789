"""The Statuspage v2 documents, for everybody: other programs read them unchanged."""

import msgspec

from chalicelib.access.model import PUBLIC
from chalicelib.adapters.http import Answer, Call
from chalicelib.outages.api.cached import Reading, cacheable, site_of
from chalicelib.outages.api.routes import desk, routes
from chalicelib.outages.model.errors import StatusUnknown
from chalicelib.outages.templates import shapes, statuspage
from chalicelib.outages.templates.statuspage import Document

_JSON = "application/json; charset=utf-8"


@routes.declare(
    "GET",
    "/v2/summary.json",
    needs=PUBLIC,
    asks=Reading,
    answers={200: shapes.Summary, 304: None},
    raises=(StatusUnknown,),
)
def get_summary_json(call: Call, query: Reading) -> Answer:
    """Roll-up, components, unresolved incidents and maintenances to come, as Statuspage v2."""
    return _document(call, statuspage.summary(desk().now_shown(), site_of(query)))


@routes.declare(
    "GET",
    "/v2/status.json",
    needs=PUBLIC,
    asks=Reading,
    answers={200: shapes.StatusOnly, 304: None},
    raises=(StatusUnknown,),
)
def get_status_json(call: Call, query: Reading) -> Answer:
    """The roll-up alone, as Statuspage v2."""
    return _document(call, statuspage.status(desk().now_shown(), site_of(query)))


@routes.declare(
    "GET",
    "/v2/components.json",
    needs=PUBLIC,
    asks=Reading,
    answers={200: shapes.ComponentsOnly, 304: None},
    raises=(StatusUnknown,),
)
def get_components_json(call: Call, query: Reading) -> Answer:
    """Components and their groups in one flat list, as Statuspage v2."""
    return _document(call, statuspage.components_only(desk().now_shown(), site_of(query)))


@routes.declare(
    "GET",
    "/v2/incidents.json",
    needs=PUBLIC,
    asks=Reading,
    answers={200: shapes.IncidentsOnly, 304: None},
    raises=(StatusUnknown,),
)
def get_incidents_json(call: Call, query: Reading) -> Answer:
    """The 50 most recent incidents, open or over, as Statuspage v2."""
    shown = desk().most_recent()
    return _document(call, statuspage.incidents_only(shown, site_of(query), shown.incidents))


@routes.declare(
    "GET",
    "/v2/incidents/unresolved.json",
    needs=PUBLIC,
    asks=Reading,
    answers={200: shapes.IncidentsOnly, 304: None},
    raises=(StatusUnknown,),
)
def get_unresolved_json(call: Call, query: Reading) -> Answer:
    """Incidents that are not over, as Statuspage v2."""
    shown = desk().now_shown()
    return _document(call, statuspage.incidents_only(shown, site_of(query), shown.open_incidents))


@routes.declare(
    "GET",
    "/v2/scheduled-maintenances.json",
    needs=PUBLIC,
    asks=Reading,
    answers={200: shapes.MaintenancesOnly, 304: None},
    raises=(StatusUnknown,),
)
def get_maintenances_json(call: Call, query: Reading) -> Answer:
    """The 50 most recent planned maintenances, whatever became of them, as Statuspage v2."""
    shown = desk().planned()
    which = statuspage.latest(shown)
    return _document(call, statuspage.maintenances_only(shown, site_of(query), which))


@routes.declare(
    "GET",
    "/v2/scheduled-maintenances/upcoming.json",
    needs=PUBLIC,
    asks=Reading,
    answers={200: shapes.MaintenancesOnly, 304: None},
    raises=(StatusUnknown,),
)
def get_upcoming_json(call: Call, query: Reading) -> Answer:
    """Maintenances that have not begun, as Statuspage v2."""
    shown = desk().now_shown()
    which = statuspage.of_progress(shown, "scheduled")
    return _document(call, statuspage.maintenances_only(shown, site_of(query), which))


@routes.declare(
    "GET",
    "/v2/scheduled-maintenances/active.json",
    needs=PUBLIC,
    asks=Reading,
    answers={200: shapes.MaintenancesOnly, 304: None},
    raises=(StatusUnknown,),
)
def get_active_json(call: Call, query: Reading) -> Answer:
    """Maintenances that last, as Statuspage v2."""
    shown = desk().now_shown()
    which = statuspage.of_progress(shown, "in_progress", "verifying")
    return _document(call, statuspage.maintenances_only(shown, site_of(query), which))


def _document(call: Call, document: Document) -> Answer:
    text = msgspec.json.encode(document).decode()
    return cacheable(call, text, lambda: text, _JSON, {})
