"""A spend: every way of payment, the points it earns, and what a till may take on trust."""

from collections.abc import Collection, Sequence
from datetime import datetime

from msgspec.structs import replace

from chalicelib.access.model import Store
from chalicelib.kernel import money
from chalicelib.kernel.errors import invalid
from chalicelib.kernel.shares import rounded
from chalicelib.ledger.facts import Lot, Move, Off, Payment
from chalicelib.ledger.model import draw, lines, tiers
from chalicelib.ledger.model.account import Holding
from chalicelib.ledger.model.asked import Line, PaymentRequest, SpendRequest
from chalicelib.ledger.model.posting import Decision, Posting, Situation, Within
from chalicelib.ledger.model.refusals import (
    BalanceTooLow,
    CountCardNotUsable,
    CouponNotUsable,
    CouponValueDiffers,
    PointsPayNothing,
)
from chalicelib.members.model import CardLost

TENDERS = frozenset({"cash", "wechat_pay", "alipay", "card"})
FROM_CARD = frozenset({"balance", "points", "coupon", "count_card"})
WITHOUT_BOUND = money.MOST_FEN


class Spend(Posting, frozen=True, kw_only=True):
    """`trust_fen`: up to so much may be owed where the balance does not cover it; None where nothing may.

    `within` is asked with the per cent, rounded up, that the till took off, and raises where that is too much.
    """

    kind = "spend"

    total_fen: int
    payments: tuple[Payment, ...]
    trust_fen: int | None = None
    within: Within | None = None

    def decide(self, at: Situation) -> Decision:
        if self.within:
            self.within(self._percent_off())
        if sum(each.method == "coupon" for each in self.payments) > 1:
            raise CouponNotUsable(because="one_an_order")
        if at.account.lost and any(each.method in FROM_CARD for each in self.payments):
            raise CardLost
        moves: list[Move] = []
        paid: list[Payment] = []
        for payment in self.payments:
            settled, moved = self._pay(payment, at.after(moves))
            paid.append(settled)
            moves += moved
        spent, earning = earning_of(paid, on_balance=at.rules.points.earn_on_balance)
        points = points_for(earning, at)
        if points:
            moves.append(Move(at.points_lot(), points))
        return Decision(
            tuple(moves),
            total_fen=self.total_fen,
            payments=tuple(paid),
            points_earned=points,
            spent_fen=spent,
            earning_fen=earning,
        )

    def _percent_off(self) -> int:
        return percent_off(self.total_fen, self.lines, self.discount_fen)

    def _pay(self, payment: Payment, at: Situation) -> tuple[Payment, list[Move]]:
        match payment.method:
            case "balance":
                return payment, self._from_balance(payment.amount_fen, at)
            case "points":
                return _by_points(payment, at)
            case "coupon":
                return payment, [self._by_coupon(payment, at)]
            case "count_card":
                return payment, [self._by_count_card(payment, at)]
            case _:
                return payment, []

    def _from_balance(self, amount_fen: int, at: Situation) -> list[Move]:
        moves = draw.draw_money(at.account.holdings, amount_fen, at.rules.balance)
        missing = amount_fen - draw.taken(moves)
        if not missing:
            return moves
        owed = -sum(one.left for one in at.account.of("debt"))
        if self.trust_fen is None or owed + missing > self.trust_fen:
            raise BalanceTooLow(missing_fen=missing, missing_yuan=money.yuan(missing))
        return [*moves, Move(Lot(at.lot_id(), "debt"), -missing)]

    def _by_coupon(self, payment: Payment, at: Situation) -> Move:
        one = at.account.holding(payment.lot_id or "")
        if one is None or one.lot.off is None:
            raise CouponNotUsable(because="unknown")
        self._usable_here(one, at, CouponNotUsable)
        if self.total_fen < one.lot.off.threshold_fen:
            raise CouponNotUsable(because="threshold", threshold_fen=one.lot.off.threshold_fen)
        value = worth(one.lot.off, self.total_fen)
        if value != payment.amount_fen:
            raise CouponValueDiffers(value_fen=value)
        return Move(one.lot, -1)

    def _by_count_card(self, payment: Payment, at: Situation) -> Move:
        one = at.account.holding(payment.lot_id or "")
        if one is None or one.lot.kind != "count":
            raise CountCardNotUsable(because="unknown", left=0)
        self._usable_here(one, at, CountCardNotUsable, left=one.left)
        if one.left < payment.times:
            raise CountCardNotUsable(because="used_up", left=one.left)
        sku = self._line_sku(payment.line)
        if sku and one.lot.service and sku != one.lot.service:
            raise CountCardNotUsable(because="other_service", left=one.left)
        return Move(one.lot, -payment.times)

    def _usable_here(
        self,
        one: Holding,
        at: Situation,
        refusal: type[CouponNotUsable | CountCardNotUsable],
        **values: int,
    ) -> None:
        if one.lot.starts_at and one.lot.starts_at > at.now:
            raise refusal(because="not_yet", **values)
        if one.lot.stores and self.store.store_id not in one.lot.stores:
            raise refusal(because="other_store", **values)

    def _line_sku(self, number: int | None) -> str | None:
        return self.lines[number].sku if self.lines and number is not None else None


