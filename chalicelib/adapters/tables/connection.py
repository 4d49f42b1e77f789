"""The one client of a container, and a connection to each table over it.

pynamodb gives each model a client of its own, and building one costs tens of milliseconds of a cold start.
"""

from functools import cache

import botocore
from botocore.config import Config
from pynamodb.connection import Connection
from pynamodb.connection.base import MetaTable
from pynamodb.connection.table import TableConnection

from chalicelib import config
from chalicelib.adapters.tables.parsing import Parsers

# by table and index: its partition and its sort key
INDEXES: dict[str, dict[str, tuple[str, str]]] = {
    "book": {"listed": ("list_key", "list_sort")},
    "messages": {"due": ("due_key", "due_at"), "refs": ("ref_key", "sk")},
    "subscribers": {"due": ("due_key", "due_at")},
}

_USER_AGENT = f"dengta botocore/{botocore.__version__}"  # left to botocore, it is spelled anew for each request


@cache
def connection() -> Connection:
    settings = config.settings()
    made = Connection(
        region=settings.aws_region or None,
        host=settings.aws_endpoint_url or None,
        connect_timeout_seconds=1,
        read_timeout_seconds=3,
        retry_configuration={"total_max_attempts": 3, "mode": "standard"},
        max_pool_connections=50,
    )
    made.session.register_component("response_parser_factory", Parsers())
    made.session.set_default_client_config(Config(user_agent=_USER_AGENT))
    return made


@cache
def connection_to(table: str) -> TableConnection:
    meta = MetaTable(_shape(table))
    made = TableConnection(table_name(table), meta_table=meta)
    made.connection = connection()
    made.connection.add_meta_table(meta)
    return made


def table_name(table: str) -> str:
    name: str = getattr(config.settings(), f"{table}_table")
    return name


def forget() -> None:
    """Drop what is cached here: for tests that change the settings."""
    connection.cache_clear()
    connection_to.cache_clear()


def _shape(table: str) -> dict[str, object]:
    indexes = INDEXES.get(table, {})
    keys = dict.fromkeys(("pk", "sk", *(key for pair in indexes.values() for key in pair)))
    return {
        "TableName": table_name(table),
        "KeySchema": _schema("pk", "sk"),
        "AttributeDefinitions": [{"AttributeName": key, "AttributeType": "S"} for key in keys],
        "GlobalSecondaryIndexes": [
            {"IndexName": name, "KeySchema": _schema(*pair)} for name, pair in indexes.items()
        ],
    }


def _schema(partition: str, sort: str) -> list[dict[str, str]]:
    return [
        {"AttributeName": partition, "KeyType": "HASH"},
        {"AttributeName": sort, "KeyType": "RANGE"},
    ]
