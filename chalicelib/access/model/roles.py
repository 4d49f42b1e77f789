"""Roles and permissions: the one table of who may do what."""

from collections.abc import Mapping

PUBLIC = "public"  # the rule of a route that asks for no proof
MEMBER = "member:self"  # the rule of a route that serves the member who calls

_TILL = frozenset({
    "member:read", "member:create", "ledger:read", "spend:create", "top_up:create", "message:read",
    "refund:create", "void:create", "discount:give", "offline:sell", "shift:write", "shift:read",
    "rules:read", "statement:read", "permission:read",
})  # fmt: skip
_SEARCH = frozenset({"message:read", "message:search"})
_DESK = _SEARCH | {"message:resend"}
_CARE = frozenset({"care:read", "care:write"})  # of the chain, never of one store
_BACK_ROOM = frozenset({
    "top_up:refund", "transfer:create", "card:replace", "grant:create", "bonus:give",
    "device:write", "held:read", "held:settle", "figures:read", "staff:read",
})  # fmt: skip
_OFFICE = frozenset({
    "store:read", "store:write", "terminal:write", "staff:read", "staff:write", "incident:publish",
    "component:write", "rules:read", "rules:write", "correction:create", "grant:create",
    "card:replace", "device:write", "held:read", "held:settle", "figures:read", "shift:read",
    "statement:read", "permission:read", "provider:read", "provider:write", "amends:give",
    "amends:read",
})  # fmt: skip
_LOOKING = frozenset({"member:read", "ledger:read"})

ROLES: Mapping[str, frozenset[str]] = {
    "member": frozenset({MEMBER}),
    "terminal": _TILL,
    "cashier": _TILL | _SEARCH,
    "store_manager": _TILL | _DESK | _BACK_ROOM,
    "support": _DESK | _LOOKING | _CARE | {"permission:read", "provider:read"},
    "operator": _OFFICE | _DESK | _LOOKING | _CARE,
    "auditor": _SEARCH
    | _LOOKING
    | {
        "store:read", "staff:read", "rules:read", "held:read", "shift:read", "figures:read",
        "statement:read", "permission:read", "provider:read", "amends:read",
    },
    "owner": _TILL | _DESK | _BACK_ROOM | _OFFICE | _CARE,
}  # fmt: skip
STAFF_ROLES = ("cashier", "store_manager", "support", "auditor")
OPERATOR_ROLES = ("support", "operator", "auditor", "owner")


def granted_by(permission: str) -> list[str]:
    return sorted(role for role, granted in ROLES.items() if permission in granted)


def granted_everywhere(permission: str) -> list[str]:
    """The roles that have it and belong to no store."""
    return [role for role in OPERATOR_ROLES if permission in ROLES[role]]
