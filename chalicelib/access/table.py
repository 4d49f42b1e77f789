"""What is kept of stores, keys and staff."""

from dataclasses import dataclass
from datetime import datetime

import msgspec
from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.operand import Path
from pynamodb.expressions.update import Action

from chalicelib.access.model import OwnLimits, Store
from chalicelib.adapters import tables
from chalicelib.adapters.tables import Image, Row
from chalicelib.kernel.stamp import Stamp

_STORES = "STORES"
_AS_THE_ROLE = OwnLimits()


class StoreRow(Row):
    table = "access"
    store_id = UnicodeAttribute()
    name = UnicodeAttribute()
    zone = UnicodeAttribute()
    day_cut_hour = NumberAttribute()
    version = NumberAttribute()


class KeyRow(Row):
    """A terminal's or an operator's key, found by its hash; `revoked_at` ends it."""

    table = "access"
    key_id = UnicodeAttribute()
    kind = UnicodeAttribute()
    roles = UnicodeAttribute()
    store_id = UnicodeAttribute(null=True)
    name = UnicodeAttribute()
    created_at = UnicodeAttribute()
    revoked_at = UnicodeAttribute(null=True)
    key_hash = UnicodeAttribute()
    limits = UnicodeAttribute(null=True)


class StaffRow(Row):
    table = "access"
    store_id = UnicodeAttribute()
    staff_no = UnicodeAttribute()
    name = UnicodeAttribute()
    role = UnicodeAttribute()
    pin_hash = UnicodeAttribute()
    active = NumberAttribute(default=1)
    failed = NumberAttribute(default=0)
    resting_until = NumberAttribute(default=0)
    limits = UnicodeAttribute(null=True)


@dataclass(frozen=True)
class Key:
    key_id: str
    kind: str
    roles: tuple[str, ...]
    store_id: str | None
    name: str
    revoked: bool = False
    limits: OwnLimits = _AS_THE_ROLE


@dataclass(frozen=True)
class Staff:
    """`resting_until` is epoch seconds, 0 when the account is not resting."""

    store_id: str
    staff_no: str
    name: str
    role: str
    pin_hash: str
    active: bool
    failed: int = 0
    resting_until: int = 0
    limits: OwnLimits = _AS_THE_ROLE


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
    return _store(tables.update(row, changes, _of_version(version)))


def _of_version(version: int | None) -> Condition | None:
    if version is None:
        return None
    return Path("version") == version if version else Path("pk").does_not_exist()


def store(store_id: str) -> Store | None:
    image = tables.get("access", (_STORES, f"STORE#{store_id}"))
    return _store(image) if image else None


def stores() -> list[Store]:
    return [_store(image) for image in tables.query_all("access", _STORES)]


def save_key(key: Key, key_hash: str, now: datetime, by: Stamp) -> None:
    """The key by its hash for those who call with it, and by its id in its store's list for those who revoke it."""
    transaction = tables.Transaction()
    for name, pk, sk in (
        ("key", f"KEY#{key_hash}", "KEY"),
        ("listed", _listed(key.store_id), f"KEY#{key.key_id}"),
    ):
        transaction.put_new(name, _key_row(pk, sk, key, key_hash, now, by))
    transaction.commit()


def _key_row(pk: str, sk: str, key: Key, key_hash: str, now: datetime, by: Stamp) -> KeyRow:  # noqa: PLR0917
    return KeyRow(
        pk,
        sk,
        key_id=key.key_id,
        kind=key.kind,
        roles=",".join(key.roles),
        store_id=key.store_id,
        name=key.name,
        created_at=now.isoformat(),
        key_hash=key_hash,
        limits=_limits_text(key.limits),
        by=by.text(),
    )


def key_by_hash(key_hash: str) -> Key | None:
    image = tables.get("access", (f"KEY#{key_hash}", "KEY"))
    return _key(image) if image else None


def keys(store_id: str | None) -> list[Key]:
    return [_key(image) for image in tables.query_all("access", _listed(store_id))]


