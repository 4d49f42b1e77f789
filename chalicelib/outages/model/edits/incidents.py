"""How components and incidents come to be and change: an edit gives a new value, or the same where nothing changes."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import msgspec

from chalicelib.kernel import clock
from chalicelib.kernel.errors import Text, invalid
from chalicelib.outages.model import words
from chalicelib.outages.model.asked import (
    ComponentChange,
    IncidentChange,
    Naming,
    NewComponent,
    NewIncident,
    NewUpdate,
)
from chalicelib.outages.model.components import MOST_COMPONENTS, Component, Page, ordered
from chalicelib.outages.model.errors import IncidentFull, PageFull
from chalicelib.outages.model.incidents import (
    MOST_UPDATES,
    Affected,
    Incident,
    Update,
    impacts,
    in_order,
)

_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_FURTHEST = timedelta(days=366)
_OF_NO_GROUP = Text(
    "分组只是标题，part 写在它的成员上", "A group is a heading: its members have the parts"
)


def fingerprint(asked: msgspec.Struct) -> str:
    """The same for the same request, whatever its spacing and order of fields."""
    return hashlib.sha256(msgspec.json.encode(asked)).hexdigest()[:32]


def add_component(
    page: Page, asked: NewComponent, component_id: str, now: datetime
) -> tuple[Page, Component]:
    """Raises PageFull, InvalidRequest."""
    if len(page.components) >= MOST_COMPONENTS:
        raise PageFull
    if asked.group and asked.group_id:
        raise invalid("/group_id", "分组不能再放进分组", "A group cannot be inside a group")
    if asked.group and asked.part:
        raise invalid("/part", _OF_NO_GROUP.zh, _OF_NO_GROUP.en)
    made = Component(
        id=component_id,
        name=asked.name.words(),
        created_at=now,
        updated_at=now,
        position=asked.position or _last_position(page) + 1,
        baseline=asked.status,
        description=asked.description.words() if asked.description else None,
        start_date=asked.start_date or now.astimezone(clock.zone(page.time_zone)).date(),
        showcase=asked.showcase,
        only_show_if_degraded=asked.only_show_if_degraded,
        group=asked.group,
        group_id=_known_group(page, asked.group_id),
        part=asked.part,
    )
    return _with(page, made, now), made


def change_component(
    page: Page, was: Component, asked: ComponentChange, now: datetime
) -> tuple[Page, Component]:
    """The same page where nothing changes. Raises InvalidRequest."""
    changes = _given(asked)
    if "status" in changes:
        changes["baseline"] = changes.pop("status")
    if was.group and ("baseline" in changes or changes.get("group_id")):
        raise invalid(
            "/status" if "baseline" in changes else "/group_id",
            "分组的状态由其成员得出，也不能放进别的分组",
            "A group is as its members are, and cannot be inside a group",
        )
    if was.group and changes.get("part"):
        raise invalid("/part", _OF_NO_GROUP.zh, _OF_NO_GROUP.en)
    if "group_id" in changes:
        changes["group_id"] = _known_group(page, changes["group_id"])
    changed = msgspec.structs.replace(was, **changes)
    if changed == was:
        return page, was
    changed = msgspec.structs.replace(changed, updated_at=now, version=was.version + 1)
    return _with(page, changed, now), changed


def open_incident(
    asked: NewIncident, page: Page, states: Mapping[str, str], now: datetime, make_id: words.IdMaker
) -> Incident:
    """Its id sorts by when it started. Raises InvalidRequest."""
    started_at = _past(asked.started_at, now, "/started_at")
    published_at = _within_a_year(asked.published_at, now, "/published_at")
    empty = Incident(
        id=make_id(started_at),
        name=asked.name.words(),
        created_at=now,
        updated_at=now,
        started_at=started_at,
        published_at=published_at or now,
        updates=(),
        version=0,
        public=asked.public,
        impact_override=asked.impact_override,
    )
    return add_update(empty, asked.first_update(), page, states, now, make_id)


def add_update(  # noqa: PLR0917 - each is named by its type
    incident: Incident,
    asked: NewUpdate,
    page: Page,
    states: Mapping[str, str],
    now: datetime,
    make_id: words.IdMaker,
    key: str = "",
) -> Incident:
    """Raises IncidentFull, InvalidRequest. `states` are the components' effective states before this update."""
    if len(incident.updates) >= MOST_UPDATES:
        raise IncidentFull
    eta_at = incident.eta_at
    if asked.eta_at is not msgspec.UNSET:
        eta_at = _within_a_year(asked.eta_at, now, "/eta_at")
    update = Update(
        id=words.later_id(make_id(now), max((each.id for each in incident.updates), default="")),
        status=asked.status,
        body=asked.body.words(),
        display_at=_past(asked.display_at, now, "/display_at"),
        created_at=now,
        updated_at=now,
        affected=_affected(incident, asked.components, page, states),
        deliver_notifications=asked.deliver_notifications,
        eta_at=eta_at if asked.eta_at is not msgspec.UNSET else None,
        key=key,
        fingerprint=fingerprint(asked) if key else "",
    )
    return msgspec.structs.replace(
        incident,
        updates=in_order((*incident.updates, update)),
        updated_at=now,
        version=incident.version + 1,
        eta_at=eta_at,
        next_update_due_at=_within_a_year(asked.next_update_due_at, now, "/next_update_due_at"),
    )


