"""The incident that a probe opens: in the chain's prepared words, or in the house's."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from chalicelib.outages.model.asked import Naming, NewIncident
from chalicelib.outages.model.canned import Template
from chalicelib.outages.model.components import Component
from chalicelib.probes.model.rules import Rule
from chalicelib.probes.model.stretch import Stretch
from chalicelib.probes.templates.incidents import BY_PART


def incident_by(
    rule: Rule,
    stretch: Stretch,
    components: Sequence[Component],
    templates: Sequence[Template],
    now: datetime,
) -> NewIncident:
    """A draft has no severity that would make it public, and promises nothing."""
    prepared = next((each for each in templates if each.id == rule.template_id), None)
    words = prepared.content if prepared else None
    house = BY_PART[stretch.part]
    public = rule.auto_publish
    minutes = words.next_update_minutes if words and public else None
    return NewIncident(
        name=words.name if words else house.name,
        body=words.body if words else house.began,
        status=words.status if words else "investigating",
        components=[Naming(each.id, stretch.status) for each in components],
        started_at=stretch.began_at,
        public=public,
        severity=words.severity if words and public else None,
        next_update_due_at=now + timedelta(minutes=minutes) if minutes else None,
    )