def revoke_key(store_id: str | None, key_id: str, now: datetime, by: Stamp) -> bool:
    """Whether there was such a key."""
    listed = tables.get("access", (_listed(store_id), f"KEY#{key_id}"))
    if listed is None:
        return False
    ends: list[Action] = [KeyRow.revoked_at.set(now.isoformat()), KeyRow.by.set(by.text())]
    transaction = tables.Transaction()
    transaction.update("key", KeyRow(f"KEY#{listed['key_hash']['S']}", "KEY"), ends)
    transaction.update("listed", KeyRow(listed["pk"]["S"], listed["sk"]["S"]), ends)
    transaction.commit()
    return True


def save_staff(staff: Staff, by: Stamp) -> None:
    tables.save(
        StaffRow(
            f"STAFF#{staff.store_id}",
            f"STAFF#{staff.staff_no}",
            store_id=staff.store_id,
            staff_no=staff.staff_no,
            name=staff.name,
            role=staff.role,
            pin_hash=staff.pin_hash,
            active=int(staff.active),
            limits=_limits_text(staff.limits),
            by=by.text(),
        )
    )


def staff(store_id: str, staff_no: str, *, consistent: bool = False) -> Staff | None:
    key = (f"STAFF#{store_id}", f"STAFF#{staff_no}")
    image = tables.get("access", key, consistent=consistent)
    return _staff(image) if image else None


def staff_of(store_id: str) -> list[Staff]:
    return [_staff(image) for image in tables.query_all("access", f"STAFF#{store_id}")]


def set_pin(staff: Staff, pin_hash: str, by: Stamp) -> None:
    """Raises ConditionFailed where the PIN is not the one of `staff` any more."""
    row = StaffRow(f"STAFF#{staff.store_id}", f"STAFF#{staff.staff_no}")
    actions: list[Action] = [StaffRow.pin_hash.set(pin_hash), StaffRow.by.set(by.text())]
    tables.update(row, actions, StaffRow.pin_hash == staff.pin_hash)


def count_try(store_id: str, staff_no: str, now_s: int, by: Stamp) -> int:
    """How many tries there are now since the last right one. Raises ConditionFailed while the account rests."""
    row = StaffRow(f"STAFF#{store_id}", f"STAFF#{staff_no}")
    actions: list[Action] = [StaffRow.failed.add(1), StaffRow.by.set(by.text())]
    image = tables.update(row, actions, StaffRow.resting_until <= now_s)
    return int(image["failed"]["N"])


def rest(store_id: str, staff_no: str, until_s: int, by: Stamp) -> None:
    """Start counting afresh; nobody gets in before `until_s` (epoch seconds; 0: at once)."""
    row = StaffRow(f"STAFF#{store_id}", f"STAFF#{staff_no}")
    actions: list[Action] = [
        StaffRow.failed.set(0),
        StaffRow.resting_until.set(until_s),
        StaffRow.by.set(by.text()),
    ]
    tables.update(row, actions)


def _listed(store_id: str | None) -> str:
    """No store, whatever its id, shares a partition with the keys of the chain."""
    return f"KEYS#{store_id}" if store_id else "CHAIN_KEYS"


def _store(image: Image) -> Store:
    return Store(
        image["store_id"]["S"],
        image["name"]["S"],
        image["zone"]["S"],
        int(image["day_cut_hour"]["N"]),
        int(image["version"]["N"]),
    )


def _key(image: Image) -> Key:
    return Key(
        key_id=image["key_id"]["S"],
        kind=image["kind"]["S"],
        roles=_split(image["roles"]["S"]),
        store_id=image["store_id"]["S"] if "store_id" in image else None,
        name=image["name"]["S"],
        revoked="revoked_at" in image,
        limits=_limits(image),
    )


def _split(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split(",") if part)


def _staff(image: Image) -> Staff:
    return Staff(
        store_id=image["store_id"]["S"],
        staff_no=image["staff_no"]["S"],
        name=image["name"]["S"],
        role=image["role"]["S"],
        pin_hash=image["pin_hash"]["S"],
        active=image["active"]["N"] == "1",
        failed=int(image["failed"]["N"]),
        resting_until=int(image["resting_until"]["N"]),
        limits=_limits(image),
    )


def _limits(image: Image) -> OwnLimits:
    kept = image["limits"]["S"] if "limits" in image else "{}"
    return msgspec.json.decode(kept, type=OwnLimits)


def _limits_text(limits: OwnLimits) -> str | None:
    return None if limits == _AS_THE_ROLE else msgspec.json.encode(limits).decode()
