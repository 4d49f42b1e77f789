"""Callers, roles and permissions: the one table of who may do what."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar, Literal

from chalicelib.kernel import clock
from chalicelib.kernel.errors import NotAllowed, Text, TooMany
from chalicelib.kernel.stamp import Stamp

Kind = Literal["public", "member", "terminal", "staff", "operator"]
PUBLIC = "public"  # the rule of a route that asks for no proof
MEMBER = "member:self"  # the rule of a route that serves the member who calls

_TILL = frozenset({
    "member:read", "member:create", "ledger:read", "spend:create", "top_up:create", "message:read",
})  # fmt: skip
_SEARCH = frozenset({"message:read", "message:search"})
_DESK = _SEARCH | {"message:resend"}
_OFFICE = frozenset({
    "store:read", "store:write", "terminal:write", "staff:write", "incident:publish",
    "component:write",
})  # fmt: skip

ROLES: Mapping[str, frozenset[str]] = {
    "member": frozenset({MEMBER}),
    "terminal": _TILL,
    "cashier": _TILL | _SEARCH,
    "store_manager": _TILL | _DESK,
    "support": _DESK | {"member:read", "ledger:read"},
    "operator": _OFFICE | _DESK | {"member:read", "ledger:read"},
    "auditor": _SEARCH | {"member:read", "ledger:read", "store:read"},
    "owner": _TILL | _DESK | _OFFICE,
}
OPERATOR_ROLES = ("support", "operator", "auditor", "owner")


@dataclass(frozen=True)
class Store:
    """A store and the rule of its business day; `version` counts the edits."""

    store_id: str
    name: str
    zone: str = "Asia/Shanghai"
    day_cut_hour: int = 4
    version: int = 0

    def business_date(self, moment: datetime) -> date:
        return clock.business_date(moment, self.zone, self.day_cut_hour)


@dataclass(frozen=True)
class Caller:
    """Who is asking; `store` is set for those who are bound to one."""

    kind: Kind
    who: str
    roles: tuple[str, ...] = ()
    store: Store | None = None
    permissions: frozenset[str] = field(default=frozenset())

    def may(self, permission: str) -> bool:
        return permission in self.permissions

    def stamp(self, origin: str, request_id: str) -> Stamp:
        return Stamp(self.who, ",".join(self.roles), origin, request_id)


class PermissionDenied(NotAllowed):
    """The caller lacks a permission; `granted_by` names the roles that have it."""

    code = "permission_denied"
    detail = Text("缺少权限 {missing}。", "The permission {missing} is missing.")
    hint = Text("拥有该权限的角色：{granted_by}。", "Roles that have it: {granted_by}.")


class WrongStore(NotAllowed):
    """The caller belongs to another store."""

    code = "wrong_store"
    title = Text("凭证不属于这家门店", "The credential belongs to another store")
    hint = Text("请使用该门店自己的收银终端或账号。", "Use a till or an account of that store.")


class TooManyTries(TooMany):
    """Wrong PINs in a row: the staff account rests for a while."""

    code = "too_many_tries"
    title = Text("PIN 多次输错，账号暂时锁定", "Too many wrong PINs: the account rests")


NOBODY = Caller("public", "nobody")


def caller(kind: Kind, who: str, roles: tuple[str, ...], store: Store | None = None) -> Caller:
    """A caller with all that its roles grant; roles that no longer exist grant nothing."""
    granted = frozenset().union(*(ROLES.get(role, frozenset()) for role in roles))
    return Caller(kind, who, roles, store, granted)


def demand(asking: Caller, permission: str) -> None:
    """Raises PermissionDenied."""
    if not asking.may(permission):
        raise PermissionDenied(
            missing=permission,
            granted_by=sorted(role for role, granted in ROLES.items() if permission in granted),
        )


@dataclass(frozen=True)
class PinRule:
    """Wrong tries in a row before an account rests, and for how long."""

    MOST_TRIES: ClassVar[int] = 5
    REST_S: ClassVar[int] = 900
