"""Staff: who works at a store, and how they log in at a till."""

from typing import Annotated, Literal

import msgspec

from chalicelib.access import service
from chalicelib.access.api.names import Name, StaffNo
from chalicelib.access.edge import Routes, gate, stamp
from chalicelib.access.model import ROLES, Caller, Limits, OwnLimits, TooManyTries, limits_of
from chalicelib.access.table import Staff
from chalicelib.adapters.http import Answer, Call, named
from chalicelib.kernel import clock
from chalicelib.kernel.errors import NotAuthenticated, NotFound

routes = Routes(__name__)

Pin = Annotated[
    str,
    msgspec.Meta(pattern=r"^[0-9]{4,12}$(?!\n)", description="4 to 12 digits", examples=["2468"]),
]


class StaffLogin(msgspec.Struct, forbid_unknown_fields=True):
    staff_no: StaffNo
    pin: Pin


class StaffSession(msgspec.Struct):
    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int
    staff_no: str
    role: str
    permissions: list[str]
    limits: Limits


class StaffSettings(msgspec.Struct, forbid_unknown_fields=True):
    """`pin` left out keeps the one that there is; who is new, or comes back, needs one."""

    name: Name
    role: Literal["cashier", "store_manager", "support", "auditor"]
    pin: Pin | None = None
    active: bool = True
    limits: OwnLimits = OwnLimits()


class PinChange(msgspec.Struct, forbid_unknown_fields=True):
    """`pin` is the one that holds now."""

    pin: Pin
    new_pin: Pin


class StaffView(msgspec.Struct):
    """`limits` as they hold: one's own, the role's where there are none of one's own; null is no limit."""

    store_id: str
    staff_no: str
    name: str
    role: str
    active: bool
    limits: Limits


class StaffList(msgspec.Struct):
    items: list[StaffView]
    next_cursor: str | None = None


@routes.declare(
    "POST",
    "/v1/stores/{store_id}/staff-sessions",
    needs="spend:create",
    takes=StaffLogin,
    answers={201: StaffSession},
    raises=(NotAuthenticated, TooManyTries),
)
def post_staff_session(call: Call, store_id: str, body: StaffLogin) -> Answer:
    """Log a member of staff in at a till, with staff number and PIN."""
    caller: Caller = call.caller
    token, staff = gate().staff_session(
        store_id, body.staff_no, body.pin, stamp(call), caller.till_id
    )
    return Answer(
        StaffSession(
            token,
            "Bearer",
            service.STAFF_LIVES_S,
            staff.staff_no,
            staff.role,
            sorted(ROLES.get(staff.role, ())),
            limits_of((staff.role,), staff.limits),
        ),
        status=201,
    )


@routes.declare(
    "PUT",
    "/v1/stores/{store_id}/staff/{staff_no}",
    needs="staff:write",
    takes=StaffSettings,
    answers={200: StaffView},
    raises=(NotFound,),
)
def put_staff(call: Call, store_id: str, staff_no: str, body: StaffSettings) -> StaffView:
    """Add a member of staff, or change name, role, PIN or limits; a PIN ends a lock-out, and a new one ends older
    sessions within a minute.
    """
    gate().store(store_id)
    made = service.save_staff(
        store_id,
        named(staff_no, StaffNo),
        name=body.name,
        role=body.role,
        pin=body.pin,
        active=body.active,
        by=stamp(call),
        limits=body.limits,
    )
    return _staff_view(made)


@routes.declare(
    "GET",
    "/v1/stores/{store_id}/staff",
    needs="staff:read",
    answers={200: StaffList},
    raises=(NotFound,),
)
def get_staff(_call: Call, store_id: str) -> StaffList:
    """Who works at a store, those who have left too."""
    gate().store(store_id)
    return StaffList([_staff_view(staff) for staff in service.staff_of(store_id)])


@routes.declare(
    "PUT",
    "/v1/stores/{store_id}/staff/{staff_no}/pin",
    needs="spend:create",
    takes=PinChange,
    answers={204: None},
    raises=(NotFound, NotAuthenticated, TooManyTries),
)
def put_pin(call: Call, store_id: str, staff_no: str, body: PinChange) -> Answer:
    """Change one's own PIN, with the old one, at a till; sessions that were made with the old one end within a minute.

    Wrong PINs count as they do at log-in.
    """
    gate().store(store_id)
    number = named(staff_no, StaffNo)
    service.change_pin(store_id, number, body.pin, body.new_pin, clock.now(), stamp(call))
    return Answer("", status=204)


def _staff_view(staff: Staff) -> StaffView:
    return StaffView(
        staff.store_id,
        staff.staff_no,
        staff.name,
        staff.role,
        staff.active,
        limits_of((staff.role,), staff.limits),
    )
