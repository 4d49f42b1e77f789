"""The tables: the one source for the template, for the policies and for the tests."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Index:
    """A global secondary index over two string attributes, with all attributes copied."""

    name: str
    hash_key: str
    range_key: str


@dataclass(frozen=True)
class Table:
    """A table with string keys `pk` and `sk`; `name` is our word, AWS chooses the real one."""

    name: str
    indexes: tuple[Index, ...] = ()
    has_stream: bool = False
    has_expiry: bool = False

    @property
    def env(self) -> str:
        """The environment variable that tells a function the real name."""
        return f"{self.name.upper()}_TABLE"

    @property
    def logical_id(self) -> str:
        """The resource's name inside the template."""
        return f"{self.name.capitalize()}Table"


EXPIRY_ATTRIBUTE = "expires_at"

BOOK = Table("book", indexes=(Index("listed", "list_key", "list_sort"),), has_stream=True)
ACCESS = Table("access", has_stream=True)
MESSAGES = Table(
    "messages",
    indexes=(Index("due", "due_key", "due_at"), Index("refs", "ref_key", "sk")),
    has_stream=True,
    has_expiry=True,
)
OUTAGES = Table("outages", has_stream=True)
STORES = Table("stores", has_stream=True, has_expiry=True)
SUBSCRIBERS = Table(
    "subscribers", indexes=(Index("due", "due_key", "due_at"),), has_stream=True, has_expiry=True
)
PROBES = Table("probes", has_stream=True)
AMENDS = Table("amends", has_stream=True, has_expiry=True)
AUDIT = Table("audit")
TOKENS = Table("tokens", has_expiry=True)

TABLES = (BOOK, ACCESS, STORES, MESSAGES, OUTAGES, SUBSCRIBERS, PROBES, AMENDS, AUDIT, TOKENS)


def definition(table: Table) -> dict[str, Any]:
    """What CreateTable and AWS::DynamoDB::Table have in common: keys, indexes, billing."""
    pairs = [("pk", "sk"), *((index.hash_key, index.range_key) for index in table.indexes)]
    names = dict.fromkeys(name for pair in pairs for name in pair)
    shape: dict[str, Any] = {
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in names],
        "KeySchema": key_schema("pk", "sk"),
    }
    if table.indexes:
        shape["GlobalSecondaryIndexes"] = [index_definition(index) for index in table.indexes]
    return shape


def index_definition(index: Index) -> dict[str, Any]:
    """The index in the shape that both CreateTable and the template take."""
    return {
        "IndexName": index.name,
        "KeySchema": key_schema(index.hash_key, index.range_key),
        "Projection": {"ProjectionType": "ALL"},
    }


def key_schema(hash_key: str, range_key: str) -> list[dict[str, str]]:
    """Hash and range key in AWS's words."""
    return [
        {"AttributeName": hash_key, "KeyType": "HASH"},
        {"AttributeName": range_key, "KeyType": "RANGE"},
    ]
