"""What is kept of stores."""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.expressions.update import Action

from chalicelib.access.model import Store
from chalicelib.adapters import tables
from chalicelib.adapters.tables import Image, Row
from chalicelib.kernel.stamp import Stamp

_STORES = "STORES"


class StoreRow(Row):
    table = "access"
    store_id = UnicodeAttribute()
    name = UnicodeAttribute()
    zone = UnicodeAttribute()
    day_cut_hour = NumberAttribute()
    version = NumberAttribute()


def save_store(store: Store, version: int | None, by: Stamp) -> Store:
    """As it is now. `version` is the one that it changes, 0 for a new store, None for whatever is there.

    Raises ConditionFailed where another one is there.
    """
    row = StoreRow(_STORES, f"STORE#{store.store_id}")
    changes: list[Action] = [
        StoreRow.store_id.set(store.store_id),
        StoreRow.name.set(store.name),
        StoreRow.zone.set(store.zone),
        StoreRow.day_cut_hour.set(store.day_cut_hour),
        StoreRow.version.set((StoreRow.version | 0) + 1),
        StoreRow.by.set(by.text()),
    ]
    return _store(tables.update(row, changes, tables.of_version(version)))


def store(store_id: str) -> Store | None:
    image = tables.get("access", (_STORES, f"STORE#{store_id}"))
    return _store(image) if image else None


def stores() -> list[Store]:
    return [_store(image) for image in tables.query_all("access", _STORES)]


def _store(image: Image) -> Store:
    return Store(
        image["store_id"]["S"],
        image["name"]["S"],
        image["zone"]["S"],
        int(image["day_cut_hour"]["N"]),
        int(image["version"]["N"]),
    )
