"""The figures of a store's day, one item for each; and a mark for each entry that is counted in them.

At all times an item is the sum of what was booked up to its `sealed_at` and of the marked entries booked later. A mark
is written together with what it adds, under the condition that nobody moved `sealed_at` meanwhile.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.operand import Path
from pynamodb.expressions.update import Action

from chalicelib.adapters import tables
from chalicelib.adapters.tables import Image, Key, Row, Transaction
from chalicelib.kernel import clock
from chalicelib.ledger.facts import EntryPosted
from chalicelib.stores.model import figures as model
from chalicelib.stores.model.figures import Day, Sums

MARKS_LIVE = timedelta(
    days=3
)  # a stream keeps a record for one day, and gives up trying before two


class FiguresRow(Row):
    """Beside these, a number for each name in the sums."""

    table = "stores"
    store_id = UnicodeAttribute()
    business_date = UnicodeAttribute()
    version = NumberAttribute()
    sealed_at = UnicodeAttribute(null=True)


class MarkRow(Row):
    table = "stores"
    entry_id = UnicodeAttribute()
    expires_at = NumberAttribute()


def days(store_id: str, first: str, last: str) -> list[Day]:
    """Those that have figures, oldest first."""
    images = tables.query_all("stores", _partition(store_id), between=(_sort(first), _sort(last)))
    return [_day(image) for image in images]


def on(keys: Sequence[tuple[str, str]], *, consistent: bool = False) -> dict[tuple[str, str], Day]:
    """By store and date, those that have figures; a request for each hundred."""
    images = tables.batch_get("stores", [_key(*each) for each in keys], consistent=consistent)
    return {(day.store_id, day.business_date): day for day in map(_day, images)}


def day(store_id: str, business_date: str) -> Day:
    """As it is now; one without figures is empty."""
    image = tables.get("stores", _key(store_id, business_date), consistent=True)
    return _day(image) if image else Day(store_id, business_date, Counter())


def count(
    entries: Sequence[EntryPosted], known: Mapping[tuple[str, str], Day], now: datetime
) -> None:
    """Mark entries and add them to their days, all or nothing.

    Raises ConditionFailed: by an entry's id where it is marked, by a day's key where somebody sealed that meanwhile.
    """
    transaction = Transaction()
    sums: dict[tuple[str, str], Sums] = {}
    for entry in entries:
        transaction.put_new(entry.entry_id, _mark(entry, now), tells=False)
        of_day = sums.setdefault((entry.store_id, entry.business_date), Counter())
        of_day.update(model.of(entry))
    for key, added in sums.items():
        changes: list[Action] = [
            FiguresRow.store_id.set(key[0]),
            FiguresRow.business_date.set(key[1]),
            Path("version").add(1),
            *(Path(name).add(n) for name, n in added.items() if n),
        ]
        sealed_at = known[key].sealed_at if key in known else None
        transaction.update(" ".join(key), FiguresRow(*_key(*key)), changes, _sealed(sealed_at))
    transaction.commit()


def replace(was: Day, sums: Sums, sealed_at: datetime) -> bool:
    """Whether nothing was counted since `was` was read."""
    changes: list[Action] = [
        FiguresRow.store_id.set(was.store_id),
        FiguresRow.business_date.set(was.business_date),
        FiguresRow.version.set(was.version + 1),
        FiguresRow.sealed_at.set(clock.text(sealed_at)),
        *(Path(name).set(n) for name, n in sums.items()),
        *(Path(name).remove() for name in was.sums if name not in sums),
    ]
    row = FiguresRow(*_key(was.store_id, was.business_date))
    return tables.holds(tables.update, row, changes, tables.of_version(was.version))


def marked_since(store_id: str, business_date: str, since: datetime) -> list[str]:
    """Ids of counted entries that were booked after `since`."""
    between = (f"{_MARK}{clock.text(since)}#~", f"{_MARK}~")
    partition = _marks(store_id, business_date)
    images = tables.query_all("stores", partition, between=between, consistent=True)
    return [image["entry_id"]["S"] for image in images]


_MARK, _FIGURES = "COUNTED#", "FIGURES#"
_OWN = frozenset({"pk", "sk", "by", "store_id", "business_date", "version", "sealed_at"})


def _day(image: Image) -> Day:
    sums = {name: int(value["N"]) for name, value in image.items() if name not in _OWN}
    return Day(
        image["store_id"]["S"],
        image["business_date"]["S"],
        model.without_zeros(Counter(sums)),
        int(image["version"]["N"]),
        clock.parse(image["sealed_at"]["S"]) if "sealed_at" in image else None,
    )


def _mark(entry: EntryPosted, now: datetime) -> MarkRow:
    return MarkRow(
        _marks(entry.store_id, entry.business_date),
        f"{_MARK}{clock.text(entry.booked_at)}#{entry.entry_id}",
        entry_id=entry.entry_id,
        expires_at=int((now + MARKS_LIVE).timestamp()),
    )


def _sealed(at: datetime | None) -> Condition:
    if at is None:
        return Path("sealed_at").does_not_exist()
    unchanged: Condition = Path("sealed_at") == clock.text(at)
    return unchanged


def _key(store_id: str, business_date: str) -> Key:
    return _partition(store_id), _sort(business_date)


def _partition(store_id: str) -> str:
    return f"FIGURES#{store_id}"


def _sort(business_date: str) -> str:
    return f"{_FIGURES}{business_date}"


def _marks(store_id: str, business_date: str) -> str:
    return f"COUNTED#{store_id}#{business_date}"
