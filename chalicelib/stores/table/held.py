"""What is kept of held records: the open ones of a store in a queue, the settled ones beside it."""

from collections.abc import Collection, Mapping
from typing import Any, Literal

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.operand import Path
from pynamodb.expressions.update import Action

from chalicelib.adapters import tables
from chalicelib.adapters.tables import ConditionFailed, Image, Key, Row, Transaction
from chalicelib.kernel import clock
from chalicelib.kernel.stamp import Stamp
from chalicelib.stores.model.held import Held, Settlement
from chalicelib.stores.model.replays import Trace
from chalicelib.stores.table import devices, journal

State = Literal["open", "settled"]
_PARTITIONS: Mapping[State, str] = {"open": "HELD#", "settled": "SETTLED#"}

_SORT = "HELD#"


class HeldRow(Row):
    table = "stores"
    store_id = UnicodeAttribute()
    device_id = UnicodeAttribute()
    counter = NumberAttribute()
    out_trade_no = UnicodeAttribute()
    code = UnicodeAttribute()
    occurred_at = UnicodeAttribute()
    held_at = UnicodeAttribute()
    payload = UnicodeAttribute()
    signature = UnicodeAttribute()
    member_id = UnicodeAttribute(null=True)
    total_fen = NumberAttribute(null=True)
    from_balance_fen = NumberAttribute(null=True)
    till_id = UnicodeAttribute(null=True)
    way = UnicodeAttribute(null=True)
    reason = UnicodeAttribute(null=True)
    settled_by = UnicodeAttribute(null=True)
    settled_at = UnicodeAttribute(null=True)
    spend_id = UnicodeAttribute(null=True)
    done = BooleanAttribute(null=True)
    refusals = NumberAttribute(null=True)


def add(held: Held, trace: Trace, by: Stamp) -> Trace | None:
    """Queue a record and keep its trace, both or none; the trace that is there already, if any."""
    transaction = Transaction()
    transaction.put_new("trace", journal.trace_row(held.device_id, trace, by))
    transaction.put_new("held", _row(held, "open", by), tells=False)
    try:
        transaction.commit()
    except ConditionFailed as failed:
        image = failed.images.get("trace")
        if image is None:
            raise
        return journal.trace_of(image)
    return None


def read(store_id: str, held_id: str) -> Held | None:
    """Wherever it is: what is no longer open has been settled."""
    for state in _PARTITIONS:
        image = tables.get("stores", _key(store_id, held_id, state), consistent=True)
        if image:
            return held_of(image)
    return None


def settled(store_id: str, held_ids: Collection[str]) -> dict[str, Held]:
    """Those of them that were settled, by id; no request where there are none to ask for."""
    keys = [_key(store_id, held_id, "settled") for held_id in sorted(held_ids)]
    found = (held_of(image) for image in devices.read_all(keys, consistent=True))
    return {held.held_id: held for held in found}


def page(
    store_id: str, state: State, limit: int, after: Image | None
) -> tuple[list[Held], Image | None]:
    """Open ones oldest first, as in a queue; settled ones newest first."""
    found = tables.query(
        "stores",
        _PARTITIONS[state] + store_id,
        limit=limit,
        after=after,
        newest_first=state == "settled",
    )
    return [held_of(image) for image in found.images], found.last


def claim(held: Held, settlement: Settlement, by: Stamp) -> Held | None:
    """Say which way it is being settled, unless somebody did; None where that was another way, or it is gone."""
    actions: list[Action] = [
        HeldRow.way.set(settlement.way),
        HeldRow.reason.set(settlement.reason),
        HeldRow.settled_by.set(settlement.settled_by),
        HeldRow.settled_at.set(clock.text(settlement.settled_at)),
        HeldRow.by.set(by.text()),
    ]
    condition = Path("pk").exists() & Path("way").does_not_exist()
    try:
        return held_of(tables.update(_at(held), actions, condition))
    except ConditionFailed as failed:
        there = failed.images["row"]
        found = held_of(there) if there else None
        return found if found and _way(found) == settlement.way else None


