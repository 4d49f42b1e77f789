"""Incidents and maintenances as cards: what is told of each, newest first."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from chalicelib.outages.model import maintenances
from chalicelib.outages.model.components import Status
from chalicelib.outages.model.incidents import Impact, Incident, milestones, spreads
from chalicelib.outages.model.maintenances import Maintenance, Progress
from chalicelib.outages.model.words import Words
from chalicelib.outages.templates import phrases
from chalicelib.outages.templates.writer import Writer, icon, size

_OPEN_LOG = 4  # updates shown before the rest is folded
_MOST_NAMED = 20  # stores named before the rest is counted
_LOOKS: dict[Impact, Status] = {
    "none": "under_maintenance",
    "minor": "degraded_performance",
    "major": "partial_outage",
    "critical": "major_outage",
}
Told = Incident | Maintenance
_Line = tuple[str, datetime, Words]


def fitting(writer: Writer, told: Sequence[Told], room: int) -> tuple[str, int]:
    """As many cards as fit, and how many were left out; one that does not fit whole keeps its latest update."""
    cards, left_out = "", 0
    for each in told:
        for made in (card(writer, each), card(writer, each, most=1)):
            if size(made) <= room:
                cards += made
                room -= size(made)
                break
        else:
            left_out += 1
    return cards, left_out


def own(writer: Writer, told: Told, room: int) -> str:
    """All that is told of one, with as many of its latest updates as fit."""
    wishes = [None, 100, 50, 20, 10, 5, 2]
    made = (card(writer, told, most=most, linked=False) for most in wishes)
    return next((each for each in made if size(each) <= room), "") or card(
        writer, told, most=1, linked=False
    )


def card(writer: Writer, told: Told, *, most: int | None = None, linked: bool = True) -> str:
    """With its `most` latest updates; not `linked` on its own page, where it is the headline."""
    title = writer.words(told.name)
    level = "h2" if not linked else "h3"
    if linked:
        title = f'<a href="{writer.link(f"incidents/{told.id}.html")}">{title}</a>'
    facts = (
        _of_incident(writer, told) if isinstance(told, Incident) else _of_maintenance(writer, told)
    )
    look = look_of(writer, told)
    return (
        f'<article class="card {look}" id="{told.id}"><{level}>{icon(look)}{title}</{level}>'
        f'<p class="soft">{" · ".join(facts)}</p>{_dates(writer, told, whole=not linked)}'
        f"{_log(writer, told, most, linked=linked)}</article>"
    )


def going_on(writer: Writer, told: Told) -> bool:
    return told.open if isinstance(told, Incident) else told.live(writer.shown.now)


def look_of(writer: Writer, told: Told) -> Status:
    if isinstance(told, Incident):
        return _LOOKS[told.impact] if told.open else "operational"
    over = maintenances.state(told, writer.shown.now) == "completed"
    return "operational" if over else "under_maintenance"


def _of_incident(writer: Writer, incident: Incident) -> Iterator[str]:
    yield writer.said.stages[incident.status]
    yield writer.said.impacts[incident.impact]
    found = spreads(incident)
    yield from _components(writer, list(found))
    everywhere = any(each.everywhere for each in found.values())
    stores = {store for each in found.values() for store in each.at}
    yield from () if everywhere else _stores(writer, stores)


def _of_maintenance(writer: Writer, planned: Maintenance) -> Iterator[str]:
    state: Progress = maintenances.state(planned, writer.shown.now)
    yield writer.said.cancelled if planned.cancelled else writer.said.progress[state]
    yield from _components(writer, planned.component_ids)
    yield from _stores(writer, set(planned.store_ids))


def _components(writer: Writer, component_ids: Sequence[str]) -> Iterator[str]:
    named = [writer.shown.page.component(each) for each in component_ids]
    names = [writer.plain(each.name) for each in named if each]
    if names:
        yield f"{writer.said.affects}{writer.said.colon}{writer.listed(names)}"


def _stores(writer: Writer, store_ids: set[str]) -> Iterator[str]:
    known = [each for each in writer.shown.page.stores if each.store_id in store_ids]
    names = [writer.plain(each.name) for each in known[:_MOST_NAMED]]
    if len(store_ids) > len(names):
        names.append(f"+{len(store_ids) - len(names)}")
    if store_ids:
        yield f"{writer.said.at_stores}{writer.said.colon}{writer.listed(names)}"


def _dates(writer: Writer, told: Told, *, whole: bool) -> str:
    if isinstance(told, Maintenance):
        rows = _window(writer, told)
    elif told.open:
        rows = _promises(writer, told)
    else:
        rows = _course(writer, told) if whole else iter(())
    joined = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in rows)
    return f"<dl>{joined}</dl>" if joined else ""


def _window(writer: Writer, planned: Maintenance) -> Iterator[tuple[str, str]]:
    ends = planned.scheduled_until if planned.cancelled else planned.over_at
    yield (writer.said.window, f"{writer.at(planned.scheduled_for)} – {writer.at(ends)}")


def _promises(writer: Writer, incident: Incident) -> Iterator[tuple[str, str]]:
    said = writer.said
    before = slips(incident)
    if incident.eta_at or before:
        now = writer.at(incident.eta_at) if incident.eta_at else said.eta_none
        yield said.eta, now + _before(writer, before)
    if due_at := incident.next_update_due_at:
        late = due_at < writer.shown.now
        note = f' <span class="late">{said.paren.format(said.overdue)}</span>' if late else ""
        yield said.next_update, writer.at(due_at) + note


def _course(writer: Writer, incident: Incident) -> Iterator[tuple[str, str]]:
    said = writer.said
    yield said.began, writer.at(incident.started_at)
    over_at = milestones(incident).resolved_at
    if over_at:
        took = phrases.lasted(over_at - incident.started_at, writer.language)
        yield said.over, f"{writer.at(over_at)}{said.paren.format(f'{said.took} {took}')}"
    told = [each.eta_at for each in incident.etas if each.eta_at]
    if told:
        yield said.eta, writer.listed([writer.at(each) for each in told])


def slips(incident: Incident) -> list[datetime]:
    """What was expected before, in the order in which it was said, where it is no longer."""
    told = [each.eta_at for each in incident.etas if each.eta_at]
    return list(dict.fromkeys(each for each in told if each != incident.eta_at))


def _before(writer: Writer, before: Sequence[datetime]) -> str:
    if not before:
        return ""
    times = writer.listed([writer.at(each) for each in before])
    told = writer.said.eta_before.format(times=times)
    return f' <span class="late">{writer.said.paren.format(told).strip()}</span>'


def _log(writer: Writer, told: Told, most: int | None, *, linked: bool) -> str:
    lines = _lines(writer, told)
    shown = lines[:most]
    if not shown:
        return ""
    log = f'<ol class="log">{"".join(_entry(writer, each) for each in shown[:_OPEN_LOG])}</ol>'
    if older := shown[_OPEN_LOG:]:
        folded = "".join(_entry(writer, each) for each in older)
        count = writer.said.earlier.format(count=len(older))
        log += f'<details><summary>{count}</summary><ol class="log">{folded}</ol></details>'
    where = f"incidents/{told.id}.html" if linked else "api/v2/incidents.json"
    return log + writer.left_out(len(lines) - len(shown), where)


def _lines(writer: Writer, told: Told) -> list[_Line]:
    if isinstance(told, Incident):
        return [(writer.said.stages[u.status], u.display_at, u.body) for u in told.updates[::-1]]
    return [(writer.said.progress[u.status], u.display_at, u.body) for u in told.updates[::-1]]


def _entry(writer: Writer, line: _Line) -> str:
    stage, at, body = line
    return f"<li><strong>{stage}</strong>{writer.at(at)}<p>{writer.words(body)}</p></li>"
