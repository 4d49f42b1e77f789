"""The chain's message rules, one row for each version: the newest holds, the others say what held when."""

from functools import cache

import msgspec
from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.adapters import tables
from chalicelib.adapters.tables import ConditionFailed, Row
from chalicelib.kernel.errors import Gone
from chalicelib.kernel.lenient import lenient
from chalicelib.kernel.remembered import Remembered
from chalicelib.kernel.stamp import Stamp
from chalicelib.messages.model.rules import MessageRules

_PARTITION = "RULES"


class RulesRow(Row):
    table = "messages"
    document = UnicodeAttribute()
    version = NumberAttribute()


def rules(*, consistent: bool = False) -> tuple[MessageRules, int]:
    """With their version; those of a chain that has set none, and 0."""
    found = tables.query(
        "messages", _PARTITION, limit=1, newest_first=True, consistent=consistent
    ).images
    if not found:
        return MessageRules(), 0
    image = found[0]
    return lenient(image["document"]["S"], MessageRules), int(image["version"]["N"])


def of_the_minute() -> MessageRules:
    """As they were a minute ago at the most: a message does not read them each time."""
    return _remembered().get("rules", lambda: rules()[0])


def forget() -> None:
    """For who changed the rules in this container, and for tests."""
    _remembered.cache_clear()


@cache
def _remembered() -> Remembered:
    return Remembered()


def save(rules_now: MessageRules, known: int | None, by: Stamp) -> int:
    """The version that they are now. Raises Gone where another than `known` (None: any) holds, or came meanwhile."""
    version = rules(consistent=True)[1]
    if known is not None and known != version:
        raise Gone
    row = RulesRow(
        _PARTITION,
        f"RULES#{version + 1:08d}",
        document=msgspec.json.encode(rules_now).decode(),
        version=version + 1,
        by=by.text(),
    )
    try:
        tables.save_new(row)
    except ConditionFailed as failed:
        raise Gone from failed
    return version + 1
