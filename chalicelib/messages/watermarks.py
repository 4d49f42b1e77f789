"""How far the sweeper has looked for entries without a message, by store and kind."""

from collections.abc import Sequence
from datetime import datetime

from pynamodb.attributes import UnicodeAttribute

from chalicelib.adapters import tables
from chalicelib.adapters.tables import ConditionFailed, Row
from chalicelib.kernel import clock


class WatermarkRow(Row):
    table = "messages"
    seen_until = UnicodeAttribute()


def read(places: Sequence[tuple[str, str]]) -> dict[tuple[str, str], datetime]:
    """How far the sweeper has looked, by store and kind; nothing for those where it never did."""
    keys = [(f"SWEEP#{store_id}", kind) for store_id, kind in places]
    found: dict[tuple[str, str], datetime] = {}
    for image in tables.batch_get("messages", keys):
        store_id = image["pk"]["S"].removeprefix("SWEEP#")
        found[store_id, image["sk"]["S"]] = clock.parse(image["seen_until"]["S"])
    return found


def move(store_id: str, kind: str, seen_until: datetime) -> None:
    """Forward only: of two sweepers at once the one that saw more stays."""
    text = clock.text(seen_until)
    row = WatermarkRow(f"SWEEP#{store_id}", kind, seen_until=text)
    forward = WatermarkRow.seen_until.does_not_exist() | (WatermarkRow.seen_until < text)
    try:
        tables.save(row, forward)
    except ConditionFailed:
        return
