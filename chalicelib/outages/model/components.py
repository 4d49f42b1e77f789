"""Components: what was last said of each (the baseline), and how bad each state is."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Literal

import msgspec

from chalicelib.outages.model.words import Language, Words, say

Status = Literal[
    "operational",
    "under_maintenance",
    "degraded_performance",
    "partial_outage",
    "major_outage",
]
Part = Literal[
    "api", "till", "database", "stream", "sms", "sms:tencent", "sms:aliyun", "wechat", "email",
    "status",
]  # fmt: skip
SEVERITY: Mapping[Status, int] = {
    "operational": 0,
    "under_maintenance": 2,
    "degraded_performance": 3,
    "partial_outage": 4,
    "major_outage": 5,
}
MOST_COMPONENTS = 100
MOST_STORES = 500


class Component(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A part that people know by name. `baseline` is never overwritten by an incident; a group has none of its own.

    `part` says which part of ours it stands for: then an incident of it explains only what goes through that.
    """

    id: str
    name: Words
    created_at: datetime
    updated_at: datetime
    position: int
    version: int = 1
    baseline: Status = "operational"
    description: Words | None = None
    start_date: date | None = None
    showcase: bool = True
    only_show_if_degraded: bool = False
    group: bool = False
    group_id: str | None = None
    part: Part | None = None


class StoreShown(msgspec.Struct, frozen=True, omit_defaults=True):
    """A store as the page names it: the status room's own copy, as the stores' own table may be gone."""

    store_id: str
    name: Words


class Page(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """The page's own record with all its components and stores, in the order in which they are shown.

    `partial_weight`: how much of a partial outage counts as down; a major one counts whole.
    """

    id: str
    created_at: datetime
    updated_at: datetime
    time_zone: str = "Asia/Shanghai"
    version: int = 1
    components: tuple[Component, ...] = ()
    stores: tuple[StoreShown, ...] = ()
    partial_weight: float = 0.3

    def component(self, component_id: str) -> Component | None:
        return next((each for each in self.components if each.id == component_id), None)

    def store(self, store_id: str) -> StoreShown | None:
        return next((each for each in self.stores if each.store_id == store_id), None)

    def leaves(self) -> list[Component]:
        return [each for each in self.components if not each.group]

    def children(self, group_id: str) -> list[Component]:
        return [each for each in self.components if each.group_id == group_id]


def worst(statuses: Iterable[Status]) -> Status:
    return max(statuses, key=SEVERITY.__getitem__, default="operational")


def overall(status: Status, store_ids: Collection[str]) -> Status:
    """What some stores suffer is for the whole chain a part of it at the most."""
    if not store_ids or SEVERITY[status] < SEVERITY["partial_outage"]:
        return status
    return "partial_outage"


def ordered(components: Iterable[Component]) -> tuple[Component, ...]:
    return tuple(sorted(components, key=lambda each: (each.position, each.id)))


def full_name(page: Page, component: Component, language: Language) -> str:
    """`Group - Leaf`, as status-page clients show it."""
    group = page.component(component.group_id) if component.group_id else None
    leaf = say(component.name, language).text
    return f"{say(group.name, language).text} - {leaf}" if group else leaf
