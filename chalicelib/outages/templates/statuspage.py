"""What may be shown, in the shapes of the Statuspage API v2.

Descriptions of the roll-up are always English, as clients match on them; names and bodies are as the site's language.
"""

from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

from chalicelib.kernel.clock import text
from chalicelib.outages.model import components, incidents, maintenances
from chalicelib.outages.model.incidents import Update
from chalicelib.outages.model.maintenances import Maintenance, Progress, Report
from chalicelib.outages.model.snapshot import Snapshot
from chalicelib.outages.model.words import Language, Words, say
from chalicelib.outages.templates.shapes import (
    AffectedInfo,
    ComponentInfo,
    ComponentsOnly,
    GroupInfo,
    IncidentInfo,
    IncidentsOnly,
    MaintenanceInfo,
    MaintenancesOnly,
    PageInfo,
    StatusInfo,
    StatusOnly,
    Summary,
    UpdateInfo,
)

MOST_RECENT = 50


class Site(msgspec.Struct, frozen=True):
    """Whose page it is, where people find it, and in which language it is asked for.

    `asks`: by which channels of people anybody may ask for notices.
    """

    name: str
    url: str
    language: Language = "zh-CN"
    asks: tuple[Literal["email", "sms"], ...] = ()

    def say(self, words: Words) -> str:
        return say(words, self.language).text

    @property
    def home(self) -> str:
        """Where the pages of this language lie, without a slash at the end."""
        return f"{self.url}/en" if self.language == "en" else self.url

    def link(self, incident_id: str) -> str:
        return f"{self.home}/incidents/{incident_id}.html"


Document = Summary | StatusOnly | ComponentsOnly | IncidentsOnly | MaintenancesOnly


def documents(shown: Snapshot, site: Site) -> dict[str, Document]:
    """All of them by their names, where everything that may be shown is at hand."""
    recent, unresolved = shown.incidents[:MOST_RECENT], shown.open_incidents
    upcoming = of_progress(shown, "scheduled")
    active = of_progress(shown, "in_progress", "verifying")
    return {
        "summary.json": summary(shown, site),
        "status.json": status(shown, site),
        "components.json": components_only(shown, site),
        "incidents.json": incidents_only(shown, site, recent),
        "incidents/unresolved.json": incidents_only(shown, site, unresolved),
        "scheduled-maintenances.json": maintenances_only(shown, site, latest(shown)),
        "scheduled-maintenances/upcoming.json": maintenances_only(shown, site, upcoming),
        "scheduled-maintenances/active.json": maintenances_only(shown, site, active),
    }


def summary(shown: Snapshot, site: Site) -> Summary:
    return Summary(
        _page(shown, site),
        [_component(shown, each, site) for each in shown.page.components],
        [_incident(shown, each, site) for each in shown.open_incidents],
        [_maintenance(shown, each, site) for each in to_come(shown)],
        StatusInfo(*shown.roll_up),
    )


def status(shown: Snapshot, site: Site) -> StatusOnly:
    return StatusOnly(_page(shown, site), StatusInfo(*shown.roll_up))


def components_only(shown: Snapshot, site: Site) -> ComponentsOnly:
    return ComponentsOnly(
        _page(shown, site), [_component(shown, each, site) for each in shown.page.components]
    )


def incidents_only(
    shown: Snapshot, site: Site, which: Sequence[incidents.Incident]
) -> IncidentsOnly:
    return IncidentsOnly(_page(shown, site), [_incident(shown, each, site) for each in which])


def maintenances_only(
    shown: Snapshot, site: Site, which: Iterable[Maintenance]
) -> MaintenancesOnly:
    return MaintenancesOnly(_page(shown, site), [_maintenance(shown, each, site) for each in which])


def to_come(shown: Snapshot) -> list[Maintenance]:
    """Those that are not over, the next one first."""
    return sorted(of_progress(shown, "scheduled", "in_progress", "verifying"), key=_begins)


def of_progress(shown: Snapshot, *wanted: Progress) -> list[Maintenance]:
    found = [each for each in shown.maintenances if maintenances.state(each, shown.now) in wanted]
    return sorted(found, key=_begins)


def latest(shown: Snapshot) -> list[Maintenance]:
    """The most recent ones, whatever became of them; the last one first."""
    return sorted(shown.maintenances, key=_begins, reverse=True)[:MOST_RECENT]


def _begins(maintenance: Maintenance) -> tuple[str, str]:
    return text(maintenance.scheduled_for), maintenance.id


def _page(shown: Snapshot, site: Site) -> PageInfo:
    page = shown.page
    return PageInfo(page.id, site.name, site.url, page.time_zone, text(shown.updated_at))


def _component(shown: Snapshot, component: components.Component, site: Site) -> ComponentInfo:
    common = (
        component.id,
        site.say(component.name),
        shown.states[component.id].status,
        text(component.created_at),
        text(component.updated_at),
        component.position,
        site.say(component.description) if component.description else None,
        component.showcase,
        component.start_date,
        component.group_id,
        shown.page.id,
        component.group,
        component.only_show_if_degraded,
    )
    if component.group:
        return GroupInfo(*common, [each.id for each in shown.page.children(component.id)])
    return ComponentInfo(*common)


def _incident(shown: Snapshot, incident: incidents.Incident, site: Site) -> IncidentInfo:
    since = incidents.milestones(incident)
    named = incidents.impacts(incident)
    return IncidentInfo(
        incident.id,
        site.say(incident.name),
        incident.status,
        text(incident.created_at),
        text(incident.updated_at),
        text(since.monitoring_at) if since.monitoring_at else None,
        text(since.resolved_at) if since.resolved_at else None,
        incident.impact,
        site.link(incident.id),
        text(incident.started_at),
        shown.page.id,
        [_update(shown, incident, each, site) for each in reversed(incident.updates)],
        [_component(shown, each, site) for each in shown.page.components if each.id in named],
    )


def _maintenance(shown: Snapshot, planned: Maintenance, site: Site) -> MaintenanceInfo:
    status = maintenances.state(planned, shown.now)
    return MaintenanceInfo(
        planned.id,
        site.say(planned.name),
        status,
        text(planned.created_at),
        text(planned.updated_at),
        None,
        text(planned.over_at) if status == "completed" else None,
        "maintenance",
        site.link(planned.id),
        text(planned.scheduled_for),
        shown.page.id,
        [_report(planned, each, site) for each in reversed(planned.updates)],
        [
            _component(shown, each, site)
            for each in shown.page.components
            if each.id in planned.component_ids
        ],
        text(planned.scheduled_for),
        text(planned.scheduled_until),
    )


def _report(planned: Maintenance, report: Report, site: Site) -> UpdateInfo:
    return UpdateInfo(
        report.id,
        report.status,
        site.say(report.body),
        planned.id,
        text(report.created_at),
        text(report.updated_at),
        text(report.display_at),
        None,
        report.deliver_notifications,
    )


def _update(
    shown: Snapshot, incident: incidents.Incident, update: Update, site: Site
) -> UpdateInfo:
    return UpdateInfo(
        update.id,
        update.status,
        site.say(update.body),
        incident.id,
        text(update.created_at),
        text(update.updated_at),
        text(update.display_at),
        [_affected(shown, each, site) for each in update.affected] or None,
        update.deliver_notifications,
    )


def _affected(shown: Snapshot, one: incidents.Affected, site: Site) -> AffectedInfo:
    component = shown.page.component(one.component_id)
    name = components.full_name(shown.page, component, site.language) if component else ""
    return AffectedInfo(one.component_id, name, one.old_status, one.new_status)
