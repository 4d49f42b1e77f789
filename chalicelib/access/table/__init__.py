"""What is kept of stores, keys and staff."""

from chalicelib.access.table.keys import (
    Key,
    copy_chain_keys,
    key_by_hash,
    keys,
    revoke_key,
    save_key,
)
from chalicelib.access.table.staff import (
    Staff,
    count_try,
    rest,
    save_staff,
    set_pin,
    staff,
    staff_of,
)
from chalicelib.access.table.stores import save_store, store, stores

__all__ = [
    "Key",
    "Staff",
    "copy_chain_keys",
    "count_try",
    "key_by_hash",
    "keys",
    "rest",
    "revoke_key",
    "save_key",
    "save_staff",
    "save_store",
    "set_pin",
    "staff",
    "staff_of",
    "store",
    "stores",
]
