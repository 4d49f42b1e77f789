"""Why one may, or may not: what is missing, who has it, and what to do next."""

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Literal

import msgspec

from chalicelib.access.model.advice import advise
from chalicelib.access.model.callers import Caller
from chalicelib.access.model.limits import BOUND_OF, OFFLINE, OwnLimits, limits_of, roles_for
from chalicelib.access.model.roles import MEMBER, ROLES, STAFF_ROLES, granted_by
from chalicelib.kernel.errors import InvalidRequest, Text, invalid

PERMISSIONS = tuple(sorted(frozenset().union(*ROLES.values()) - {MEMBER}))
GIVES = "staff:write"


class UnknownPermission(InvalidRequest):
    """There is no such permission; `near` are the words that look like it, all where none does."""

    code = "unknown_permission"
    title = Text("没有这个权限", "There is no such permission")
    hint = Text("是否想查：{near}。", "Perhaps one of these: {near}.")


class Wish(msgspec.Struct, frozen=True):
    """What somebody wants to do: `store_id` None is anywhere, `asked` in fen or percent, None is anything at all."""

    permission: str
    store_id: str | None = None
    asked: int | None = None

    @property
    def needed(self) -> int:
        return 1 if self.asked is None else self.asked


class Person(msgspec.Struct, frozen=True):
    """Somebody who works at the store."""

    staff_no: str
    name: str
    role: str
    own_limits: OwnLimits


class Missing(msgspec.Struct, frozen=True):
    """The permission; or another store than `store_id`, to which the caller belongs; or more than `limit`."""

    what: Literal["permission", "store", "limit"]
    store_id: str | None = None
    limited: str | None = None
    limit: int | None = None
    asked: int | None = None


class Why(msgspec.Struct, frozen=True):
    """`by_roles` are the caller's that grant it, `granted_by` all that reach as far as asked, `given_by` those that can
    give it to staff.
    """

    allowed: bool
    by_roles: list[str]
    missing: list[Missing]
    granted_by: list[str]
    people: list[Person]
    given_by: list[str]
    advice: Text


def wish(
    permission: str, store_id: str | None, amount_fen: int | None, percent: int | None
) -> Wish:
    """Raises UnknownPermission, or InvalidRequest for a measure that does not bound this permission."""
    if permission not in PERMISSIONS:
        near = get_close_matches(permission, PERMISSIONS, n=3, cutoff=0.6) or list(PERMISSIONS)
        wrong = invalid("/permission", "没有这个权限", "There is no such permission").values
        raise UnknownPermission(near=near, **wrong)
    bound = BOUND_OF.get(permission)
    given = {"refund_fen": amount_fen, "discount_percent": percent}
    for name, field in (("refund_fen", "amount_fen"), ("discount_percent", "percent")):
        if given[name] is not None and name != bound:
            raise invalid(
                f"/{field}",
                "这个权限不以此设限，请去掉",
                "This permission is not bounded by it: leave it out",
            )
    return Wish(permission, store_id, given[bound] if bound else None)


def foreign(asking: Caller, store_id: str | None) -> bool:
    """Whether it is another store than the one to which the caller is bound."""
    return bool(asking.store and store_id and asking.store.store_id != store_id)


def why(asking: Caller, wish: Wish, working_there: Sequence[Person]) -> Why:
    """`working_there` are the active staff of the store in question; of a foreign one nobody is named."""
    missing = list(_missing(asking, wish))
    away = foreign(asking, wish.store_id)
    able = [] if away else [each for each in working_there if _able(each, wish)]
    roles = roles_for(wish.permission, wish.needed)
    given_by = granted_by(GIVES) if set(granted_by(wish.permission)) & set(STAFF_ROLES) else []
    own = [role for role in asking.roles if wish.permission in ROLES.get(role, ())]
    return Why(
        allowed=not missing,
        by_roles=own,
        missing=missing,
        granted_by=roles,
        people=able,
        given_by=given_by,
        advice=advise(
            [each.what for each in missing], [(each.name, each.staff_no) for each in able], roles, given_by,
        ),
    )  # fmt: skip


def _missing(asking: Caller, wish: Wish) -> list[Missing]:
    found = []
    if foreign(asking, wish.store_id) and asking.store:
        found.append(Missing("store", store_id=asking.store.store_id))
    if not asking.may(wish.permission):
        found.append(Missing("permission"))
    elif not asking.limits.allow(wish.permission, wish.needed):
        limited = BOUND_OF.get(wish.permission, "sells_offline")
        limit = None if wish.permission == OFFLINE else asking.limits.most(wish.permission)
        found.append(Missing("limit", limited=limited, limit=limit, asked=wish.asked))
    return found


def _able(person: Person, wish: Wish) -> bool:
    limits = limits_of((person.role,), person.own_limits)
    return wish.permission in ROLES.get(person.role, ()) and limits.allow(
        wish.permission, wish.needed
    )
