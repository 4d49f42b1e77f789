"""The page at one moment: effective states, and the sentence that sums them up."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Literal, NamedTuple

import msgspec

from chalicelib.outages.model.components import SEVERITY, Page, Status, worst
from chalicelib.outages.model.incidents import Impact, Incident, impacts, touches, visible
from chalicelib.outages.model.maintenances import Maintenance

Indicator = Literal["none", "minor", "major", "critical", "maintenance"]
_IMPACTS: Sequence[Impact] = ("none", "minor", "major", "critical")


class RollUp(NamedTuple):
    """In the vocabulary of Statuspage; `description` is one of its sentences."""

    indicator: Indicator
    description: str


OPERATIONAL = RollUp("none", "All Systems Operational")
_RAISED = {
    "minor": RollUp("minor", "Minor Service Outage"),
    "major": RollUp("major", "Partial System Outage"),
    "critical": RollUp("critical", "Major System Outage"),
}
_ALL_SO: Mapping[Status, RollUp] = {
    "operational": OPERATIONAL,
    "under_maintenance": RollUp("maintenance", "Service Under Maintenance"),
    "degraded_performance": RollUp("minor", "Degraded System Service"),
    "partial_outage": RollUp("major", "Partial System Outage"),
    "major_outage": RollUp("critical", "Major System Outage"),
}
_SOME_SO: Mapping[Status, RollUp] = {
    **_ALL_SO,
    "degraded_performance": RollUp("minor", "Partially Degraded Service"),
    "partial_outage": RollUp("minor", "Minor Service Outage"),
    "major_outage": RollUp("major", "Partial System Outage"),
}
_RANK = {"none": 0, "maintenance": 1, "minor": 2, "major": 3, "critical": 4}


class Effective(NamedTuple):
    """A state, and the incident that explains it, if one does."""

    status: Status
    incident_id: str | None = None


class Snapshot(msgspec.Struct, frozen=True, dict=True):
    """Only what everybody may see is in it: `published` makes it, and nothing else does."""

    page: Page
    incidents: tuple[Incident, ...]
    maintenances: tuple[Maintenance, ...]
    now: datetime
    store_id: str | None = None

    def seen_from(self, store_id: str) -> "Snapshot":
        """The page of one store: what touches others alone is not in it, and what touches it counts in full."""
        return msgspec.structs.replace(
            self,
            incidents=tuple(each for each in self.incidents if touches(each, store_id)),
            maintenances=tuple(each for each in self.maintenances if each.touches(store_id)),
            store_id=store_id,
        )

    @cached_property
    def open_incidents(self) -> list[Incident]:
        return [each for each in self.incidents if each.open]

    @cached_property
    def states(self) -> dict[str, Effective]:
        """By component id; a group is as its worst member."""
        found = self._leaf_states()
        for group in self.page.components:
            if group.group:
                members = [found[each.id] for each in self.page.children(group.id)]
                found[group.id] = max(members, key=_severity, default=Effective("operational"))
        return found

    @cached_property
    def roll_up(self) -> RollUp:
        leaves = [self.states[each.id].status for each in self.page.leaves()]
        return roll_up(leaves, self.open_incidents)

    @property
    def tells_something(self) -> bool:
        """Without components and open incidents nothing is known, which is not the same as all being well."""
        return bool(self.page.leaves() or self.open_incidents)

    @property
    def updated_at(self) -> datetime:
        """When what is shown last changed; an incident that was held back changes it when it comes out."""
        shown = [max(each.updated_at, each.published_at) for each in self.incidents]
        planned = [each.updated_at for each in self.maintenances]
        turned = [
            moment
            for each in self.maintenances
            for moment in (each.scheduled_for, each.over_at)
            if moment <= self.now
        ]
        return max([self.page.updated_at, *shown, *planned, *turned])

    def _leaf_states(self) -> dict[str, Effective]:
        """The worst of the incidents' impacts and, while a maintenance lasts, its state, else the baseline."""
        found = {each.id: Effective(each.baseline) for each in self.page.leaves()}
        for maintenance in self.maintenances:
            if maintenance.live(self.now):
                self._under(maintenance, found)
        for incident in self.open_incidents:
            for component_id, status in impacts(incident, self.store_id).items():
                if component_id in found and explains(status, found[component_id]):
                    found[component_id] = Effective(status, incident.id)
        return found

    def _under(self, maintenance: Maintenance, found: dict[str, Effective]) -> None:
        """It takes the baseline's place, but not where it is of some stores only and all are looked at."""
        for component_id in maintenance.component_ids:
            if component_id in found:
                partly = maintenance.store_ids and self.store_id is None
                baseline = found[component_id].status if partly else "operational"
                found[component_id] = Effective(worst([baseline, "under_maintenance"]))


def published(
    page: Page, incidents: Iterable[Incident], maintenances: Iterable[Maintenance], now: datetime
) -> Snapshot:
    """Newest incident first."""
    seen = sorted(
        (each for each in incidents if visible(each, now)), key=lambda each: each.id, reverse=True
    )
    return Snapshot(page, tuple(seen), tuple(maintenances), now)


def explains(status: Status, so_far: Effective) -> bool:
    """Worse than what is known; or as bad, where nothing explained that yet."""
    gain = SEVERITY[status] - SEVERITY[so_far.status]
    return gain > 0 or (gain == 0 and status != "operational" and so_far.incident_id is None)


def roll_up(leaves: Sequence[Status], incidents: Sequence[Incident]) -> RollUp:
    """Components speak first; an incident raises it where an operator set its impact, or where there are none."""
    said = _of_components(leaves)
    impact = max(
        (each.impact_override or "none" for each in incidents), key=_IMPACTS.index, default="none"
    )
    if incidents and not leaves:
        impact = max("minor", *(each.impact for each in incidents), key=_IMPACTS.index)
    return _RAISED[impact] if _RANK[impact] > _RANK[said.indicator] else said


def _of_components(leaves: Sequence[Status]) -> RollUp:
    """By the worst that there is, and by whether all are so; source: facts of Statuspage and Freshstatus."""
    found = worst(leaves)
    return (_ALL_SO if set(leaves) == {found} else _SOME_SO)[found]


def _severity(state: Effective) -> int:
    return SEVERITY[state.status]
