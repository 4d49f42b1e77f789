"""What was written straight into a bucket while the status room could not be reached, and how it comes home.

Each entry is an object of its own, `journal/{ulid}.json`. It stays there until the table has it: taken in twice, it is
there once, because its id is the name of the request.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial

import msgspec

from chalicelib.adapters import log
from chalicelib.adapters.objects import Bucket
from chalicelib.kernel.errors import DomainError, TryAgain
from chalicelib.kernel.stamp import Stamp
from chalicelib.outages.model import edits
from chalicelib.outages.model.asked import NewIncident, NewUpdate
from chalicelib.outages.model.incidents import Incident
from chalicelib.outages.model.whole import Whole
from chalicelib.outages.model.words import new_id
from chalicelib.outages.service import Desk

JOURNAL, REFUSED = "journal/", "refused/"
NOT_READ, NOT_TAKEN = (
    "journal entry unreadable",
    "journal entry refused",
)  # an alarm counts these lines
_JSON = "application/json"
_log = log.logger("journal")


class Entry(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One of `report` and `update`; `id` is a ULID, `who` the one who wrote it, `incident_id` that of either."""

    id: str
    at: datetime
    who: str
    incident_id: str
    report: NewIncident | None = None
    update: NewUpdate | None = None


def entries(bucket: Bucket) -> list[Entry]:
    """In the order in which they were written; what cannot be read stays, and is told of."""
    found = (_entry(bucket, key) for key in bucket.keys(JOURNAL))
    return [each for each in found if each]


def _entry(bucket: Bucket, key: str) -> Entry | None:
    body = bucket.get(key)
    try:
        return msgspec.json.decode(body, type=Entry) if body else None
    except msgspec.MsgspecError:
        _log.exception(NOT_READ, extra={"key": key})
        return None


def keep(bucket: Bucket, entry: Entry) -> None:
    bucket.put(f"{JOURNAL}{entry.id}.json", msgspec.json.encode(entry), _JSON, "no-store")


def told(whole: Whole, written: Iterable[Entry]) -> Whole:
    """What is shown with these entries. Raises what the desk would raise."""
    for entry in written:
        whole = _told(whole, entry)
    return whole


def _told(whole: Whole, entry: Entry) -> Whole:
    """Unchanged where the table had the entry already."""
    known = {each.id: each for each in whole.incidents}
    states = {each: state.status for each, state in whole.at(entry.at).states.items()}
    was = known.get(entry.incident_id)
    if entry.report and was is None:
        made = edits.open_incident(
            entry.report, whole.page, states, entry.at, _ids(entry.incident_id)
        )
    elif entry.update and was and _name(entry) not in {each.key for each in was.updates}:
        made = edits.add_update(
            was, entry.update, whole.page, states, entry.at, new_id, _name(entry)
        )
    else:
        return whole
    others = [each for each in whole.incidents if each.id != made.id]
    return msgspec.structs.replace(whole, incidents=(made, *others))


def take_in(buckets: Iterable[Bucket], desk: Callable[[], Desk] = Desk) -> int:
    """Into the table, then out of the bucket; how many. What the desk refuses is put aside and told of.

    Raises TryAgain where the table cannot be reached: then all that is left stays where it is.
    """
    taken = 0
    for bucket in buckets:
        for entry in entries(bucket):
            try:
                _post(entry, desk())
            except TryAgain:
                raise
            except DomainError as refused:
                _log.exception(NOT_TAKEN, extra={"entry": entry.id})
                body = msgspec.json.encode({"entry": entry, "why": refused.code})
                bucket.put(f"{REFUSED}{entry.id}.json", body, _JSON, "no-store")
            bucket.delete(f"{JOURNAL}{entry.id}.json")
            taken += 1
    return taken


def _post(entry: Entry, desk: Desk) -> Incident | None:
    by = Stamp(_who(entry), "operator", "journal", entry.id)
    if entry.report:
        own = msgspec.structs.replace(desk, make_id=_ids(entry.incident_id))
        return own.report(entry.report, entry.id, by)[0]
    if entry.update:
        return desk.post_update(entry.incident_id, entry.update, entry.id, by)[0]
    return None


def _who(entry: Entry) -> str:
    return f"journal:{entry.who}"


def _name(entry: Entry) -> str:
    """As the desk names an update's request."""
    return f"{_who(entry)}#{entry.id}"


def _ids(first: str) -> Callable[[datetime], str]:
    """The incident's id was told when the entry was written; what comes after it is new."""
    return partial(_next_id, iter((first,)))


def _next_id(first: Iterable[str], moment: datetime) -> str:
    return next(iter(first), "") or new_id(moment)
