"""What operators ask for, typed and bounded; the API's requests are these."""

from chalicelib.outages.model.asked.components import (
    ComponentChange,
    NewComponent,
    NewStore,
    PageChange,
)
from chalicelib.outages.model.asked.incidents import (
    IncidentChange,
    Naming,
    NewIncident,
    NewRoles,
    NewUpdate,
    UpdateChange,
)
from chalicelib.outages.model.asked.maintenances import (
    MaintenanceChange,
    NewMaintenance,
    NewReport,
    Rule,
)
from chalicelib.outages.model.asked.templates import FromTemplate, NewTemplate, filled
from chalicelib.outages.model.asked.texts import Body, Moment, Name, Note

__all__ = [
    "Body",
    "ComponentChange",
    "FromTemplate",
    "IncidentChange",
    "MaintenanceChange",
    "Moment",
    "Name",
    "Naming",
    "NewComponent",
    "NewIncident",
    "NewMaintenance",
    "NewReport",
    "NewRoles",
    "NewStore",
    "NewTemplate",
    "NewUpdate",
    "Note",
    "PageChange",
    "Rule",
    "UpdateChange",
    "filled",
]
