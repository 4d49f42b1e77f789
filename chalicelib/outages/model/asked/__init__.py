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
from chalicelib.outages.model.asked.texts import Body, Moment, Name, Note

__all__ = [
    "Body",
    "ComponentChange",
    "IncidentChange",
    "Moment",
    "Name",
    "Naming",
    "NewComponent",
    "NewIncident",
    "NewRoles",
    "NewStore",
    "NewUpdate",
    "Note",
    "PageChange",
    "UpdateChange",
]