def spend(
    store: Store,
    name: str,
    *,
    total_fen: int,
    payments: Sequence[Payment],
    order_lines: Sequence[Line] = (),
    discount_fen: int = 0,
    occurred_at: datetime | None = None,
    note: str | None = None,
    till_id: str | None = None,
    late: bool = False,
    trust_fen: int | None = None,
    within: Within | None = None,
) -> Spend:
    """Raises InvalidRequest where the payments, or the lines less a discount, do not add up to the total."""
    _add_up(total_fen, payments, order_lines, discount_fen)
    lines.cells(total_fen, payments, order_lines)
    return Spend(
        store=store,
        order_name=name,
        total_fen=total_fen,
        payments=tuple(payments),
        lines=order_lines,
        discount_fen=discount_fen,
        occurred_at=occurred_at,
        note=note,
        till_id=till_id,
        late=late,
        trust_fen=trust_fen,
        within=within,
    )


def asked(
    store: Store,
    name: str,
    body: SpendRequest,
    *,
    till_id: str | None,
    late: bool = False,
    trust_fen: int | None = None,
    within: Within | None = None,
) -> Spend:
    """The posting of a till's request, on line or out of a journal. Raises InvalidRequest."""
    return spend(
        store,
        name,
        total_fen=body.total_fen,
        payments=[
            _payment(number, each, has_lines=bool(body.lines))
            for number, each in enumerate(body.payments)
        ],
        order_lines=body.lines or (),
        discount_fen=body.discount_fen,
        occurred_at=body.occurred_at,
        note=body.note,
        till_id=till_id,
        late=late,
        trust_fen=trust_fen,
        within=within,
    )


def percent_off(total_fen: int, order_lines: Sequence[Line], discount_fen: int) -> int:
    """What was taken off, named or not, in per cent rounded up."""
    gross = max(sum(line.amount_fen for line in order_lines), total_fen + discount_fen)
    return -(-100 * (gross - total_fen) // gross)


def written_off(posting: Spend, methods: Collection[str]) -> Spend:
    """The same sale, where the chain bears what was to be paid in these ways."""
    payments = tuple(
        replace(each, method="written_off", lot_id=None, times=0)
        if each.method in methods
        else each
        for each in posting.payments
    )
    return replace(posting, payments=payments)


def worth(off: Off, total_fen: int) -> int:
    """What a coupon takes off an order of `total_fen`: never more than that, half a fen up."""
    value = off.amount_fen or rounded(total_fen, off.percent, 100)
    return min(value, total_fen, off.cap_fen or total_fen)


def earning_of(payments: Sequence[Payment], *, on_balance: bool) -> tuple[int, int]:
    """Of these payments, what counts as spent, and what earns points."""
    tendered = sum(each.amount_fen for each in payments if each.method in TENDERS)
    balance = sum(each.amount_fen for each in payments if each.method == "balance")
    return tendered + balance, tendered + balance * on_balance


def points_for(earning_fen: int, at: Situation) -> int:
    rule = at.rules.points
    if not rule.earn_fen:
        return 0
    percent = tiers.percent(at.account.months, at.rules.tiers, at.rules.today(at.now))
    return earning_fen * percent // (100 * rule.earn_fen)


def _by_points(payment: Payment, at: Situation) -> tuple[Payment, list[Move]]:
    rule = at.rules.points
    if not rule.redeem_fen:
        raise PointsPayNothing
    points = -(-payment.amount_fen * rule.redeem_points // rule.redeem_fen)
    return replace(payment, points=points), at.draw_points(points)


def _payment(number: int, asked: PaymentRequest, *, has_lines: bool) -> Payment:
    named = asked.method in {"coupon", "count_card"}
    if named != (asked.lot_id is not None):
        raise invalid(
            f"/payments/{number}/lot_id",
            "coupon 和 count_card 必须给出 lot_id，其他方式不填",
            "is given for a coupon and a count_card, and for nothing else",
        )
    if asked.method == "count_card" and has_lines and asked.line is None:
        raise invalid(
            f"/payments/{number}/line",
            "有订单明细时，次卡须指明支付哪一行",
            "say which line the count card pays for",
        )
    times = asked.times if asked.method == "count_card" else 0
    return Payment(asked.method, asked.amount_fen, asked.lot_id, times=times, line=asked.line)


def _add_up(
    total_fen: int, payments: Sequence[Payment], order_lines: Sequence[Line], discount_fen: int
) -> None:
    paid = sum(payment.amount_fen for payment in payments)
    if paid != total_fen:
        raise invalid(
            "/payments",
            f"各笔支付合计 {paid} 分，与 total_fen {total_fen} 不符",
            f"the payments add up to {paid} fen, total_fen says {total_fen}",
        )
    if not discount_fen:
        return
    gross = sum(line.amount_fen for line in order_lines)
    if gross - discount_fen != total_fen:
        raise invalid(
            "/discount_fen",
            f"明细合计 {gross} 分减去优惠 {discount_fen} 分，应等于 total_fen {total_fen}",
            f"the lines come to {gross} fen; less {discount_fen} that is not total_fen {total_fen}",
        )
