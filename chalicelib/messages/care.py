"""What members tell us by WeChat that no rule here answers, kept sealed for customer service."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec
from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.adapters import secrets, tables
from chalicelib.adapters.tables import Image, Row
from chalicelib.kernel import clock

KEPT = timedelta(days=90)
_MOST_CHARS = 64  # of a kind


class CareRow(Row):
    """`said` is all that the push says, as JSON."""

    table = "messages"
    kind = UnicodeAttribute()
    said = BinaryAttribute(legacy_encoding=False)
    expires_at = NumberAttribute()


def keep(holder: str, digest: str, kind: str, at: datetime, said: Mapping[str, Any]) -> bool:
    """Once for each `digest` of what is said; whether it was new. `holder` is a keyed hash of the openid."""
    pk, sk = f"CARE#{holder}", f"SAID#{clock.text(at)}#{digest[:16]}"
    row = CareRow(
        pk,
        sk,
        kind=kind[:_MOST_CHARS],
        said=secrets.keyring().seal(msgspec.json.encode(said).decode(), _place(pk, sk)),
        expires_at=int((at + KEPT).timestamp()),
    )
    return tables.holds(tables.save_new, row)


def said_of(image: Image) -> dict[str, Any]:
    """What the push said, from a read."""
    place = _place(image["pk"]["S"], image["sk"]["S"])
    said: dict[str, Any] = msgspec.json.decode(secrets.keyring().open(image["said"]["B"], place))
    return said


def _place(pk: str, sk: str) -> str:
    return f"{pk}/{sk}/said"
