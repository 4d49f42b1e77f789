"""Top-ups: what the chain gives on top, and what unused value is worth when it is paid back."""

from datetime import datetime, timedelta
from fractions import Fraction
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from chalicelib.kernel.shares import nearest
from chalicelib.ledger.facts import EntryPosted, Lot, Move, Payment
from chalicelib.ledger.model import tiers
from chalicelib.ledger.model.account import Account, Holding
from chalicelib.ledger.model.claw_back import claw_back, taken_in_all
from chalicelib.ledger.model.posting import Decision, Order, Posting, Situation, Within
from chalicelib.ledger.model.refusals import (
    BalanceTooHigh,
    BonusNotGranted,
    NothingLeft,
    NotOffered,
)
from chalicelib.ledger.model.rules import CountCardKind, Rules, TopUpRule
from chalicelib.ledger.model.spends import points_for

SOLD_LOTS = ("principal", "bonus", "count")
BOUGHT = ("top_up", "card_sale")


class TopUp(Posting, frozen=True, kw_only=True):
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


class CardSale(Posting, frozen=True, kw_only=True):
    """A count card is sold; its price earns as a spend does."""

    kind = "card_sale"
    fills = True

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
    raise NotOffered


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


class PaidBack(msgspec.Struct, frozen=True):
    """What was paid back of a purchase before, and the points that were taken with it."""

    back_fen: int = 0
    points_taken: int = 0


def quote(account: Account, bought: Order, rules: Rules, now: datetime) -> Quote:
    """Paid ÷ (paid + bonus) of the value left (法释〔2025〕4号), or of the times left; all that was paid where
    nothing was used within seven days; with what was paid back before, never more than was paid. Raises NothingLeft.
    """
    entry = bought.entry
    lots = _bought(account).get(entry.entry_id) if entry else None
    if entry is None or not lots:
        raise NothingLeft
    before = paid_back(bought)
    part = _part(lots)
    young = now - entry.booked_at <= timedelta(days=rules.refunds.seven_days)
    whole = young and not before.back_fen and _unused(lots)
    paid_fen = entry.total_fen if entry.kind in BOUGHT else _put_back(entry)
    back_fen = paid_fen if whole else min(part.back_fen, paid_fen - before.back_fen)
    if not back_fen:
        raise NothingLeft
    return part._replace(back_fen=back_fen, whole=whole)


def paid_back(bought: Order) -> PaidBack:
    return msgspec.json.decode(bought.refunded, type=PaidBack) if bought.refunded else PaidBack()


def _part(lots: tuple[Holding, ...]) -> Quote:
    """By what was paid for it, half a fen up."""
    first = lots[0].lot
    return Quote(
        first.bought_with,
        first.kind,
        sum(one.left for one in lots),
        first.paid_fen,
        nearest(sum((one.price for one in lots), Fraction())),
        whole=False,
        lots=lots,
    )


def _put_back(refund: EntryPosted) -> int:
    """What had been owed when it was paid, and came back onto the card as money."""
    return sum(
        move.lot.paid_fen for move in refund.moves if move.lot.bought_with == refund.entry_id
    )


def _unused(lots: tuple[Holding, ...]) -> bool:
    first = lots[0].lot
    return first.bought is None and sum(one.left for one in lots) == first.bought_units


def quotes(account: Account) -> list[Quote]:
    """For everything that was bought and not used up, by what was paid for it; the seven days are not looked at."""
    return [_part(lots) for lots in _bought(account).values()]


def _bought(account: Account) -> dict[str, tuple[Holding, ...]]:
    """By the entry with which each was bought, also where a refund reopened the lot."""
    bought: dict[str, tuple[Holding, ...]] = {}
    for one in account.holdings:
        if one.lot.kind in SOLD_LOTS and one.lot.paid_fen:
            entry_id = one.lot.bought_with
            bought[entry_id] = (*bought.get(entry_id, ()), one)
    return bought


class TopUpRefund(Posting, frozen=True, kw_only=True):
    """What is left of a top-up, or of a count card, is paid back; the bonus and points that it earned go with it."""

    kind = "top_up_refund"

    bought: Order
    within: Within | None = None

    def answers(self) -> Order:
        return self.bought

    def answering(self, order: Order) -> "TopUpRefund":
        return replace(self, bought=order)

    def decide(self, at: Situation) -> Decision:
        asked = quote(at.account, self.bought, at.rules, at.now)
        entry, before = self._entry(), paid_back(self.bought)
        back_fen = before.back_fen + asked.back_fen
        if self.within:
            self.within(back_fen)
        points = taken_in_all(entry, back_fen) - before.points_taken
        moves = [Move(one.lot, -one.left) for one in asked.lots]
        moves += claw_back(entry, points, at.after(moves))
        earned = asked.back_fen if entry.kind == CardSale.kind else 0
        state = PaidBack(back_fen, before.points_taken + points)
        return Decision(
            tuple(moves),
            total_fen=asked.back_fen,
            bonus_fen=sum(one.left for one in asked.lots if one.lot.kind == "bonus"),
            payments=(Payment(_method(entry), asked.back_fen),),
            points_earned=-points,
            spent_fen=-earned,
            earning_fen=-earned,
            counts_in=entry.counts_in,
            corrects=entry.entry_id,
            refunded=msgspec.json.encode(state).decode(),
        )

    def _entry(self) -> EntryPosted:
        if self.bought.entry is None:
            raise NothingLeft
        return self.bought.entry


def _method(entry: EntryPosted) -> str:
    """As it was paid; what came back onto a card by a refund, having been owed, is paid out in cash."""
    return entry.payments[0].method if entry.kind in BOUGHT else "cash"
