"""The receipt of a spend, as it stands now: with what was refunded since."""

from collections.abc import Iterator

from chalicelib.access.model import Store
from chalicelib.kernel import clock, money, slip
from chalicelib.kernel.slip import Bars, Cut, Head, Note, Part, Row
from chalicelib.ledger.facts import Payment
from chalicelib.ledger.model import lines, words
from chalicelib.ledger.model.sold import Sold


class Printed:
    """One printing; times are those of the store's clock."""

    def __init__(self, sold: Sold, store: Store, *, english: bool) -> None:
        self.sold = sold
        self.entry = sold.entry
        self.store = store
        self.english = english

    def page(self, width: slip.Width) -> str:
        title = f"{self._in('消费小票', 'Receipt')} {self.entry.order_name}"
        parts = [*self._head(), *self._lines(), *self._payments(), *self._account(), *self._end()]
        return slip.page(width, self._in("zh-CN", "en"), title, parts)

    def _in(self, zh: str, en: str) -> str:
        return en if self.english else zh

    def _head(self) -> Iterator[Part]:
        local = self.entry.occurred_at.astimezone(clock.zone(self.store.zone))
        yield Head(self.entry.store_name)
        yield Note(self._in("消费小票", "Receipt"), centred=True, bold=True)
        yield Row(self._in("单号", "Order"), self.entry.order_name)
        yield Row(self._in("时间", "Time"), local.strftime("%Y-%m-%d %H:%M:%S"))
        yield Row(self._in("时区", "Time zone"), self.store.zone)

    def _lines(self) -> Iterator[Part]:
        if not self.sold.lines:
            return
        yield Cut()
        for number, line in enumerate(self.sold.lines):
            net = sum(lines.column(self.sold.cells, number))
            yield Row(f"{line.name} × {line.quantity}", money.yuan(net))
            if net != line.amount_fen:
                yield Row(self._in("　原价", "  before discount"), money.yuan(line.amount_fen))

    def _payments(self) -> Iterator[Part]:
        yield Cut()
        if off := self.sold.order.discount_fen:
            subtotal = self.entry.total_fen + off
            yield Row(self._in("小计", "Subtotal"), money.yuan(subtotal))
            yield Row(self._in("优惠", "Discount"), money.yuan(-off))
        total = money.yuan(self.entry.total_fen)
        yield Row(self._in("合计", "Total"), f"¥{total}", bold=True)
        for payment in self.entry.payments:
            yield Row(self._paid_by(payment), money.yuan(payment.amount_fen))

    def _paid_by(self, payment: Payment) -> str:
        name = words.method(payment.method, english=self.english)
        if payment.points:
            return f"{name} ({payment.points})"
        if payment.method == "count_card" and payment.times:
            return f"{name} × {payment.times}"
        return name

    def _account(self) -> Iterator[Part]:
        yield Cut()
        yield Row(self._in("消费后余额", "Balance after"), money.yuan(self.entry.balance_after_fen))
        if self.entry.points_earned:
            yield Row(self._in("本次获得积分", "Points earned"), f"+{self.entry.points_earned}")
        yield Row(self._in("消费后积分", "Points after"), str(self.entry.points_after))
        refunded = lines.summed(self.sold.so_far.cells)
        if refunded:
            yield Cut()
            yield Row(self._in("已退款", "Refunded so far"), money.yuan(-refunded), bold=True)
            yield from self._refunded_lines()

    def _refunded_lines(self) -> Iterator[Part]:
        for number, line in enumerate(self.sold.lines):
            back = sum(lines.column(self.sold.so_far.cells, number))
            if back:
                yield Row(f"　{line.name}", money.yuan(-back))

    def _end(self) -> Iterator[Part]:
        yield Cut()
        if self.sold.order.note:
            yield Note(self.sold.order.note)
        yield Bars(self.entry.order_name)
        yield Note(self._in("谢谢惠顾", "Thank you"), centred=True)
