"""How incidents come to be and change."""

from datetime import datetime

import msgspec

from chalicelib.kernel.errors import NotFound, invalid
from chalicelib.outages.model import words
from chalicelib.outages.model.asked import IncidentChange, NewIncident, NewUpdate, UpdateChange
from chalicelib.outages.model.components import Page
from chalicelib.outages.model.edits.affected import States, affected, rechained
from chalicelib.outages.model.edits.values import fingerprint, given, past, within_a_year
from chalicelib.outages.model.errors import IncidentFull, LastUpdate
from chalicelib.outages.model.incidents import MOST_UPDATES, Event, Incident, Promise, Update

_LOUD = "sev1"


def open_incident(
    asked: NewIncident, page: Page, states: States, now: datetime, make_id: words.IdMaker
) -> Incident:
    """Its id sorts by when it started. Raises InvalidRequest."""
    started_at = past(asked.started_at, now, "/started_at")
    published_at = within_a_year(asked.published_at, now, "/published_at") or now
    if asked.severity == _LOUD:
        _check_loud(asked.public, published_at, now)
    empty = Incident(
        id=make_id(started_at),
        name=asked.name.words(),
        created_at=now,
        updated_at=now,
        started_at=started_at,
        published_at=published_at,
        updates=(),
        version=0,
        public=asked.public,
        impact_override=asked.impact_override,
        severity=asked.severity,
        backfilled=asked.backfilled,
    )
    return add_update(empty, asked.first_update(), page, states, now, make_id)


def add_update(  # noqa: PLR0917 - each is named by its type
    incident: Incident,
    asked: NewUpdate,
    page: Page,
    states: States,
    now: datetime,
    make_id: words.IdMaker,
    key: str = "",
) -> Incident:
    """Raises IncidentFull, InvalidRequest. `states` are the components' effective states before this update."""
    if len(incident.updates) >= MOST_UPDATES:
        raise IncidentFull
    eta_at = incident.eta_at
    if asked.eta_at is not msgspec.UNSET:
        eta_at = within_a_year(asked.eta_at, now, "/eta_at")
    update = Update(
        id=words.later_id(make_id(now), max((each.id for each in incident.updates), default="")),
        status=asked.status,
        body=asked.body.words(),
        display_at=past(asked.display_at, now, "/display_at"),
        created_at=now,
        updated_at=now,
        affected=affected(asked.components, page),
        deliver_notifications=asked.deliver_notifications,
        eta_at=eta_at if asked.eta_at is not msgspec.UNSET else None,
        key=key,
        fingerprint=fingerprint(asked) if key else "",
    )
    tells = asked.deliver_notifications and not incident.backfilled
    return msgspec.structs.replace(
        incident,
        updates=rechained((*incident.updates, update), incident.updates, states),
        updated_at=now,
        version=incident.version + 1,
        eta_at=eta_at,
        etas=_promised(incident, eta_at, now),
        next_update_due_at=within_a_year(asked.next_update_due_at, now, "/next_update_due_at"),
        untold=update.id if tells else incident.untold,
    )


def change_update(  # noqa: PLR0917 - each is named by its type
    was: Incident, update_id: str, asked: UpdateChange, page: Page, states: States, now: datetime
) -> Incident:
    """What follows from updates follows anew; the same incident where nothing changes. Raises NotFound,
    InvalidRequest.
    """
    before = _update(was, update_id)
    changes = given(asked)
    if isinstance(asked.display_at, datetime):
        changes["display_at"] = past(asked.display_at, now, "/display_at")
    named = changes.pop("components", None)
    if named is not None:
        changes["affected"] = affected(asked.components, page)  # type: ignore[arg-type] # not unset
    after = msgspec.structs.replace(before, **changes)
    others = [each for each in was.updates if each.id != update_id]
    updates = rechained((*others, after), was.updates, states)
    if updates == was.updates:
        return was
    stamped = tuple(
        msgspec.structs.replace(each, updated_at=now) if each.id == update_id else each
        for each in updates
    )
    return msgspec.structs.replace(was, updates=stamped, updated_at=now, version=was.version + 1)


def delete_update(was: Incident, update_id: str, now: datetime) -> Incident:
    """As if it had never been said. Raises NotFound, LastUpdate."""
    gone = _update(was, update_id)
    if len(was.updates) == 1:
        raise LastUpdate
    left = tuple(each for each in was.updates if each is not gone)
    return msgspec.structs.replace(
        was,
        updates=rechained(left, was.updates, {}),
        untold=_untold_without(was, update_id, left),
        updated_at=now,
        version=was.version + 1,
    )


def _untold_without(was: Incident, update_id: str, left: tuple[Update, ...]) -> str:
    """Where nobody was told of it yet, what was said before is told in its place."""
    if was.untold != update_id:
        return was.untold
    telling = [each.id for each in left if each.deliver_notifications]
    return max(telling, default="") if not (was.told or was.backfilled) else ""


def change_incident(was: Incident, asked: IncidentChange, now: datetime, who: str = "") -> Incident:
    """The same incident where nothing changes. Raises InvalidRequest."""
    changes = given(asked)
    for field in ("published_at", "eta_at", "next_update_due_at"):
        if field in changes:
            changes[field] = within_a_year(changes[field], now, f"/{field}")
    changed = _seen(was, msgspec.structs.replace(was, **changes), asked, now)
    if changed == was:
        return was
    return msgspec.structs.replace(
        changed,
        updated_at=now,
        version=was.version + 1,
        etas=_promised(was, changed.eta_at, now),
        events=was.events + _of_severity(was, changed, who, now),
    )


def _seen(was: Incident, changed: Incident, asked: IncidentChange, now: datetime) -> Incident:
    """What was not public comes out when it is made so, and not before. Raises InvalidRequest."""
    if changed.severity == _LOUD:
        asked_for = asked.published_at if isinstance(asked.published_at, datetime) else now
        _check_loud(asked.public is not False, asked_for, now)
        changed = msgspec.structs.replace(
            changed, public=True, published_at=min(changed.published_at, now)
        )
    if changed.public and not was.public and changed.published_at == was.published_at:
        return msgspec.structs.replace(changed, published_at=max(now, was.published_at))
    return changed


def _check_loud(public: bool, published_at: datetime, now: datetime) -> None:  # noqa: FBT001
    if not public or published_at > now:
        raise invalid(
            "/published_at" if public else "/public",
            "sev1 事件必须立即公开",
            "An incident of sev1 is public, and at once",
        )


def _of_severity(was: Incident, new: Incident, who: str, now: datetime) -> tuple[Event, ...]:
    if was.severity == new.severity:
        return ()
    old, given_now = was.severity or "", new.severity or ""
    return (Event(at=now, who=who, what="severity", old=old, new=given_now),)


def _promised(was: Incident, eta_at: datetime | None, now: datetime) -> tuple[Promise, ...]:
    return was.etas if eta_at == was.eta_at else (*was.etas, Promise(now, eta_at))


def _update(incident: Incident, update_id: str) -> Update:
    found = next((each for each in incident.updates if each.id == update_id), None)
    if found is None:
        raise NotFound
    return found
