"""What subscribers are to be told: the outbox's rows, written together with what they tell of."""

from datetime import datetime
from typing import Literal

import msgspec

from chalicelib.outages.model.incidents import CLOSED, Incident, spreads, visible
from chalicelib.outages.model.words import Words, id_of

Kind = Literal[
    "incident", "update", "resolved", "maintenance_scheduled", "maintenance_changed", "maintenance_soon",
    "maintenance_started", "maintenance_ended",
]  # fmt: skip


class Notice(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """The same happening makes the same id. No component: it is of everything; no store: it is of all.

    A newer notice overtakes those of the same `overtakes` that are not sent yet; `version` is that of what it tells
    of. One that `withdraws` is told to nobody, and ends them all.
    """

    notice_id: str
    kind: Kind
    about_id: str
    component_ids: tuple[str, ...]
    store_ids: tuple[str, ...]
    title: Words
    body: Words
    status: str
    at: datetime
    overtakes: str
    version: int = 0
    withdraws: bool = False


def announced(incident: Incident, now: datetime) -> tuple[Incident, Notice | None]:
    """The incident as it is kept, and what subscribers are told with it: nothing while nobody may read it."""
    update = next((each for each in incident.updates if each.id == incident.untold), None)
    if update is None or not visible(incident, now):
        return incident, None
    if (
        update.created_at < incident.published_at
    ):  # it was held back, and meanwhile more may have been said
        update = incident.updates[-1]
    at = max(update.created_at, incident.published_at)
    kind: Kind = "update" if incident.told else "incident"
    found = spreads(incident)
    notice = Notice(
        notice_id=id_of(at, incident.id, update.id),
        kind="resolved" if update.status in CLOSED else kind,
        about_id=incident.id,
        component_ids=tuple(found),
        store_ids=_only_at(
            [tuple(each.at) if each.everywhere is None else () for each in found.values()]
        ),
        title=incident.name,
        body=update.body,
        status=update.status,
        at=at,
        overtakes=incident.id,
        version=incident.version,
    )
    return msgspec.structs.replace(incident, untold="", told=True), notice


def withdrawn(new: Incident, was: Incident, now: datetime) -> Notice | None:
    """Where nobody may read any more what subscribers were told of."""
    if not was.told or not visible(was, now) or visible(new, now):
        return None
    return Notice(
        notice_id=id_of(now, new.id, "withdrawn"),
        kind="update",
        about_id=new.id,
        component_ids=(),
        store_ids=(),
        title=new.name,
        body=Words(),
        status=new.status,
        at=now,
        overtakes=new.id,
        version=new.version,
        withdraws=True,
    )


def _only_at(places: list[tuple[str, ...]]) -> tuple[str, ...]:
    """The stores that are meant, or none where one of the components is meant everywhere."""
    if not all(places):
        return ()
    return tuple(sorted({store_id for each in places for store_id in each}))
