"""Writes: conditional ones that answer with what stood in the way, and transactions that outlast contention."""

import random
import time
from collections.abc import Callable, Sequence
from itertools import accumulate, chain
from typing import ParamSpec

from pynamodb.exceptions import TransactWriteError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.operand import Path
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from chalicelib.adapters.tables.connection import connection
from chalicelib.adapters.tables.meaning import SLOW_DOWN, ConditionFailed, meant
from chalicelib.adapters.tables.reads import Image
from chalicelib.adapters.tables.rows import Row
from chalicelib.kernel.errors import TryAgain

_ATTEMPTS = 30
_PATIENCE_S = 8.0
_LONGEST_WAIT_S = 0.5
_TRANSACTION_ITEMS = 100
P = ParamSpec("P")


def save(row: Row, condition: Condition | None = None) -> None:
    """Raises ConditionFailed, where the write's name is `row`."""
    kwargs = row.get_save_kwargs_from_instance(
        condition=condition, return_values_on_condition_failure="ALL_OLD"
    )
    with meant():
        connection().dispatch("PutItem", kwargs)


def save_new(row: Row) -> None:
    """Raises ConditionFailed with what is there already."""
    save(row, Path("pk").does_not_exist())


def holds(write: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> bool:
    """Whether the condition of that write held: then it is done, else nothing is."""
    try:
        write(*args, **kwargs)
    except ConditionFailed:
        return False
    return True


def of_version(version: int | None, attribute: str = "version") -> Condition | None:
    """That the item is still of this version: 0 where it is not there yet, None whatever is there."""
    if version is None:
        return None
    return Path(attribute) == version if version else Path("pk").does_not_exist()


def update(row: Row, actions: list[Action], condition: Condition | None = None) -> Image:
    """The whole item as it is now. Raises ConditionFailed, where the write's name is `row`."""
    kwargs = row.get_update_kwargs_from_instance(
        actions=actions, condition=condition, return_values_on_condition_failure="ALL_OLD"
    )
    with meant():
        answer = connection().dispatch("UpdateItem", {**kwargs, "ReturnValues": "ALL_NEW"})
    image: Image = answer["Attributes"]
    return image


class Transaction:
    """Writes that happen together or not at all; each has a name by which a failed condition is reported.

    pynamodb sends deletes, puts and updates in this order, and the reasons of a refusal come back in it.
    """

    def __init__(self) -> None:
        self._write = TransactWrite(connection=connection())
        self._names: dict[str, list[str]] = {"delete": [], "put": [], "update": []}

    def put(
        self, name: str, row: Row, condition: Condition | None = None, *, tells: bool = True
    ) -> None:
        """Where it `tells`, a failed condition comes with what is there."""
        self._names["put"].append(name)
        self._write.save(row, condition=condition, return_values="ALL_OLD" if tells else None)

    def put_new(self, name: str, row: Row, *, tells: bool = True) -> None:
        self.put(name, row, Path("pk").does_not_exist(), tells=tells)

    def update(
        self, name: str, row: Row, actions: list[Action], condition: Condition | None = None
    ) -> None:
        self._names["update"].append(name)
        self._write.update(row, actions=actions, condition=condition, return_values="ALL_OLD")

    def delete(self, name: str, row: Row, condition: Condition | None = None) -> None:
        self._names["delete"].append(name)
        self._write.delete(row, condition=condition)

    def commit(self) -> None:
        """Raises ConditionFailed; TryAgain where contention or an outage outlasts the patience here.

        Tried again here only where every reason is contention: nothing was written then.
        """
        started = time.monotonic()
        for attempt in range(_ATTEMPTS):
            try:
                with meant():
                    self._write._commit()  # noqa: SLF001 - what leaving its `with` block does
            except TransactWriteError as error:
                self._judge(error)
            else:
                return
            wait_s = jitter_s(attempt)
            if time.monotonic() - started + wait_s > _PATIENCE_S:
                break
            time.sleep(wait_s)
        raise TryAgain

    def _judge(self, error: TransactWriteError) -> None:
        """Return where the same transaction may be sent again, raise where not."""
        names = [name for kind in self._names.values() for name in kind]
        if not error.cancellation_reasons:
            raise error
        reasons = dict(zip(names, error.cancellation_reasons, strict=True))
        failed = {
            name: reason.raw_item
            for name, reason in reasons.items()
            if reason and reason.code == "ConditionalCheckFailed"
        }
        if failed:
            raise ConditionFailed(failed) from error
        if not {reason.code for reason in reasons.values() if reason} <= {
            "TransactionConflict",
            *SLOW_DOWN,
        }:
            raise error


def put_all(groups: Sequence[Sequence[Row]]) -> None:
    """Put new rows, up to 100 in one transaction, a group all or none: where one of it is there already, none."""
    left = list(groups)
    while left:
        some = _fitting(left)
        transaction = Transaction()
        for row in chain.from_iterable(some):
            transaction.put_new(_name(row), row, tells=False)
        try:
            transaction.commit()
        except ConditionFailed as failed:
            there = failed.images.keys()
            left = [group for group in left if there.isdisjoint(map(_name, group))]
        else:
            left = left[len(some) :]


def _fitting(groups: Sequence[Sequence[Row]]) -> Sequence[Sequence[Row]]:
    """As many of the first as go into one transaction."""
    sizes = accumulate(map(len, groups))
    return groups[: sum(size <= _TRANSACTION_ITEMS for size in sizes)]


def _name(row: Row) -> str:
    return f"{row.pk}\0{row.sk}"


def jitter_s(attempt: int) -> float:
    """Full jitter, doubling: many tills on one account spread out instead of colliding again."""
    return random.uniform(0, min(_LONGEST_WAIT_S, 0.01 * 2**attempt))  # noqa: S311  # nosec B311
