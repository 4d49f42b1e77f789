"""What operators ask for, typed and bounded; the API's requests are these."""

from datetime import date, datetime
from typing import Annotated, Literal

import msgspec

from chalicelib.kernel.words import STORE_ID
from chalicelib.outages.model.components import Part
from chalicelib.outages.model.incidents import Impact, Stage
from chalicelib.outages.model.words import Words

_Name = Annotated[str, msgspec.Meta(max_length=60, pattern=r"\S", examples=["SMS / 短信"])]
_Note = Annotated[str, msgspec.Meta(max_length=160, pattern=r"\S")]
_Body = Annotated[str, msgspec.Meta(max_length=2000, pattern=r"\S", examples=["We look / 处理中"])]
Moment = Annotated[datetime, msgspec.Meta(tz=True, description="RFC 3339")]
StoreId = Annotated[str, msgspec.Meta(pattern=STORE_ID)]
ComponentId = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9]{12}$")]
Outage = Literal["operational", "degraded_performance", "partial_outage", "major_outage"]


class _Bilingual(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """At least one of the two; what is left out is marked on the page as missing."""

    zh: str | None = None
    en: str | None = None

    def __post_init__(self) -> None:
        if not self.zh and not self.en:
            raise ValueError("zh, en or both are needed")

    def words(self) -> Words:
        return Words(self.zh, self.en)


class Name(_Bilingual, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    zh: _Name | None = None
    en: _Name | None = None


class Note(_Bilingual, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    zh: _Note | None = None
    en: _Note | None = None


class Body(_Bilingual, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    zh: _Body | None = None
    en: _Body | None = None


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
    """What is left out stays as it is."""

    name: Name | msgspec.UnsetType = msgspec.UNSET
    description: Note | msgspec.UnsetType | None = msgspec.UNSET
    status: Outage | msgspec.UnsetType = msgspec.UNSET
    position: Annotated[int, msgspec.Meta(ge=1, le=999)] | msgspec.UnsetType = msgspec.UNSET
    start_date: date | msgspec.UnsetType | None = msgspec.UNSET
    showcase: bool | msgspec.UnsetType = msgspec.UNSET
    only_show_if_degraded: bool | msgspec.UnsetType = msgspec.UNSET
    group_id: ComponentId | msgspec.UnsetType | None = msgspec.UNSET
    part: Part | msgspec.UnsetType | None = msgspec.UNSET


class Naming(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One component, and how it fares: everywhere, or at the stores that are named."""

    component_id: ComponentId
    status: Outage
    store_ids: Annotated[tuple[StoreId, ...], msgspec.Meta(max_length=500)] = ()


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
    `started_at` may be back-dated and then stays as it is.
    """

    name: Name
    body: Body
    status: Stage = "investigating"
    components: Annotated[list[Naming], msgspec.Meta(max_length=100)] = []
    started_at: Moment | None = None
    public: bool = True
    published_at: Moment | None = None
    impact_override: Impact | None = None
    eta_at: Moment | None = None
    next_update_due_at: Moment | None = None
    deliver_notifications: bool = True

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
    eta_at: Moment | msgspec.UnsetType | None = msgspec.UNSET
    next_update_due_at: Moment | msgspec.UnsetType | None = msgspec.UNSET
