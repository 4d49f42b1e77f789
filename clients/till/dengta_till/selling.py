"""On line when there is a line, off line when there is none and the sale can be trusted."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace

from dengta_till import card as cards
from dengta_till import enrolment, orders
from dengta_till.calls import Calls
from dengta_till.errors import BadCard, NoAnswer, Refused, Undecided, Unreachable
from dengta_till.journal import Order, OverTrust
from dengta_till.keys import DeviceKey, PublishedKeys
from dengta_till.orders import Draft
from dengta_till.texts import say
from dengta_till.values import OfflineCard


class _NotOffline(Exception):
    """Why a sale cannot be made off line."""

    def __init__(self, reason: str, **values: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.values: Mapping[str, object] = values


class Selling:
    """Takes orders to their end, or leaves them where a later call finds them."""

    def __init__(
        self,
        calls: Calls,
        key: DeviceKey,
        published: PublishedKeys,
        *,
        sells_offline: bool,
    ) -> None:
        self._calls = calls
        self._key = key
        self._published = published
        self._sells_offline = sells_offline

    def spend(self, draft: Draft) -> Order:
        """While the line rests after a vain call, a sale that can be made off line does not wait for it again."""
        order = self._calls.journal.begin(draft, self._calls.now())
        if order.state != "asking":
            return decided(order)
        if order.unwanted:
            raise Undecided(order.name, "abandoned")
        if self._calls.line.resting():
            with suppress(_NotOffline):
                return _come_of(order, self._offline(order))
        return _come_of(order, self._ask(order))

    def book(self, draft: Draft) -> Order:
        """A refund or a top-up. Never off line: what could be given back twice waits for the books."""
        order = self._calls.journal.begin(draft, self._calls.now())
        if order.state != "asking":
            return decided(order)
        try:
            return _come_of(order, self._calls.send(order))
        except NoAnswer as lost:
            raise self._left(order, lost, _NotOffline("never_offline")) from lost

    def _ask(self, order: Order) -> Order:
        try:
            return self._calls.send(order)
        except NoAnswer as lost:
            try:
                return self._offline(order)
            except _NotOffline as why:
                raise self._left(order, lost, why) from lost

    def _offline(self, order: Order) -> Order:
        """Raises _NotOffline."""
        if not self._sells_offline:
            raise _NotOffline("off")
        if not enrolment.enrolled(self._calls.journal):
            raise _NotOffline("not_enrolled")
        if method := orders.not_offline(order.body):
            raise _NotOffline("method", method=method)
        card = self._card(order) if order.balance_fen else None
        try:
            return self._calls.journal.sell_offline(order, self._key, card)
        except OverTrust as over:
            raise _NotOffline("over_trust", left_fen=over.left_fen) from over

    def _card(self, order: Order) -> OfflineCard:
        """Good when the sale was made, as the server will judge it."""
        if not order.card:
            raise _NotOffline("no_card")
        try:
            card = cards.read(order.card, self._published.all(), orders.occurred_at(order.body))
        except BadCard as bad:
            raise _NotOffline("bad_card", why=say(f"card_{bad.reason}")) from bad
        if card.member_id != order.member_id:
            raise _NotOffline("bad_card", why=say("card_other_member"))
        return card

    def _left(self, order: Order, lost: NoAnswer, why: _NotOffline) -> Unreachable | Undecided:
        """Take back what never left the till; what may have arrived stays, to be asked again."""
        never_sent = not lost.sent and not order.known
        if never_sent and self._calls.journal.withdraw(order, self._calls.now()):
            return Unreachable(why.reason, **why.values)
        return Undecided(order.name, why.reason, **why.values)


def _come_of(begun: Order, order: Order) -> Order:
    return replace(decided(order), known=begun.known)


def decided(order: Order) -> Order:
    """Raises Refused where that is what came of it, now or before."""
    if order.state == "refused":
        raise Refused(int(order.answer.get("status", 409)), order.answer)
    return order
