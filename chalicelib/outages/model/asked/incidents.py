"""What operators ask for of incidents."""

from typing import Annotated

import msgspec

from chalicelib.outages.model.asked.components import Outage
from chalicelib.outages.model.asked.texts import Body, ComponentId, Moment, Name, StoreIds
from chalicelib.outages.model.incidents import Impact, Severity, Stage

_Operator = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_.:-]{1,64}$(?!\n)")]


class Naming(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One component, and how it fares: everywhere, or at the stores that are named."""

    component_id: ComponentId
    status: Outage
    store_ids: StoreIds = ()


class NewUpdate(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True
):
    """`eta_at` left out keeps what was said before, null takes it back; a promised `next_update_due_at` is kept by this
    update, so it holds only when given again.
    """

    status: Stage
    body: Body
    components: Annotated[list[Naming], msgspec.Meta(max_length=100)] = []
    display_at: Moment | None = None
    eta_at: Moment | msgspec.UnsetType | None = msgspec.UNSET
    next_update_due_at: Moment | None = None
    deliver_notifications: bool = True


class NewIncident(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True
):
    """With its first update. `published_at` in the future holds it back until then; not `public`, it is never shown.
    `started_at` may be back-dated and then stays as it is. `sev1` is always public, and at once. One that is
    `backfilled` belongs to history: nobody is told of it.
    """

    name: Name
    body: Body
    status: Stage = "investigating"
    components: Annotated[list[Naming], msgspec.Meta(max_length=100)] = []
    started_at: Moment | None = None
    public: bool = True
    published_at: Moment | None = None
    impact_override: Impact | None = None
    severity: Severity | None = None
    eta_at: Moment | None = None
    next_update_due_at: Moment | None = None
    deliver_notifications: bool = True
    backfilled: bool = False

    def first_update(self) -> NewUpdate:
        return NewUpdate(
            status=self.status,
            body=self.body,
            components=self.components,
            display_at=self.started_at,
            eta_at=self.eta_at,
            next_update_due_at=self.next_update_due_at,
            deliver_notifications=self.deliver_notifications,
        )


class IncidentChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is left out stays as it is; `impact_override` null lets the impact be computed again."""

    name: Name | msgspec.UnsetType = msgspec.UNSET
    public: bool | msgspec.UnsetType = msgspec.UNSET
    published_at: Moment | msgspec.UnsetType = msgspec.UNSET
    impact_override: Impact | msgspec.UnsetType | None = msgspec.UNSET
    severity: Severity | msgspec.UnsetType | None = msgspec.UNSET
    eta_at: Moment | msgspec.UnsetType | None = msgspec.UNSET
    next_update_due_at: Moment | msgspec.UnsetType | None = msgspec.UNSET


class UpdateChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is left out stays as it is; nobody is told of it."""

    status: Stage | msgspec.UnsetType = msgspec.UNSET
    body: Body | msgspec.UnsetType = msgspec.UNSET
    components: Annotated[list[Naming], msgspec.Meta(max_length=100)] | msgspec.UnsetType = (
        msgspec.UNSET
    )
    display_at: Moment | msgspec.UnsetType = msgspec.UNSET


class NewRoles(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True
):
    """Operators' ids; who is left out or null is in no such role from now on."""

    commander: _Operator | None = None
    deputy: _Operator | None = None
    communications: _Operator | None = None
    scribe: _Operator | None = None
