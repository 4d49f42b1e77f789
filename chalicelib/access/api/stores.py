"""Stores and tills: the registry that head office keeps."""

from typing import Annotated

import msgspec

from chalicelib.access import service
from chalicelib.access.api.names import Name, StoreId
from chalicelib.access.edge import Routes, gate, stamp
from chalicelib.access.model import Limits, OwnLimits, Store, limits_of
from chalicelib.access.table import Key
from chalicelib.adapters.http import Answer, Call, known_version, named, tagged
from chalicelib.kernel import clock
from chalicelib.kernel.errors import ConditionMissing, Gone, InvalidRequest, NotFound

routes = Routes(__name__)


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
    limits: OwnLimits = OwnLimits()


class TerminalView(msgspec.Struct):
    """`limits` as they hold: the till's own, the role's where it has none of its own; null is no limit."""

    terminal_id: str
    store_id: str
    name: str
    revoked: bool
    limits: Limits


class IssuedTerminal(TerminalView):
    """`terminal_key` is told this once and kept nowhere."""

    terminal_key: str


class TerminalList(msgspec.Struct):
    items: list[TerminalView]
    next_cursor: str | None = None


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
    found = service.store(named(store_id, StoreId))
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
    clock.check_zone(body.zone)
    store = Store(named(store_id, StoreId), body.name, body.zone, body.day_cut_hour)
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
    key, secret = service.issue_terminal_key(
        store_id, body.name, clock.now(), stamp(call), body.limits
    )
    view = msgspec.structs.asdict(_terminal_view(store_id, key))
    issued = IssuedTerminal(**view, terminal_key=secret)
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


def _store_answer(store: Store, status: int = 200) -> Answer:
    return Answer(_store_view(store), status=status, headers=tagged(store.version))


def _store_view(store: Store) -> StoreView:
    return StoreView(store.store_id, store.name, store.zone, store.day_cut_hour)


def _terminal_view(store_id: str, key: Key) -> TerminalView:
    limits = limits_of(key.roles, key.limits)
    return TerminalView(key.key_id, store_id, key.name, key.revoked, limits)
