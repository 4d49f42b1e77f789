"""What is kept of the keys of tills and operators."""

from datetime import datetime
from typing import Any

import msgspec
from pynamodb.attributes import UnicodeAttribute
from pynamodb.expressions.update import Action

from chalicelib.access.model import AS_THE_ROLE, OwnLimits
from chalicelib.access.table.limits import limits_in, limits_text
from chalicelib.adapters import tables
from chalicelib.adapters.tables import Image, Row
from chalicelib.kernel.stamp import Stamp


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


class KeyCopyRow(KeyRow):
    """An operator's key once more, beside the status page: who publishes there is proved by nothing else."""

    table = "outages"


class Key(msgspec.Struct, frozen=True):
    key_id: str
    kind: str
    roles: tuple[str, ...]
    store_id: str | None
    name: str
    revoked: bool = False
    limits: OwnLimits = AS_THE_ROLE


def save_key(key: Key, key_hash: str, now: datetime, by: Stamp) -> None:
    """The key by its hash for those who call with it, and by its id in its store's list for those who revoke it."""
    transaction = tables.Transaction()
    for name, pk, sk in (
        ("key", f"KEY#{key_hash}", "KEY"),
        ("listed", _listed(key.store_id), f"KEY#{key.key_id}"),
    ):
        transaction.put_new(name, KeyRow(pk, sk, **_told(key, key_hash, now, by)))
    if key.store_id is None:
        copy = KeyCopyRow(f"KEY#{key_hash}", "KEY", **_told(key, key_hash, now, by))
        transaction.put_new("copy", copy)
    transaction.commit()


def key_by_hash(key_hash: str, table: str = "access") -> Key | None:
    """`table`: that of the keys, or that of the copies."""
    image = tables.get(table, (f"KEY#{key_hash}", "KEY"))
    return _key(image) if image else None


def copy_chain_keys() -> int:
    """Make anew the copies of all operators' keys, also of those from before there were copies; how many.

    A copy that says that its key has ended stays: the list may have been read before that.
    """
    listed = tables.query_all("access", _listed(None))
    for image in listed:
        tables.holds(tables.save, _copy(image), KeyCopyRow.revoked_at.does_not_exist())
    return len(listed)


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
    if store_id is None:
        copy = _copy(listed)
        copy.revoked_at, copy.by = now.isoformat(), by.text()
        transaction.put("copy", copy)
    transaction.commit()
    return True


def _told(key: Key, key_hash: str, now: datetime, by: Stamp) -> dict[str, Any]:
    """What a row says of a key."""
    return {
        "key_id": key.key_id,
        "kind": key.kind,
        "roles": ",".join(key.roles),
        "store_id": key.store_id,
        "name": key.name,
        "created_at": now.isoformat(),
        "key_hash": key_hash,
        "limits": limits_text(key.limits),
        "by": by.text(),
    }


def _copy(listed: Image) -> KeyCopyRow:
    told = {name: value["S"] for name, value in listed.items() if name not in {"pk", "sk"}}
    return KeyCopyRow(f"KEY#{told['key_hash']}", "KEY", **told)


def _listed(store_id: str | None) -> str:
    """No store, whatever its id, shares a partition with the keys of the chain."""
    return f"KEYS#{store_id}" if store_id else "CHAIN_KEYS"


def _key(image: Image) -> Key:
    return Key(
        key_id=image["key_id"]["S"],
        kind=image["kind"]["S"],
        roles=_split(image["roles"]["S"]),
        store_id=image["store_id"]["S"] if "store_id" in image else None,
        name=image["name"]["S"],
        revoked="revoked_at" in image,
        limits=limits_in(image),
    )


def _split(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split(",") if part)
