"""The last ninety days of every component, for the chain or for one store."""

from collections import defaultdict
from collections.abc import Iterable

from chalicelib.outages.model import uptime
from chalicelib.outages.model.changes import BaselineChange
from chalicelib.outages.model.snapshot import Snapshot
from chalicelib.outages.model.uptime import Day


def records(shown: Snapshot, changes: Iterable[BaselineChange]) -> dict[str, list[Day]]:
    """By component id; groups have none of their own."""
    own: dict[str, list[BaselineChange]] = defaultdict(list)
    for change in changes:
        own[change.component_id].append(change)
    return {each.id: uptime.by_day(shown, own[each.id], each) for each in shown.page.leaves()}
