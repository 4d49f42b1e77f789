"""What a till asks of Dengta, each call under the name and with the body that the journal keeps."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from dengta_till import orders
from dengta_till.errors import Refused
from dengta_till.journal import Journal, Order
from dengta_till.values import Kind
from dengta_till.wire import Line

Clock = Callable[[], datetime]
_PROOFS: Mapping[Kind, str] = {"spend": "spend_id", "refund": "refund_id", "top_up": "top_up_id"}


class Calls:
    """Asks, and keeps what came of it."""

    def __init__(self, line: Line, journal: Journal, store_id: str, now: Clock) -> None:
        self.line = line
        self.journal = journal
        self.now = now
        self._store = f"/v1/stores/{quote(store_id, safe='')}"

    def path(self, what: str, name: str = "") -> str:
        return f"{self._store}/{what}/{quote(name, safe='')}" if name else f"{self._store}/{what}"

    def send(self, order: Order) -> Order:
        """Raises Refused, which is kept too, and NoAnswer."""
        path = self.path(orders.PATHS[order.kind], order.name)
        try:
            said = self.line.ask("PUT", path, order.body, proof=_PROOFS[order.kind])
        except Refused as no:
            kept = {"status": no.status, **no.problem}
            self.journal.decide(order, "refused", kept, self.now())
            raise
        return self.journal.decide(order, "taken", said.body, self.now())

    def void(self, order: Order) -> None:
        """Take back a spend whose goods stayed in the store, under the spend's own name. Raises Refused, NoAnswer."""
        body = orders.text({"out_trade_no": order.name, "reason": order.unwanted})
        self.line.ask("PUT", self.path("voids", order.name), body, proof="refund_id")
        self.journal.void(order, self.now())

    def replay(self, body: str, timeout_s: float) -> Mapping[str, Any]:
        """One batch of records; patience for two tries of it. Raises Refused, NoAnswer."""
        return self.line.ask(
            "POST", self.path("replays"), body,
            proof="journal", try_s=timeout_s, patience_s=timeout_s * 2,
        ).body  # fmt: skip
