"""What staff should know of: notes, kept until the sweep makes a digest of them, and the digests."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec
from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.expressions.update import Action

from chalicelib.adapters import log, tables
from chalicelib.adapters.tables import ConditionFailed, Image, Transaction
from chalicelib.kernel import clock
from chalicelib.kernel.errors import TryAgain
from chalicelib.kernel.words import one_line
from chalicelib.messages import dues
from chalicelib.messages.dues import DueRow
from chalicelib.messages.model.digest import Digest, Note

QUIET = timedelta(minutes=15)  # the same is told once in this time
TOLD_WITHIN = timedelta(days=1)  # later it is no news: the log has it
MOST_CHARS = 200
KEPT = timedelta(days=30)
_PARTITION = "STAFF"
_MOST_NOTES = 50
_log = log.logger("staff")
_told: "dict[tuple[str, str], _Told]" = {}  # this container's memory, by table and key


class NoteRow(DueRow):
    """Due until a digest has taken the note."""

    text = UnicodeAttribute()
    noted_at = UnicodeAttribute()
    quiet_until = UnicodeAttribute()
    expires_at = NumberAttribute()


class DigestRow(DueRow):
    """Due until the group has it, or it is given up."""

    digest = UnicodeAttribute()
    tries = NumberAttribute()
    expires_at = NumberAttribute()


class _Told(NamedTuple):
    text: str
    quiet_until: datetime


class Due(NamedTuple):
    notes: Sequence[Note]
    digests: Sequence[Digest]


def note(key: str, text: str, now: datetime) -> None:
    """Tell staff within about a minute; the same of the same `key` within a quarter of an hour tells nothing.

    Call it from any service: `staff.note("breaker:tencent", "腾讯云短信连不上（…）", now)`. `key` says what it is
    about, `text` is one Chinese sentence for the staff's group; neither holds a phone, a name, an openid or a secret.
    Another text is told at once, and of two that wait the later. It never raises: what it tells of must not fail for
    its sake. One conditional write, and none where this container knows that it is told; it is logged as well.
    """
    line = one_line(text)[:MOST_CHARS]
    place = (tables.table_name("messages"), key)
    known = _told.get(place)
    if known and known.text == line and now < known.quiet_until:
        return
    over = NoteRow.quiet_until <= clock.text(now)
    news = NoteRow.quiet_until.does_not_exist() | over | (NoteRow.text != line)
    try:
        tables.update(NoteRow(_PARTITION, f"NOTE#{key}"), _noted(line, now), news)
    except ConditionFailed as told:
        if there := told.images["row"]:
            _told[place] = _Told(line, clock.parse(there["quiet_until"]["S"]))
        return
    except TryAgain:
        _log.exception("staff note not kept", extra={"key": key})
    else:
        _told[place] = _Told(line, now + QUIET)
    _log.warning("staff note", extra={"key": key, "text": line})


def forget() -> None:
    """Drop what this container remembers: for tests that are several containers."""
    _told.clear()


def _noted(text: str, now: datetime) -> list[Action]:
    return [
        NoteRow.text.set(text),
        NoteRow.noted_at.set(clock.text(now)),
        NoteRow.quiet_until.set(clock.text(now + QUIET)),
        NoteRow.expires_at.set(int((now + KEPT).timestamp())),
        *dues.due(_PARTITION, now),
    ]


def noted(prefix: str) -> list[Note]:
    """The notes of the last month whose key begins so."""
    page = tables.query("messages", _PARTITION, begins=f"NOTE#{prefix}")
    return [_note(image) for image in page.images]


def due(now: datetime) -> Due:
    """Notes that no digest has taken, and digests to be said again; one request, and the index may lag behind."""
    bounds = (clock.text(now - TOLD_WITHIN), clock.text(now))
    found = tables.query("messages", _PARTITION, index="due", between=bounds, limit=_MOST_NOTES)
    notes = [_note(image) for image in found.images if "text" in image]
    return Due(notes, [_digest(image) for image in found.images if "digest" in image])


def begin(digest: Digest, notes: Sequence[Note]) -> bool:
    """Keep the digest and take its notes, together; False where somebody else took one of them."""
    transaction = Transaction()
    transaction.put_new("digest", _row(digest))
    for taken in notes:
        as_read = (NoteRow.noted_at == clock.text(taken.noted_at)) & NoteRow.due_key.exists()
        row = NoteRow(_PARTITION, f"NOTE#{taken.key}")
        transaction.update(f"note {taken.key}", row, dues.no_more(), as_read)
    return tables.holds(transaction.commit)


def replace(was: Digest, now: Digest) -> bool:
    """Whether it could be done: not where somebody tried it since `was` was read."""
    as_read = (DigestRow.tries == was.tries) & DigestRow.due_key.exists()
    return tables.holds(tables.save, _row(now), as_read)


def _row(digest: Digest) -> DigestRow:
    due_at = digest.due_at
    return DigestRow(
        _PARTITION,
        f"DIGEST#{digest.digest_id}",
        digest=msgspec.json.encode(digest).decode(),
        tries=digest.tries,
        expires_at=int((digest.made_at + KEPT).timestamp()),
        due_key=_PARTITION if due_at else None,
        due_at=clock.text(due_at) if due_at else None,
    )


def _note(image: Image) -> Note:
    key = image["sk"]["S"].removeprefix("NOTE#")
    return Note(key, image["text"]["S"], clock.parse(image["noted_at"]["S"]))


def _digest(image: Image) -> Digest:
    return msgspec.json.decode(image["digest"]["S"], type=Digest)
