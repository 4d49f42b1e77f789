"""One posting: what a caller asks, what the rules make of it, and the entry that comes of it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import count
from typing import ClassVar, NamedTuple

import msgspec
from msgspec.structs import replace

from chalicelib.access.model import Store
from chalicelib.kernel import money
from chalicelib.kernel.errors import Refused, invalid
from chalicelib.kernel.shares import nearest
from chalicelib.ledger.facts import EntryPosted, Lot, Move, Payment
from chalicelib.ledger.model import draw, lines, tiers
from chalicelib.ledger.model.account import MOST_HOLDINGS, Account, Holding
from chalicelib.ledger.model.asked import Line
from chalicelib.ledger.model.refusals import BalanceTooHigh, BalanceTooLow, CardFull, PointsTooLow
from chalicelib.ledger.model.rules import Rules

NOWHERE = Store(store_id="", name="")
_CLOCK_AHEAD = timedelta(minutes=5)
_LATEST = timedelta(days=7)
_MOST = (MOST_HOLDINGS, 200_000)  # lots, and bytes of their terms
_MOST_AT_ALL = (1_000, 350_000)
_SURELY_SHORT = 20
Within = Callable[[int], None]


class Situation(msgspec.Struct, frozen=True):
    """What a rule looks at: the live account, the chain's rules, the time; and names for the lots that it makes."""

    account: Account
    rules: Rules
    now: datetime
    _numbers: Iterator[int] = msgspec.field(default_factory=count)

    def lot_id(self) -> str:
        return f"{self.account.member_id}-{self.account.seq + 1}.{next(self._numbers)}"

    def points_lot(self) -> Lot:
        """Where points earned now go: those that end together are one lot."""
        ends = self.rules.points_end(self.now)
        for one in self.account.of("points"):
            if one.lot.expires_at == ends and one.lot.reopens is None:
                return one.lot
        return Lot(self.lot_id(), "points", expires_at=ends)

    def after(self, moves: Iterable[Move]) -> "Situation":
        """The same, with these moves made."""
        return replace(self, account=self.account.moved(moves))

    def draw_money(self, amount_fen: int) -> list[Move]:
        """Raises BalanceTooLow where there is not as much."""
        moves = draw.draw_money(self.account.holdings, amount_fen, self.rules.balance)
        missing = amount_fen - draw.taken(moves)
        if missing:
            raise BalanceTooLow(missing_fen=missing, missing_yuan=money.yuan(missing))
        return moves

    def draw_points(self, points: int) -> list[Move]:
        """Raises PointsTooLow where there are not as many."""
        moves = draw.draw_points(self.account.holdings, points)
        missing = points - draw.taken(moves)
        if missing:
            raise PointsTooLow(missing_points=missing)
        return moves

    def give_back(self, lot: Lot, amount: int) -> Move:
        return draw.give_back(lot, amount, self.now, self.rules, self.lot_id)


class Decision(msgspec.Struct, frozen=True):
    """What a posting comes to. `spent_fen` and `points_earned` count towards tiers, below zero where taken back."""

    moves: tuple[Move, ...] = ()
    total_fen: int = 0
    bonus_fen: int = 0
    payments: tuple[Payment, ...] = ()
    points_earned: int = 0
    spent_fen: int = 0
    earning_fen: int = 0
    counts_in: str = ""
    corrects: str | None = None
    order_name: str | None = None
    occurred_at: datetime | None = None
    refunded: str | None = None


