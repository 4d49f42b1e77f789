"""What a function's role lets through, reckoned as IAM does: what no statement allows is refused."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from chalicelib.adapters import tables
from infra.functions import FUNCTIONS
from infra.policies import policy
from infra.tables import TABLES
from tests.simulation.database_faults import Call, every_call

_NAMED = re.compile(r"(#\w+|pk) = (:\w+)")
_IN_TRANSACTION = {
    "ConditionCheck": "ConditionCheckItem", "Delete": "DeleteItem", "Put": "PutItem", "Update": "UpdateItem",
}  # fmt: skip


class Touch(NamedTuple):
    """One action on one partition of a table, or `over` one of its indexes."""

    action: str
    table: str
    partition: str
    over: str = ""


def lets(function: str, touch: Touch) -> bool:
    one = next(each for each in FUNCTIONS if each.name == function)
    statements = policy(one)["Statement"]
    assert all(each["Effect"] == "Allow" for each in statements), "a Deny is not reckoned here"
    return any(_allows(each, touch) for each in statements)


def _allows(statement: dict[str, Any], touch: Touch) -> bool:
    table_id = next(each.logical_id for each in TABLES if each.name == touch.table)
    resource: object = {"Fn::GetAtt": [table_id, "Arn"]}
    if touch.over:
        resource = {"Fn::Sub": f"${{{table_id}.Arn}}/index/{touch.over}"}
    named = (
        statement["Resource"]
        if isinstance(statement["Resource"], list)
        else [statement["Resource"]]
    )
    if f"dynamodb:{touch.action}" not in statement["Action"] or resource not in named:
        return False
    conditions = statement.get(
        "Condition", {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["*"]}}
    )
    ((operator, ((key, patterns),)),) = (
        (each, [*keys.items()]) for each, keys in conditions.items()
    )
    assert (operator, key) == ("ForAllValues:StringLike", "dynamodb:LeadingKeys")
    return any(fnmatchcase(touch.partition, pattern) for pattern in patterns)


@contextmanager
def touched() -> Iterator[set[Touch]]:
    """What is asked of the tables while inside."""
    seen: set[Touch] = set()

    def around(whole: Call, operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        seen.update(_touches(operation, arguments))
        return whole(operation, arguments)

    with every_call(around):
        yield seen


def _touches(operation: str, asked: dict[str, Any]) -> Iterator[Touch]:
    if operation == "TransactWriteItems":
        for item in asked["TransactItems"]:
            ((kind, one),) = item.items()
            yield Touch(_IN_TRANSACTION[kind], _known(one), _partition(one))
    elif operation in {"BatchGetItem", "BatchWriteItem"}:
        for name, wanted in asked["RequestItems"].items():
            keys = wanted["Keys"] if "Keys" in wanted else [_key(each) for each in wanted]
            yield from (
                Touch(operation, _known({"TableName": name}), key["pk"]["S"]) for key in keys
            )
    elif operation == "Query":
        yield Touch(operation, _known(asked), _queried(asked), asked.get("IndexName", ""))
    else:
        yield Touch(operation, _known(asked), _partition(asked))


def _key(written: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = (
        written["PutRequest"]["Item"]
        if "PutRequest" in written
        else written["DeleteRequest"]["Key"]
    )
    return found


def _partition(one: dict[str, Any]) -> str:
    found: str = (one.get("Key") or one["Item"])["pk"]["S"]
    return found


def _queried(asked: dict[str, Any]) -> str:
    """The key of the partition stands first in what pynamodb writes."""
    found = _NAMED.search(asked["KeyConditionExpression"])
    assert found, asked
    value: str = asked["ExpressionAttributeValues"][found[2]]["S"]
    return value


def _known(one: dict[str, Any]) -> str:
    return next(each.name for each in TABLES if tables.table_name(each.name) == one["TableName"])
