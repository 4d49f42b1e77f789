"""Reads: they hand out images as DynamoDB writes them, the same that a stream carries.

So each kind of item is decoded in one place, wherever it came from, and a page of history costs no model instances.
"""

import random
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.operand import Path

from chalicelib.adapters.tables.connection import INDEXES, connection_to
from chalicelib.adapters.tables.meaning import meant
from chalicelib.kernel.errors import TryAgain

Image = Mapping[str, Mapping[str, Any]]
Key = tuple[str, str]
_MOST_KEYS = 100  # of a request


class Page(NamedTuple):
    images: Sequence[Image]
    last: Image | None


def get(table: str, key: Key, *, consistent: bool = False) -> Image | None:
    with meant():
        answer = connection_to(table).get_item(*key, consistent_read=consistent)
    image: Image | None = answer.get("Item")
    return image


def query(
    table: str,
    partition: str,
    *,
    begins: str = "",
    between: tuple[str, str] | None = None,
    index: str | None = None,
    limit: int | None = None,
    newest_first: bool = False,
    after: Image | None = None,
    consistent: bool = False,
) -> Page:
    """One page of a partition of the table or an index; `after` is the `last` of the page before."""
    sort = INDEXES[table][index][1] if index else "sk"
    over = connection_to(table)
    with meant():
        answer = over.connection.query(
            over.table_name,
            partition,
            range_key_condition=_bounds(sort, begins, between),
            consistent_read=consistent,
            index_name=index,
            limit=limit,
            scan_index_forward=not newest_first,
            exclusive_start_key=after,
        )
    return Page(answer["Items"], answer.get("LastEvaluatedKey"))


def query_all(
    table: str,
    partition: str,
    *,
    between: tuple[str, str] | None = None,
    index: str | None = None,
    limit: int | None = None,
    newest_first: bool = False,
    consistent: bool = False,
) -> list[Image]:
    """All of a range, or `limit` of it: one request for each megabyte, at which DynamoDB ends a page."""
    images: list[Image] = []
    after: Image | None = None
    while True:
        page = query(
            table,
            partition,
            between=between,
            index=index,
            limit=limit and limit - len(images),
            newest_first=newest_first,
            after=after,
            consistent=consistent,
        )
        images += page.images
        after = page.last
        if after is None or len(images) == limit:
            return images


def scan(table: str, *, after: Image | None = None, limit: int | None = None) -> Page:
    """One page of the whole table, a partition's items together and in order; it is no snapshot."""
    over = connection_to(table)
    with meant():
        answer = over.connection.scan(over.table_name, limit=limit, exclusive_start_key=after)  # type: ignore[arg-type] # mistyped there
    return Page(answer["Items"], answer.get("LastEvaluatedKey"))


def _bounds(sort: str, begins: str, between: tuple[str, str] | None) -> Condition | None:
    if between is not None:
        return Path(sort).between(*between)
    return Path(sort).startswith(begins) if begins else None


def batch_get(
    table: str, keys: Iterable[Key], *, tries: int = 5, consistent: bool = False
) -> list[Image]:
    """Any number of items, a request for each hundred, in no order.

    What the service leaves unprocessed is asked for again, bounded. Raises TryAgain.
    """
    once = list(dict.fromkeys(keys))
    return [
        image
        for at in range(0, len(once), _MOST_KEYS)
        for image in _batch(table, once[at : at + _MOST_KEYS], tries, consistent=consistent)
    ]


def _batch(table: str, keys: Sequence[Key], tries: int, *, consistent: bool) -> list[Image]:
    over = connection_to(table)
    found: list[Image] = []
    wanted = [{"pk": pk, "sk": sk} for pk, sk in keys]
    for attempt in range(tries):
        if not wanted:
            return found
        time.sleep(random.uniform(0, 0.05 * 2**attempt) if attempt else 0)  # noqa: S311  # nosec B311 - jitter
        with meant():
            answer = over.batch_get_item(wanted, consistent_read=consistent)  # type: ignore[arg-type] # mistyped there
        found += answer["Responses"].get(over.table_name, [])
        left = answer.get("UnprocessedKeys", {}).get(over.table_name, {}).get("Keys", [])
        wanted = [{"pk": key["pk"]["S"], "sk": key["sk"]["S"]} for key in left]
    if wanted:
        raise TryAgain
    return found
