"""What is said of a function: what starts it, what it may do to which resource, how much memory and how long."""

from dataclasses import dataclass
from enum import Enum

from infra.tables import Table

READ = ("BatchGetItem", "ConditionCheckItem", "GetItem", "Query")
WRITE = ("BatchWriteItem", "DeleteItem", "PutItem", "UpdateItem")


class Trigger(Enum):
    """What starts a function."""

    HTTP = "http"
    STREAM = "stream"
    CLOCK = "clock"


@dataclass(frozen=True)
class Grant:
    """DynamoDB actions on one table, and Query on some of its indexes.

    `partitions`: on these only, where any is named; `*` stands for the rest of a name.
    """

    table: Table
    actions: tuple[str, ...]
    indexes: tuple[str, ...] = ()
    partitions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Source:
    """A table's stream; `new_prefixes` let through only new items whose sort key begins with one of them.

    `partitions` let through whatever happens to items whose partition begins with one of them.
    `ready_prefixes` let through items with such a sort key as often as they are written to be taken up.
    """

    table: Table
    new_prefixes: tuple[str, ...] = ()
    partitions: tuple[str, ...] = ()
    ready_prefixes: tuple[str, ...] = ()
    batch_size: int = 25
    side_by_side: int = 1  # batches of one shard, for items that have nothing to do with each other


@dataclass(frozen=True)
class Function:
    """One Lambda function, named as Chalice names it."""

    name: str
    trigger: Trigger
    grants: tuple[Grant, ...]
    memory_mb: int
    timeout_seconds: int
    sources: tuple[Source, ...] = ()
    handler: str | None = None  # where it is another than Chalice would name
    parameters: tuple[str, ...] = ()
    may_decrypt: bool = False
    ticks: str = ""  # a stream's reader that the clock starts too, so often
    keeps_site: bool = False  # writes the static site into its buckets
    tries: int = 8  # of a record that fails; what is given up then, the sweeper makes good
    gives_up_after_seconds: int = 6 * 3600

    @property
    def logical_id(self) -> str:
        """The resource's name inside the template, as Chalice forms it."""
        if self.name == "api_handler":
            return "APIHandler"
        return "".join(word.capitalize() for word in self.name.split("_"))
