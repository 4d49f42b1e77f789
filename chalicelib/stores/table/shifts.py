"""What is kept of shifts, in one partition for each store: each under its name, and the closed ones by number."""

from datetime import datetime

import msgspec
from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.operand import Path

from chalicelib.adapters import tables
from chalicelib.adapters.tables import Image, Row, Transaction
from chalicelib.kernel import clock
from chalicelib.kernel.stamp import Stamp
from chalicelib.stores.model.shifts import Mark, Shift
from chalicelib.stores.model.shifts_report import Report

_COUNTER = "COUNTER"
_seen = msgspec.json.Decoder(dict[str, datetime])
_report = msgspec.json.Decoder(Report)


class ShiftRow(Row):
    """`report` is JSON, there once the shift is closed."""

    table = "stores"
    store_id = UnicodeAttribute()
    name = UnicodeAttribute()
    till_id = UnicodeAttribute()
    float_fen = NumberAttribute()
    opened_at = UnicodeAttribute()
    opened_by = UnicodeAttribute(null=True)
    fingerprint = UnicodeAttribute()
    store_version = NumberAttribute()
    report = UnicodeAttribute(null=True)


class TillRow(Row):
    """Which shift of a till is `open`, and the mark that the last closed one left."""

    table = "stores"
    open = UnicodeAttribute(null=True)
    until = UnicodeAttribute(null=True)
    since = UnicodeAttribute(null=True)
    seen = UnicodeAttribute(null=True)
    store_version = NumberAttribute(null=True)


class CounterRow(Row):
    table = "stores"
    number = NumberAttribute()


def open_(shift: Shift, by: Stamp) -> None:
    """Raises ConditionFailed: `shift` where the name is taken, `till` where the till has an open one."""
    transaction = Transaction()
    transaction.put_new("shift", _shift_row(shift, f"SHIFT#{shift.name}", by))
    transaction.update(
        "till",
        TillRow(_partition(shift.store_id), f"TILL#{shift.till_id}"),
        [TillRow.open.set(shift.name), TillRow.by.set(by.text())],
        Path("open").does_not_exist(),
    )
    transaction.commit()


def close(was: Shift, now: Shift, mark: Mark, by: Stamp) -> None:
    """The shift, its number, and where the till's next shift goes on, together.

    Raises ConditionFailed: `shift` where it is closed already, `counter` where another shift got the number.
    """
    if now.report is None:
        raise ValueError(now.name)
    partition, number = _partition(now.store_id), now.report.number
    till = TillRow(
        partition,
        f"TILL#{now.till_id}",
        until=clock.text(mark.until),
        since=clock.text(mark.since),
        seen=msgspec.json.encode(mark.seen).decode(),
        store_version=mark.store_version,
        by=by.text(),
    )
    transaction = Transaction()
    transaction.put("shift", _shift_row(now, f"SHIFT#{was.name}", by), _still_open())
    transaction.put_new("listed", _shift_row(now, _listed(number), by))
    transaction.put("till", till, Path("open") == was.name)
    transaction.put(
        "counter",
        CounterRow(partition, _COUNTER, number=number, by=by.text()),
        Path("pk").does_not_exist() if number == 1 else Path("number") == number - 1,
    )
    transaction.commit()


def shift(store_id: str, name: str) -> Shift | None:
    image = tables.get("stores", (_partition(store_id), f"SHIFT#{name}"), consistent=True)
    return shift_of(image) if image else None


def open_shift_of(image: Image) -> str:
    """Of a till that stood in the way of opening."""
    return str(image["open"]["S"])


def mark(store_id: str, till_id: str) -> Mark | None:
    """None where no shift of the till was closed yet."""
    image = tables.get("stores", (_partition(store_id), f"TILL#{till_id}"), consistent=True)
    if image is None or "until" not in image:
        return None
    until, since = (clock.parse(image[name]["S"]) for name in ("until", "since"))
    seen = _seen.decode(image["seen"]["S"])
    return Mark(until, since, seen, int(image["store_version"]["N"]))


def last_number(store_id: str) -> int:
    """0 where none was given yet."""
    image = tables.get("stores", (_partition(store_id), _COUNTER), consistent=True)
    return int(image["number"]["N"]) if image else 0


def closed(store_id: str, limit: int, below: int | None) -> tuple[list[Shift], int | None]:
    """By number, the highest first, from the one below `below` on; and the `below` of what follows."""
    after = {"pk": {"S": _partition(store_id)}, "sk": {"S": _listed(below)}} if below else None
    page = tables.query(
        "stores",
        _partition(store_id),
        begins="CLOSED#",
        limit=limit,
        newest_first=True,
        after=after,
    )
    last = int(page.last["sk"]["S"].partition("#")[2]) if page.last else None
    return [shift_of(image) for image in page.images], last


def shift_of(image: Image) -> Shift:
    return Shift(
        store_id=image["store_id"]["S"],
        name=image["name"]["S"],
        till_id=image["till_id"]["S"],
        float_fen=int(image["float_fen"]["N"]),
        opened_at=clock.parse(image["opened_at"]["S"]),
        fingerprint=image["fingerprint"]["S"],
        opened_by=image["opened_by"]["S"] if "opened_by" in image else None,
        store_version=int(image["store_version"]["N"]),
        report=_report.decode(image["report"]["S"]) if "report" in image else None,
    )


def _shift_row(shift: Shift, key: str, by: Stamp) -> ShiftRow:
    return ShiftRow(
        _partition(shift.store_id),
        key,
        store_id=shift.store_id,
        name=shift.name,
        till_id=shift.till_id,
        float_fen=shift.float_fen,
        opened_at=clock.text(shift.opened_at),
        opened_by=shift.opened_by,
        fingerprint=shift.fingerprint,
        store_version=shift.store_version,
        report=msgspec.json.encode(shift.report).decode() if shift.report else None,
        by=by.text(),
    )


def _still_open() -> Condition:
    there: Condition = Path("pk").exists() & Path("report").does_not_exist()
    return there


def _partition(store_id: str) -> str:
    return f"SHIFTS#{store_id}"


def _listed(number: int) -> str:
    return f"CLOSED#{number:010d}"
