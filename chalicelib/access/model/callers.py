"""Callers: who is asking, what they may, and how far."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import ClassVar, Literal

import msgspec

from chalicelib.access.model.limits import (
    BOUND_OF,
    NOTHING,
    OFFLINE,
    Limits,
    OwnLimits,
    limits_of,
    roles_for,
)
from chalicelib.access.model.roles import ROLES, granted_by
from chalicelib.kernel import clock
from chalicelib.kernel.errors import InvalidRequest, NotAllowed, Text, TooMany
from chalicelib.kernel.money import yuan
from chalicelib.kernel.stamp import Stamp

Kind = Literal["public", "member", "terminal", "staff", "operator"]


class Store(msgspec.Struct, frozen=True):
    """A store and the rule of its business day; `version` counts the edits."""

    store_id: str
    name: str
    zone: str = "Asia/Shanghai"
    day_cut_hour: int = 4
    version: int = 0

    def business_date(self, moment: datetime) -> date:
        return clock.business_date(moment, self.zone, self.day_cut_hour)

    def days(self, since: datetime, until: datetime, spare: int = 0) -> Iterator[date]:
        """The business days from one moment to another; with `spare` so many more before and after."""
        more = timedelta(days=spare)
        return clock.days(self.business_date(since) - more, self.business_date(until) + more)


class Caller(msgspec.Struct, frozen=True):
    """Who is asking. `store` is set for those who are bound to one; `till_id` is the key of the till that calls, or at
    which the session was made.
    """

    kind: Kind
    who: str
    roles: tuple[str, ...] = ()
    store: Store | None = None
    permissions: frozenset[str] = msgspec.field(default=frozenset())
    limits: Limits = NOTHING
    till_id: str | None = None

    def may(self, permission: str) -> bool:
        return permission in self.permissions

    def stamp(self, origin: str, request_id: str) -> Stamp:
        return Stamp(self.who, ",".join(self.roles), origin, request_id)


class PermissionDenied(NotAllowed):
    """The caller lacks a permission; `granted_by` names the roles that have it."""

    code = "permission_denied"
    detail = Text("缺少权限 {missing}。", "The permission {missing} is missing.")
    hint = Text("拥有该权限的角色：{granted_by}。", "Roles that have it: {granted_by}.")


class LimitExceeded(NotAllowed):
    """The caller has the permission, and not as far; `limit` and `asked` are fen or percent, as `limited` says.

    `granted_by` names the roles whose limit is high enough.
    """

    code = "limit_exceeded"
    title = Text("超出权限上限", "Beyond the limit of the permission")
    hint = Text(
        "上限足够的角色：{granted_by}。请其操作，或请总部调高上限。",
        "Roles with a limit high enough: {granted_by}. Ask one of them to do it, or head office to raise the limit.",
    )

    def detail_text(self) -> Text:
        limited, asked, limit = (self.values[name] for name in ("limited", "asked", "limit"))
        if limited == "sells_offline":
            return Text("不允许离线收银。", "Selling off line is not allowed here.")
        if limited == "discount_percent":
            return Text(
                f"折扣 {asked}% 超过上限 {limit}%。",
                f"A discount of {asked} % is above the limit of {limit} %.",
            )
        return Text(
            f"退款 {yuan(asked)} 元超过上限 {yuan(limit)} 元。",
            f"A refund of {yuan(asked)} yuan is above the limit of {yuan(limit)} yuan.",
        )


class WrongStore(NotAllowed):
    """The caller belongs to another store."""

    code = "wrong_store"
    title = Text("凭证不属于这家门店", "The credential belongs to another store")
    hint = Text("请使用该门店自己的收银终端或账号。", "Use a till or an account of that store.")


class TooManyTries(TooMany):
    """Wrong PINs in a row: the staff account rests for a while."""

    code = "too_many_tries"
    title = Text("PIN 多次输错，账号暂时锁定", "Too many wrong PINs: the account rests")


class PinMissing(InvalidRequest):
    """Who is new at a store, or comes back, needs a PIN."""

    def __init__(self) -> None:
        said = Text("新员工或重新入职的员工需要 PIN", "who is new, or comes back, needs one")
        super().__init__(errors=[{"pointer": "/pin", "detail": said}])


NOBODY = Caller("public", "nobody")


def caller(
    kind: Kind,
    who: str,
    roles: tuple[str, ...],
    store: Store | None = None,
    *,
    own_limits: OwnLimits | None = None,
    till_id: str | None = None,
) -> Caller:
    """A caller with all that its roles grant; roles that no longer exist grant nothing."""
    granted = frozenset().union(*(ROLES.get(role, frozenset()) for role in roles))
    return Caller(kind, who, roles, store, granted, limits_of(roles, own_limits), till_id)


def demand(asking: Caller, permission: str) -> None:
    """Raises PermissionDenied."""
    if not asking.may(permission):
        raise PermissionDenied(missing=permission, granted_by=granted_by(permission))


def hold_to(
    asking: Caller,
    *,
    refund_fen: int | None = None,
    discount_percent: int | None = None,
    sells_offline: bool = False,
    refunding: str = "refund:create",
) -> None:
    """Raises LimitExceeded. `refunding` is the permission by which money goes back, `discount_percent` rounded up.

    A limit says how far a permission reaches and not whether it is there: that is `demand`'s.
    """
    if refund_fen is not None:
        _hold(asking, refunding, refund_fen)
    if discount_percent is not None:
        _hold(asking, "discount:give", discount_percent)
    if sells_offline:
        _hold(asking, OFFLINE, 1)


def _hold(asking: Caller, permission: str, asked: int) -> None:
    if asking.limits.allow(permission, asked):
        return
    raise LimitExceeded(
        permission=permission,
        limited=BOUND_OF.get(permission, "sells_offline"),
        limit=asking.limits.most(permission),
        asked=asked,
        granted_by=roles_for(permission, asked),
    )


class PinRule(msgspec.Struct, frozen=True):
    """Wrong tries in a row before an account rests, and for how long."""

    MOST_TRIES: ClassVar[int] = 5
    REST_S: ClassVar[int] = 900
