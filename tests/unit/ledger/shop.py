"""One member and one till, all in memory: what is posted follows from the model alone."""

from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from chalicelib.access.model import Store
from chalicelib.ledger.facts import EntryPosted, Payment
from chalicelib.ledger.model.account import Account
from chalicelib.ledger.model.asked import Line, LinePart
from chalicelib.ledger.model.posting import Order, Posting, post
from chalicelib.ledger.model.refunds import Refund, Void
from chalicelib.ledger.model.rules import Rules
from chalicelib.ledger.model.sold import Sold
from chalicelib.ledger.model.spends import spend
from chalicelib.ledger.model.top_ups import CardSale, TopUp, TopUpRefund

STORE = Store("s1", "First Store")
NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)  # noon in Shanghai


class Shop:
    def __init__(self, rules: Rules | None = None, now: datetime = NOW) -> None:
        self.rules, self.now = rules or Rules(), now
        self.account = Account("m")
        self.entries: list[EntryPosted] = []

    @property
    def live(self) -> Account:
        return self.account.live(self.now)

    def later(self, **by: float) -> None:
        self.now += timedelta(**by)

    def do(self, posting: Posting) -> Order:
        posted = post(self.account, posting, self.rules, self.now)
        self.account = posted.account
        self.entries += [entry for entry in (posted.expired, posted.entry) if entry]
        self.refunded = posted.refunded
        return replace(Order.of(posting, ""), entry=posted.entry)

    def top_up(self, fen: int, bonus_fen: int = 0, *, free: bool = True) -> Order:
        """By somebody who may give any bonus."""
        paid = Payment("cash", fen)
        return self.do(
            TopUp(store=STORE, order_name="t", paid=paid, bonus_fen=bonus_fen, free=free)
        )

    def buy(self, count_card: str) -> Order:
        return self.do(
            CardSale(store=STORE, order_name="c", count_card=count_card, method="alipay")
        )

    def sell(
        self,
        *payments: Payment,
        lines: tuple[Line, ...] = (),
        discount_fen: int = 0,
        trust_fen: int | None = None,
    ) -> "Sale":
        order = self.do(
            spend(
                STORE,
                "o",
                total_fen=sum(each.amount_fen for each in payments),
                payments=payments,
                order_lines=lines,
                discount_fen=discount_fen,
                trust_fen=trust_fen,
            )
        )
        return Sale(self, order)

    def pay_back(self, bought: Order) -> "tuple[int, Order]":
        """What was paid back, and the purchase as it is then."""
        back = self.do(TopUpRefund(store=STORE, order_name="r", bought=bought))
        assert back.entry
        bought = replace(bought, refunds=bought.refunds + 1, refunded=self.refunded)
        return back.entry.total_fen, bought

    def left(self) -> dict[str, int]:
        return {one.lot.lot_id: one.left for one in self.live.holdings}


class Sale:
    """A spend and its refunds."""

    def __init__(self, shop: Shop, order: Order) -> None:
        self.shop, self.order = shop, order
        assert order.entry
        self.entry = order.entry

    def refund(
        self, amount_fen: int | None = None, parts: tuple[LinePart, ...] = ()
    ) -> EntryPosted:
        return self._posted(
            Refund(store=STORE, order_name="r", sold=self.sold, amount_fen=amount_fen, parts=parts)
        )

    def void(self) -> EntryPosted:
        return self._posted(Void(store=STORE, order_name="v", sold=self.sold))

    @property
    def sold(self) -> Sold:
        return Sold.of(self.order, self.entry)

    @property
    def left_fen(self) -> int:
        return self.sold.left_fen

    def _posted(self, posting: Posting) -> EntryPosted:
        made = self.shop.do(posting)
        self.order = replace(
            self.order, refunds=self.order.refunds + 1, refunded=self.shop.refunded
        )
        assert made.entry
        return made.entry
