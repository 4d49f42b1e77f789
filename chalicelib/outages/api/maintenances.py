"""Planned maintenances, for operators."""

from typing import Annotated, Literal

import msgspec

from chalicelib.access.edge import stamp
from chalicelib.adapters.http import Answer, Call, Paging, known_version, tagged
from chalicelib.adapters.http.answers import At
from chalicelib.kernel.clock import text
from chalicelib.kernel.errors import BadCursor, ConditionMissing, Gone, InvalidRequest, NotFound
from chalicelib.outages.api import cursors
from chalicelib.outages.api.routes import an_id, desk, idempotency_key, made, routes
from chalicelib.outages.model.asked import MaintenanceChange, NewMaintenance, NewReport
from chalicelib.outages.model.errors import IncidentFull, MaintenanceOver, NameTaken
from chalicelib.outages.model.maintenances import (
    Maintenance,
    Progress,
    Recurrence,
    Switches,
    state,
)
from chalicelib.outages.model.words import Words


class ReportView(msgspec.Struct):
    update_id: str
    status: Progress
    body: Words
    display_at: At
    deliver_notifications: bool


class SwitchesView(msgspec.Struct):
    on_creation: bool
    on_change: bool
    before_start: bool
    at_start: bool
    at_end: bool


class RecurrenceView(msgspec.Struct):
    every: Literal["week", "month", "month_weekday"]
    zone: str
    until: At | None
    series_id: str


class MaintenanceView(msgspec.Struct):
    """`status` as the clock says; `ended_at` where it ended before its time, and `cancelled` where before its start."""

    maintenance_id: str
    name: Words
    status: Progress
    component_ids: tuple[str, ...]
    store_ids: tuple[str, ...]
    scheduled_for: At
    scheduled_until: At
    ended_at: At | None
    cancelled: bool
    recurrence: RecurrenceView | None
    notices: SwitchesView
    created_at: At
    updated_at: At
    version: Annotated[int, msgspec.Meta(description="What If-Match names, in quotes")]
    updates: list[ReportView]


class MaintenanceList(msgspec.Struct):
    items: list[MaintenanceView]
    next_cursor: str | None


class MaintenanceQuery(Paging, frozen=True, forbid_unknown_fields=True):
    """Those to come and under way, or those that are over."""

    state: Literal["planned", "over"] = "planned"


@routes.declare(
    "POST",
    "/v1/maintenances",
    needs="incident:publish",
    takes=NewMaintenance,
    answers={201: MaintenanceView, 200: MaintenanceView},
    raises=(InvalidRequest, NameTaken),
)
def post_maintenance(call: Call, body: NewMaintenance) -> Answer:
    """Plan a maintenance, once or recurring: of what recurs, each is made some weeks before it begins. With an
    `Idempotency-Key`, the same request sent again makes no second one.
    """
    new, again = desk().schedule(body, idempotency_key(call), stamp(call))
    return made(_view(new), new.version, again=again)


@routes.declare(
    "GET",
    "/v1/maintenances",
    needs="incident:publish",
    asks=MaintenanceQuery,
    answers={200: MaintenanceList},
    raises=(BadCursor,),
)
def get_maintenances(call: Call, query: MaintenanceQuery) -> MaintenanceList:
    """Maintenances, the latest planned first."""
    of = f"maintenances {query.state}"
    after = cursors.opened(call, of, query.cursor)
    found, last = desk().maintenances(over=query.state == "over", limit=query.limit, after=after)
    return MaintenanceList([_view(each) for each in found], cursors.sealed(call, of, last))


@routes.declare(
    "GET",
    "/v1/maintenances/{maintenance_id}",
    needs="incident:publish",
    answers={200: MaintenanceView},
    raises=(NotFound,),
)
def get_maintenance(_call: Call, maintenance_id: str) -> Answer:
    """One maintenance, with the ETag that a change names."""
    found = desk().maintenance(an_id(maintenance_id))
    return Answer(_view(found), headers=tagged(found.version))


@routes.declare(
    "PATCH",
    "/v1/maintenances/{maintenance_id}",
    needs="incident:publish",
    takes=MaintenanceChange,
    answers={200: MaintenanceView},
    raises=(NotFound, InvalidRequest, ConditionMissing, Gone, MaintenanceOver, IncidentFull),
)
def patch_maintenance(call: Call, maintenance_id: str, body: MaintenanceChange) -> Answer:
    """Change the plan; subscribers are told the old and the new times, and anew before it begins. `If-Match` names the
    version that was read, or `*`.
    """
    changed = desk().change_maintenance(
        an_id(maintenance_id), known_version(call), body, stamp(call)
    )
    return Answer(_view(changed), headers=tagged(changed.version))


@routes.declare(
    "POST",
    "/v1/maintenances/{maintenance_id}/updates",
    needs="incident:publish",
    takes=NewReport,
    answers={201: MaintenanceView, 200: MaintenanceView},
    raises=(NotFound, InvalidRequest, NameTaken, MaintenanceOver, IncidentFull),
)
def post_maintenance_update(call: Call, maintenance_id: str, body: NewReport) -> Answer:
    """Say how a maintenance goes, end it early, or cancel it before it begins. With an `Idempotency-Key`, the same
    update sent again is kept once.
    """
    changed, again = desk().report_on(
        an_id(maintenance_id), body, idempotency_key(call), stamp(call)
    )
    return made(_view(changed), changed.version, again=again)


def _view(one: Maintenance) -> MaintenanceView:
    return MaintenanceView(
        maintenance_id=one.id,
        name=one.name,
        status=state(one, desk().clock()),
        component_ids=one.component_ids,
        store_ids=one.store_ids,
        scheduled_for=text(one.scheduled_for),
        scheduled_until=text(one.scheduled_until),
        ended_at=text(one.ended_at) if one.ended_at else None,
        cancelled=one.cancelled,
        recurrence=_recurrence(one.recurrence) if one.recurrence else None,
        notices=_switches(one.switches),
        created_at=text(one.created_at),
        updated_at=text(one.updated_at),
        version=one.version,
        updates=[
            ReportView(
                each.id, each.status, each.body, text(each.display_at), each.deliver_notifications
            )
            for each in reversed(one.updates)
        ],
    )


def _recurrence(rule: Recurrence) -> RecurrenceView:
    until = text(rule.until) if rule.until else None
    return RecurrenceView(rule.every, rule.zone, until, rule.series_id)


def _switches(one: Switches) -> SwitchesView:
    return SwitchesView(one.on_creation, one.on_change, one.before_start, one.at_start, one.at_end)
