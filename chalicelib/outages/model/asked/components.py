"""What operators ask for of components and stores."""

from datetime import date
from typing import Annotated, Literal

import msgspec

from chalicelib.outages.model.asked.texts import ComponentId, Name, Note
from chalicelib.outages.model.components import Part

Outage = Literal["operational", "degraded_performance", "partial_outage", "major_outage"]


class NewComponent(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True
):
    """`group` makes a heading for others, which name it as their `group_id`; without a position it goes last.

    `part` is what it stands for: an incident of it is then given as a reason only for messages that went that way.
    """

    name: Name
    description: Note | None = None
    status: Outage = "operational"
    position: Annotated[int, msgspec.Meta(ge=1, le=999)] | None = None
    start_date: date | None = None
    showcase: bool = True
    only_show_if_degraded: bool = False
    group: bool = False
    group_id: ComponentId | None = None
    part: Part | None = None


class ComponentChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is left out stays as it is; `reason` is kept with a change of `status`."""

    name: Name | msgspec.UnsetType = msgspec.UNSET
    description: Note | msgspec.UnsetType | None = msgspec.UNSET
    status: Outage | msgspec.UnsetType = msgspec.UNSET
    position: Annotated[int, msgspec.Meta(ge=1, le=999)] | msgspec.UnsetType = msgspec.UNSET
    start_date: date | msgspec.UnsetType | None = msgspec.UNSET
    showcase: bool | msgspec.UnsetType = msgspec.UNSET
    only_show_if_degraded: bool | msgspec.UnsetType = msgspec.UNSET
    group_id: ComponentId | msgspec.UnsetType | None = msgspec.UNSET
    part: Part | msgspec.UnsetType | None = msgspec.UNSET
    reason: Annotated[str, msgspec.Meta(max_length=200)] = ""


class NewStore(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A store as the status page names it."""

    name: Name


class PageChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is left out stays as it is. `partial_weight`: how much of a partial outage counts as down."""

    time_zone: Annotated[str, msgspec.Meta(max_length=40)] | msgspec.UnsetType = msgspec.UNSET
    partial_weight: Annotated[float, msgspec.Meta(ge=0, le=1)] | msgspec.UnsetType = msgspec.UNSET
