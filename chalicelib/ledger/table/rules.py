"""The chain's rules, as one document with a version."""

import msgspec
from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.expressions.update import Action

from chalicelib.adapters import tables
from chalicelib.adapters.tables import Row
from chalicelib.kernel.lenient import lenient
from chalicelib.kernel.stamp import Stamp
from chalicelib.ledger.model.rules import Rules

_KEY = ("RULES", "RULES")


class RulesRow(Row):
    table = "book"
    document = UnicodeAttribute()
    version = NumberAttribute()


def rules() -> tuple[Rules, int]:
    """With their version; those of a chain that has set none, and 0."""
    image = tables.get("book", _KEY)
    if image is None:
        return Rules(), 0
    return lenient(image["document"]["S"], Rules), int(image["version"]["N"])


def save_rules(rules: Rules, version: int | None, by: Stamp) -> int:
    """The version that they are now. Raises ConditionFailed where another than `version` (None: any) was there."""
    changes: list[Action] = [
        RulesRow.document.set(msgspec.json.encode(rules).decode()),
        RulesRow.version.set((RulesRow.version | 0) + 1),
        RulesRow.by.set(by.text()),
    ]
    image = tables.update(RulesRow(*_KEY), changes, tables.of_version(version))
    return int(image["version"]["N"])
