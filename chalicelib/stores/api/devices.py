"""Devices: the tills that may sell off line, with the key that signs their journals."""

from typing import Annotated

import msgspec

from chalicelib.access import paging
from chalicelib.access.edge import Routes, stamp, store_of
from chalicelib.adapters.http import Answer, At, Call, Paging, at, replayed
from chalicelib.adapters.tables import Image
from chalicelib.kernel import clock
from chalicelib.kernel.errors import BadCursor, InvalidRequest, NotFound, invalid
from chalicelib.kernel.words import ONE_LINE
from chalicelib.stores.model.devices import Device, DeviceId, DeviceTaken, PublicKey
from chalicelib.stores.model.journal import Journal
from chalicelib.stores.service import devices

routes = Routes(__name__)
TOLD = 100  # gaps and counters in one answer


Gap = Annotated[list[int], msgspec.Meta(min_length=2, max_length=2, examples=[[3, 5]])]


class DeviceRequest(msgspec.Struct, forbid_unknown_fields=True):
    public_key: PublicKey
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=40, pattern=ONE_LINE)]


class JournalView(msgspec.Struct):
    """What the server has of a device's journal: all records up to `complete_to`, and others up to `highest`.

    `gaps` are missing, first and last counter of each; the record at a `broken` counter does not follow on the one
    before it; at a `forked` one there were two. The first hundred of each are told.
    """

    device_id: str
    complete_to: int
    highest: int
    gaps: list[Gap]
    broken: list[int]
    forked: list[int]


class DeviceView(msgspec.Struct):
    device_id: str
    store_id: str
    name: str
    public_key: str
    registered_at: At
    revoked_at: At | None
    journal: JournalView | None


class DeviceList(msgspec.Struct):
    items: list[DeviceView]
    next_cursor: str | None = None


@routes.declare(
    "PUT",
    "/v1/stores/{store_id}/devices/{device_id}",
    needs="device:write",
    takes=DeviceRequest,
    answers={201: DeviceView, 200: DeviceView},
    raises=(InvalidRequest, NotFound, DeviceTaken),
)
def put_device(call: Call, store_id: str, device_id: str, body: DeviceRequest) -> Answer:
    """Register a device under its public key, or rename it; its key never changes."""
    store = store_of(call, store_id)
    device = Device(_named(device_id), store.store_id, body.public_key, body.name, clock.now())
    made = devices.register(device, stamp(call))
    status = 201 if made.first else 200
    return Answer(_view(made.device, None), status, headers=replayed(again=not made.first))


@routes.declare(
    "GET",
    "/v1/stores/{store_id}/devices",
    needs="held:read",
    asks=Paging,
    answers={200: DeviceList},
    raises=(BadCursor, NotFound),
)
def get_devices(call: Call, store_id: str, query: Paging) -> DeviceList:
    """A store's devices, revoked ones too, each with what is known of its journal."""
    store_of(call, store_id)
    scope = paging.scope(call, f"devices {store_id}")
    found, last = devices.page(store_id, query.limit, after_of(paging.opened(scope, query.cursor)))
    following = paging.sealed(scope, position_of(last))
    return DeviceList([_view(each.device, each.journal) for each in found], following)


@routes.declare(
    "DELETE",
    "/v1/stores/{store_id}/devices/{device_id}",
    needs="device:write",
    answers={204: None},
    raises=(NotFound,),
)
def delete_device(call: Call, store_id: str, device_id: str) -> Answer:
    """Revoke a device: what it signs from now on is refused, what it signed before is held for a person."""
    devices.revoke(store_id, _known(device_id), clock.now(), stamp(call))
    return Answer("", status=204)


def journal_view(journal: Journal) -> JournalView:
    return JournalView(
        journal.device_id,
        journal.complete_to,
        journal.highest,
        [list(gap) for gap in journal.gaps[:TOLD]],
        sorted(journal.broken)[:TOLD],
        sorted(journal.forked)[:TOLD],
    )


def _view(device: Device, journal: Journal | None) -> DeviceView:
    return DeviceView(
        device.device_id,
        device.store_id,
        device.name,
        device.public_key,
        at(device.registered_at),
        at(device.revoked_at) if device.revoked_at else None,
        journal_view(journal) if journal else None,
    )


def _named(device_id: str) -> str:
    try:
        checked: str = msgspec.convert(device_id, DeviceId)
    except msgspec.ValidationError as error:
        raise invalid(
            "",
            "设备编号应为 1 到 32 位字母、数字或 -",
            "a device id is 1 to 32 letters, digits or -",
        ) from error
    return checked


def _known(device_id: str) -> str:
    try:
        return _named(device_id)
    except InvalidRequest as error:
        raise NotFound from error


def position_of(last: Image | None) -> dict[str, str] | None:
    return {name: value["S"] for name, value in last.items()} if last else None


def after_of(position: dict[str, str] | None) -> Image | None:
    return {name: {"S": value} for name, value in position.items()} if position else None
