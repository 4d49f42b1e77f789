"""The rules of access, pure: callers, roles, limits."""

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
    "OwnLimits",
    "Percent",
    "PermissionDenied",
    "PinRule",
    "Store",
    "TooManyTries",
    "WrongStore",
    "caller",
    "demand",
    "hold_to",
    "limits_of",
]
