"""What is kept of the status page: everything public in one partition, in ranges that are read whole.

    COMPLETED#{id}  maintenances that are over
    DRAFT#{id}      incidents that are not public        read by operators only
    HISTORY#{id}    closed incidents                     incidents.json: HISTORY# to PAGE, newest first
    INCIDENT#{id}   open incidents                       summary, status, components: INCIDENT# to WINDOW#
    PAGE            the page with all its components and stores
    WINDOW#{id}     maintenances that are not over yet
Partitions of their own: `CHANGES` with `CHANGE#{id}`, what was said of a component's baseline; `SERIES` with what
recurs; `TEMPLATES` with `TEMPLATE#{template_id}`, what operators prepared; `NOTICES#{yyyy-mm}` with
`NOTICE#{notice_id}`, what subscribers are to be told; `NAME#{caller}#{kind}#{key}`, what an Idempotency-Key made. Each
row holds its value as JSON in `doc`: new fields get defaults, old names stay. Ids sort by time, so a sort key follows
from the id and from what became of it.
"""

from chalicelib.outages.table.keeping import AlreadyMade, Asked, Keeping, Stale
from chalicelib.outages.table.outbox import notice_in, notices_of
from chalicelib.outages.table.reads import (
    Read,
    changes,
    incident,
    incidents,
    maintenance,
    maintenances,
    most_recent,
    now_shown,
    page,
    series,
    shown_since,
    template,
    templates,
    whole,
)
from chalicelib.outages.table.rows import State

__all__ = [
    "AlreadyMade",
    "Asked",
    "Keeping",
    "Read",
    "Stale",
    "State",
    "changes",
    "incident",
    "incidents",
    "maintenance",
    "maintenances",
    "most_recent",
    "notice_in",
    "notices_of",
    "now_shown",
    "page",
    "series",
    "shown_since",
    "template",
    "templates",
    "whole",
]
