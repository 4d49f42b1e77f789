"""What providers push at us, as it came: sealed, kept for a month, and read by the stream that its row rings."""

import base64
import zlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import msgspec
from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.adapters import secrets, tables
from chalicelib.adapters.tables import Image
from chalicelib.kernel import clock, ids
from chalicelib.messages import dues
from chalicelib.messages.dues import DueRow

KEPT = timedelta(days=30)
READ_AGAIN_AFTER = (
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(hours=24),
)
_DUE = "RAW"
_GIVEN = dict[str, str]


class RawRow(DueRow):
    """`body` is compressed, then sealed; `given` is what came beside it, such as the query's signature.

    Due until it was read.
    """

    source = UnicodeAttribute()
    received_at = UnicodeAttribute()
    body = BinaryAttribute(legacy_encoding=False)
    given = UnicodeAttribute()
    expires_at = NumberAttribute()


class Pushed(NamedTuple):
    """`source` is a provider's name."""

    source: str
    body: bytes
    received_at: datetime
    given: Mapping[str, str]


def keep(source: str, body: bytes, now: datetime, given: Mapping[str, str] | None = None) -> bool:
    """One row for a body, however often it comes on a day (of UTC); whether it came for the first time.

    `given` is not sealed: nothing personal belongs in it. Raises TryAgain.
    """
    pk, sk = _key(source, body, now)
    row = RawRow(
        pk,
        sk,
        source=source,
        received_at=clock.text(now),
        body=secrets.keyring().seal(_packed(body), _place(pk, sk)),
        given=msgspec.json.encode(dict(given or {})).decode(),
        expires_at=int((now + KEPT).timestamp()),
        due_key=_DUE,
        due_at=clock.text(now + READ_AGAIN_AFTER[0]),
    )
    return tables.holds(tables.save_new, row)


def done(image: Image) -> None:
    """It was read, or is given up."""
    row = RawRow(image["pk"]["S"], image["sk"]["S"])
    tables.update(row, dues.no_more())


def due(now: datetime, limit: int) -> Sequence[Image]:
    """What the stream brought to nobody, or to somebody who broke over it; oldest first."""
    return dues.images(_DUE, now, limit)


def put_off(image: Image, now: datetime) -> bool:
    """Whether it is read once more; else it is given up."""
    came = clock.parse(image["received_at"]["S"])
    later = clock.next_after(came, READ_AGAIN_AFTER, now)
    if later is None:
        done(image)
        return False
    row = RawRow(image["pk"]["S"], image["sk"]["S"])
    tables.update(row, [RawRow.due_at.set(clock.text(later))])
    return True


def pushed_of(image: Image) -> Pushed:
    """From a read or from a stream, which carries bytes as base64."""
    kept = image["body"]["B"]
    sealed = kept if isinstance(kept, bytes) else base64.b64decode(kept)
    place = _place(image["pk"]["S"], image["sk"]["S"])
    return Pushed(
        source=image["source"]["S"],
        body=_unpacked(secrets.keyring().open(sealed, place)),
        received_at=clock.parse(image["received_at"]["S"]),
        given=msgspec.json.decode(image["given"]["S"], type=_GIVEN),
    )


def _key(source: str, body: bytes, now: datetime) -> tuple[str, str]:
    """By the day and a keyed hash of the body, which holds phones."""
    day = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    name = secrets.keyring().find_by("raw", body.decode("latin-1"))
    return f"RAW#{source}#{day:%Y-%m-%d}", f"RAW#{ids.following(day, name)}"


def _place(pk: str, sk: str) -> str:
    return f"{pk}/{sk}/body"


def _packed(body: bytes) -> str:
    return base64.b64encode(zlib.compress(body)).decode()


def _unpacked(text: str) -> bytes:
    return zlib.decompress(base64.b64decode(text))
