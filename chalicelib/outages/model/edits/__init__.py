"""How what is kept comes to be and changes: an edit gives a new value, or the same where nothing changes."""

from chalicelib.outages.model.edits.affected import check_named
from chalicelib.outages.model.edits.components import (
    add_component,
    change_component,
    change_page,
    put_store,
    remove_store,
)
from chalicelib.outages.model.edits.incidents import (
    add_update,
    change_incident,
    change_update,
    delete_update,
    open_incident,
)
from chalicelib.outages.model.edits.maintenances import (
    add_report,
    change_maintenance,
    schedule,
)
from chalicelib.outages.model.edits.roles import assign
from chalicelib.outages.model.edits.values import fingerprint

__all__ = [
    "add_component",
    "add_report",
    "add_update",
    "assign",
    "change_component",
    "change_incident",
    "change_maintenance",
    "change_page",
    "change_update",
    "check_named",
    "delete_update",
    "fingerprint",
    "open_incident",
    "put_store",
    "remove_store",
    "schedule",
]
