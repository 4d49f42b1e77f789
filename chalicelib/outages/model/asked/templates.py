"""What operators prepare for the first minutes of an incident, and what they ask for then."""

from typing import Annotated

import msgspec

from chalicelib.outages.model.asked.incidents import Naming, NewIncident
from chalicelib.outages.model.asked.texts import Body, Moment, Name, StoreIds
from chalicelib.outages.model.incidents import Severity, Stage


class NewTemplate(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True
):
    """Name and body in both languages, as there is no time to translate later."""

    name: Name
    body: Body
    status: Stage = "investigating"
    severity: Severity | None = None
    components: Annotated[list[Naming], msgspec.Meta(max_length=100)] = []
    next_update_minutes: Annotated[int, msgspec.Meta(ge=1, le=1440)] | None = None

    def __post_init__(self) -> None:
        if not (self.name.zh and self.name.en and self.body.zh and self.body.en):
            raise ValueError("name and body are needed in zh and en")


class FromTemplate(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True
):
    """`store_ids`: its components are touched at these stores only."""

    store_ids: StoreIds = ()
    started_at: Moment | None = None
    eta_at: Moment | None = None
    deliver_notifications: bool = True


def filled(template: NewTemplate, asked: FromTemplate, due_at: Moment | None) -> NewIncident:
    """The incident that an operator asks for by a template."""
    named = template.components
    if asked.store_ids:
        named = [msgspec.structs.replace(each, store_ids=asked.store_ids) for each in named]
    return NewIncident(
        name=template.name,
        body=template.body,
        status=template.status,
        severity=template.severity,
        components=named,
        started_at=asked.started_at,
        eta_at=asked.eta_at,
        next_update_due_at=due_at,
        deliver_notifications=asked.deliver_notifications,
    )
