"""Counters of what was sent, raised with the attempt in one write: no two containers send the last one both."""

from collections.abc import Mapping, Sequence
from functools import reduce
from operator import and_

from pynamodb.attributes import NumberAttribute
from pynamodb.expressions.operand import Path
from pynamodb.expressions.update import Action

from chalicelib.adapters.tables import Image, Row, Transaction
from chalicelib.messages.model.limits import Cap


class CounterRow(Row):
    """The counters themselves are attributes named by their window."""

    table = "messages"
    expires_at = NumberAttribute()


def raise_with(transaction: Transaction, cap: Cap) -> None:
    """By one each; where one of them is full the transaction fails at the name of the cap's holder."""
    changes: list[Action] = [Path(one.name).add(1) for one in cap.counts]
    changes.append(CounterRow.expires_at.set(int(cap.expires_at.timestamp())))
    below = [Path(one.name).does_not_exist() | (Path(one.name) < one.most) for one in cap.counts]
    row = CounterRow(cap.holder, cap.window)
    transaction.update(cap.holder, row, changes, reduce(and_, below))


def why_full(caps: Sequence[Cap], in_the_way: Mapping[str, Image | None]) -> str | None:
    """Which limit it was, by the rows that stood in the way; None where it was none of these."""
    for cap in caps:
        if cap.holder in in_the_way:
            return cap.why_full(_counted(in_the_way[cap.holder] or {}))
    return None


def _counted(image: Image) -> dict[str, int]:
    return {name: int(value["N"]) for name, value in image.items() if "N" in value}
