"""A stretch of badness of one part: what was done about it, so that it is done once, and what is left to people."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from chalicelib.outages.model.asked import NewIncident
from chalicelib.outages.model.asked.components import Outage
from chalicelib.outages.model.changes import BaselineChange
from chalicelib.outages.model.components import SEVERITY, Component, Part
from chalicelib.outages.model.incidents import Incident
from chalicelib.probes.model.catalogue import AT_MOST, NAMES, PROBES, TOGETHER, Name
from chalicelib.probes.model.rules import ProbeRules
from chalicelib.probes.model.state import State

WHO = "probes"


class Stretch(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """From `began_at` until the part is well again, at `ended_at`. `probe` turned bad first: its rule speaks.

    `hands_off`: somebody told of it already, so the status page is left to them. `asked` is the incident as it is to be
    opened, decided once; none where nothing is to be said. `again`: it goes on with the incident of the stretch before.
    `closes_at`: when an incident that is watched is resolved; None once that is done. `reminded`: staff heard that the
    page calls well what is not.
    """

    part: Part
    stretch_id: str
    probe: Name
    status: Outage
    began_at: datetime
    version: int = 1
    hands_off: bool = False
    asked: NewIncident | None = None
    incident_id: str = ""
    again: bool = False
    ended_at: datetime | None = None
    closes_at: datetime | None = None
    reminded: bool = False

    @property
    def open(self) -> bool:
        return self.ended_at is None


def bad_now(part: Part, states: Mapping[Name, State], rules: ProbeRules) -> list[Name]:
    """The probes of a part that are bad; one that is switched off says nothing."""
    asked = _asked(part, states, rules)
    bad = [name for name in asked if states[name].bad]
    return [] if part in TOGETHER and bad != asked else bad


def status_of(
    part: Part, bad: Sequence[Name], states: Mapping[Name, State], rules: ProbeRules
) -> Outage:
    """As bad as its worst probe says, but for a part that others of its probes still find well."""
    worst = max((rules.of(name).status for name in bad), key=SEVERITY.__getitem__)
    if part not in AT_MOST or len(bad) == len(_asked(part, states, rules)):
        return worst
    return min(worst, AT_MOST[part], key=SEVERITY.__getitem__)


def _asked(part: Part, states: Mapping[Name, State], rules: ProbeRules) -> list[Name]:
    return [name for name in _probes_of(part) if name in states and rules.of(name).enabled]


def _probes_of(part: Part) -> Sequence[Name]:
    return TOGETHER.get(part) or [name for name in NAMES if PROBES[name].part == part]


def may_move(component: Component, last: BaselineChange | None, since: datetime) -> bool:
    """Whether nobody else has spoken: what a person says of a component stands."""
    if last is None or last.source != "probe":
        said_since = last is not None and last.at >= since
        return component.baseline == "operational" and not said_since
    return True


def may_move_back(last: BaselineChange | None, since: datetime) -> bool:
    """Whether what the component is set to is what a probe said in this stretch."""
    return last is not None and last.source == "probe" and last.at >= since


def taken_over(incident: Incident) -> bool:
    """Whether a person leads it, has posted or has closed it: then it is theirs to say how it goes on."""
    by_hand = any(not each.key.startswith(f"{WHO}#") for each in incident.updates[1:])
    return by_hand or any(incident.roles.values()) or not incident.open


def said_before(incident: Incident, key: str) -> bool:
    return any(each.key == f"{WHO}#{key}" for each in incident.updates)
