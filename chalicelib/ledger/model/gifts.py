"""What members are given without paying, what is put right by hand, and what goes from one member to another."""

from msgspec.structs import replace

from chalicelib.access.model import Store
from chalicelib.ledger.facts import EntryPosted, Lot, Move, Off
from chalicelib.ledger.model.account import Account
from chalicelib.ledger.model.posting import NOWHERE, Decision, Posting, Situation
from chalicelib.ledger.model.refusals import BalanceTooHigh, NotOffered
from chalicelib.ledger.model.rules import CouponKind, Rules
from chalicelib.ledger.model.top_ups import card_lot, count_card, most


class Grant(Posting, frozen=True, kw_only=True):
    """Exactly one of a coupon, a count card and points."""

    kind = "grant"
    fills = True

    coupon: str | None = None
    count_card: str | None = None
    points: int = 0

    def decide(self, at: Situation) -> Decision:
        if self.coupon:
            return Decision((Move(coupon_lot(self.coupon, at), 1),))
        if self.count_card:
            kind = count_card(at.rules, self.count_card)
            return Decision((Move(card_lot(kind, at, paid_fen=0), kind.times),))
        return Decision((Move(at.points_lot(), self.points),))


def coupon_kind(rules: Rules, word: str) -> CouponKind:
    """Raises NotOffered."""
    for each in rules.coupons:
        if each.coupon == word:
            return each
    raise NotOffered


def coupon_lot(word: str, at: Situation) -> Lot:
    """Raises NotOffered where there is no such coupon, or its time is over."""
    kind = coupon_kind(at.rules, word)
    ends = [
        *([at.rules.end_of(kind.ends_on)] if kind.ends_on else []),
        *([at.rules.after_days(at.now, kind.valid_days)] if kind.valid_days else []),
    ]
    if ends and min(ends) <= at.now:
        raise NotOffered
    return Lot(
        at.lot_id(), "coupon", 1,
        starts_at=at.rules.start_of(kind.starts_on) if kind.starts_on else None,
        expires_at=min(ends, default=None),
        product=kind.coupon, title=kind.title, stores=kind.stores,
        off=Off(kind.amount_off_fen, kind.percent_off, kind.cap_fen, kind.threshold_fen),
    )  # fmt: skip


class Correction(Posting, frozen=True, kw_only=True):
    """A mistake is answered by an entry that names the one it corrects."""

    kind = "correction"

    corrects: str
    balance_fen: int = 0
    points: int = 0

    def decide(self, at: Situation) -> Decision:
        moves = [*self._money(at), *self._points(at)]
        return Decision(tuple(moves), total_fen=abs(self.balance_fen), corrects=self.corrects)

    def _money(self, at: Situation) -> list[Move]:
        if self.balance_fen >= 0:
            lot = Lot(at.lot_id(), "principal", self.balance_fen)
            return [Move(lot, self.balance_fen)] if self.balance_fen else []
        return at.draw_money(-self.balance_fen)

    def _points(self, at: Situation) -> list[Move]:
        if self.points >= 0:
            return [Move(at.points_lot(), self.points)] if self.points else []
        return at.draw_points(-self.points)


class TransferOut(Posting, frozen=True, kw_only=True):
    """Balance goes to another member, with its terms; all of it where no amount is named."""

    kind = "transfer_out"

    other_id: str
    amount_fen: int | None = None

    def decide(self, at: Situation) -> Decision:
        wanted = max(at.account.balance_fen, 1) if self.amount_fen is None else self.amount_fen
        return Decision(tuple(at.draw_money(wanted)), total_fen=wanted)


class TransferIn(Posting, frozen=True, kw_only=True):
    """What came from the other member, in lots of its own: neither of the two learns who the other is from them."""

    kind = "transfer_in"
    fills = True

    out: EntryPosted

    def decide(self, at: Situation) -> Decision:
        limit_fen = most(at.rules, has_phone=at.account.has_phone)
        if at.account.balance_fen + self.out.total_fen > limit_fen:
            raise BalanceTooHigh(limit_fen=limit_fen)
        came = tuple(
            Move(_handed_over(move.lot, at.lot_id()), -move.amount) for move in self.out.moves
        )
        return Decision(came, total_fen=self.out.total_fen)


def _handed_over(lot: Lot, lot_id: str) -> Lot:
    bought = lot.bought_with if lot.paid_fen else None
    return replace(lot, lot_id=lot_id, reopens=None, bought=bought)


class JoinOut(Posting, frozen=True, kw_only=True):
    """All that one member has leaves for the member that they become; this one's account is closed."""

    kind = "join_out"
    store: Store = NOWHERE
    order_name: str = ""

    into: str

    def decide(self, at: Situation) -> Decision:
        moves = tuple(Move(one.lot, -one.left) for one in at.account.holdings)
        return Decision(moves, order_name=self.into)

    def mark(self, account: Account) -> Account:
        return replace(account, closed_into=self.into, months={})


class JoinIn(Posting, frozen=True, kw_only=True):
    """What `out` took from the account `left` comes here, debts too, and with it what that account counted."""

    kind = "join_in"
    store: Store = NOWHERE
    order_name: str = ""

    left: Account
    out: EntryPosted

    def decide(self, at: Situation) -> Decision:
        del at
        moves = tuple(Move(move.lot, -move.amount) for move in self.out.moves)
        return Decision(moves, order_name=self.left.member_id)

    def mark(self, account: Account) -> Account:
        for month, each in self.left.months.items():
            account = account.counted(month, each.spent_fen, each.points)
        return replace(
            account,
            top_ups=account.top_ups + self.left.top_ups,
            lost=account.lost or self.left.lost,
        )


class CardLostNotice(Posting, frozen=True, kw_only=True):
    """The member reported the card lost: it pays nothing from now on."""

    kind = "card_lost"

    def decide(self, at: Situation) -> Decision:
        del at
        return Decision()

    def mark(self, account: Account) -> Account:
        return replace(account, lost=True)


class CardReplaced(Posting, frozen=True, kw_only=True):
    """A new number, or the old card found again: it pays."""

    kind = "card_replaced"

    def decide(self, at: Situation) -> Decision:
        del at
        return Decision()

    def mark(self, account: Account) -> Account:
        return replace(account, lost=False)
