"""Capacity units of an exchange with DynamoDB, reckoned by the published rule.

Not asked of DynamoDB Local, which reports four units for any transaction. The rule: a read costs one unit for each
4 KB begun, half when eventually consistent (a Query rounds its sum, a batch each item); a write one for each 1 KB
begun, twice that in a transaction, and once more in an index whose keys a new item carries. An update costs what the
item comes to, which is taken from the read before it.
"""

import base64
import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

_INDEX_KEYS = ("list_key", "due_key", "ref_key")
READ_USD_PER_MILLION, WRITE_USD_PER_MILLION = 0.125, 0.625
_READ_BYTES, _WRITE_BYTES = 4096, 1024
_CONDITION_FAILED = "TransactionCanceledException"


Item = dict[str, dict[str, Any]]


class Cost(NamedTuple):
    """`read_units` are of 4 KB read consistently."""

    requests: float
    read_units: float
    write_units: float

    @property
    def usd_per_million(self) -> float:
        """At the list price that the page names."""
        return self.read_units * READ_USD_PER_MILLION + self.write_units * WRITE_USD_PER_MILLION


def cost(exchanges: Sequence[tuple[str, dict[str, Any], dict[str, Any]]]) -> Cost:
    """What a list of (operation, request, response) comes to."""
    read = sum(read_units(*exchange) for exchange in exchanges)
    seen = {key(item): item for _, _, answered in exchanges for item in _read(answered)}
    write = sum(write_units(name, asked, seen) for name, asked, _ in exchanges)
    return Cost(len(exchanges), read, write)


def read_units(name: str, asked: dict[str, Any], answered: dict[str, Any]) -> float:
    each = 1.0 if asked.get("ConsistentRead") else 0.5
    if name == "GetItem":
        return each * _begun(size(answered.get("Item", {})), _READ_BYTES)
    if name == "Query":
        return each * _begun(sum(map(size, answered.get("Items", []))), _READ_BYTES)
    if name == "BatchGetItem":
        return sum(_batch_units(asked, answered))
    return 0.0


def _batch_units(asked: dict[str, Any], answered: dict[str, Any]) -> list[float]:
    """Also what is not there costs: the least read for each key asked for."""
    units = []
    for table, wanted in asked["RequestItems"].items():
        each = 1.0 if wanted.get("ConsistentRead") else 0.5
        found = answered.get("Responses", {}).get(table, [])
        units += [each * _begun(size(item), _READ_BYTES) for item in found]
        units += [each] * (len(wanted["Keys"]) - len(found))
    return units


def write_units(name: str, asked: dict[str, Any], seen: Mapping[str, Item]) -> float:
    if name == "TransactWriteItems":
        return sum(_transacted(action, seen) for action in asked["TransactItems"])
    if name == "PutItem":
        return _put(asked["Item"])
    if name == "UpdateItem":
        return _put(_updated(asked, seen))
    return 1.0 if name == "DeleteItem" else 0.0


def _transacted(action: dict[str, Any], seen: Mapping[str, Item]) -> float:
    if "Put" not in action and "Update" not in action:
        return 2.0
    item = action["Put"]["Item"] if "Put" in action else _updated(action["Update"], seen)
    return _put(item) + _begun(size(item), _WRITE_BYTES)


def _updated(update: dict[str, Any], seen: Mapping[str, Item]) -> Item:
    was: Item = seen.get(key(update["Key"]), update["Key"])
    values: Item = update.get("ExpressionAttributeValues", {})  # one that only removes has none
    return was | values


def key(item: Item) -> str:
    return f"{item['pk']['S']} {item['sk']['S']}"


def _read(answered: dict[str, Any]) -> list[Item]:
    return [*answered.get("Items", []), *([answered["Item"]] if "Item" in answered else [])]


def _put(item: dict[str, Any]) -> float:
    units = _begun(size(item), _WRITE_BYTES)
    listed = sum(name in item for name in _INDEX_KEYS)
    return units * (1 + listed)


def size(item: dict[str, dict[str, Any]]) -> int:
    """Bytes of an item: names and values."""
    return sum(len(name.encode()) + _value(value) for name, value in item.items())


def _value(value: dict[str, Any]) -> int:
    ((kind, content),) = value.items()
    if kind == "S":
        return len(content.encode())
    if kind == "N":
        return math.ceil(len(content.lstrip("-").strip("0")) / 2) + 1
    if kind == "B":
        return len(base64.b64decode(content))
    if kind in {"M", "L"}:
        parts = content.items() if kind == "M" else (("", each) for each in content)
        return 3 + sum(1 + len(name.encode()) + _value(each) for name, each in parts)
    return 1


def _begun(count: int, step: int) -> int:
    return max(1, math.ceil(count / step))
