"""What head office keeps: stores, keys and staff."""

import hashlib
import secrets
from datetime import datetime

from chalicelib.access import table
from chalicelib.access.model import AS_THE_ROLE, OwnLimits, PinMissing, Store
from chalicelib.access.service.pins import kept_or_hashed
from chalicelib.adapters.tables import ConditionFailed
from chalicelib.kernel import ids
from chalicelib.kernel.errors import Gone, NotFound
from chalicelib.kernel.stamp import Stamp

OPERATORS_KEY = "do_"
_KEY_BYTES = 32


def save_store(store: Store, by: Stamp, version: int | None = None) -> Store:
    """`version` as read, 0 for a new store, None for whatever is there. Raises Gone where it is another by now."""
    try:
        return table.save_store(store, version, by)
    except ConditionFailed as failed:
        raise Gone from failed


def store(store_id: str) -> Store | None:
    """As it is kept now, not as it is remembered."""
    return table.store(store_id)


def stores() -> list[Store]:
    return table.stores()


def issue_terminal_key(
    store_id: str, name: str, now: datetime, by: Stamp, limits: OwnLimits = AS_THE_ROLE
) -> tuple[table.Key, str]:
    """The key is told this once; only its hash is kept."""
    key = table.Key(ids.new(now), "terminal", ("terminal",), store_id, name, limits=limits)
    return key, _keep("dt_live_", key, now, by)


def issue_operator_key(
    name: str, roles: tuple[str, ...], now: datetime, by: Stamp
) -> tuple[table.Key, str]:
    key = table.Key(ids.new(now), "operator", roles, None, name)
    return key, _keep(f"{OPERATORS_KEY}live_", key, now, by)


def copy_operator_keys() -> int:
    """Beside the status page, where operators are known while the table of keys is gone; how many there are."""
    return table.copy_chain_keys()


def keys(store_id: str) -> list[table.Key]:
    return table.keys(store_id)


def revoke_key(store_id: str | None, key_id: str, now: datetime, by: Stamp) -> None:
    """Ends within a minute everywhere. Raises NotFound."""
    if not table.revoke_key(store_id, key_id, now, by):
        raise NotFound


def save_staff(
    store_id: str,
    staff_no: str,
    *,
    name: str,
    role: str,
    pin: str | None,
    active: bool,
    by: Stamp,
    limits: OwnLimits = AS_THE_ROLE,
) -> table.Staff:
    """All that is said of a member of staff. A PIN ends a lock-out; None keeps the one that there is.

    Raises PinMissing for somebody who is new, or comes back.
    """
    before = table.staff(store_id, staff_no, consistent=True)
    kept = _pin_there(before, active=active) if pin is None else kept_or_hashed(before, pin)
    made = table.Staff(store_id, staff_no, name, role, kept, active, limits=limits)
    table.save_staff(made, by, keeps_pin=pin is None)
    return made


def _pin_there(before: table.Staff | None, *, active: bool) -> str:
    if before is None or (active and not before.active):
        raise PinMissing
    return before.pin_hash


def staff_of(store_id: str) -> list[table.Staff]:
    """By staff number, those who have left too."""
    return table.staff_of(store_id)


def key_hash(key: str) -> str:
    """Plain SHA-256: a key is 256 random bits, there is nothing to guess."""
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def _keep(prefix: str, key: table.Key, now: datetime, by: Stamp) -> str:
    secret = prefix + secrets.token_urlsafe(_KEY_BYTES)
    table.save_key(key, key_hash(secret), now, by)
    return secret
