"""Brings the journal to Dengta: first what has no answer, then what was sold off line, batch by batch."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, cast, get_args

from dengta_till import orders
from dengta_till.calls import Calls
from dengta_till.errors import NoAnswer, Refused, Undecided
from dengta_till.journal import Order, Record
from dengta_till.values import Named, Outcome, Replay, ServerJournal

MOST_RECORDS = 200
MOST_BYTES = 200_000
_MENDED_LATER = frozenset(
    {"unknown_device"}
)  # head office registers the device, then they are taken
Progress = Callable[[int, int], None]


class Replaying:
    """One run; stopped at any point, the next goes on where it was."""

    def __init__(self, calls: Calls, device_id: str, timeout_s: float) -> None:
        self._calls = calls
        self._journal = calls.journal
        self._device_id = device_id
        self._timeout_s = timeout_s
        self._most = MOST_RECORDS
        self._server: ServerJournal | None = None

    def run(self, progress: Progress, *, held: bool) -> Replay:
        """Raises NoAnswer, and Refused where the till itself may not replay; what was named so far is kept."""
        asked = {order.name: self._clear(order) for order in self._journal.unclear()}
        named = self._send_waiting(progress)
        if held:
            named += [
                each for batch in self._cut(self._journal.held()) for each in self._send(batch)
            ]
        return Replay(
            named=named,
            asked=asked,
            waiting=self._journal.count_waiting(),
            tip=self._journal.tip(),
            server=self._server,
        )

    def _clear(self, order: Order) -> str:
        """What came of an order, asked under its name; a refusal of one does not stop the others.

        One that was given up is sent, too: that uses its name up, and a call still on its way cannot book it later.
        """
        try:
            if order.state == "asking":
                order = self._calls.send(order)
            if order.unwanted and order.state == "taken":
                self._calls.void(order)
                return "voided"
        except Refused as no:
            return "refused" if order.state == "asking" else f"void_refused: {no.reason}"
        except Undecided:
            return "asking"
        return order.state

    def _send_waiting(self, progress: Progress) -> list[Named]:
        """Round after round, while each names some: what the server had no time for comes again in the next."""
        named: list[Named] = []
        total = self._journal.count_waiting()
        progress(0, total)
        while batch := self._batch(after=0):
            before = len(named)
            while batch:
                named += [each for each in self._send(batch) if each.outcome != "retry"]
                progress(len(named), max(total, len(named)))
                batch = self._batch(after=batch[-1].counter)
            if len(named) == before:
                break
        return named

    def _batch(self, *, after: int) -> Sequence[Record]:
        return next(self._cut(self._journal.waiting(after, self._most)), ())

    def _cut(self, records: Sequence[Record]) -> Iterator[Sequence[Record]]:
        """Batches of at most so many records and bytes, one record at the least."""
        batch: list[Record] = []
        size = 0
        for record in records:
            length = len(orders.text(record.wire()).encode())
            if batch and (len(batch) >= self._most or size + length > MOST_BYTES):
                yield batch
                batch, size = [], 0
            batch.append(record)
            size += length
        if batch:
            yield batch

    def _send(self, batch: Sequence[Record]) -> Sequence[Named]:
        """A batch that nobody answers is tried in halves: it may be too much for the time there is."""
        try:
            said = self._calls.replay(self._body(batch), self._timeout_s)
        except NoAnswer as lost:
            if len(batch) == 1 or not lost.sent:
                raise
            self._most = max(1, len(batch) // 2)
            return [*self._send(batch[: self._most]), *self._send(batch[self._most :])]
        named = read_items(said, batch)
        self._journal.name(named, self._calls.now())
        self._keep_server(said)
        return named

    def _body(self, batch: Sequence[Record]) -> str:
        records = [record.wire() for record in batch]
        return orders.text({"device_id": self._device_id, "records": records})

    def _keep_server(self, said: Mapping[str, Any]) -> None:
        journal = said["journal"]
        self._server = ServerJournal(
            complete_to=int(journal["complete_to"]),
            highest=int(journal["highest"]),
            gaps=journal.get("gaps") or (),
            broken=journal.get("broken") or (),
        )
        self._journal.keep_meta("complete_to", str(self._server.complete_to))


def read_items(said: Mapping[str, Any], batch: Sequence[Record]) -> Sequence[Named]:
    """What the server named of this batch; an item that fits no record of it names nothing."""
    items = said.get("items")
    found = [_named(item, batch) for item in items] if isinstance(items, list) else []
    return [each for each in found if each]


def _named(item: Any, batch: Sequence[Record]) -> Named | None:  # noqa: ANN401 - as it came
    if not isinstance(item, dict) or item.get("outcome") not in get_args(Outcome):
        return None
    index = item.get("index")
    if not isinstance(index, int) or not 0 <= index < len(batch):
        return None
    record, code = batch[index], item.get("code")
    for said, kept in (
        (item.get("counter"), record.counter),
        (item.get("out_trade_no"), record.name),
    ):
        if said != kept and not (said is None and item["outcome"] in {"refused", "retry"}):
            return None
    return Named(
        counter=record.counter,
        name=record.name,
        outcome="retry" if code in _MENDED_LATER else cast("Outcome", item["outcome"]),
        code=code,
        detail=item.get("detail"),
        spend_id=item.get("spend_id"),
        balance_after_fen=item.get("balance_after_fen"),
        debt_fen=item.get("debt_fen"),
        held_id=item.get("held_id"),
    )
