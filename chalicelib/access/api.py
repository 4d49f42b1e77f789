"""Stores, tills and staff: the registry that head office keeps, and how staff log in at a till."""

from typing import Annotated, Literal

import msgspec

from chalicelib.access import service
from chalicelib.access.edge import Routes, gate, stamp
from chalicelib.access.model import ROLES, Store, TooManyTries
from chalicelib.access.table import Key, Staff
from chalicelib.adapters.http import Answer, Call, known_version, tagged
from chalicelib.kernel import clock
from chalicelib.kernel.errors import (
    ConditionMissing,
    Gone,
    InvalidRequest,
    NotAuthenticated,
    NotFound,
    invalid,
)
from chalicelib.kernel.words import ONE_LINE

routes = Routes(__name__)

StoreId = Annotated[
    str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$(?!\n)", examples=["nanjing-road"])
]
StaffNo = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9]{1,16}$(?!\n)", examples=["01"])]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=40, pattern=ONE_LINE)]
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


class StoreSettings(msgspec.Struct, forbid_unknown_fields=True):
    name: Name
    zone: Annotated[str, msgspec.Meta(max_length=40)] = "Asia/Shanghai"
    day_cut_hour: Annotated[int, msgspec.Meta(ge=0, le=12)] = 4


class StoreView(msgspec.Struct):
    store_id: str
    name: str
    zone: str
    day_cut_hour: int


class StoreList(msgspec.Struct):
    items: list[StoreView]
    next_cursor: str | None = None


class TerminalRequest(msgspec.Struct, forbid_unknown_fields=True):
    name: Name


class TerminalView(msgspec.Struct):
    terminal_id: str
    store_id: str
    name: str
    revoked: bool


class IssuedTerminal(TerminalView):
    """`terminal_key` is told this once and kept nowhere."""

    terminal_key: str


class TerminalList(msgspec.Struct):
    items: list[TerminalView]
    next_cursor: str | None = None


class StaffSettings(msgspec.Struct, forbid_unknown_fields=True):
    name: Name
    role: Literal["cashier", "store_manager", "support", "auditor"]
    pin: Pin
    active: bool = True


class StaffView(msgspec.Struct):
    store_id: str
    staff_no: str
    name: str
    role: str
    active: bool


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
    token, staff = gate().staff_session(store_id, body.staff_no, body.pin, stamp(call))
    return Answer(
        StaffSession(
            token,
            "Bearer",
            service.STAFF_LIVES_S,
            staff.staff_no,
            staff.role,
            sorted(ROLES.get(staff.role, ())),
        ),
        status=201,
    )


@routes.declare("GET", "/v1/stores", needs="store:read", answers={200: StoreList})
def get_stores(_call: Call) -> StoreList:
    """All stores of the chain."""
    return StoreList([_store_view(store) for store in service.stores()])


@routes.declare(
    "GET",
    "/v1/stores/{store_id}",
    needs="store:read",
    answers={200: StoreView},
    raises=(NotFound,),
)
def get_store(_call: Call, store_id: str) -> Answer:
    """One store, with the ETag that a change names."""
    found = service.store(_named(store_id, StoreId))
    if found is None:
        raise NotFound
    return _store_answer(found)


@routes.declare(
    "PUT",
    "/v1/stores/{store_id}",
    needs="store:write",
    takes=StoreSettings,
    answers={200: StoreView, 201: StoreView},
    raises=(NotFound, InvalidRequest, ConditionMissing, Gone),
)
def put_store(call: Call, store_id: str, body: StoreSettings) -> Answer:
    """Open a store, or change its name, time zone or day-cut hour; a change names the version that was read in
    `If-Match`, or `*`.
    """
    _check_zone(body.zone)
    store = Store(_named(store_id, StoreId), body.name, body.zone, body.day_cut_hour)
    version = known_version(call) if service.store(store.store_id) else 0
    saved = service.save_store(store, stamp(call), version)
    return _store_answer(saved, status=201 if version == 0 else 200)


@routes.declare(
    "POST",
    "/v1/stores/{store_id}/terminals",
    needs="terminal:write",
    takes=TerminalRequest,
    answers={201: IssuedTerminal},
    raises=(NotFound,),
)
def post_terminal(call: Call, store_id: str, body: TerminalRequest) -> Answer:
    """Issue a key for a till; it is told once."""
    gate().store(store_id)
    key, secret = service.issue_terminal_key(store_id, body.name, clock.now(), stamp(call))
    issued = IssuedTerminal(key.key_id, store_id, key.name, key.revoked, secret)
    return Answer(issued, status=201)


@routes.declare(
    "GET",
    "/v1/stores/{store_id}/terminals",
    needs="terminal:write",
    answers={200: TerminalList},
    raises=(NotFound,),
)
def get_terminals(_call: Call, store_id: str) -> TerminalList:
    """The tills of a store, revoked ones too."""
    gate().store(store_id)
    return TerminalList([_terminal_view(store_id, key) for key in service.keys(store_id)])


@routes.declare(
    "DELETE",
    "/v1/stores/{store_id}/terminals/{terminal_id}",
    needs="terminal:write",
    answers={204: None},
    raises=(NotFound,),
)
def delete_terminal(call: Call, store_id: str, terminal_id: str) -> Answer:
    """Revoke a till's key; it ends everywhere within a minute."""
    gate().store(store_id)
    service.revoke_key(store_id, terminal_id, clock.now(), stamp(call))
    return Answer("", status=204)


@routes.declare(
    "PUT",
    "/v1/stores/{store_id}/staff/{staff_no}",
    needs="staff:write",
    takes=StaffSettings,
    answers={200: StaffView},
    raises=(NotFound,),
)
def put_staff(call: Call, store_id: str, staff_no: str, body: StaffSettings) -> StaffView:
    """Add a member of staff, or change name, role or PIN; a new PIN ends a lock-out."""
    gate().store(store_id)
    made = service.save_staff(
        store_id,
        _named(staff_no, StaffNo),
        name=body.name,
        role=body.role,
        pin=body.pin,
        active=body.active,
        by=stamp(call),
    )
    return _staff_view(made)


def _named(value: str, kind: object) -> str:
    """A name that a path carries, held to its pattern. Raises NotFound: nothing can be there."""
    try:
        checked: str = msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise NotFound from error
    return checked


def _check_zone(name: str) -> None:
    try:
        clock.zone(name)
    except (KeyError, ValueError, OSError) as error:
        raise invalid("/zone", "没有这个时区", "There is no such time zone") from error


def _store_answer(store: Store, status: int = 200) -> Answer:
    return Answer(_store_view(store), status=status, headers=tagged(store.version))


def _store_view(store: Store) -> StoreView:
    return StoreView(store.store_id, store.name, store.zone, store.day_cut_hour)


def _terminal_view(store_id: str, key: Key) -> TerminalView:
    return TerminalView(key.key_id, store_id, key.name, key.revoked)


def _staff_view(staff: Staff) -> StaffView:
    return StaffView(staff.store_id, staff.staff_no, staff.name, staff.role, staff.active)
