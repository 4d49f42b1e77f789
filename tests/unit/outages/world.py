"""Pages and incidents for tests, in few words."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from chalicelib.outages.model.components import Component, Page, Status
from chalicelib.outages.model.incidents import Affected, Incident, Stage, Update, in_order
from chalicelib.outages.model.maintenances import Maintenance
from chalicelib.outages.model.snapshot import Snapshot, published
from chalicelib.outages.model.words import Words

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def component(component_id: str, baseline: Status = "operational", **more: object) -> Component:
    fields: dict[str, object] = {
        "id": component_id,
        "name": Words(f"组件 {component_id}", f"Part {component_id}"),
        "created_at": NOW,
        "updated_at": NOW,
        "position": 1,
        "baseline": baseline,
    }
    return Component(**{**fields, **more})  # type: ignore[arg-type]


def page(*components: Component) -> Page:
    return Page(id="p00000000000", created_at=NOW, updated_at=NOW, components=components)


def update(
    update_id: str,
    status: Stage = "investigating",
    named: Mapping[str, Status] | None = None,
    at: datetime = NOW,
    body: Words | None = None,
) -> Update:
    return Update(
        id=update_id,
        status=status,
        body=body or Words("正文", "Body"),
        display_at=at,
        created_at=NOW,
        updated_at=NOW,
        affected=tuple(Affected(name, "operational", new) for name, new in (named or {}).items()),
    )


def incident(incident_id: str, *updates: Update, **more: object) -> Incident:
    fields: dict[str, object] = {
        "id": incident_id,
        "name": Words("短信延迟", "Messages are late"),
        "created_at": NOW,
        "updated_at": NOW,
        "started_at": NOW,
        "published_at": NOW,
        "updates": in_order(updates or (update("u1"),)),
    }
    return Incident(**{**fields, **more})  # type: ignore[arg-type]


def window(starts_in: float, ends_in: float, *component_ids: str, **more: object) -> Maintenance:
    fields: dict[str, object] = {
        "id": "w1",
        "name": Words("维护", "Works"),
        "created_at": NOW,
        "updated_at": NOW,
        "scheduled_for": NOW + minutes(starts_in),
        "scheduled_until": NOW + minutes(ends_in),
        "component_ids": component_ids,
    }
    return Maintenance(**{**fields, **more})  # type: ignore[arg-type]


def shown(
    components: Sequence[Component],
    incidents: Sequence[Incident] = (),
    windows: Sequence[Maintenance] = (),
) -> Snapshot:
    return published(page(*components), incidents, windows, NOW)
