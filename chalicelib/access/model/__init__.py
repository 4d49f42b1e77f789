"""The rules of access, pure: callers, roles, limits, and why."""

from chalicelib.access.model.callers import (
    NOBODY,
    Caller,
    LimitExceeded,
    PermissionDenied,
    PinRule,
    Store,
    TooManyTries,
    WrongStore,
    caller,
    demand,
    hold_to,
)
from chalicelib.access.model.limits import Limits, OwnLimits, Percent, limits_of
from chalicelib.access.model.reasons import (
    Missing,
    Person,
    UnknownPermission,
    Why,
    Wish,
    foreign,
    why,
    wish,
)
from chalicelib.access.model.roles import MEMBER, OPERATOR_ROLES, PUBLIC, ROLES, STAFF_ROLES

__all__ = [
    "MEMBER",
    "NOBODY",
    "OPERATOR_ROLES",
    "PUBLIC",
    "ROLES",
    "STAFF_ROLES",
    "Caller",
    "LimitExceeded",
    "Limits",
    "Missing",
    "OwnLimits",
    "Percent",
    "PermissionDenied",
    "Person",
    "PinRule",
    "Store",
    "TooManyTries",
    "UnknownPermission",
    "Why",
    "Wish",
    "WrongStore",
    "caller",
    "demand",
    "foreign",
    "hold_to",
    "limits_of",
    "why",
    "wish",
]
