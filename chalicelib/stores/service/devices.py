"""Registering the devices that sell off line, and revoking them."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec

from chalicelib.adapters.tables import Image
from chalicelib.kernel.errors import NotFound
from chalicelib.kernel.stamp import Stamp
from chalicelib.stores.model.devices import Device, DeviceTaken, check_key
from chalicelib.stores.model.journal import Journal
from chalicelib.stores.table import devices as table
from chalicelib.stores.table import journal


class Registered(NamedTuple):
    """`first` where this call registered it."""

    device: Device
    first: bool


class Kept(msgspec.Struct, frozen=True):
    """A device with what is known of its journal."""

    device: Device
    journal: Journal


def register(device: Device, by: Stamp) -> Registered:
    """The same again answers the same, and may rename. Raises InvalidRequest, DeviceTaken."""
    check_key(device.public_key)
    there = table.add(device, by)
    if there is None:
        return Registered(device, first=True)
    if there.revoked_at or not there.same_as(device):
        raise DeviceTaken
    if there.name == device.name:
        return Registered(there, first=False)
    renamed = table.rename(device.device_id, device.name, by)
    if renamed is None:
        raise DeviceTaken
    return Registered(renamed, first=False)


def revoke(store_id: str, device_id: str, now: datetime, by: Stamp) -> None:
    """From now on its records are refused; those signed before are held for a person. Raises NotFound."""
    if not table.revoke(store_id, device_id, now, by):
        raise NotFound


def page(store_id: str, limit: int, after: Image | None) -> tuple[list[Kept], Image | None]:
    """Devices of a store with their journals, by id."""
    ids, last = table.listed(store_id, limit, after)
    return kept(ids), last


def kept(device_ids: Sequence[str]) -> list[Kept]:
    keys = [key(each) for each in device_ids for key in (table.key, journal.journal_key)]
    images = journal.by_key(table.read_all(keys))
    return [
        Kept(
            table.device_of(images[table.key(each)]),
            journal.journal_of(each, images.get(journal.journal_key(each))),
        )
        for each in device_ids
        if table.key(each) in images
    ]
