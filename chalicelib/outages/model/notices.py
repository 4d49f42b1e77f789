"""What subscribers are to be told: the outbox's rows, written together with what they tell of."""

from datetime import datetime
from typing import Literal

import msgspec

from chalicelib.outages.model.words import Words

Kind = Literal[
    "incident", "update", "resolved", "maintenance_scheduled", "maintenance_changed", "maintenance_soon",
    "maintenance_started", "maintenance_ended",
]  # fmt: skip


class Notice(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """The same happening makes the same id. No component: it is of everything; no store: it is of all.

    A newer notice overtakes those of the same `overtakes` that are not sent yet.
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