def release(held: Held, by: Stamp, *, refused: bool) -> None:
    """It could not be settled this way: every way is open again, under another name where one is `refused`."""
    actions: list[Action] = [
        HeldRow.way.remove(),
        HeldRow.reason.remove(),
        HeldRow.settled_by.remove(),
        HeldRow.settled_at.remove(),
        HeldRow.refusals.set(held.refusals + refused),
        HeldRow.by.set(by.text()),
    ]
    try:
        tables.update(_at(held), actions, _still(held))
    except ConditionFailed:
        return  # somebody else settled or released it


def finish(held: Held, by: Stamp) -> None:
    """Take it off the queue, as it was settled; whoever did the same before did it as well."""
    transaction = Transaction()
    transaction.delete("open", _at(held), _still(held))
    transaction.put("settled", _row(held, "settled", by), tells=False)
    try:
        transaction.commit()
    except ConditionFailed:
        return


def held_of(image: Image) -> Held:
    def text(name: str) -> str | None:
        return image[name]["S"] if name in image else None

    def number(name: str) -> int | None:
        return int(image[name]["N"]) if name in image else None

    return Held(
        held_id=image["sk"]["S"].removeprefix(_SORT),
        store_id=image["store_id"]["S"],
        device_id=image["device_id"]["S"],
        counter=int(image["counter"]["N"]),
        out_trade_no=image["out_trade_no"]["S"],
        code=image["code"]["S"],
        occurred_at=clock.parse(image["occurred_at"]["S"]),
        held_at=clock.parse(image["held_at"]["S"]),
        payload=image["payload"]["S"],
        signature=image["signature"]["S"],
        member_id=text("member_id"),
        total_fen=number("total_fen"),
        from_balance_fen=number("from_balance_fen"),
        till_id=text("till_id"),
        settlement=_settlement(image),
        refusals=number("refusals") or 0,
    )


def _settlement(image: Image) -> Settlement | None:
    if "way" not in image:
        return None
    return Settlement(
        way=image["way"]["S"],
        reason=image["reason"]["S"],
        settled_by=image["settled_by"]["S"],
        settled_at=clock.parse(image["settled_at"]["S"]),
        spend_id=image["spend_id"]["S"] if "spend_id" in image else None,
        done="done" in image,
    )


def _row(held: Held, state: State, by: Stamp) -> HeldRow:
    return HeldRow(
        *_key(held.store_id, held.held_id, state),
        store_id=held.store_id,
        device_id=held.device_id,
        counter=held.counter,
        out_trade_no=held.out_trade_no,
        code=held.code,
        occurred_at=clock.text(held.occurred_at),
        held_at=clock.text(held.held_at),
        payload=held.payload,
        signature=held.signature,
        member_id=held.member_id,
        total_fen=held.total_fen,
        from_balance_fen=held.from_balance_fen,
        till_id=held.till_id,
        refusals=held.refusals,
        by=by.text(),
        **_settled_fields(held.settlement),
    )


def _settled_fields(settlement: Settlement | None) -> dict[str, Any]:
    if settlement is None:
        return {}
    return {
        "way": settlement.way,
        "reason": settlement.reason,
        "settled_by": settlement.settled_by,
        "settled_at": clock.text(settlement.settled_at),
        "spend_id": settlement.spend_id,
        "done": settlement.done or None,
    }


def _at(held: Held) -> HeldRow:
    return HeldRow(*_key(held.store_id, held.held_id, "open"))


def _key(store_id: str, held_id: str, state: State) -> Key:
    return (_PARTITIONS[state] + store_id, _SORT + held_id)


def _still(held: Held) -> Condition:
    """Being settled that way, and not refused since."""
    still: Condition = (Path("way") == _way(held)) & (Path("refusals") == held.refusals)
    return still


def _way(held: Held) -> str | None:
    return held.settlement.way if held.settlement else None
