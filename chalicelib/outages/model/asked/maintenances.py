"""What operators ask for of maintenances."""

from typing import Annotated, Literal

import msgspec

from chalicelib.outages.model.asked.texts import Body, ComponentId, Moment, Name, StoreIds
from chalicelib.outages.model.maintenances import Progress, Switches

_Components = Annotated[tuple[ComponentId, ...], msgspec.Meta(min_length=1, max_length=100)]


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The same local time each week, or each month: on the same day, or on the same weekday of the month. Without a
    zone, the page's.
    """

    every: Literal["week", "month", "month_weekday"]
    zone: Annotated[str, msgspec.Meta(max_length=40)] | None = None
    until: Moment | None = None


class NewMaintenance(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True
):
    """`notices` says what subscribers are told of; a recurring one tells of its creation once."""

    name: Name
    body: Body
    component_ids: _Components
    scheduled_for: Moment
    scheduled_until: Moment
    store_ids: StoreIds = ()
    recurrence: Rule | None = None
    notices: Switches = Switches()


class MaintenanceChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is left out stays as it is. Of what recurs, this one alone is changed; `recurrence` null: no more come."""

    name: Name | msgspec.UnsetType = msgspec.UNSET
    component_ids: _Components | msgspec.UnsetType = msgspec.UNSET
    store_ids: StoreIds | msgspec.UnsetType = msgspec.UNSET
    scheduled_for: Moment | msgspec.UnsetType = msgspec.UNSET
    scheduled_until: Moment | msgspec.UnsetType = msgspec.UNSET
    notices: Switches | msgspec.UnsetType = msgspec.UNSET
    recurrence: msgspec.UnsetType | None = msgspec.UNSET


class NewReport(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True
):
    """`completed` ends it now, and cancels it before its start; the clock does the rest."""

    status: Progress
    body: Body
    deliver_notifications: bool = True
