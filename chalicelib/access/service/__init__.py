"""Who calls and what they may: proofs, the registry of stores, keys and staff, and the answer to "why may I not?"."""

from chalicelib.access.service.gate import MEMBER_LIVES_S, STAFF_LIVES_S, Gate
from chalicelib.access.service.pins import change_pin
from chalicelib.access.service.reasons import why
from chalicelib.access.service.registry import (
    OPERATORS_KEY,
    copy_operator_keys,
    issue_operator_key,
    issue_terminal_key,
    keys,
    revoke_key,
    save_staff,
    save_store,
    staff_of,
    store,
    stores,
)

__all__ = [
    "MEMBER_LIVES_S",
    "OPERATORS_KEY",
    "STAFF_LIVES_S",
    "Gate",
    "change_pin",
    "copy_operator_keys",
    "issue_operator_key",
    "issue_terminal_key",
    "keys",
    "revoke_key",
    "save_staff",
    "save_store",
    "staff_of",
    "store",
    "stores",
    "why",
]
