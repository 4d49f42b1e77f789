"""The audit trail: one record for each thing that was written, by whom, when, from where; put, and never changed."""

import json
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime

from pynamodb.attributes import UnicodeAttribute

from chalicelib.adapters import tables
from chalicelib.adapters.streams import Record
from chalicelib.adapters.tables import ConditionFailed, Image, Row
from chalicelib.kernel import clock

SHARDS = 8  # a partition takes 1,000 writes a second
AUDITED = ("book", "access", "stores", "outages", "messages", "probes", "amends", "subscribers")
_NOBODY = {"who": "unstamped", "role": "", "origin": "", "request_id": ""}
_FOLLOWS = (
    "ENTRY#",
    "NOW#ACCOUNT",
    "LOCK",
    "REC#",
    "USES",
    "COUNTED#",
    "FIGURES#",
)  # written together with an order, a profile or a journal, which are told of; or added up from entries

_ROUNDS = "DUE"  # notes of the hourly round to itself
_MOVES = (
    "DRAFT#",
    "HELD#",
    "HISTORY#",
    "INCIDENT#",
)  # an incident that opens or closes, or a held sale that is settled, is put elsewhere


class AuditRow(Row):
    """`item` is the key of what was written, `changed` the names of its attributes that differ; no value of them."""

    table = "audit"
    at = UnicodeAttribute()
    event = UnicodeAttribute()
    written_in = UnicodeAttribute()
    item = UnicodeAttribute()
    changed = UnicodeAttribute()
    who = UnicodeAttribute()
    role = UnicodeAttribute()
    origin = UnicodeAttribute()
    request_id = UnicodeAttribute()


def keep(record: Record, source_arn: str) -> None:
    """The same record again changes nothing: its key is the stream's own id of it."""
    row = row_of(record, source_arn)
    if row is None:
        return
    try:
        tables.save_new(row)
    except ConditionFailed:
        return


def row_of(record: Record, source_arn: str) -> AuditRow | None:
    """None for what only goes along with something that is told of."""
    pk, sk = record.keys["pk"]["S"], record.keys["sk"]["S"]
    if sk.startswith(_FOLLOWS) or (record.new is None and sk.startswith(_MOVES)):
        return None
    if pk.startswith(_ROUNDS):
        return None
    moment = clock.text(datetime.fromtimestamp(record.at_s, UTC))
    stamp = _stamp(record.new or {})
    return AuditRow(
        f"DAY#{moment[:10]}#{zlib.crc32(record.event_id.encode()) % SHARDS}",
        f"{moment}#{record.event_id}",
        at=moment,
        event=record.event_name,
        written_in=_table_of(source_arn),
        item=f"{pk}/{sk}",
        changed=",".join(_changed(record)),
        who=stamp["who"],
        role=stamp["role"],
        origin=stamp["origin"],
        request_id=stamp["request_id"],
    )


def _stamp(image: Image) -> Mapping[str, str]:
    """Whose stamp it is; what cannot be read is told of all the same, and keeps no other record waiting."""
    try:
        return {**_NOBODY, **json.loads(image["by"]["S"])}
    except (KeyError, TypeError, ValueError):
        return _NOBODY


def _changed(record: Record) -> list[str]:
    old, new = record.old or {}, record.new or {}
    return sorted(name for name in {*old, *new} if name != "by" and old.get(name) != new.get(name))


def _table_of(source_arn: str) -> str:
    """Our word for the table in a stream's ARN, `arn:…:table/NAME/stream/…`."""
    name = source_arn.split("/")[1] if "/" in source_arn else source_arn
    return next((table for table in AUDITED if tables.table_name(table) == name), name)
