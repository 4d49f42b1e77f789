"""What is kept of staff."""

import msgspec
from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.expressions.operand import Path
from pynamodb.expressions.update import Action

from chalicelib.access.model import AS_THE_ROLE, OwnLimits
from chalicelib.access.table.limits import limits_in, limits_text
from chalicelib.adapters import tables
from chalicelib.adapters.tables import Image, Row
from chalicelib.kernel.stamp import Stamp


class StaffRow(Row):
    table = "access"
    store_id = UnicodeAttribute()
    staff_no = UnicodeAttribute()
    name = UnicodeAttribute()
    role = UnicodeAttribute()
    pin_hash = UnicodeAttribute()
    active = NumberAttribute(default=1)
    failed = NumberAttribute(default=0)
    resting_until = NumberAttribute(default=0)
    limits = UnicodeAttribute(null=True)


class Staff(msgspec.Struct, frozen=True):
    """`resting_until` is epoch seconds, 0 when the account is not resting."""

    store_id: str
    staff_no: str
    name: str
    role: str
    pin_hash: str
    active: bool
    failed: int = 0
    resting_until: int = 0
    limits: OwnLimits = AS_THE_ROLE


def save_staff(staff: Staff, by: Stamp, *, keeps_pin: bool = False) -> None:
    """`keeps_pin` leaves the PIN that is there, and the tries that are counted.

    Raises ConditionFailed where there is none to keep.
    """
    limits = limits_text(staff.limits)
    changes: list[Action] = [
        StaffRow.store_id.set(staff.store_id),
        StaffRow.staff_no.set(staff.staff_no),
        StaffRow.name.set(staff.name),
        StaffRow.role.set(staff.role),
        StaffRow.active.set(int(staff.active)),
        StaffRow.limits.set(limits) if limits else StaffRow.limits.remove(),
        StaffRow.by.set(by.text()),
    ]
    if not keeps_pin:
        changes += [
            StaffRow.pin_hash.set(staff.pin_hash),
            StaffRow.failed.set(0),
            StaffRow.resting_until.set(0),
        ]
    row = StaffRow(f"STAFF#{staff.store_id}", f"STAFF#{staff.staff_no}")
    tables.update(row, changes, Path("pk").exists() if keeps_pin else None)


def staff(store_id: str, staff_no: str, *, consistent: bool = False) -> Staff | None:
    key = (f"STAFF#{store_id}", f"STAFF#{staff_no}")
    image = tables.get("access", key, consistent=consistent)
    return _staff(image) if image else None


def staff_of(store_id: str) -> list[Staff]:
    return [_staff(image) for image in tables.query_all("access", f"STAFF#{store_id}")]


def set_pin(staff: Staff, pin_hash: str, by: Stamp) -> None:
    """Raises ConditionFailed where the PIN is not the one of `staff` any more."""
    row = StaffRow(f"STAFF#{staff.store_id}", f"STAFF#{staff.staff_no}")
    actions: list[Action] = [StaffRow.pin_hash.set(pin_hash), StaffRow.by.set(by.text())]
    tables.update(row, actions, StaffRow.pin_hash == staff.pin_hash)


def count_try(store_id: str, staff_no: str, now_s: int, by: Stamp) -> int:
    """How many tries there are now since the last right one. Raises ConditionFailed while the account rests."""
    row = StaffRow(f"STAFF#{store_id}", f"STAFF#{staff_no}")
    actions: list[Action] = [StaffRow.failed.add(1), StaffRow.by.set(by.text())]
    image = tables.update(row, actions, StaffRow.resting_until <= now_s)
    return int(image["failed"]["N"])


def rest(store_id: str, staff_no: str, until_s: int, by: Stamp) -> None:
    """Start counting afresh; nobody gets in before `until_s` (epoch seconds; 0: at once)."""
    row = StaffRow(f"STAFF#{store_id}", f"STAFF#{staff_no}")
    actions: list[Action] = [
        StaffRow.failed.set(0),
        StaffRow.resting_until.set(until_s),
        StaffRow.by.set(by.text()),
    ]
    tables.update(row, actions)


def _staff(image: Image) -> Staff:
    return Staff(
        store_id=image["store_id"]["S"],
        staff_no=image["staff_no"]["S"],
        name=image["name"]["S"],
        role=image["role"]["S"],
        pin_hash=image["pin_hash"]["S"],
        active=image["active"]["N"] == "1",
        failed=int(image["failed"]["N"]),
        resting_until=int(image["resting_until"]["N"]),
        limits=limits_in(image),
    )
