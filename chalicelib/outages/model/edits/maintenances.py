"""How maintenances come to be and change."""

from datetime import UTC, datetime, timedelta

import msgspec

from chalicelib.kernel import clock
from chalicelib.kernel.errors import invalid
from chalicelib.outages.model import words
from chalicelib.outages.model.asked import MaintenanceChange, NewMaintenance, NewReport
from chalicelib.outages.model.components import Page
from chalicelib.outages.model.edits.values import fingerprint, given, within_a_year
from chalicelib.outages.model.errors import IncidentFull, MaintenanceOver
from chalicelib.outages.model.incidents import MOST_UPDATES
from chalicelib.outages.model.maintenances import (
    Maintenance,
    Recurrence,
    Report,
    marks,
    state,
)

_LONGEST = timedelta(days=31)
_FURTHEST = timedelta(days=3660)


def schedule(
    asked: NewMaintenance, page: Page, now: datetime, make_id: words.IdMaker
) -> Maintenance:
    """Its id sorts by when it begins. Raises InvalidRequest."""
    begins = within_a_year(asked.scheduled_for, now, "/scheduled_for") or now
    one = Maintenance(
        id=make_id(begins),
        name=asked.name.words(),
        created_at=now,
        updated_at=now,
        component_ids=asked.component_ids,
        store_ids=asked.store_ids,
        scheduled_for=begins,
        scheduled_until=within_a_year(asked.scheduled_until, now, "/scheduled_until") or now,
        switches=asked.notices,
    )
    _check(one, page)
    said = Report(
        id=make_id(now),
        status="scheduled",
        body=asked.body.words(),
        display_at=now,
        created_at=now,
        updated_at=now,
    )
    rule = _rule(asked, page, one.id, now)
    return msgspec.structs.replace(one, updates=(said,), recurrence=rule, told=marks(one, now))


def change_maintenance(
    was: Maintenance, asked: MaintenanceChange, page: Page, now: datetime
) -> Maintenance:
    """The same where nothing changes; a new plan is told of anew by the clock. Raises InvalidRequest,
    MaintenanceOver.
    """
    changes = given(asked)
    for field in ("scheduled_for", "scheduled_until"):
        if field in changes:
            changes[field] = within_a_year(changes[field], now, f"/{field}")
    if "notices" in changes:
        changes["switches"] = changes.pop("notices")
    changed = msgspec.structs.replace(was, **changes)
    if changed == was:
        return was
    if state(was, now) == "completed":
        raise MaintenanceOver
    _check(changed, page)
    told = changed.told
    if (changed.scheduled_for, changed.scheduled_until) != (was.scheduled_for, was.scheduled_until):
        told = (*told, *(each for each in marks(changed, now) if each not in told))
    return msgspec.structs.replace(changed, updated_at=now, version=was.version + 1, told=told)


def add_report(
    was: Maintenance, asked: NewReport, now: datetime, make_id: words.IdMaker, key: str = ""
) -> Maintenance:
    """Raises InvalidRequest, MaintenanceOver, IncidentFull."""
    so_far = state(was, now)
    if so_far == "completed":
        raise MaintenanceOver
    if (asked.status == "scheduled") != (so_far == "scheduled") and asked.status != "completed":
        raise invalid("/status", "这要由时钟来定", "The clock decides this")
    if len(was.updates) >= MOST_UPDATES:
        raise IncidentFull
    said = Report(
        id=words.later_id(make_id(now), max((each.id for each in was.updates), default="")),
        status=asked.status,
        body=asked.body.words(),
        display_at=now,
        created_at=now,
        updated_at=now,
        deliver_notifications=asked.deliver_notifications,
        key=key,
        fingerprint=fingerprint(asked) if key else "",
    )
    changed = msgspec.structs.replace(
        was, updates=(*was.updates, said), updated_at=now, version=was.version + 1
    )
    if asked.status != "completed":
        return changed
    ended = msgspec.structs.replace(changed, ended_at=now)
    new = [each for each in marks(ended, now) if each not in was.told]
    return msgspec.structs.replace(ended, told=(*was.told, *new))


def _check(one: Maintenance, page: Page) -> None:
    if one.scheduled_until <= one.scheduled_for:
        raise invalid("/scheduled_until", "结束应在开始之后", "It must end after it begins")
    if one.scheduled_until - one.scheduled_for > _LONGEST:
        raise invalid("/scheduled_until", "最长 31 天", "It lasts 31 days at the most")
    for at, component_id in enumerate(one.component_ids):
        found = page.component(component_id)
        if found is None or found.group:
            raise invalid(f"/component_ids/{at}", "没有这个组件", "There is no such component")
    for at, store_id in enumerate(one.store_ids):
        if page.store(store_id) is None:
            raise invalid(
                f"/store_ids/{at}", "状态页没有这家门店", "The status page has no such store"
            )


def _rule(asked: NewMaintenance, page: Page, series_id: str, now: datetime) -> Recurrence | None:
    """Raises InvalidRequest."""
    if asked.recurrence is None:
        return None
    zone = asked.recurrence.zone or page.time_zone
    clock.check_zone(zone, "/recurrence/zone")
    until = asked.recurrence.until
    if until is not None:
        if not asked.scheduled_for <= until <= now + _FURTHEST:
            raise invalid(
                "/recurrence/until",
                "应在第一次开始之后、十年之内",
                "It lies after the first start, and within ten years",
            )
        until = clock.cut(until.astimezone(UTC))
    return Recurrence(asked.recurrence.every, zone, until, series_id)
