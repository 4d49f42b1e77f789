"""What members tell us by WeChat that no rule here answers, kept sealed for customer service, until they saw to it.

It lies in the index `due` from the moment that it was said: under one key while it is open, then under another.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple

import msgspec
from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.expressions.update import Action

from chalicelib.adapters import secrets, tables
from chalicelib.adapters.tables import Image, Row, Transaction
from chalicelib.kernel import clock
from chalicelib.kernel.stamp import Stamp
from chalicelib.messages.dues import DueRow

State = Literal["open", "closed"]
Mark = Literal["seen", "closed"]
KEPT = timedelta(days=90)
_LISTS: Mapping[State, str] = {"open": "CARE#open", "closed": "CARE#closed"}
_MOST_CHARS = 64  # of a kind
_TOGETHER = 100
_CARE_ID = re.compile(r"(v[0-9]{1,4})\.([0-9a-f]{64})-([0-9]{1,13})-([0-9a-f]{16})")


class CareRow(DueRow):
    """`said` is all that the push says, as JSON; who saw it, and who closed it, are ids."""

    kind = UnicodeAttribute()
    said = BinaryAttribute(legacy_encoding=False)
    expires_at = NumberAttribute()
    seen_at = UnicodeAttribute(null=True)
    seen_by = UnicodeAttribute(null=True)
    closed_at = UnicodeAttribute(null=True)
    closed_by = UnicodeAttribute(null=True)


class CaredRow(Row):
    """For the audit trail: who marked it."""

    table = "messages"
    expires_at = NumberAttribute()


class Marked(NamedTuple):
    by: str
    at: datetime


class Care(NamedTuple):
    """`said` is opened: it has the openid and the member's own words."""

    care_id: str
    kind: str
    said_at: datetime
    said: Mapping[str, Any]
    seen: Marked | None
    closed: Marked | None


def keep(holder: str, digest: str, kind: str, at: datetime, said: Mapping[str, Any]) -> bool:
    """Once for each `digest` of what is said; whether it was new. `holder` is a keyed hash of the openid."""
    pk, sk = f"CARE#{holder}", f"SAID#{clock.text(at)}#{digest[:16]}"
    row = CareRow(
        pk,
        sk,
        kind=kind[:_MOST_CHARS],
        said=secrets.keyring().seal(msgspec.json.encode(said).decode(), _place(pk, sk)),
        expires_at=int((at + KEPT).timestamp()),
        due_key=_LISTS["open"],
        due_at=clock.text(at),
    )
    return tables.holds(tables.save_new, row)


def page(
    state: State, limit: int, after: Image | None, now: datetime
) -> tuple[list[Care], Image | None]:
    """Newest first; without what is over and not gone yet. The index may lag behind the table."""
    since = (clock.text(now - KEPT), "~")
    found = tables.query(
        "messages", _LISTS[state], index="due", between=since, limit=limit, newest_first=True,
        after=after,
    )  # fmt: skip
    return [care_of(image) for image in found.images], found.last


def read(care_id: str, now: datetime) -> Care | None:
    key = _key(care_id)
    image = tables.get("messages", key, consistent=True) if key else None
    there = image is not None and int(image["expires_at"]["N"]) > now.timestamp()
    return care_of(image) if image and there else None


def mark(care: Care, mark: Mark, by: Stamp, now: datetime) -> bool:
    """False where somebody marked it so before, or it is gone."""
    key = _key(care.care_id)
    if key is None:
        return False
    pk, sk = key
    free = CareRow.expires_at.exists() & CareRow.closed_at.does_not_exist()
    if mark == "seen":
        free &= CareRow.seen_at.does_not_exist()
    told = f"CARED#{sk.removeprefix('SAID#')}#{mark}"
    over = int((care.said_at + KEPT).timestamp())
    transaction = Transaction()
    transaction.update("care", CareRow(pk, sk), _marked(mark, by, now), free)
    transaction.put_new("cared", CaredRow(pk, told, expires_at=over, by=by.text()))
    return tables.holds(transaction.commit)


def erase(holder: str) -> int:
    """All that is kept of one WeChat account, and who saw to it; how many rows went."""
    images = tables.query_all("messages", f"CARE#{holder}")
    for start in range(0, len(images), _TOGETHER):
        _delete(images[start : start + _TOGETHER])
    return len(images)


def care_of(image: Image) -> Care:
    pk, sk = image["pk"]["S"], image["sk"]["S"]
    _, at, digest = sk.split("#")
    _, version, holder = pk.split("#")
    said_at = clock.parse(at)
    return Care(
        f"{version}.{holder}-{clock.epoch_ms(said_at)}-{digest}",
        image["kind"]["S"],
        said_at,
        said_of(image),
        _mark_of(image, "seen"),
        _mark_of(image, "closed"),
    )


def said_of(image: Image) -> dict[str, Any]:
    """What the push said, from a read."""
    place = _place(image["pk"]["S"], image["sk"]["S"])
    said: dict[str, Any] = msgspec.json.decode(secrets.keyring().open(image["said"]["B"], place))
    return said


def _marked(mark: Mark, by: Stamp, now: datetime) -> list[Action]:
    if mark == "seen":
        return [CareRow.seen_at.set(clock.text(now)), CareRow.seen_by.set(by.who)]
    return [
        CareRow.closed_at.set(clock.text(now)),
        CareRow.closed_by.set(by.who),
        CareRow.due_key.set(_LISTS["closed"]),
    ]


def _mark_of(image: Image, mark: Mark) -> Marked | None:
    at = image.get(f"{mark}_at")
    return Marked(image[f"{mark}_by"]["S"], clock.parse(at["S"])) if at else None


def _delete(images: Sequence[Image]) -> None:
    transaction = Transaction()
    for image in images:
        transaction.delete(image["sk"]["S"], CaredRow(image["pk"]["S"], image["sk"]["S"]))
    transaction.commit()


def _key(care_id: str) -> tuple[str, str] | None:
    found = _CARE_ID.fullmatch(care_id)
    if found is None:
        return None
    version, holder, ms, digest = found.groups()
    at = clock.text(clock.of_epoch_ms(int(ms)))
    return f"CARE#{version}#{holder}", f"SAID#{at}#{digest}"


def _place(pk: str, sk: str) -> str:
    return f"{pk}/{sk}/said"
