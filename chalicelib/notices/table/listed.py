"""Which notices there were, newest first: all of them, and those about one thing. Small rows beside the notices."""

from datetime import datetime
from typing import NamedTuple

from pynamodb.attributes import NumberAttribute

from chalicelib.adapters import tables
from chalicelib.adapters.tables import Image, Row
from chalicelib.notices.model.jobs import KEPT, place
from chalicelib.notices.table.turns import TABLE
from chalicelib.outages.model.notices import Notice

_ALL = "NOTICES"


class ListedRow(Row):
    table = TABLE
    expires_at = NumberAttribute()


class Page(NamedTuple):
    """`last` is where the next page begins; None where there is none."""

    notice_ids: list[str]
    last: str | None


def keep(notice: Notice, now: datetime) -> None:
    """Before it is handed over, so that what was handed over is listed; again changes nothing."""
    transaction = tables.Transaction()
    for partition in (_ALL, _of(notice.about_id)):
        row = ListedRow(partition, place(notice), expires_at=int((now + KEPT).timestamp()))
        transaction.put(partition, row)
    transaction.commit()


def page(about_id: str | None, after: str | None, limit: int) -> Page:
    partition = _of(about_id) if about_id else _ALL
    start: Image | None = {"pk": {"S": partition}, "sk": {"S": after}} if after else None
    found = tables.query(TABLE, partition, limit=limit, newest_first=True, after=start)
    ids = [image["sk"]["S"].split("#", 2)[2] for image in found.images]
    return Page(ids, found.last["sk"]["S"] if found.last else None)


def _of(about_id: str) -> str:
    return f"{_ALL}#{about_id}"