class Posting(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked of the ledger, under the name that the caller chose. Each kind decides for itself."""

    kind: ClassVar[str]
    fills: ClassVar[bool] = False  # a card on purpose, and so is refused where it is full

    store: Store
    order_name: str
    occurred_at: datetime | None = None
    note: str | None = None
    lines: Sequence[Line] = ()
    discount_fen: int = 0
    reason: str | None = None
    till_id: str | None = None
    late: bool = False

    def decide(self, at: Situation) -> Decision:
        """Raises Refused."""
        raise NotImplementedError

    def answers(self) -> "Order | None":
        """The order whose state changes with this posting."""
        return None

    def answering(self, order: "Order") -> "Posting":
        """The same posting, to the order as it has become meanwhile."""
        del order
        return self

    def mark(self, account: Account) -> Account:
        """What the posting does to an account beside moving its lots."""
        return account


class Expiry(Posting, frozen=True, kw_only=True):
    """What has expired leaves the account, by an entry of its own.

    Where a bonus ends, the principal that was bought with it moves to a lot whose price is what the two were worth: the
    end of a gift takes nothing off what would be paid back.
    """

    kind = "expiry"

    def decide(self, at: Situation) -> Decision:
        gone = [one for one in at.account.holdings if not one.live(at.now)]
        moves = [Move(one.lot, -one.left) for one in gone]
        ended_fen = -draw.money_of(moves)
        ended: dict[str, Fraction] = {}
        for one in gone:
            if one.lot.kind == "bonus" and one.lot.worth_fen:
                bought = one.lot.bought_with
                ended[bought] = ended.get(bought, Fraction()) + one.price
        for one in at.account.of("principal"):
            price = ended.pop(one.lot.bought_with, None) if one.live(at.now) else None
            if price and one.lot.worth_fen:
                moves += _priced_anew(one, price + one.price, at.lot_id())
        return Decision(tuple(moves), total_fen=ended_fen)


def _priced_anew(principal: Holding, price: Fraction, lot_id: str) -> list[Move]:
    lot = principal.lot
    anew = replace(
        lot,
        lot_id=lot_id,
        given=principal.left,
        paid_fen=nearest(price),
        worth_fen=principal.left,
        reopens=None,
        bought=lot.bought_with,
    )
    return [Move(lot, -principal.left), Move(anew, principal.left)]


class Posted(NamedTuple):
    """The account afterwards, the entry, what expired before it, and what the order that it answers has given back."""

    account: Account
    entry: EntryPosted
    expired: EntryPosted | None = None
    refunded: str | None = None


class Order(msgspec.Struct, frozen=True):
    """What came of a name: an entry, or a refusal that is kept. `lines` is JSON as the till sent it.

    `refunds` counts those that followed, `refunded` is JSON of what they gave back. `settled_as` is the name under
    which a person had a refused one posted.
    """

    store_id: str
    kind: str
    name: str
    fingerprint: str
    entry: EntryPosted | None = None
    refusal: Refused | None = None
    note: str | None = None
    lines: str | None = None
    discount_fen: int = 0
    refunds: int = 0
    refunded: str | None = None
    settled_as: str | None = None

    @classmethod
    def of(cls, posting: Posting, fingerprint: str) -> "Order":
        """As it is asked for; nothing came of it yet."""
        return cls(
            posting.store.store_id,
            posting.kind,
            posting.order_name,
            fingerprint,
            note=posting.note,
            lines=lines.told(posting.lines),
            discount_fen=posting.discount_fen,
        )


def post(account: Account, posting: Posting, rules: Rules, now: datetime) -> Posted:
    """The account after the posting. What has expired by now leaves it first. Raises Refused."""
    gone = expired(account, rules, now)
    posted = _posted(gone.account if gone else account, posting, rules, now)
    return posted._replace(expired=gone.entry if gone else None)


def expired(account: Account, rules: Rules, now: datetime) -> Posted | None:
    """What has expired leaves the account; None where nothing has."""
    if all(one.live(now) for one in account.holdings):
        return None
    return _posted(account, Expiry(store=NOWHERE, order_name=""), rules, now)


def _posted(account: Account, posting: Posting, rules: Rules, now: datetime) -> Posted:
    decision = posting.decide(Situation(account, rules, now))
    after = account.moved(decision.moves)
    debts = draw.settled(after, rules)
    moves = (*decision.moves, *debts)
    after = after.moved(debts)
    _check(account, after, fills=posting.fills)
    day = _day(posting.store, rules, now)
    counts_in = decision.counts_in or day[:7]
    after = posting.mark(after.counted(counts_in, decision.spent_fen, decision.points_earned))
    months = tiers.remembered(after.months, rules.today(now))
    after = replace(after, months=months, seq=account.seq + 1)
    entry = EntryPosted(
        member_id=account.member_id,
        seq=after.seq,
        kind=posting.kind,
        delta_fen=draw.money_of(moves),
        balance_after_fen=after.balance_fen,
        total_fen=decision.total_fen,
        bonus_fen=decision.bonus_fen,
        payments=decision.payments,
        booked_at=now,
        occurred_at=decision.occurred_at or posting.occurred_at or now,
        business_date=day,
        store_id=posting.store.store_id,
        store_name=posting.store.name,
        order_name=posting.order_name if decision.order_name is None else decision.order_name,
        moves=moves,
        points_delta=draw.points_of(moves),
        points_after=after.points,
        points_earned=decision.points_earned,
        spent_fen=decision.spent_fen,
        earning_fen=decision.earning_fen,
        counts_in=counts_in,
        corrects=decision.corrects,
        reason=posting.reason,
        till_id=posting.till_id,
        late=posting.late,
    )
    return Posted(after, entry, refunded=decision.refunded)


def _day(store: Store, rules: Rules, now: datetime) -> str:
    day = store.business_date(now) if store.store_id else rules.today(now)
    return day.isoformat()


def _check(was: Account, now: Account, *, fills: bool) -> None:
    """What fills a card leaves room for what must always find it: money, points earned, refunds."""
    if now.balance_fen > money.MOST_FEN:
        raise BalanceTooHigh(limit_fen=money.MOST_FEN)
    most, most_bytes = _MOST if fills else _MOST_AT_ALL
    if len(now.holdings) > max(most, len(was.holdings)):
        raise CardFull(limit=most)
    if len(now.holdings) > _SURELY_SHORT and _length(now) > max(most_bytes, _length(was)):
        raise CardFull(limit=most)


def _length(account: Account) -> int:
    """An item of DynamoDB ends at 400 KB; terms with hundreds of stores come near it with few lots."""
    return len(msgspec.json.encode(account.holdings))


def check_occurred_at(occurred_at: datetime | None, now: datetime) -> None:
    """A till's clock may be a little ahead, and a sale a week old; older ones come through the journal."""
    if occurred_at is None:
        return
    if not now - _LATEST <= occurred_at <= now + _CLOCK_AHEAD:
        raise invalid(
            "/occurred_at",
            "时间应在最近 7 天内，且不晚于现在",
            "must lie within the last 7 days and not in the future",
        )
