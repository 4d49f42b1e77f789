"""What the pages say by themselves, as one shape that each language fills."""

from collections.abc import Mapping
from typing import NamedTuple

from chalicelib.outages.model.components import Status
from chalicelib.outages.model.incidents import Impact, Stage
from chalicelib.outages.model.maintenances import Progress


class Phrases(NamedTuple):
    """`{…}` is filled in."""

    comma: str
    colon: str
    paren: str
    title: str
    store_title: str
    headings: Mapping[str, str]
    statuses: Mapping[Status, str]
    stages: Mapping[Stage, str]
    impacts: Mapping[Impact, str]
    progress: Mapping[Progress, str]
    cancelled: str
    now: str
    maintenances: str
    maintenances_past: str
    components: str
    stores: str
    store_hint: str
    all_stores: str
    past: str
    nothing_past: str
    month: str
    nothing_that_month: str
    earlier_month: str
    later_month: str
    history: str
    home: str
    began: str
    over: str
    took: str
    eta: str
    eta_none: str
    eta_before: str
    next_update: str
    overdue: str
    window: str
    affects: str
    at_stores: str
    only_other: str
    earlier: str
    left_out: str
    zone: str
    as_of: str
    fresh: str
    stale: str
    bars: str
    bars_lost: str
    no_data: str
    uptime: str
    days_ago: str
    today: str
    weights: str
    programs: str
    feeds: str
    notices: str
    other_language: str
    unknown: str
    unknown_hint: str
    skip: str
    hours: str
    minutes: str
    seconds: str
