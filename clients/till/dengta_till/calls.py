"""What a till asks of Dengta, each call under the name and with the body that the journal keeps."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from dengta_till import orders
from dengta_till.errors import JournalError, NoAnswer, Refused, Undecided
from dengta_till.journal import Journal, Order
from dengta_till.values import Kind, State
from dengta_till.wire import Line

Clock = Callable[[], datetime]
_NOT_FOUND, _CONFLICT = 404, 409
_STILL_ON_ITS_WAY = timedelta(hours=1)
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
        """Raises Refused where nothing was booked, Undecided where that is not sure, and NoAnswer."""
        try:
            said = self.line.ask("PUT", self._path_of(order), order.body, proof=_PROOFS[order.kind])
        except Refused as no:
            return self._refused(order, no)
        return self._keep(order, "taken", said.body)

    def _refused(self, order: Order, no: Refused) -> Order:
        """A 409 is the ledger's own word. Anything else only says that this try was not let in."""
        sure = no.status == _CONFLICT or not (no.doubt or order.known)
        if not sure and (found := self._asked_after(order)):
            return found
        if not sure:
            raise Undecided(order.name, "not_let_in", code=no.reason) from no
        self._keep(order, "refused", {"status": no.status, **no.problem})
        raise no

    def _asked_after(self, order: Order) -> Order | None:
        """What came of the name, if anything is known; a call on its way may still arrive for an hour."""
        try:
            said = self.line.ask("GET", self._path_of(order), proof="outcome").body
        except (Refused, NoAnswer) as no:
            old = self.now() - order.begun_at > _STILL_ON_ITS_WAY
            if not (isinstance(no, Refused) and no.status == _NOT_FOUND and old):
                return None
            said = {"outcome": "refused", "status": no.status, **no.problem}
        state: State = "taken" if said["outcome"] == "taken" else "refused"
        return self._keep(order, state, said)

    def _keep(self, order: Order, state: State, said: Mapping[str, Any]) -> Order:
        try:
            return self.journal.decide(order, state, said, self.now())
        except JournalError as error:
            raise Undecided(order.name, "journal", why=str(error)) from error

    def _path_of(self, order: Order) -> str:
        return self.path(orders.PATHS[order.kind], order.name)

    def void(self, order: Order) -> None:
        """Take back a spend whose goods stayed in the store: voided, or refunded when the day is over.

        Under the spend's own name. Raises Refused, NoAnswer.
        """
        body = orders.text({"out_trade_no": order.name, "reason": order.unwanted})
        try:
            self.line.ask("PUT", self.path("voids", order.name), body, proof="refund_id")
        except Refused as no:
            if no.reason != "void_too_late":
                raise
            self.line.ask("PUT", self.path("refunds", order.name), body, proof="refund_id")
        self.journal.void(order, self.now())

    def replay(self, body: str, timeout_s: float) -> Mapping[str, Any]:
        """One batch of records; patience for two tries of it. Raises Refused, NoAnswer."""
        return self.line.ask(
            "POST", self.path("replays"), body,
            proof="journal", try_s=timeout_s, patience_s=timeout_s * 2,
        ).body  # fmt: skip
