"""Components, for operators."""

from datetime import date
from typing import Annotated, Any

import msgspec

from chalicelib.access.edge import stamp
from chalicelib.adapters.http import Answer, Call, Paging, known_version, tagged
from chalicelib.adapters.http.answers import At
from chalicelib.kernel.clock import text
from chalicelib.kernel.errors import BadCursor, ConditionMissing, Gone, InvalidRequest, NotFound
from chalicelib.outages.api import cursors
from chalicelib.outages.api.routes import (
    an_id,
    desk,
    idempotency_key,
    made,
    routes,
)
from chalicelib.outages.model.asked import ComponentChange, NewComponent
from chalicelib.outages.model.changes import BaselineChange, Source
from chalicelib.outages.model.components import Component, Part, Status
from chalicelib.outages.model.errors import NameTaken, PageFull
from chalicelib.outages.model.words import Words


class ComponentView(msgspec.Struct):
    """`status` is what was last said of it; `effective_status` what the page shows with incidents and maintenances.

    `part` is what of ours it stands for; the page for everybody does not show it.
    """

    component_id: str
    name: Words
    description: Words | None
    status: Status
    position: int
    start_date: date | None
    showcase: bool
    only_show_if_degraded: bool
    group: bool
    group_id: str | None
    part: Part | None
    created_at: At
    updated_at: At
    version: Annotated[int, msgspec.Meta(description="What If-Match names, in quotes")]


class ListedComponent(ComponentView, kw_only=True):
    effective_status: Status
    incident_id: str | None


class ComponentList(msgspec.Struct):
    items: list[ListedComponent]
    next_cursor: None = None


@routes.declare(
    "POST",
    "/v1/components",
    needs="component:write",
    takes=NewComponent,
    answers={201: ComponentView, 200: ComponentView},
    raises=(InvalidRequest, PageFull, NameTaken),
)
def post_component(call: Call, body: NewComponent) -> Answer:
    """Add a component or a group. With an `Idempotency-Key`, the same request sent again makes no second one."""
    new, again = desk().add_component(body, idempotency_key(call), stamp(call))
    return made(ComponentView(*_fields(new)), new.version, again=again)


@routes.declare("GET", "/v1/components", needs="component:write", answers={200: ComponentList})
def get_components(_call: Call) -> ComponentList:
    """All components, in the order of the page."""
    shown = desk().components()
    return ComponentList(
        [
            ListedComponent(
                *_fields(each),
                effective_status=shown.states[each.id].status,
                incident_id=shown.states[each.id].incident_id,
            )
            for each in shown.page.components
        ]
    )


@routes.declare(
    "GET",
    "/v1/components/{component_id}",
    needs="component:write",
    answers={200: ComponentView},
    raises=(NotFound,),
)
def get_component(_call: Call, component_id: str) -> Answer:
    """One component, with the ETag that a change names."""
    found = desk().component(an_id(component_id))
    return Answer(ComponentView(*_fields(found)), headers=tagged(found.version))


class ChangesQuery(Paging, frozen=True, forbid_unknown_fields=True):
    """Newest first."""


class ChangeView(msgspec.Struct):
    """From `at` on the component's own state was `new`; `who` is the id of who said so."""

    change_id: str
    old: Status
    new: Status
    at: At
    source: Source
    who: str
    reason: str


class ChangeList(msgspec.Struct):
    items: list[ChangeView]
    next_cursor: str | None


@routes.declare(
    "GET",
    "/v1/components/{component_id}/changes",
    needs="component:write",
    asks=ChangesQuery,
    answers={200: ChangeList},
    raises=(NotFound, BadCursor),
)
def get_component_changes(call: Call, component_id: str, query: ChangesQuery) -> ChangeList:
    """What was said of a component's own state, by whom and why; newest first."""
    of = f"changes {component_id}"
    after = cursors.opened(call, of, query.cursor)
    found, last = desk().changes(an_id(component_id), query.limit, after)
    return ChangeList([_change(each) for each in found], cursors.sealed(call, of, last))


@routes.declare(
    "PATCH",
    "/v1/components/{component_id}",
    needs="component:write",
    takes=ComponentChange,
    answers={200: ComponentView},
    raises=(NotFound, InvalidRequest, ConditionMissing, Gone),
)
def patch_component(call: Call, component_id: str, body: ComponentChange) -> Answer:
    """Change a component, or say how it fares; `If-Match` names the version that was read, or `*`."""
    changed = desk().change_component(an_id(component_id), known_version(call), body, stamp(call))
    return Answer(ComponentView(*_fields(changed)), headers=tagged(changed.version))


def _change(one: BaselineChange) -> ChangeView:
    return ChangeView(one.id, one.old, one.new, text(one.at), one.source, one.who, one.reason)


def _fields(component: Component) -> tuple[Any, ...]:
    return (
        component.id,
        component.name,
        component.description,
        component.baseline,
        component.position,
        component.start_date,
        component.showcase,
        component.only_show_if_degraded,
        component.group,
        component.group_id,
        component.part,
        text(component.created_at),
        text(component.updated_at),
        component.version,
    )
