"""Top-ups: what the chain gives on top, and what unused value is worth when it is paid back."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fractions import Fraction
from typing import NamedTuple

from chalicelib.ledger.facts import EntryPosted, Lot, Move, Payment
from chalicelib.ledger.model import tiers
from chalicelib.ledger.model.account import Account, Holding
from chalicelib.ledger.model.posting import Decision, Posting, Situation
from chalicelib.ledger.model.refusals import (
    BalanceTooHigh,
    BonusNotGranted,
    NothingLeft,
    NotOffered,
)
from chalicelib.ledger.model.rules import CountCardKind, Rules, TopUpRule
from chalicelib.ledger.model.spends import points_for

SOLD_LOTS = ("principal", "bonus", "count")


@dataclass(frozen=True, kw_only=True)
class TopUp(Posting):
    """`bonus_fen` 0 is what the rules give; who is `free` may give another bonus than they do."""

    kind = "top_up"

    paid: Payment
    bonus_fen: int = 0
    free: bool = False

    def decide(self, at: Situation) -> Decision:
        bonus_fen = self._bonus(at)
        worth_fen = self.paid.amount_fen + bonus_fen
        limit_fen = most(at.rules, has_phone=at.account.has_phone)
        if at.account.balance_fen + worth_fen > limit_fen:
            raise BalanceTooHigh(limit_fen=limit_fen)
        principal = Lot(
            at.lot_id(), "principal", self.paid.amount_fen, self.paid.amount_fen, worth_fen
        )
        moves = [Move(principal, self.paid.amount_fen)]
        if bonus_fen:
            days = at.rules.balance.bonus_valid_days
            ends = at.rules.after_days(at.now, days) if days else None
            bonus = Lot(
                at.lot_id(), "bonus", bonus_fen, self.paid.amount_fen, worth_fen, expires_at=ends
            )
            moves.append(Move(bonus, bonus_fen))
        return Decision(
            tuple(moves),
            total_fen=self.paid.amount_fen,
            bonus_fen=bonus_fen,
            payments=(self.paid,),
        )

    def mark(self, account: Account) -> Account:
        return replace(account, top_ups=account.top_ups + 1)

    def _bonus(self, at: Situation) -> int:
        if not at.rules.top_ups:
            return self.bonus_fen
        rule = granted(at.account, at.rules, self.paid.amount_fen, at.now)
        by_rule = rule.bonus_fen if rule else 0
        if self.bonus_fen in {0, by_rule} or self.free:
            return self.bonus_fen or by_rule
        raise BonusNotGranted(bonus_fen=by_rule)


def granted(account: Account, rules: Rules, paid_fen: int, now: datetime) -> TopUpRule | None:
    """The rule with the highest bonus of those that fit this member, this sum and this day."""
    today = rules.today(now)
    tier = tiers.standing(account.months, rules.tiers, today).tier
    fitting = [
        rule
        for rule in rules.top_ups
        if rule.pay_fen <= paid_fen
        and not (rule.first_only and account.top_ups)
        and (not rule.tiers or tier in rule.tiers)
        and (rule.from_date is None or rule.from_date <= today)
        and (rule.to_date is None or today <= rule.to_date)
    ]
    return max(fitting, key=lambda rule: rule.bonus_fen, default=None)


def most(rules: Rules, *, has_phone: bool) -> int:
    """How much a card may hold; a member without a phone is one without a name."""
    rule = rules.balance
    return rule.most_fen if has_phone else min(rule.most_fen, rule.most_without_phone_fen)


@dataclass(frozen=True, kw_only=True)
class CardSale(Posting):
    """A count card is sold; its price earns as a spend does."""

    kind = "card_sale"

    count_card: str
    method: str

    def decide(self, at: Situation) -> Decision:
        sold = count_card(at.rules, self.count_card)
        points = points_for(sold.price_fen, at)
        moves = [Move(card_lot(sold, at, paid_fen=sold.price_fen), sold.times)]
        if points:
            moves.append(Move(at.points_lot(), points))
        return Decision(
            tuple(moves),
            total_fen=sold.price_fen,
            payments=(Payment(self.method, sold.price_fen),),
            points_earned=points,
            spent_fen=sold.price_fen,
            earning_fen=sold.price_fen,
        )


def count_card(rules: Rules, word: str) -> CountCardKind:
    """Raises NotOffered."""
    for each in rules.count_cards:
        if each.count_card == word:
            return each
    raise NotOffered(asked=word)


def card_lot(kind: CountCardKind, at: Situation, *, paid_fen: int) -> Lot:
    ends = at.rules.after_days(at.now, kind.valid_days) if kind.valid_days else None
    return Lot(
        at.lot_id(), "count", kind.times, paid_fen, expires_at=ends, product=kind.count_card,
        title=kind.title, service=kind.service, stores=kind.stores,
    )  # fmt: skip


class Quote(NamedTuple):
    """What is paid back for what is left of one top-up, or of one count card; `whole` within the seven days, unused."""

    entry_id: str
    kind: str
    left: int
    paid_fen: int
    back_fen: int
    whole: bool
    lots: tuple[Holding, ...]


def quote(
    account: Account, entry_id: str, rules: Rules, booked_at: datetime, now: datetime
) -> Quote:
    """Paid ÷ (paid + bonus) of the value left (法释〔2025〕4号), or of the times left; all that was paid where
    nothing was used within seven days. Raises NothingLeft.
    """
    lots = tuple(one for one in account.holdings if made_by(one.lot, entry_id))
    if not lots:
        raise NothingLeft
    first = lots[0].lot
    left = sum(one.left for one in lots)
    unused = left == _worth(first) and now - booked_at <= timedelta(days=rules.refunds.seven_days)
    parts = sum(
        (Fraction(one.left * one.lot.paid_fen, _worth(one.lot)) for one in lots), Fraction()
    )
    back_fen = first.paid_fen if unused else int(parts + Fraction(1, 2))
    return Quote(entry_id, first.kind, left, first.paid_fen, back_fen, unused, lots)


def _worth(lot: Lot) -> int:
    return lot.given if lot.kind == "count" else lot.worth_fen


def made_by(lot: Lot, entry_id: str) -> bool:
    """Whether what was bought with this entry; also where a refund reopened the lot."""
    name = lot.reopens or lot.lot_id
    return lot.kind in SOLD_LOTS and lot.paid_fen > 0 and name.rpartition(".")[0] == entry_id


def quotes(account: Account, rules: Rules, now: datetime) -> list[Quote]:
    """For everything that was bought and not used up; when it was bought is told where it is asked for by itself."""
    bought = dict.fromkeys(
        (one.lot.reopens or one.lot.lot_id).rpartition(".")[0]
        for one in account.holdings
        if one.lot.kind in SOLD_LOTS and one.lot.paid_fen
    )
    long_ago = now - timedelta(days=3660)
    return [quote(account, entry_id, rules, long_ago, now) for entry_id in bought]


@dataclass(frozen=True, kw_only=True)
class TopUpRefund(Posting):
    """What is left of a top-up, or of a count card that was bought, is paid back; the bonus goes with it."""

    kind = "top_up_refund"

    bought: EntryPosted

    def decide(self, at: Situation) -> Decision:
        asked = quote(at.account, self.bought.entry_id, at.rules, self.bought.booked_at, at.now)
        back = Payment(self.bought.payments[0].method, asked.back_fen)
        bonus = sum(one.left for one in asked.lots if one.lot.kind == "bonus")
        return Decision(
            tuple(Move(one.lot, -one.left) for one in asked.lots),
            total_fen=asked.back_fen,
            bonus_fen=bonus,
            payments=(back,),
            corrects=self.bought.entry_id,
        )