def change_incident(was: Incident, asked: IncidentChange, now: datetime) -> Incident:
    """The same incident where nothing changes. Raises InvalidRequest."""
    changes = _given(asked)
    for field in ("published_at", "eta_at", "next_update_due_at"):
        if field in changes:
            changes[field] = _within_a_year(changes[field], now, f"/{field}")
    changed = msgspec.structs.replace(was, **changes)
    if changed == was:
        return was
    return msgspec.structs.replace(changed, updated_at=now, version=was.version + 1)


def _given(asked: ComponentChange | IncidentChange) -> dict[str, object]:
    """What the caller named, with texts as they are kept."""
    given = {name: getattr(asked, name) for name in asked.__struct_fields__}
    return {
        name: value.words() if hasattr(value, "words") else value
        for name, value in given.items()
        if value is not msgspec.UNSET
    }


def _with(page: Page, component: Component, now: datetime) -> Page:
    others = [each for each in page.components if each.id != component.id]
    return msgspec.structs.replace(
        page,
        components=ordered([*others, component]),
        updated_at=now,
        version=page.version + 1,
    )


def _last_position(page: Page) -> int:
    return max((each.position for each in page.components), default=0)


def _known_group(page: Page, group_id: object) -> str | None:
    if group_id is None:
        return None
    found = page.component(str(group_id))
    if found is None or not found.group:
        raise invalid("/group_id", "没有这个分组", "There is no such group")
    return found.id


def _affected(
    incident: Incident, named: list[Naming], page: Page, states: Mapping[str, str]
) -> tuple[Affected, ...]:
    before = {**states, **impacts(incident)}
    for at, each in enumerate(named):
        found = page.component(each.component_id)
        if found is None or found.group:
            raise invalid(
                f"/components/{at}/component_id", "没有这个组件", "There is no such component"
            )
    latest = {each.component_id: each.status for each in named}
    return tuple(
        msgspec.convert(
            {"component_id": name, "old_status": before[name], "new_status": status}, Affected
        )
        for name, status in latest.items()
    )


def _past(moment: datetime | None, now: datetime, pointer: str) -> datetime:
    if moment is None:
        return now
    if not _EARLIEST <= moment <= now:
        raise invalid(
            pointer, "应在 2000 年之后、现在之前", "It must lie after 2000 and not in the future"
        )
    return clock.cut(moment.astimezone(UTC))


def _within_a_year(moment: object, now: datetime, pointer: str) -> datetime | None:
    if not isinstance(moment, datetime):
        return None
    if not _EARLIEST <= moment <= now + _FURTHEST:
        raise invalid(pointer, "应在一年之内", "It must lie within a year from now")
    return clock.cut(moment.astimezone(UTC))
