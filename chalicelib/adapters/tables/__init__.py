"""DynamoDB through pynamodb: one client per container, rows as models, images as what a read or a stream carries."""

from chalicelib.adapters.tables.connection import connection, forget, table_name
from chalicelib.adapters.tables.meaning import ConditionFailed
from chalicelib.adapters.tables.reads import (
    Image,
    Key,
    Page,
    batch_get,
    get,
    query,
    query_all,
    scan,
)
from chalicelib.adapters.tables.rows import Row
from chalicelib.adapters.tables.writes import (
    Transaction,
    holds,
    of_version,
    put_all,
    save,
    save_new,
    update,
)

__all__ = [
    "ConditionFailed",
    "Image",
    "Key",
    "Page",
    "Row",
    "Transaction",
    "batch_get",
    "connection",
    "forget",
    "get",
    "holds",
    "of_version",
    "put_all",
    "query",
    "query_all",
    "save",
    "save_new",
    "scan",
    "table_name",
    "update",
]
