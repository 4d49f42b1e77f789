"""Limits: how far a permission reaches, by role, and by what a till or a member of staff was given of its own."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Literal

import msgspec
from msgspec.structs import replace

from chalicelib.access.model.roles import granted_by
from chalicelib.kernel.money import Fen

Percent = Annotated[int, msgspec.Meta(ge=0, le=100)]
Bound = Literal["refund_fen", "discount_percent"]
BOUND_OF: Mapping[str, Bound] = {
    "refund:create": "refund_fen",
    "void:create": "refund_fen",
    "top_up:refund": "refund_fen",
    "discount:give": "discount_percent",
}
OFFLINE = "offline:sell"


class Limits(msgspec.Struct, frozen=True):
    """The most of one refund and of one discount; None is no limit."""

    refund_fen: int | None = 0
    discount_percent: int | None = 0
    sells_offline: bool = False

    def most(self, permission: str) -> int | None:
        """None where nothing bounds it."""
        if permission == OFFLINE:
            return None if self.sells_offline else 0
        bound = BOUND_OF.get(permission)
        return None if bound is None else getattr(self, bound)

    def allow(self, permission: str, asked: int) -> bool:
        most = self.most(permission)
        return most is None or asked <= most


class OwnLimits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What differs from the role's limits: a field left out is the role's, null is no limit."""

    refund_fen: Fen | msgspec.UnsetType | None = msgspec.UNSET
    discount_percent: Percent | msgspec.UnsetType | None = msgspec.UNSET
    sells_offline: bool | msgspec.UnsetType = msgspec.UNSET


AS_THE_ROLE = OwnLimits()

NOTHING = Limits()
NO_LIMITS = Limits(None, None, sells_offline=True)
_TILL = Limits(50_000, 20, sells_offline=True)
OF_ROLE: Mapping[str, Limits] = {
    "terminal": _TILL,
    "cashier": _TILL,
    "store_manager": Limits(500_000, 50, sells_offline=True),
    "operator": NO_LIMITS,
    "owner": NO_LIMITS,
}


def limits_of(roles: Iterable[str], own: OwnLimits | None = None) -> Limits:
    """The widest of the roles', with what is given of one's own in its place."""
    found = [OF_ROLE.get(role, NOTHING) for role in roles] or [NOTHING]
    widest = Limits(
        _widest(each.refund_fen for each in found),
        _widest(each.discount_percent for each in found),
        sells_offline=any(each.sells_offline for each in found),
    )
    return replace(widest, **(msgspec.to_builtins(own) if own else {}))


def roles_for(permission: str, asked: int | None = None) -> list[str]:
    """The roles that have it, as far as `asked`."""
    return [
        role
        for role in granted_by(permission)
        if asked is None or OF_ROLE.get(role, NOTHING).allow(permission, asked)
    ]


def _widest(bounds: Iterable[int | None]) -> int | None:
    """Of the fen or percents; None is wider than any."""
    known = list(bounds)
    return None if None in known else max(bound for bound in known if bound is not None)
