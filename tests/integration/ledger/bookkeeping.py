"""A chain with something of every kind in its book, and hands that change items behind the ledger's back."""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.adapters import tables
from chalicelib.kernel.errors import Refused
from chalicelib.ledger import built
from chalicelib.ledger.facts import EntryPosted, Payment
from chalicelib.ledger.model.asked import Line
from chalicelib.ledger.model.books_words import Difference
from chalicelib.ledger.model.gifts import (
    CardLostNotice,
    CardReplaced,
    Correction,
    Grant,
    TransferOut,
)
from chalicelib.ledger.model.posting import Posting
from chalicelib.ledger.model.refunds import Refund, Void
from chalicelib.ledger.model.rules import (
    BalanceRules,
    CountCardKind,
    CouponKind,
    PointsRules,
    Rules,
    Tier,
    TierRules,
)
from chalicelib.ledger.model.sold import Sold
from chalicelib.ledger.model.spends import spend
from chalicelib.ledger.model.top_ups import CardSale, TopUp, TopUpRefund
from chalicelib.ledger.service import Ledger
from chalicelib.ledger.service.books import Run, Walk
from tests.house import BY, House

START = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)  # noon in Shanghai
RULES = Rules(
    balance=BalanceRules(bonus_valid_days=20),
    points=PointsRules(earn_fen=100, valid_months=1, redeem_fen=100, may_go_below_zero=True),
    tiers=TierRules(tiers=(Tier("gold", "金卡", 100_000, 150),)),
    coupons=(CouponKind("ten-off", "十元券", amount_off_fen=1_000, valid_days=40),),
    count_cards=(CountCardKind("ten-cuts", "十次剪发", "cut", 10, 20_000),),
)
Item = dict[str, dict[str, Any]]
Key = tuple[str, str]


