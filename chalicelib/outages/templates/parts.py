"""Components as a list, with their groups, states and, where they are known, their last ninety days."""

from collections.abc import Mapping, Sequence

from chalicelib.outages.model.components import SEVERITY, Component
from chalicelib.outages.model.uptime import Day
from chalicelib.outages.templates.bars import bars, percent_of
from chalicelib.outages.templates.writer import Writer, icon, size

Records = Mapping[str, Sequence[Day]]
_MOST_BYTES = 30_000
_PLAIN = ((True, True), (False, True), (False, False))  # described, with bars


def parts(writer: Writer, records: Records) -> str:
    """As much of each as there is room for: first the descriptions go, then the bars, then those that fare best."""
    top = [each for each in writer.shown.page.components if not each.group_id]
    for described, barred in _PLAIN:
        days = records if barred else {}
        rows = [_part(writer, each, days, described=described) for each in top]
        if size(*rows) <= _MOST_BYTES:
            break
    kept = _fitting(writer, rows, top)
    if not kept:
        return ""
    left_out = writer.left_out(len(rows) - len(kept), "api/v2/components.json")
    listed = f'<ul class="card parts">{"".join(kept)}</ul>'
    return f"<h2>{writer.said.components}</h2>{listed}{left_out}"


def _fitting(writer: Writer, rows: Sequence[str], components: Sequence[Component]) -> list[str]:
    """As many rows as there is room for, those that fare worst first; in the page's order."""
    states = writer.shown.states
    worst_first = sorted(
        range(len(rows)), key=lambda at: -SEVERITY[states[components[at].id].status]
    )
    room, kept = _MOST_BYTES, set()
    for at in worst_first:
        room -= size(rows[at])
        if room >= 0:
            kept.add(at)
    return [row for at, row in enumerate(rows) if at in kept]


def _part(writer: Writer, component: Component, records: Records, *, described: bool) -> str:
    state = writer.shown.states[component.id]
    if component.only_show_if_degraded and state.status == "operational":
        return ""
    status = icon(state.status) + writer.said.statuses[state.status]
    if state.incident_id:
        there = writer.link(f"incidents/{state.incident_id}.html")
        status = f'<a href="{there}">{status}</a>'
    children = writer.shown.page.children(component.id)
    members = "".join(_part(writer, each, records, described=described) for each in children)
    note = component.description if described else None
    return (
        f'<li class="{state.status}"><div class="row"><span>{writer.words(component.name)}</span>'
        f'<span class="s">{status}</span></div>'
        + (f'<p class="soft">{writer.words(note)}</p>' if note else "")
        + _record(writer, component, children, records)
        + (f"<ul>{members}</ul>" if members else "")
        + "</li>"
    )


def _record(
    writer: Writer, component: Component, children: Sequence[Component], records: Records
) -> str:
    """Bars of its own; of a group, the mean of its members'."""
    if component.id in records:
        return bars(writer, records[component.id])
    known = [records[each.id] for each in children if each.id in records]
    percent = percent_of(known, writer.shown.page.partial_weight)
    if percent is None:
        return ""
    return f'<p class="soft">{writer.said.uptime.format(percent=percent)}</p>'
