"""When a component's state turned, and by what: from baseline changes, maintenances and incidents."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Literal, NamedTuple

from chalicelib.kernel.clock import epoch_ms
from chalicelib.outages.model.changes import BaselineChange
from chalicelib.outages.model.components import Status, worst
from chalicelib.outages.model.incidents import CLOSED, Incident, Spread, absorb
from chalicelib.outages.model.maintenances import Maintenance
from chalicelib.outages.model.snapshot import Snapshot

Kind = Literal["baseline", "maintenance", "partly", "incident", "midnight"]


class Turn(NamedTuple):
    """At a moment something begins (+1) or ends (-1) to hold; of a baseline, the new one takes the old one's place."""

    at_ms: int
    kind: Kind
    status: Status
    step: int = 0


class Holding:
    """What holds between two turns."""

    def __init__(self, baseline: Status) -> None:
        self.baseline = baseline
        self.counts: Counter[tuple[Kind, Status]] = Counter()

    def turn(self, turn: Turn) -> None:
        if turn.kind == "baseline":
            self.baseline = turn.status
        elif turn.step:
            self.counts[turn.kind, turn.status] += turn.step

    @property
    def status(self) -> Status:
        """The same rule as for the page: see `Snapshot`."""
        held = [key for key, count in self.counts.items() if count]
        whole = any(kind == "maintenance" for kind, _ in held)
        return worst(["operational" if whole else self.baseline, *(status for _, status in held)])


def turns(
    shown: Snapshot, changes: Iterable[BaselineChange], since_ms: int
) -> dict[str, list[Turn]]:
    """By component id; what was over before `since_ms` is left out. Where it is a store's page, for that store."""
    found: dict[str, list[Turn]] = defaultdict(list)
    for change in changes:
        found[change.component_id].append(Turn(epoch_ms(change.at), "baseline", change.new))
    for maintenance in shown.maintenances:
        for turn in _of_maintenance(maintenance, whole=shown.store_id is not None):
            for component_id in maintenance.component_ids:
                found[component_id].append(turn)
    for incident in shown.incidents:
        if incident.open or epoch_ms(incident.updates[-1].display_at) >= since_ms:
            for component_id, turn in _of_incident(incident, shown):
                found[component_id].append(turn)
    return found


def _of_maintenance(maintenance: Maintenance, *, whole: bool) -> Iterator[Turn]:
    """One of some stores only leaves the baseline of the whole chain as it is."""
    begins, ends = epoch_ms(maintenance.scheduled_for), epoch_ms(maintenance.over_at)
    if begins < ends:
        kind: Kind = "maintenance" if whole or not maintenance.store_ids else "partly"
        yield Turn(begins, kind, "under_maintenance", 1)
        yield Turn(ends, kind, "under_maintenance", -1)


def _of_incident(incident: Incident, shown: Snapshot) -> Iterator[tuple[str, Turn]]:
    """Each update holds until the next one; what closes it ends what was said, what opens it again brings it back."""
    moments = [epoch_ms(each.display_at) for each in incident.updates]
    moments.append(max(epoch_ms(shown.now), moments[-1]))
    found: dict[str, Spread] = {}
    for update, (begins, ends) in zip(incident.updates, pairwise(moments), strict=True):
        for one in update.affected:
            absorb(found, one)
        if begins >= ends or update.status in CLOSED:
            continue
        for component_id, spread in found.items():
            status = spread.seen_from(shown.store_id) if shown.store_id else spread.overall
            if status and status != "operational":
                yield component_id, Turn(begins, "incident", status, 1)
                yield component_id, Turn(ends, "incident", status, -1)
