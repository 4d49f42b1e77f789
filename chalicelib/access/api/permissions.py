"""Permissions: why somebody may or may not, and who can help."""

from typing import Annotated, Literal

import msgspec

from chalicelib.access import service
from chalicelib.access.api.names import StoreId
from chalicelib.access.edge import Routes, gate
from chalicelib.access.model import Missing, Percent, Person, UnknownPermission, wish
from chalicelib.adapters.http import Call
from chalicelib.kernel.errors import InvalidRequest, NotFound
from chalicelib.kernel.money import Fen

routes = Routes(__name__)


class WhyQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`store_id` left out is one's own store. What is asked for: `amount_fen` of a refund, `percent` of a discount."""

    permission: Annotated[str, msgspec.Meta(max_length=40, examples=["refund:create"])]
    store_id: StoreId | None = None
    amount_fen: Fen | None = None
    percent: Percent | None = None


class MissingView(msgspec.Struct):
    """`store_id` is the caller's own store; `limited` says what `limit` and `asked` are."""

    what: Literal["permission", "store", "limit"]
    store_id: str | None
    limited: str | None
    limit: int | None
    asked: int | None


class PersonView(msgspec.Struct):
    staff_no: str
    name: str
    role: str


class WhyView(msgspec.Struct):
    """`by_roles` are the caller's own that grant it, `granted_by` all that reach as far as was asked; `people` work at
    the store and can do it; `given_by` are the roles at head office that can give it to staff.
    """

    permission: str
    store_id: str | None
    allowed: bool
    by_roles: list[str]
    missing: list[MissingView]
    granted_by: list[str]
    people: list[PersonView]
    given_by: list[str]
    next: str


@routes.declare(
    "GET",
    "/v1/permissions/why",
    needs="permission:read",
    asks=WhyQuery,
    answers={200: WhyView},
    raises=(UnknownPermission, InvalidRequest, NotFound),
)
def get_why(call: Call, query: WhyQuery) -> WhyView:
    """Whether you may, by which role; if not, what is missing, who can do it or give it, and what to do next."""
    own = call.caller.store.store_id if call.caller.store else None
    wanted = wish(query.permission, query.store_id or own, query.amount_fen, query.percent)
    found = service.why(gate(), call.caller, wanted)
    return WhyView(
        permission=wanted.permission,
        store_id=wanted.store_id,
        allowed=found.allowed,
        by_roles=found.by_roles,
        missing=[_missing_view(each) for each in found.missing],
        granted_by=found.granted_by,
        people=[_person_view(each) for each in found.people],
        given_by=found.given_by,
        next=found.advice.en if call.english else found.advice.zh,
    )


def _missing_view(missing: Missing) -> MissingView:
    return MissingView(
        missing.what, missing.store_id, missing.limited, missing.limit, missing.asked
    )


def _person_view(person: Person) -> PersonView:
    return PersonView(person.staff_no, person.name, person.role)
