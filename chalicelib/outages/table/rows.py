"""The rows of the status page, and where each of them stands."""

from typing import Literal

import msgspec
from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.adapters.tables import Row
from chalicelib.outages.model.incidents import Incident
from chalicelib.outages.model.maintenances import Maintenance

State = Literal["open", "closed", "draft"]
RANGES: dict[State, str] = {"open": "INCIDENT#", "closed": "HISTORY#", "draft": "DRAFT#"}
TABLE = "outages"
PAGE = "PAGE"
CHANGES, CHANGE = "CHANGES", "CHANGE#"
NOTICES, NOTICE = "NOTICES#", "NOTICE#"
SERIES = "SERIES"
TEMPLATES, TEMPLATE = "TEMPLATES", "TEMPLATE#"
PLANNED, OVER = "WINDOW#", "COMPLETED#"
END = "~"  # sorts after every id


class DocRow(Row):
    """A value as JSON, and the version that a write names."""

    table = TABLE
    doc = UnicodeAttribute()
    version = NumberAttribute(null=True)


class PageRow(Row):
    """`touched_at`: when any incident last changed what is shown."""

    table = TABLE
    doc = UnicodeAttribute()
    version = NumberAttribute()
    touched_at = UnicodeAttribute()


class NameRow(Row):
    """What an Idempotency-Key made, and of which request."""

    table = TABLE
    made_id = UnicodeAttribute()
    fingerprint = UnicodeAttribute()


def place(kept: Incident) -> str:
    """One that is over stays among the open ones until it was told."""
    state: State = "draft" if not kept.public else "open" if kept.open or kept.untold else "closed"
    return RANGES[state] + kept.id


def place_of(kept: Maintenance) -> str:
    return (OVER if kept.closed else PLANNED) + kept.id


def json(value: msgspec.Struct) -> str:
    return msgspec.json.encode(value).decode()
