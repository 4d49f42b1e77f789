"""What is kept of devices: one row by id, for the whole chain, and a list for each store."""

from collections.abc import Sequence
from datetime import datetime

from pynamodb.attributes import UnicodeAttribute
from pynamodb.expressions.operand import Path
from pynamodb.expressions.update import Action

from chalicelib.adapters import tables
from chalicelib.adapters.tables import ConditionFailed, Image, Key, Row, Transaction
from chalicelib.kernel import clock
from chalicelib.kernel.stamp import Stamp
from chalicelib.stores.model.devices import Device


class DeviceRow(Row):
    table = "stores"
    device_id = UnicodeAttribute()
    store_id = UnicodeAttribute()
    public_key = UnicodeAttribute()
    name = UnicodeAttribute()
    registered_at = UnicodeAttribute()
    revoked_at = UnicodeAttribute(null=True)


class ListedRow(Row):
    table = "stores"


def partition(device_id: str) -> str:
    return f"DEVICE#{device_id}"


def key(device_id: str) -> Key:
    return (partition(device_id), "DEVICE")


def add(device: Device, by: Stamp) -> Device | None:
    """The device that is there under this id already, if any."""
    transaction = Transaction()
    transaction.put_new("device", _row(device, by))
    listed = ListedRow(_listed(device.store_id), device.device_id, by=by.text())
    transaction.put_new("listed", listed, tells=False)
    try:
        transaction.commit()
    except ConditionFailed as failed:
        there = failed.images.get("device")
        return device_of(there) if there else read(device.device_id)
    return None


def rename(device_id: str, name: str, by: Stamp) -> Device | None:
    """None where it was revoked meanwhile."""
    actions: list[Action] = [DeviceRow.name.set(name), DeviceRow.by.set(by.text())]
    condition = Path("pk").exists() & Path("revoked_at").does_not_exist()
    try:
        return device_of(tables.update(DeviceRow(*key(device_id)), actions, condition))
    except ConditionFailed:
        return None


def revoke(store_id: str, device_id: str, now: datetime, by: Stamp) -> bool:
    """Whether the store has it; who was revoked before stays revoked since then."""
    actions: list[Action] = [DeviceRow.revoked_at.set(clock.text(now)), DeviceRow.by.set(by.text())]
    condition = (Path("store_id") == store_id) & Path("revoked_at").does_not_exist()
    try:
        tables.update(DeviceRow(*key(device_id)), actions, condition)
    except ConditionFailed as failed:
        there = failed.images["row"]
        return there is not None and device_of(there).store_id == store_id
    return True


def read(device_id: str) -> Device | None:
    """As it is now: a till replays right after it was registered."""
    image = tables.get("stores", key(device_id), consistent=True)
    return device_of(image) if image else None


def listed(store_id: str, limit: int, after: Image | None) -> tuple[list[str], Image | None]:
    """Ids of a store's devices."""
    page = tables.query("stores", _listed(store_id), limit=limit, after=after)
    return [image["sk"]["S"] for image in page.images], page.last


def read_all(keys: Sequence[Key], *, consistent: bool = False) -> list[Image]:
    """Any number of items of the stores table, a request for each hundred."""
    return tables.batch_get("stores", keys, consistent=consistent)


def device_of(image: Image) -> Device:
    return Device(
        device_id=image["device_id"]["S"],
        store_id=image["store_id"]["S"],
        public_key=image["public_key"]["S"],
        name=image["name"]["S"],
        registered_at=clock.parse(image["registered_at"]["S"]),
        revoked_at=clock.parse(image["revoked_at"]["S"]) if "revoked_at" in image else None,
    )


def _row(device: Device, by: Stamp) -> DeviceRow:
    return DeviceRow(
        *key(device.device_id),
        device_id=device.device_id,
        store_id=device.store_id,
        public_key=device.public_key,
        name=device.name,
        registered_at=clock.text(device.registered_at),
        by=by.text(),
    )


def _listed(store_id: str) -> str:
    return f"DEVICES#{store_id}"
