"""Refunds and voids: each way of payment back to where it came from, to the fen, however often and in what parts."""

from collections.abc import Iterator

import msgspec
from msgspec.structs import replace

from chalicelib.kernel.shares import shares
from chalicelib.ledger.facts import MONEY, POINTS, Payment
from chalicelib.ledger.model import draw, lines
from chalicelib.ledger.model.asked import LinePart
from chalicelib.ledger.model.claw_back import claw_back, settle_claims, taken_in_all
from chalicelib.ledger.model.lines import Cells
from chalicelib.ledger.model.posting import Decision, Order, Posting, Situation, Within
from chalicelib.ledger.model.refusals import NotToday, RefundedAlready
from chalicelib.ledger.model.sold import Refunded, Sold
from chalicelib.ledger.model.spends import TENDERS, earning_of


class Refund(Posting, frozen=True, kw_only=True):
    """Of `sold`: `amount_fen` of it, or `parts`, or all that is left.

    `within` is asked with all that the spend has given back by then, and raises where that is too much for the caller.
    """

    kind = "refund"

    sold: Sold
    amount_fen: int | None = None
    parts: tuple[LinePart, ...] = ()
    within: Within | None = None

    def answers(self) -> Order:
        return self.sold.order

    def answering(self, order: Order) -> "Refund":
        return replace(self, sold=Sold.of(order, self.sold.entry))

    def decide(self, at: Situation) -> Decision:
        back = self.back()
        after = lines.plus(self.sold.so_far.cells, back)
        if self.within:
            self.within(lines.summed(after))
        given = self._given(after)
        moves = [
            at.give_back(self.sold.entry.moves[n].lot, amount)
            for n, amount in enumerate(given)
            if amount
        ]
        moves += settle_claims(draw.points_of(moves), at.after(moves))
        points = self._points_to_take(after) - self.sold.so_far.points_taken
        moves += claw_back(self.sold.entry, points, at.after(moves))
        payments = tuple(self._payments(back, after))
        spent, earning = earning_of(payments, on_balance=self._balance_earned())
        return Decision(
            tuple(moves),
            total_fen=lines.summed(back),
            payments=payments,
            points_earned=-points,
            spent_fen=-spent,
            earning_fen=-earning,
            counts_in=self.sold.entry.counts_in,
            corrects=self.sold.entry.entry_id,
            refunded=_told(self._state(after, given, points)),
        )

    def back(self) -> Cells:
        """Of each payment and line. Raises NothingLeft, RefundTooHigh."""
        if self.parts:
            return self.sold.of_lines(self.parts)
        if self.amount_fen is not None:
            return self.sold.some(self.amount_fen)
        return self.sold.all_left()

    def _given(self, after: Cells) -> list[int]:
        """How much of each move of the spend is given back now."""
        given = [0] * len(self.sold.entry.moves)
        before = self.sold.so_far.cells
        paid = self.sold.entry.payments
        money = sum(sum(after[n]) - sum(before[n]) for n in _rows(paid, "balance"))
        whole = sum(paid[n].amount_fen for n in _rows(paid, "balance"))
        self._spread(given, self.sold.moved_out(MONEY, whole), money)
        points = sum(self._units_back(n, paid[n].points, after) for n in _rows(paid, "points"))
        redeemed = sum(paid[n].points for n in _rows(paid, "points"))
        self._spread(given, self.sold.moved_out(POINTS, redeemed), points)
        for n in _rows(paid, "coupon"):
            given[self._move_of(n)] += self._units_back(n, 1, after)
        for n in _rows(paid, "count_card"):
            given[self._move_of(n)] += self._units_back(n, paid[n].times, after)
        return given

    def _spread(self, given: list[int], left: Iterator[tuple[int, int]], amount: int) -> None:
        places = list(left)
        for (at, _), part in zip(places, shares(amount, [each for _, each in places]), strict=True):
            given[at] += part

    def _units_back(self, row: int, units: int, after: Cells) -> int:
        """Points, times or coupons follow the money that they stood for: whole ones, as soon as all of one is back."""
        amount = self.sold.entry.payments[row].amount_fen
        before = sum(self.sold.so_far.cells[row])
        return units * sum(after[row]) // amount - units * before // amount

    def _move_of(self, row: int) -> int:
        """Where the lot that a payment names was moved: of several payments by one card each has a move of its own."""
        entry = self.sold.entry
        lot_id = entry.payments[row].lot_id
        nth = sum(paid.lot_id == lot_id for paid in entry.payments[:row])
        places = [
            n for n, move in enumerate(entry.moves) if move.amount < 0 and move.lot.lot_id == lot_id
        ]
        return places[nth]

    def _points_to_take(self, after: Cells) -> int:
        """Of the points earned, those that the money given back so far had earned."""
        earning = TENDERS | {"balance"} if self._balance_earned() else TENDERS
        paid = self.sold.entry.payments
        back = sum(sum(after[n]) for n, each in enumerate(paid) if each.method in earning)
        return taken_in_all(self.sold.entry, back)

    def _balance_earned(self) -> bool:
        entry = self.sold.entry
        return entry.earning_fen > sum(
            paid.amount_fen for paid in entry.payments if paid.method in TENDERS
        )

    def _payments(self, back: Cells, after: Cells) -> Iterator[Payment]:
        for n, paid in enumerate(self.sold.entry.payments):
            if sum(back[n]):
                yield replace(
                    paid,
                    amount_fen=sum(back[n]),
                    points=self._units_back(n, paid.points, after),
                    times=self._units_back(n, paid.times, after),
                )

    def _state(self, after: Cells, given: list[int], points: int) -> Refunded:
        so_far = self.sold.so_far
        return Refunded(
            after,
            self.sold.units_after(self.parts),
            [was + now for was, now in zip(so_far.moves, given, strict=True)],
            so_far.points_taken + points,
        )


class Void(Refund, frozen=True, kw_only=True):
    """The whole spend, on the business day on which it was booked, where nothing was refunded before."""

    kind = "void"

    def decide(self, at: Situation) -> Decision:
        if self.store.business_date(at.now).isoformat() != self.sold.entry.business_date:
            raise NotToday
        if self.sold.order.refunds:
            raise RefundedAlready
        return super().decide(at)


def _rows(payments: tuple[Payment, ...], method: str) -> list[int]:
    return [n for n, paid in enumerate(payments) if paid.method == method]


def _told(state: Refunded) -> str:
    return msgspec.json.encode(state).decode()
