"""Who does what in an incident, and how it is handed over: each change is an event of the incident."""

from datetime import datetime
from typing import get_args

import msgspec

from chalicelib.outages.model.asked import NewRoles
from chalicelib.outages.model.incidents import Event, Incident, Role


def assign(was: Incident, asked: NewRoles, who: str, now: datetime) -> Incident:
    """The same incident where nobody's role changes."""
    names: tuple[Role, ...] = get_args(Role)
    roles = {role: holder for role in names if (holder := getattr(asked, role))}
    handed = [role for role in names if roles.get(role) != was.roles.get(role)]
    if not handed:
        return was
    events = tuple(
        Event(
            at=now,
            who=who,
            what="role",
            role=role,
            old=was.roles.get(role, ""),
            new=roles.get(role, ""),
        )
        for role in handed
    )
    return msgspec.structs.replace(
        was, roles=roles, events=was.events + events, version=was.version + 1
    )
