"""What subscribers are told of a maintenance: of its plan when that changes, of its course by the clock."""

from datetime import datetime

from msgspec.structs import replace

from chalicelib.kernel.clock import text
from chalicelib.outages.model import maintenance_words as words
from chalicelib.outages.model.maintenances import (
    ENDED,
    SOON,
    SOON_IS,
    STARTED,
    Maintenance,
    marks,
    state,
)
from chalicelib.outages.model.notices import Kind, Notice
from chalicelib.outages.model.words import Words, id_of


def of_creation(one: Maintenance, zone: str) -> Notice | None:
    """None where it is switched off, and where there is nothing to come."""
    if not one.switches.on_creation or one.over_at <= one.created_at:
        return None
    return _notice(one, "maintenance_scheduled", words.planned(one, zone), one.created_at)


def of_change(new: Maintenance, was: Maintenance, zone: str) -> Notice | None:
    """None where nothing changed that those who are touched have to know."""
    if not new.switches.on_change or _plan(new) == _plan(was):
        return None
    return _notice(new, "maintenance_changed", words.moved(new, was, zone), new.updated_at)


def of_report(one: Maintenance, zone: str) -> Notice | None:
    """Of the last thing that was said of it, where that is to be told."""
    said = one.updates[-1]
    ends = one.switches.on_change if one.cancelled else one.switches.at_end
    if not said.deliver_notifications or (said.status == "completed" and not ends):
        return None
    if said.status != "completed":
        return _notice(one, "update", said.body, said.created_at, said.id)
    if one.cancelled:
        return _notice(one, "maintenance_changed", words.cancelled(one, zone), said.created_at)
    return _notice(one, "maintenance_ended", words.ended(one), said.created_at)


def by_the_clock(one: Maintenance, now: datetime, zone: str) -> tuple[Maintenance, Notice | None]:
    """With what time has brought since it was looked at last; of several such things only the last is told."""
    new = [each for each in marks(one, now) if each not in one.told]
    if not new:
        return one, None
    marked = replace(one, told=(*one.told, *new), version=one.version + 1)
    return marked, _of_mark(marked, new[-1], zone)


def _of_mark(one: Maintenance, mark: str, zone: str) -> Notice | None:
    switches = one.switches
    if mark.startswith(SOON) and switches.before_start:
        return _notice(
            one, "maintenance_soon", words.soon(one, zone), _moment(mark) - SOON_IS, mark
        )
    if mark.startswith(STARTED) and switches.at_start:
        return _notice(one, "maintenance_started", words.started(one, zone), _moment(mark), mark)
    if mark.startswith(ENDED) and switches.at_end:
        return _notice(one, "maintenance_ended", words.ended(one), _moment(mark), mark)
    return None


def _notice(one: Maintenance, kind: Kind, body: Words, at: datetime, what: str = "") -> Notice:
    times = (text(one.scheduled_for), text(one.over_at))
    return Notice(
        notice_id=id_of(at, one.id, kind, what, *times),
        kind=kind,
        about_id=one.id,
        component_ids=one.component_ids,
        store_ids=one.store_ids,
        title=one.name,
        body=body,
        status=state(one, at),
        at=at,
        overtakes=one.id,
        version=one.version,
    )


def _plan(one: Maintenance) -> tuple[object, ...]:
    return one.scheduled_for, one.scheduled_until, one.component_ids, one.store_ids


def _moment(mark: str) -> datetime:
    return datetime.fromisoformat(mark.partition("@")[2])
