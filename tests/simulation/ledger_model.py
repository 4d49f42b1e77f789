"""What the ledger should do, said plainly: lists and fractions, one thing after the other, nothing fast or clever.

Written from the words of the issue and of the promises in docstrings, not from the ledger's code; a race, a lost answer
or a table has no place in it. `PlainLedger.do` is the whole of it.
"""

import copy
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from math import floor
from typing import Any

from chalicelib.ledger.model.rules import Rules, Tier
from tests.simulation import ledger_arithmetic as reckon
from tests.simulation.ledger_things import (
    Person,
    Posting,
    Purchase,
    Refusal,
    Sale,
    Slice,
    Thing,
    Unknown,
    refuse,
)
from tests.simulation.ledger_words import Answer, Asked, Card, Entry, Lot, Paid

MONEY = ("principal", "bonus", "debt")
POINTS = ("points", "points_debt")
TENDERS = ("cash", "wechat_pay", "alipay", "card")
SOLD = ("principal", "bonus", "count")
ON_THE_CARD = ("balance", "points", "coupon", "count_card")


class PlainLedger:
    def __init__(self, rules: Rules, now: datetime) -> None:
        self.rules, self.now = rules, now
        self.people: dict[str, Person] = {}
        self.names: dict[tuple[str, str, str], tuple[str, Answer]] = {}
        self.sales: dict[tuple[str, str], Sale] = {}
        self.purchases: dict[tuple[str, str, str], Purchase] = {}

    # What is asked

    def do(self, asked: Asked) -> Answer:
        """A name stands for one thing for ever; what is refused changes nothing else."""
        key = (asked.kind, asked.store, asked.name)
        if key in self.names:
            fingerprint, answer = self.names[key]
            return answer if fingerprint == asked.reworded() else Answer("name_taken")
        was = copy.deepcopy((self.people, self.sales, self.purchases))
        try:
            entry_id: str = getattr(self, f"_{asked.kind}")(asked)
        except Unknown:
            return Answer("not_found")
        except Refusal as refusal:
            self.people, self.sales, self.purchases = was
            answer = Answer("refused", (refusal.code, refusal.values))
        else:
            answer = Answer("taken", entry_id)
        self.names[key] = (asked.reworded(), answer)
        return answer

    def who(self, member_id: str) -> Person:
        person = self.people[member_id]
        return self.who(person.into) if person.into else person

    def join(self, source_id: str, target_id: str) -> None:
        source, target = self.people[source_id], self.people[target_id]
        source.into = target_id
        if not source.entries:
            return
        self._sweep(source)
        self._sweep(target)
        out = Posting(source, "join_out", order_name=target_id)
        came = Posting(target, "join_in", order_name=source_id)
        for thing in list(source.things):
            came.move(thing, thing.left)
            out.move(thing, -thing.left)
        target.counted += source.counted
        target.top_ups += source.top_ups
        target.lost = target.lost or source.lost
        self._book(out)
        self._book(came)

    def expire(self, member_id: str) -> None:
        self._sweep(self.people[member_id])

    def notify(self, member_id: str) -> None:
        """Everything that ends within the days of notice is announced, once for each moment."""
        person = self.who(member_id)
        self.expire(person.member_id)
        for ends in sorted({t.ends for t in person.things if t.ends}):
            last_day = reckon.day_of(ends, self.rules) - timedelta(days=1)
            if last_day >= self._today() + timedelta(days=self.rules.notice_days):
                continue
            key = ("expiry_notice", "", f"{person.member_id} {ends}")
            if key in self.names:
                continue
            self.names[key] = ("", Answer("taken"))
            self._book(self._notice(person, ends, last_day))

    def card(self, member_id: str) -> Card:
        person = self.who(member_id)
        live = [t for t in person.things if t.ends is None or t.ends > self.now]
        tier, following, missing = self._standing(person)
        return Card(
            person.member_id,
            sum(t.left for t in live if t.kind in MONEY),
            sum(t.left for t in live if t.kind in POINTS),
            tuple(
                Lot(t.lot_id, t.kind, t.left, t.given, t.paid, t.worth, t.ends, t.product, t.reopens, t.bought)
                for t in sorted(live, key=lambda t: t.lot_id)
            ),
            tier, following, missing, person.lost,
        )  # fmt: skip

    # Kinds of postings

    def _spend(self, asked: Asked) -> str:
        body = asked.body
        posting = self._open(asked, asked.member)
        person, rows = posting.person, list(body["payments"])
        if sum(row.method == "coupon" for row in rows) > 1:
            refuse("coupon_not_usable", because="one_an_order")
        if person.lost and any(row.method in ON_THE_CARD for row in rows):
            refuse("card_lost")
        table = reckon.table(body["total"], rows, body["lines"])
        sale = Sale(
            posting.entry_id, person.member_id, self._day_of_stores(), body["total"], rows,
            [0] * len(rows), list(body["lines"]), table, [[0] * len(line) for line in table],
            [0] * len(body["lines"]), [],
        )  # fmt: skip
        percent = self._percent(person)
        pools = [t for t in person.things if t.kind == "points"]
        for number, row in enumerate(rows):
            before = len(posting.moves)
            sale.points_paid[number] = self._pay(posting, row, asked)
            sale.slices += [Slice(t, number, -fen) for t, fen in posting.moves[before:]]
        tendered = sum(row.fen for row in rows if row.method in TENDERS)
        balance = sum(row.fen for row in rows if row.method == "balance")
        sale.balance_earns = self.rules.points.earn_on_balance and balance > 0
        sale.earning = tendered + (balance if sale.balance_earns else 0)
        sale.earned = self._points_for(sale.earning, percent)
        if sale.earned:
            sale.earned_into = self._earn(posting, sale.earned, pools)
        posting.total, posting.spent = body["total"], tendered + balance
        posting.earning, posting.earned = sale.earning, sale.earned
        posting.payments = [
            (row.method, row.fen, points, row.times)
            for row, points in zip(rows, sale.points_paid, strict=True)
        ]
        sale.month = self._month()
        self.sales[asked.store, asked.name] = sale
        return self._book(posting)

    def _pay(self, posting: Posting, row: Paid, asked: Asked) -> int:
        """How many points it took."""
        if row.method == "balance":
            trust = asked.body["trust"]
            missing = self._draw_money(posting, row.fen)
            owed = -posting.person.sum(["debt"])
            if missing and (trust is None or owed + missing > trust):
                refuse("balance_too_low", missing_fen=missing, missing_yuan=reckon.yuan(missing))
            if missing:
                posting.move(Thing(posting.new_id(), "debt"), -missing)
        elif row.method == "points":
            rule = self.rules.points
            if not rule.redeem_fen:
                refuse("points_not_redeemable")
            points = reckon.up(row.fen * rule.redeem_points, rule.redeem_fen)
            if missing := self._draw_points(posting, points):
                refuse("points_too_low", missing_points=missing)
            return points
        elif row.method == "coupon":
            self._use_coupon(posting, row, asked)
        elif row.method == "count_card":
            self._use_count_card(posting, row, asked)
        return 0

    def _use_coupon(self, posting: Posting, row: Paid, asked: Asked) -> None:
        thing = posting.person.thing(row.lot)
        if thing is None or thing.coupon is None:
            refuse("coupon_not_usable", because="unknown")
        if thing.starts and thing.starts > self.now:
            refuse("coupon_not_usable", because="not_yet")
        if thing.stores and asked.store not in thing.stores:
            refuse("coupon_not_usable", because="other_store")
        kind, total = thing.coupon, asked.body["total"]
        if total < kind.threshold_fen:
            refuse("coupon_not_usable", because="threshold", threshold_fen=kind.threshold_fen)
        value = reckon.coupon_worth(kind, total)
        if value != row.fen:
            refuse("coupon_value_differs", value_fen=value)
        posting.move(thing, -1)

    def _use_count_card(self, posting: Posting, row: Paid, asked: Asked) -> None:
        thing = posting.person.thing(row.lot)
        if thing is None or thing.kind != "count":
            refuse("count_card_not_usable", because="unknown", left=0)
        if thing.stores and asked.store not in thing.stores:
            refuse("count_card_not_usable", because="other_store", left=thing.left)
        if thing.left < row.times:
            refuse("count_card_not_usable", because="used_up", left=thing.left)
        lines = asked.body["lines"]
        sku = lines[row.line].sku if row.line is not None and lines else None
        if sku and sku != thing.service:
            refuse("count_card_not_usable", because="other_service", left=thing.left)
        posting.move(thing, -row.times)

    def _refund(self, asked: Asked) -> str:
        sale = self._sale(asked)
        return self._give_back(asked, sale, reckon.wanted(sale, asked.body))

    def _void(self, asked: Asked) -> str:
        sale = self._sale(asked)
        if sale.day != self._day_of_stores():
            refuse("void_too_late")
        if sale.refunds:
            refuse("refunded_already")
        return self._give_back(asked, sale, [list(row) for row in sale.table])

    def _give_back(self, asked: Asked, sale: Sale, now: list[list[int]]) -> str:
        posting = self._open(asked, sale.person)
        before = [sum(row) for row in sale.back]
        sale.back = reckon.plus(sale.back, now)
        after = [sum(row) for row in sale.back]
        self._count_units(sale, asked)
        pools = self._returned(sale, before, after)
        for piece, amount in zip(sale.slices, pools, strict=True):
            if amount:
                piece.returned += amount
                self._put_back(posting, piece.terms, amount)
        self._pay_claims(posting)
        self._take_earned(posting, sale, after)
        for number, row in enumerate(sale.rows):
            if sum(now[number]):
                posting.payments.append((
                    row.method,
                    sum(now[number]),
                    reckon.whole_ones(sale.points_paid[number], row.fen, before[number], after[number]),
                    reckon.whole_ones(row.times, row.fen, before[number], after[number]),
                ))  # fmt: skip
        tendered = sum(fen for method, fen, *_ in posting.payments if method in TENDERS)
        balance = sum(fen for method, fen, *_ in posting.payments if method == "balance")
        posting.total = sum(sum(row) for row in now)
        posting.spent = -(tendered + balance)
        posting.earning = -(tendered + (balance if sale.balance_earns else 0))
        posting.corrects, posting.month = sale.entry_id, sale.month
        sale.refunds += 1
        self._owed_no_more(asked, posting)
        return self._book(posting)

    def _owed_no_more(self, asked: Asked, posting: Posting) -> None:
        """What was owed and comes back is money that was paid: it can be paid out."""
        came = [t for t, _ in posting.moves if t.lot_id.split(".")[0] == posting.entry_id]
        price = sum(t.given for t in came if t.kind == "principal")
        self.purchases[asked.kind, asked.store, asked.name] = Purchase(
            posting.entry_id, posting.person.member_id, self.now, "cash", posting.month, price
        )

    def _count_units(self, sale: Sale, asked: Asked) -> None:
        for number, quantity in asked.body.get("parts") or ():
            whole = sale.lines[number].quantity
            sale.units[number] = whole if quantity is None else sale.units[number] + quantity

    def _returned(self, sale: Sale, before: list[int], after: list[int]) -> list[int]:
        """Of each slice: balance and points over all their slices in proportion, coupons and times to their own."""
        returned = [0] * len(sale.slices)
        for method in ("balance", "points"):
            rows = [n for n, row in enumerate(sale.rows) if row.method == method]
            if method == "balance":
                amount = sum(after[n] - before[n] for n in rows)
            else:
                amount = sum(
                    reckon.whole_ones(sale.points_paid[n], sale.rows[n].fen, before[n], after[n])
                    for n in rows
                )
            places = [n for n, piece in enumerate(sale.slices) if piece.row in rows]
            open_still = [sale.slices[n].taken - sale.slices[n].returned for n in places]
            for place, part in zip(places, reckon.apportion(amount, open_still), strict=True):
                returned[place] = part
        for place, piece in enumerate(sale.slices):
            row = sale.rows[piece.row]
            if row.method in {"coupon", "count_card"}:
                number = piece.row
                returned[place] = reckon.whole_ones(
                    piece.taken, row.fen, before[number], after[number]
                )
        return returned

    def _put_back(self, posting: Posting, terms: Thing, amount: int) -> None:
        if terms.kind == "debt":
            lot_id = posting.new_id()
            posting.move(Thing(lot_id, "principal", 0, amount, amount, amount), amount)
        elif terms.ends and terms.ends <= self.now:
            ends = self._end_in(self.rules.refunds.reopened_days)
            first = terms.reopens or terms.lot_id
            again = replace(terms, lot_id=posting.new_id(), starts=None, ends=ends, reopens=first)
            posting.move(again, amount)
        else:
            posting.move(terms, amount)

    def _take_earned(self, posting: Posting, sale: Sale, after: list[int]) -> None:
        """The points that the money given back so far had earned, less those taken before."""
        if not sale.earned:
            return
        earning = (*TENDERS, "balance") if sale.balance_earns else TENDERS
        back = sum(after[n] for n, row in enumerate(sale.rows) if row.method in earning)
        kept = reckon.down(sale.earned * (sale.earning - back), sale.earning)
        due = sale.earned - kept - sale.points_taken
        sale.points_taken += due
        posting.earned = -due
        self._claw_back(posting, sale.earned_into, due)

    def _claw_back(self, posting: Posting, into: Thing | None, due: int) -> None:
        """From the lot that they went to, others, and below zero where that may be; not where that lot has expired."""
        if into is None or not due or (into.ends and into.ends <= self.now):
            return
        held = posting.person.thing(into.lot_id)
        first = min(due, held.left) if held else 0
        if held:
            posting.move(held, -first)
        rest = self._draw_points(posting, due - first)
        kind = "points_debt" if self.rules.points.may_go_below_zero else "points_claim"
        if rest:
            posting.move(Thing(posting.new_id(), kind), -rest)

    def _pay_claims(self, posting: Posting) -> None:
        """What earlier refunds could not take comes out of the points that this one gives back, and of no others."""
        given = sum(n for t, n in posting.moves if t.kind == "points")
        claims = [t for t in posting.person.things if t.kind == "points_claim"]
        owed = min(given, -sum(t.left for t in claims))
        self._pay_off(posting, claims, owed - self._draw_points(posting, owed))

    def _top_up(self, asked: Asked) -> str:
        posting = self._open(asked, asked.member)
        person, paid = posting.person, asked.body["paid"]
        bonus = self._bonus(person, asked)
        self._room_for(person, paid + bonus)
        whole = paid + bonus
        posting.move(Thing(posting.new_id(), "principal", 0, paid, paid, whole), paid)
        if bonus:
            days = self.rules.balance.bonus_valid_days
            ends = self._end_in(days) if days else None
            posting.move(Thing(posting.new_id(), "bonus", 0, bonus, paid, whole, ends=ends), bonus)
        person.top_ups += 1
        posting.total, posting.bonus = paid, bonus
        posting.payments = [(asked.body["method"], paid, 0, 0)]
        return self._bought(asked, posting, None)

    def _bonus(self, person: Person, asked: Asked) -> int:
        said: int = asked.body["bonus"]
        tier, _, _ = self._standing(person)
        today = self._today()
        best = 0
        for rule in self.rules.top_ups:
            fits = asked.body["paid"] >= rule.pay_fen
            fits &= not (rule.first_only and person.top_ups > 0)
            fits &= not rule.tiers or tier in rule.tiers
            fits &= (rule.from_date or today) <= today <= (rule.to_date or today)
            best = max(best, rule.bonus_fen) if fits else best
        if asked.body["free"] and said:
            return said
        if said not in {0, best}:
            refuse("bonus_not_granted", bonus_fen=best)
        return best

    def _card_sale(self, asked: Asked) -> str:
        posting = self._open(asked, asked.member)
        kind = self._count_card_kind(asked.body["card"])
        points = self._points_for(kind.price_fen, self._percent(posting.person))
        self._hand_out(posting, kind, kind.price_fen)
        pools = [t for t in posting.person.things if t.kind == "points"]
        into = self._earn(posting, points, pools) if points else None
        posting.total = posting.spent = posting.earning = kind.price_fen
        posting.earned = points
        posting.payments = [(asked.body["method"], kind.price_fen, 0, 0)]
        return self._bought(asked, posting, into)

    def _bought(self, asked: Asked, posting: Posting, into: Thing | None) -> str:
        self.purchases[asked.kind, asked.store, asked.name] = Purchase(
            posting.entry_id,
            posting.person.member_id,
            self.now,
            asked.body["method"],
            self._month(),
            posting.total,
            posting.earning,
            posting.earned,
            into,
        )
        return self._book(posting)

    def _top_up_refund(self, asked: Asked) -> str:
        kind, name = asked.body["of"]
        bought = self.purchases.get((kind, asked.store, name))
        if bought is None:
            raise Unknown
        posting = self._open(asked, asked.member or bought.person)
        mine = [
            t
            for t in posting.person.things
            if t.kind in SOLD and t.paid and t.purchase == bought.entry_id
        ]
        if not mine:
            refuse("nothing_left")
        parts = [t.price for t in mine]
        unused = mine[0].bought is None and sum(t.left for t in mine) == mine[0].worth_of_all
        days = timedelta(days=self.rules.refunds.seven_days)
        if unused and self.now - bought.at <= days and not bought.back:
            back = bought.price
        else:
            back = min(floor(sum(parts) + Fraction(1, 2)), bought.price - bought.back)
        if not back:
            refuse("nothing_left")
        posting.bonus = sum(t.left for t in mine if t.kind == "bonus")
        for thing in mine:
            posting.move(thing, -thing.left)
        bought.back += back
        posting.total, posting.payments = back, [(bought.method, back, 0, 0)]
        posting.corrects, posting.month = bought.entry_id, bought.month
        if bought.earning:
            posting.spent = posting.earning = -back
            kept = reckon.down(bought.earned * (bought.earning - bought.back), bought.earning)
            due = bought.earned - kept - bought.points_taken
            bought.points_taken += due
            posting.earned = -due
            self._claw_back(posting, bought.earned_into, due)
        return self._book(posting)

    def _grant(self, asked: Asked) -> str:
        posting, body = self._open(asked, asked.member), asked.body
        if body.get("coupon"):
            self._hand_out_coupon(posting, body["coupon"])
        elif body.get("card"):
            self._hand_out(posting, self._count_card_kind(body["card"]), 0)
        else:
            points = [t for t in posting.person.things if t.kind == "points"]
            self._earn(posting, body["points"], points)
        return self._book(posting)

    def _correction(self, asked: Asked) -> str:
        posting = self._open(asked, asked.member)
        fen, points = asked.body["fen"], asked.body["points"]
        pools = [t for t in posting.person.things if t.kind == "points"]
        if fen >= 0:  # nothing to put right leaves a number of a lot unused
            posting.move(Thing(posting.new_id(), "principal", 0, fen), fen)
        elif missing := self._draw_money(posting, -fen):
            refuse("balance_too_low", missing_fen=missing, missing_yuan=reckon.yuan(missing))
        if points > 0:
            self._earn(posting, points, pools)
        elif missing := self._draw_points(posting, -points):
            refuse("points_too_low", missing_points=missing)
        posting.total, posting.corrects = abs(fen), asked.body["corrects"]
        return self._book(posting)

    def _transfer_out(self, asked: Asked) -> str:
        giving, taking = self.who(asked.member), self.who(asked.body["other"])
        if giving is taking:
            refuse("same_member")
        out = self._open(asked, giving.member_id)
        amount = asked.body["fen"]
        amount = max(giving.sum(MONEY), 1) if amount is None else amount
        if missing := self._draw_money(out, amount):
            refuse("balance_too_low", missing_fen=missing, missing_yuan=reckon.yuan(missing))
        self._sweep(taking)
        self._room_for(taking, amount)
        came = Posting(taking, "transfer_in", total=amount, order_name=asked.name)
        for thing, fen in list(out.moves):
            bought = thing.purchase if thing.paid else None
            terms = replace(thing, lot_id=came.new_id(), left=0, reopens=None, bought=bought)
            came.move(terms, -fen)
        out.total = amount
        self._book(came)
        return self._book(out)

    def _card_lost(self, asked: Asked) -> str:
        posting = self._open(asked, asked.member)
        posting.person.lost = True
        return self._book(posting)

    def _card_replaced(self, asked: Asked) -> str:
        posting = self._open(asked, asked.member)
        posting.person.lost = False
        return self._book(posting)

    # Taking and giving

    def _draw_money(self, posting: Posting, amount: int) -> int:
        """What ends soonest first; of what ends together, bonus and principal as the chain says. Answers the rest."""
        things = [t for t in posting.person.things if t.kind in {"principal", "bonus"} and t.left]
        for ends in reckon.soonest(things):
            bonus = [t for t in things if t.ends == ends and t.kind == "bonus"]
            principal = [t for t in things if t.ends == ends and t.kind == "principal"]
            has = (sum(t.left for t in bonus), sum(t.left for t in principal))
            part = reckon.mixed(min(amount, sum(has)), has, self.rules.balance.bonus_percent)
            amount -= sum(part)
            for pot, fen in zip((bonus, principal), part, strict=True):
                _from_the_first(posting, pot, fen)
        return amount

    def _draw_points(self, posting: Posting, points: int) -> int:
        things = [t for t in posting.person.things if t.kind == "points" and t.left]
        for ends in reckon.soonest(things):
            points = _from_the_first(posting, [t for t in things if t.ends == ends], points)
        return points

    def _pay_debts(self, posting: Posting) -> None:
        """Nobody has both a debt and what would pay it."""
        for kind, draw in (("debt", self._draw_money), ("points_debt", self._draw_points)):
            debts = [t for t in posting.person.things if t.kind == kind and t.left]
            owed = -sum(t.left for t in debts)
            self._pay_off(posting, debts, owed - draw(posting, owed))

    def _pay_off(self, posting: Posting, debts: Sequence[Thing], paid: int) -> None:
        for debt in debts:
            part = min(paid, -debt.left)
            paid -= part
            posting.move(debt, part)

    def _earn(self, posting: Posting, points: int, pools: Sequence[Thing]) -> Thing:
        """Points that end together are one lot; what a refund reopened stays by itself."""
        months = self.rules.points.valid_months
        ends = reckon.months_end(self.now, months, self.rules) if months else None
        for pool in pools:
            if pool.ends == ends and pool.reopens is None:
                return posting.move(pool, points)
        return posting.move(Thing(posting.new_id(), "points", ends=ends), points)

    def _hand_out(self, posting: Posting, kind: Any, price: int) -> None:  # noqa: ANN401
        ends = self._end_in(kind.valid_days) if kind.valid_days else None
        card = Thing(
            posting.new_id(), "count", 0, kind.times, price, ends=ends,
            product=kind.count_card, service=kind.service, stores=kind.stores,
        )  # fmt: skip
        posting.move(card, kind.times)

    def _hand_out_coupon(self, posting: Posting, word: str) -> None:
        kind = next((k for k in self.rules.coupons if k.coupon == word), None)
        if kind is None:
            refuse("not_offered")
        ends = [reckon.end_of(kind.ends_on, self.rules)] if kind.ends_on else []
        ends += [self._end_in(kind.valid_days)] if kind.valid_days else []
        if ends and min(ends) <= self.now:
            refuse("not_offered")
        starts = None
        if kind.starts_on:
            starts = reckon.end_of(kind.starts_on - timedelta(days=1), self.rules)
        coupon = Thing(
            posting.new_id(), "coupon", 0, 1, starts=starts, ends=min(ends, default=None),
            product=word, stores=kind.stores, coupon=kind,
        )  # fmt: skip
        posting.move(coupon, 1)

    def _count_card_kind(self, word: str) -> Any:  # noqa: ANN401
        found = next((k for k in self.rules.count_cards if k.count_card == word), None)
        return found or refuse("not_offered")

    def _room_for(self, person: Person, fen: int) -> None:
        rule = self.rules.balance
        limit = rule.most_fen if person.phone else min(rule.most_fen, rule.most_without_phone_fen)
        if person.sum(MONEY) + fen > limit:
            refuse("balance_too_high", limit_fen=limit)

    # Entries

    def _open(self, asked: Asked, member_id: str) -> Posting:
        """What has expired is gone before anything else happens."""
        person = self.who(member_id)
        self._sweep(person)
        return Posting(person, asked.kind, order_name=asked.name)

    def _sweep(self, person: Person) -> None:
        gone = [t for t in person.things if t.ends and t.ends <= self.now]
        if not gone:
            return
        posting = Posting(person, "expiry")
        posting.total = sum(t.left for t in gone if t.kind in MONEY)
        ended: dict[str, Fraction] = {}
        for thing in gone:
            if thing.kind == "bonus":
                ended[thing.purchase] = ended.get(thing.purchase, Fraction()) + thing.price
            posting.move(thing, -thing.left)
        for thing in [t for t in person.things if t.kind == "principal" and t.worth]:
            if bonus := ended.pop(thing.purchase, None):
                self._price_anew(posting, thing, bonus)
        self._book(posting)

    def _price_anew(self, posting: Posting, principal: Thing, bonus: Fraction) -> None:
        """The end of a gift takes nothing off what would be paid back."""
        left = principal.left
        anew = replace(
            principal,
            lot_id=posting.new_id(),
            left=0,
            given=left,
            paid=floor(principal.price + bonus + Fraction(1, 2)),
            worth=left,
            reopens=None,
            bought=principal.purchase,
        )
        posting.move(principal, -left)
        posting.move(anew, left)

    def _book(self, posting: Posting) -> str:
        person = posting.person
        self._pay_debts(posting)
        nowhere = posting.kind in {"expiry", "expiry_notice", "join_in", "join_out"}
        today = self._today() if nowhere else self._day_of_stores()
        month = posting.month or today.isoformat()[:7]
        person.counted.append((month, posting.spent, posting.earned))
        net: dict[str, int] = {}
        for thing, amount in posting.moves:
            net[thing.lot_id] = net.get(thing.lot_id, 0) + amount
        entry_id = posting.entry_id
        person.things = [t for t in person.things if t.left]
        person.entries.append(
            Entry(
                len(person.entries) + 1, posting.kind,
                sum(fen for t, fen in posting.moves if t.kind in MONEY), person.sum(MONEY),
                sum(n for t, n in posting.moves if t.kind in POINTS), person.sum(POINTS),
                posting.total, posting.bonus, posting.spent, posting.earning, posting.earned,
                tuple(posting.payments), tuple(sorted((k, v) for k, v in net.items() if v)),
                posting.corrects, posting.order_name, month,
            )
        )  # fmt: skip
        return entry_id

    def _notice(self, person: Person, ends: datetime, last_day: date) -> Posting:
        ending = [t for t in person.things if t.ends == ends]
        posting = Posting(person, "expiry_notice", order_name=last_day.isoformat())
        posting.total = sum(t.left for t in ending if t.kind in {"principal", "bonus"})
        if points := sum(t.left for t in ending if t.kind == "points"):
            posting.payments.append(("points", 0, points, 0))
        for kind, method in (("coupon", "coupon"), ("count", "count_card")):
            if times := sum(t.left for t in ending if t.kind == kind):
                posting.payments.append((method, 0, 0, times))
        return posting

    # Days and tiers

    def _today(self) -> date:
        return reckon.day_of(self.now, self.rules)

    def _day_of_stores(self) -> date:
        """A store's day is the store's: those here are in Shanghai, and their day ends at four."""
        return reckon.day_of(self.now, Rules(zone="Asia/Shanghai", day_cut_hour=4))

    def _month(self) -> str:
        return self._day_of_stores().isoformat()[:7]

    def _end_in(self, days: int) -> datetime:
        return reckon.end_of(self._today() + timedelta(days=days), self.rules)

    def _sale(self, asked: Asked) -> Sale:
        sale = self.sales.get((asked.store, asked.body["of"]))
        if sale is None:
            raise Unknown
        return sale

    def _points_for(self, earning: int, percent: int) -> int:
        rate = self.rules.points.earn_fen
        return reckon.down(earning * percent, 100 * rate) if rate else 0

    def _percent(self, person: Person) -> int:
        tier, _, _ = self._standing(person)
        return next((t.points_percent for t in self.rules.tiers.tiers if t.tier == tier), 100)

    def _standing(self, person: Person) -> tuple[str, str | None, int]:
        """The tier, the next one, and what is missing to it."""
        rules = self.rules.tiers
        this = reckon.number_of(self._today().isoformat())

        def reached(last: int) -> int:
            return sum(
                spent if rules.by == "spend" else points
                for month, spent, points in person.counted
                if last - rules.window_months < reckon.number_of(month) <= last
            )

        best = max((reached(this - back) for back in range(rules.keep_months + 1)), default=0)
        held = max((t for t in rules.tiers if t.needs <= best), key=_needs, default=None)
        above = [t for t in rules.tiers if held is None or t.needs > held.needs]
        following = min(above, key=_needs, default=None)
        missing = max(0, following.needs - reached(this)) if following else 0
        return (held or _NO_TIER).tier, following.tier if following else None, missing


_NO_TIER = Tier("standard", "Standard", 1)
_needs: Callable[[Any], int] = lambda tier: tier.needs  # noqa: E731


def _from_the_first(posting: Posting, things: Sequence[Thing], amount: int) -> int:
    """Oldest first; answers what they did not have."""
    for thing in things:
        part = min(thing.left, amount)
        if part:
            posting.move(thing, -part)
        amount -= part
    return amount
