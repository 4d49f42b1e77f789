"""The shapes of the Statuspage API v2, key for key and in its order, so that its clients read this page unchanged.

Source: the official `/api` page and captures of live pages.
"""

from datetime import date
from typing import Literal

import msgspec

from chalicelib.outages.model.components import Status
from chalicelib.outages.model.incidents import Impact, Stage
from chalicelib.outages.model.maintenances import Progress
from chalicelib.outages.model.snapshot import Indicator


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
    status: Stage | Progress
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
    """As an incident, with its window; its status follows from the clock."""

    id: str
    name: str
    status: Progress
    created_at: str
    updated_at: str
    monitoring_at: str | None
    resolved_at: str | None
    impact: Literal["maintenance"]
    shortlink: str
    started_at: str
    page_id: str
    incident_updates: list[UpdateInfo]
    components: list[ComponentInfo]
    scheduled_for: str
    scheduled_until: str


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


class MaintenancesOnly(msgspec.Struct, frozen=True):
    page: PageInfo
    scheduled_maintenances: list[MaintenanceInfo]
