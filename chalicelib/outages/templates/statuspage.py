"""The shapes of the Statuspage API v2, key for key and in its order, so that its clients read this page unchanged.

Source: the official `/api` page and captures of live pages. Descriptions of the roll-up are always English,
as clients match on them; names and bodies are in the language asked for.
"""

from collections.abc import Sequence
from datetime import date

import msgspec

from chalicelib.kernel.clock import text
from chalicelib.outages.model import components, incidents
from chalicelib.outages.model.components import Status
from chalicelib.outages.model.incidents import Impact, Stage, Update
from chalicelib.outages.model.snapshot import Indicator, Snapshot
from chalicelib.outages.model.words import Language, Words, say


class Site(msgspec.Struct, frozen=True):
    """Whose page it is, where people find it, and in which language it is asked for."""

    name: str
    url: str
    language: Language = "zh-CN"

    def say(self, words: Words) -> str:
        return say(words, self.language).text

    def link(self, incident_id: str) -> str:
        return f"{self.url}#{incident_id}"


class PageInfo(msgspec.Struct, frozen=True):
    id: str
    name: str
    url: str
    time_zone: str
    updated_at: str


class StatusInfo(msgspec.Struct, frozen=True):
    indicator: Indicator
    description: str


class ComponentInfo(msgspec.Struct, frozen=True):
    id: str
    name: str
    status: Status
    created_at: str
    updated_at: str
    position: int
    description: str | None
    showcase: bool
    start_date: date | None
    group_id: str | None
    page_id: str
    group: bool
    only_show_if_degraded: bool


class GroupInfo(ComponentInfo, frozen=True):
    """A group is a component that lists its members."""

    components: list[str]


class AffectedInfo(msgspec.Struct, frozen=True):
    code: str
    name: str
    old_status: Status
    new_status: Status


class UpdateInfo(msgspec.Struct, frozen=True):
    id: str
    status: Stage
    body: str
    incident_id: str
    created_at: str
    updated_at: str
    display_at: str
    affected_components: list[AffectedInfo] | None
    deliver_notifications: bool
    custom_tweet: None = None
    tweet_id: None = None


class IncidentInfo(msgspec.Struct, frozen=True):
    id: str
    name: str
    status: Stage
    created_at: str
    updated_at: str
    monitoring_at: str | None
    resolved_at: str | None
    impact: Impact
    shortlink: str
    started_at: str
    page_id: str
    incident_updates: list[UpdateInfo]
    components: list[ComponentInfo]


class MaintenanceInfo(msgspec.Struct, frozen=True):
    """Announced maintenances are not published yet: the list is always empty."""


class Summary(msgspec.Struct, frozen=True):
    page: PageInfo
    components: list[ComponentInfo]
    incidents: list[IncidentInfo]
    scheduled_maintenances: list[MaintenanceInfo]
    status: StatusInfo


class StatusOnly(msgspec.Struct, frozen=True):
    page: PageInfo
    status: StatusInfo


class ComponentsOnly(msgspec.Struct, frozen=True):
    page: PageInfo
    components: list[ComponentInfo]


class IncidentsOnly(msgspec.Struct, frozen=True):
    page: PageInfo
    incidents: list[IncidentInfo]


def summary(shown: Snapshot, site: Site) -> Summary:
    return Summary(
        _page(shown, site),
        [_component(shown, each, site) for each in shown.page.components],
        [_incident(shown, each, site) for each in shown.open_incidents],
        [],
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