@dataclass
class Shop:
    """Postings at one store, at a time that a test turns, and that goes on by a `tick` whenever it is asked for."""

    house: House
    seed: int = 0
    now: datetime = START
    rules: Rules = RULES
    tick: timedelta = timedelta(milliseconds=1)
    posted: list[EntryPosted] = field(default_factory=list)
    phones: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.desk = Ledger(built.ledger().members, lambda: self.rules, self.clock)

    def clock(self) -> datetime:
        self.now += self.tick
        return self.now

    def member(self, paid_fen: int = 50_000) -> str:
        phone = f"13{self.random.randrange(10**9):09d}"
        member_id = self.house.register(phone)
        self.phones[member_id] = phone
        if paid_fen:
            self.top_up(member_id, paid_fen, paid_fen // 10)
        return member_id

    def name(self) -> str:
        return f"n{self.seed}-{self.random.randrange(10**12)}"

    def take(self, member_id: str, posting: Posting) -> EntryPosted:
        order = self.desk.take(member_id, posting, posting.order_name, BY).order
        assert order.entry is not None
        self.posted.append(order.entry)
        return order.entry

    def at(self) -> dict[str, Any]:
        return {"store": self.house.store, "order_name": self.name()}

    def top_up(self, member_id: str, fen: int, bonus_fen: int = 0) -> EntryPosted:
        paid = Payment("wechat_pay", fen)
        return self.take(member_id, TopUp(**self.at(), paid=paid, bonus_fen=bonus_fen, free=True))

    def spend(self, member_id: str, *payments: Payment, **more: Any) -> EntryPosted:  # noqa: ANN401
        fen = sum(each.amount_fen for each in payments)
        lines = [Line("拿铁", 2, fen - fen // 3), Line("蛋糕", 1, fen // 3)] if fen > 2 else []
        at = self.at()
        posting = spend(
            at["store"],
            at["order_name"],
            total_fen=fen,
            payments=payments,
            order_lines=lines,
            **more,
        )
        return self.take(member_id, posting)

    def refund(
        self, sold: EntryPosted, fen: int | None = None, by: str | None = None
    ) -> EntryPosted:
        order = self.desk.order(sold.store_id, "spend", sold.order_name)
        posting = Refund(**self.at(), sold=Sold.of(order, sold), amount_fen=fen)
        return self.take(by or sold.member_id, posting)

    def void(self, sold: EntryPosted) -> EntryPosted:
        order = self.desk.order(sold.store_id, "spend", sold.order_name)
        return self.take(sold.member_id, Void(**self.at(), sold=Sold.of(order, sold)))

    def grant(self, member_id: str, **what: Any) -> EntryPosted:  # noqa: ANN401
        return self.take(member_id, Grant(**self.at(), **what))

    def transfer(self, giver: str, taker: str, fen: int | None = None) -> EntryPosted:
        posting = TransferOut(**self.at(), other_id=taker, amount_fen=fen)
        order = self.desk.transfer(giver, posting, posting.order_name, BY).order
        assert order.entry is not None
        self.posted.append(order.entry)
        return order.entry

    def join(self, target: str) -> str:
        """Somebody with things of their own, who turns out to be `target`; their id."""
        own = self.desk.members.log_in(f"openid-{self.name()}", BY)
        self.top_up(own, 3_000, 300)
        self.spend(own, Payment("cash", 7_700))
        member = self.desk.card(own).member
        self.desk.members.bind_phone(member, self.phones[target], self.desk, BY)
        return own


def everything(shop: Shop) -> None:
    """Each kind of posting at least once, with refunds after a joining and of lots that expired."""
    first, second, target = shop.member(), shop.member(), shop.member(0)
    sold = shop.spend(first, Payment("balance", 3_000), Payment("cash", 700))
    shop.refund(sold, 1_111)
    shop.refund(sold)
    shop.void(shop.spend(first, Payment("balance", 1_600)))
    shop.grant(second, points=500)
    shop.spend(second, Payment("points", 100), Payment("alipay", 2_000))
    coupon = shop.grant(second, coupon="ten-off").moves[0].lot.lot_id
    with_coupon = shop.spend(second, Payment("coupon", 1_000, coupon), Payment("cash", 900))
    card = shop.take(second, CardSale(**shop.at(), count_card="ten-cuts", method="cash"))
    times = card.moves[0].lot.lot_id
    shop.spend(second, Payment("count_card", 2_000, times, times=1))
    bought = shop.desk.order(card.store_id, card.kind, card.order_name)
    shop.take(second, TopUpRefund(**shop.at(), bought=bought))
    shop.transfer(first, second, 4_321)
    shop.take(first, Correction(**shop.at(), corrects=sold.entry_id, balance_fen=-50, reason="错"))
    shop.take(first, CardLostNotice(**shop.at()))
    shop.take(first, CardReplaced(**shop.at()))
    shop.spend(second, Payment("balance", 60_000), trust_fen=100_000)
    shop.top_up(second, 20_000)
    joined = shop.join(target)
    theirs = next(each for each in shop.posted if each.member_id == joined and each.kind == "spend")
    shop.refund(theirs, 1_000, by=target)
    shop.now += timedelta(days=50)
    shop.refund(with_coupon)
    for member_id in (first, second, target):
        shop.desk.expire(member_id, BY)
        shop.spend(member_id, Payment("cash", 1_234))


def at_random(shop: Shop, steps: int) -> None:
    """A few members who do anything; what the rules refuse is refused."""
    members = [shop.member() for _ in range(3)]
    for _ in range(steps):
        shop.now += timedelta(hours=shop.random.randrange(40))
        member_id = shop.random.choice(members)
        try:
            shop.random.choice(_STEPS)(shop, member_id, members)
        except Refused:
            continue


def _sold(shop: Shop, member_id: str) -> EntryPosted:
    of = [each for each in shop.posted if each.kind == "spend" and each.member_id == member_id]
    return shop.random.choice(of)


def _random_spend(shop: Shop, member_id: str, _: list[str]) -> None:
    payments = [Payment("cash", shop.random.randrange(1, 5_000))]
    if shop.random.random() < 0.7:
        payments.append(Payment("balance", shop.random.randrange(1, 9_000)))
    if shop.random.random() < 0.2:
        payments.append(Payment("points", shop.random.randrange(1, 200)))
    shop.spend(member_id, *payments, trust_fen=shop.random.choice([None, 20_000]))


def _random_refund(shop: Shop, member_id: str, _: list[str]) -> None:
    if any(each.kind == "spend" and each.member_id == member_id for each in shop.posted):
        shop.refund(_sold(shop, member_id), shop.random.choice([None, 1, 700, 2_000]))


def _random_top_up(shop: Shop, member_id: str, _: list[str]) -> None:
    shop.top_up(member_id, shop.random.randrange(1, 20_000), shop.random.randrange(2_000))


def _random_transfer(shop: Shop, member_id: str, members: list[str]) -> None:
    shop.transfer(member_id, shop.random.choice(members), shop.random.randrange(1, 5_000))


def _random_gift(shop: Shop, member_id: str, _: list[str]) -> None:
    shop.grant(member_id, points=shop.random.randrange(1, 300))


_STEPS: list[Callable[[Shop, str, list[str]], None]] = [
    _random_spend, _random_spend, _random_spend, _random_refund, _random_top_up, _random_transfer,
    _random_gift,
]  # fmt: skip


def walked() -> tuple[Run, list[Difference]]:
    found: list[Difference] = []
    walk = Walk(Run(), found.append)
    walk.go()
    return walk.run, found


# Behind the ledger's back


@dataclass
class Hand:
    """Changes items of the book as no code of ours does, and puts them back."""

    was: list[tuple[Key, Item | None]] = field(default_factory=list)

    def item(self, key: Key) -> Item:
        found = self._read(key)
        assert found, key
        return found

    def change(self, key: Key, **attributes: Any) -> None:  # noqa: ANN401
        """`None` takes an attribute away."""
        changed = {**self.item(key), **attributes}
        self.put({name: value for name, value in changed.items() if value is not None})

    def change_json(self, key: Key, name: str, change: Callable[[Any], Any]) -> None:
        value = json.loads(self.item(key)[name]["S"])
        changed = change(value)
        self.change(key, **{name: {"S": json.dumps(value if changed is None else changed)}})

    def put(self, item: Item) -> None:
        key = (item["pk"]["S"], item["sk"]["S"])
        self.was.append((key, self._read(key)))
        _client().put_item(TableName=_book(), Item=item)

    def delete(self, key: Key) -> None:
        self.was.append((key, self.item(key)))
        _client().delete_item(TableName=_book(), Key=_typed(key))

    def put_back(self) -> None:
        for key, item in reversed(self.was):
            if item is None:
                _client().delete_item(TableName=_book(), Key=_typed(key))
            else:
                _client().put_item(TableName=_book(), Item=item)

    def _read(self, key: Key) -> Item | None:
        found: Item | None = _client().get_item(TableName=_book(), Key=_typed(key)).get("Item")
        return found


def account_key(member_id: str) -> Key:
    return f"M#{member_id}", "NOW#ACCOUNT"


def entry_key(entry: EntryPosted) -> Key:
    return f"M#{entry.member_id}", f"ENTRY#{entry.seq:012d}"


def order_key(entry: EntryPosted) -> Key:
    return f"ORDER#{entry.store_id}#{entry.kind}#{entry.order_name}", "NAME"


def number(value: int) -> dict[str, str]:
    return {"N": str(value)}


def _client() -> Any:  # noqa: ANN401
    return tables.connection().client


def _book() -> str:
    return tables.table_name("book")


def _typed(key: Key) -> Item:
    return {"pk": {"S": key[0]}, "sk": {"S": key[1]}}
