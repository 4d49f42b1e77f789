"""What the edits share: which values were given, and which times may be."""

import hashlib
from datetime import UTC, datetime, timedelta

import msgspec

from chalicelib.kernel import clock
from chalicelib.kernel.errors import invalid

_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_FURTHEST = timedelta(days=366)


def fingerprint(asked: msgspec.Struct) -> str:
    """The same for the same request, whatever its spacing and order of fields."""
    return hashlib.sha256(msgspec.json.encode(asked)).hexdigest()[:32]


def given(asked: msgspec.Struct) -> dict[str, object]:
    """What the caller named, with texts as they are kept."""
    values = {name: getattr(asked, name) for name in asked.__struct_fields__}
    return {
        name: value.words() if hasattr(value, "words") else value
        for name, value in values.items()
        if value is not msgspec.UNSET
    }


def past(moment: datetime | None, now: datetime, pointer: str) -> datetime:
    """Raises InvalidRequest."""
    if moment is None:
        return now
    if not _EARLIEST <= moment <= now:
        raise invalid(
            pointer, "应在 2000 年之后、现在之前", "It must lie after 2000 and not in the future"
        )
    return clock.cut(moment.astimezone(UTC))


def within_a_year(moment: object, now: datetime, pointer: str) -> datetime | None:
    """Raises InvalidRequest."""
    if not isinstance(moment, datetime):
        return None
    if not _EARLIEST <= moment <= now + _FURTHEST:
        raise invalid(pointer, "应在一年之内", "It must lie within a year from now")
    return clock.cut(moment.astimezone(UTC))
