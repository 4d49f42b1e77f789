"""The chain's probe rules, one row for each version: the newest holds, the others say what held when."""

import msgspec
from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.adapters import tables
from chalicelib.adapters.tables import Row
from chalicelib.kernel.errors import Gone
from chalicelib.kernel.lenient import lenient
from chalicelib.kernel.stamp import Stamp
from chalicelib.probes.model.rules import ProbeRules

_PARTITION = "RULES"


class RulesRow(Row):
    table = "probes"
    document = UnicodeAttribute()
    version = NumberAttribute()


def rules() -> tuple[ProbeRules, int]:
    """With their version; those of a chain that has set none, and 0."""
    found = tables.query("probes", _PARTITION, limit=1, newest_first=True, consistent=True).images
    if not found:
        return ProbeRules(), 0
    image = found[0]
    return lenient(image["document"]["S"], ProbeRules), int(image["version"]["N"])


def save(rules_now: ProbeRules, known: int | None, by: Stamp) -> int:
    """The version that they are now. Raises Gone where another than `known` (None: any) holds, or came meanwhile."""
    version = rules()[1]
    if known is not None and known != version:
        raise Gone
    row = RulesRow(
        _PARTITION,
        f"RULES#{version + 1:08d}",
        document=msgspec.json.encode(rules_now).decode(),
        version=version + 1,
        by=by.text(),
    )
    if not tables.holds(tables.save_new, row):
        raise Gone
    return version + 1
