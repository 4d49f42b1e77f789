"""Rules of a chain, one row for each version: the newest holds, the others say what held when."""

from typing import TypeVar

import msgspec
from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.adapters.tables.reads import query
from chalicelib.adapters.tables.rows import Row
from chalicelib.adapters.tables.writes import holds, save_new
from chalicelib.kernel.errors import Gone
from chalicelib.kernel.lenient import lenient
from chalicelib.kernel.stamp import Stamp

_PARTITION = "RULES"
T = TypeVar("T", bound=msgspec.Struct)


class RulesRow(Row):
    """A room's own names its table."""

    document = UnicodeAttribute()
    version = NumberAttribute()


def read_rules(row: type[RulesRow], kind: type[T], *, consistent: bool) -> tuple[T, int]:
    """With their version; those of a chain that has set none, and 0."""
    found = query(row.table, _PARTITION, limit=1, newest_first=True, consistent=consistent).images
    if not found:
        return kind(), 0
    image = found[0]
    return lenient(image["document"]["S"], kind), int(image["version"]["N"])


def save_rules(row: type[RulesRow], rules_now: msgspec.Struct, known: int | None, by: Stamp) -> int:
    """The version that they are now. Raises Gone where another than `known` (None: any) holds, or came meanwhile."""
    version = read_rules(row, type(rules_now), consistent=True)[1]
    if known is not None and known != version:
        raise Gone
    new = row(
        _PARTITION,
        f"RULES#{version + 1:08d}",
        document=msgspec.json.encode(rules_now).decode(),
        version=version + 1,
        by=by.text(),
    )
    if not holds(save_new, new):
        raise Gone
    return version + 1
