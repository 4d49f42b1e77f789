"""A promised update that did not come: once for each promise, and to the one whose it was."""

from datetime import datetime

from msgspec.structs import replace

from chalicelib.outages.model.incidents import Event, Incident


def nagged(incident: Incident, now: datetime) -> Incident:
    """The same incident where no promise is newly broken. The event's `new` is the id of the one responsible."""
    due_at = incident.next_update_due_at
    if not incident.open or due_at is None or due_at > now or incident.nagged_for == due_at:
        return incident
    event = Event(at=now, who="", what="overdue", new=responsible(incident))
    return replace(incident, nagged_for=due_at, events=(*incident.events, event))


def responsible(incident: Incident) -> str:
    """Who tells the public; or else who leads; or nobody."""
    roles = incident.roles
    return roles.get("communications") or roles.get("commander") or ""
