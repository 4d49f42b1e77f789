"""Random sequences of everything, on the real ledger and on a plain model of it: equal after every step.

A few hundred sequences each time; `make soak` runs 5,000. `DENGTA_SOAK` says how many, `DENGTA_SEED` which ones; both
are printed, and the same seed makes the same sequences. `DENGTA_AS_FOUND=1` leaves a failure as long as it was found.
"""

import itertools
import os
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from chalicelib.kernel.money import MOST_FEN
from chalicelib.ledger import built
from chalicelib.ledger.facts import EntryPosted
from chalicelib.members.service import Members
from tests.figures import show
from tests.simulation import ledger_arithmetic as reckon
from tests.simulation.database_faults import bad_day
from tests.simulation.ledger_chains import CARDS, CHAINS, COUPONS
from tests.simulation.ledger_things import Thing
from tests.simulation.ledger_words import Answer, Asked, Line, Paid
from tests.simulation.ledger_world import World

SEQUENCES = int(os.environ.get("DENGTA_SOAK", "200"))
SEED = int(os.environ.get("DENGTA_SEED", "20261122"))
PHASES = [Phase.generate] if "DENGTA_AS_FOUND" in os.environ else [Phase.generate, Phase.shrink]
STEPS = 15  # after the eight with which each sequence begins
KINDS = (
    "spend", "refund", "void", "top_up", "top_up_refund", "card_sale", "grant", "correction",
    "transfer_out", "card_lost", "card_replaced",
)  # fmt: skip
OFTEN = {
    "race: one first", "race: other first", "sent again", "names sent again", "kept: join",
    "entry expiry", "entry join_in", "moved: debt", "moved: points_debt", "moved: points_claim",
    "tier gold",
}  # fmt: skip
FEN = st.one_of(st.integers(1, 30), st.integers(1, 3_000), st.sampled_from([333, 1_000, 1_679]))
HELD = ("principal", "bonus")
TENDER = st.sampled_from(["cash", "wechat_pay", "alipay", "card"])
RACING = st.sampled_from([*KINDS, "spend", "spend", "spend", "refund", "refund"])
numbers = itertools.count(1)
Data = Any


class Sequences(RuleBasedStateMachine):
    """Two members from the counter and two from the app, who may become the former."""

    members: ClassVar[Members]
    figures: ClassVar[Counter[str]] = Counter()

    @initialize(
        chain=st.sampled_from([chain for chain in CHAINS if chain != "plain"]),
        share=st.sampled_from([0.0, 0.0, 0.1, 0.3]),
        luck=st.integers(0, 10_000),
    )
    def open_the_doors(self, chain: str, share: float, luck: int) -> None:
        self.number = next(numbers)
        self.share, self.luck = share, luck
        self.world = World(self.members, CHAINS[chain], figures=self.figures, weather=self.weather)
        self.phones = {}
        for phone in (f"135{self.number:08d}", f"136{self.number:08d}"):
            self.phones[self.world.at_the_counter(phone)] = phone
        self.apps = [self.world.in_the_app(f"openid {self.number} {n}") for n in range(2)]
        self.people = [*self.phones, *self.apps]
        self.asked: list[Asked] = []
        self.figures["sequences"] += 1
        coupons = itertools.cycle(["off3", "year", "soon"][luck % 3 :])
        for member_id in self.people[:3]:
            body = {"paid": 4_000, "bonus": 0, "free": False, "method": "cash"}
            self._begin("top_up", member_id, body)
            self._begin("grant", member_id, {"coupon": next(coupons)})
        self._begin("card_sale", self.people[0], {"card": "wash3", "method": "card"})
        self._begin("grant", self.people[1], {"points": 700})

    def _use_all_points(self, member_id: str) -> None:
        has = self.world.plain.card(member_id).points
        if has > 0:
            body = {"corrects": f"{member_id}-1", "fen": 0, "points": -has}
            self.run(self._named("correction", member_id, body))

    def _begin(self, kind: str, member_id: str, body: dict[str, Any]) -> None:
        asked = self._named(kind, member_id, body)
        self.asked.append(asked)
        self.world.do(asked, compared=False)

    def weather(self) -> Any:  # noqa: ANN401
        self.luck += 1
        return self._storm()

    # Postings

    @rule(data=st.data(), kind=st.sampled_from(KINDS))
    def post(self, data: Data, kind: str) -> None:
        self.run(self.made(data, kind))

    @rule(data=st.data())
    def spend(self, data: Data) -> None:
        self.run(self.made(data, "spend"))

    @rule(data=st.data(), days=st.sampled_from([0, 0, 1, 12, 40]), times=st.integers(0, 3))
    def spend_and_think_again(self, data: Data, days: int, times: int) -> None:
        sale = self.made(data, "spend")
        if self.run(sale).word != "taken":
            return
        self.world.turn(self.world.now + timedelta(days=days))
        for _ in range(times):
            self.run(self._answering(data, "refund", [sale]))
        self.run(self._answering(data, "void", [sale]))

    @rule(data=st.data(), fen=st.integers(1_000, 30_000), part=st.booleans())
    def use_what_was_earned_and_want_the_money_back(
        self,
        data: Data,
        fen: int,
        part: bool,  # noqa: FBT001
    ) -> None:
        member_id = self._member(data)
        body = {"total": fen, "payments": (Paid("cash", fen),), "lines": (), "discount": 0}
        sale = self._named("spend", member_id, body | {"trust": None})
        self.run(sale)
        self._use_all_points(member_id)
        self.run(self._named("refund", "", {"of": sale.name} | ({"fen": fen // 3} if part else {})))

    @rule(data=st.data())
    def give_back(self, data: Data) -> None:
        self.run(self.made(data, "refund"))

    @rule(data=st.data(), kind=st.sampled_from(["grant", "card_sale"]))
    def hand_out(self, data: Data, kind: str) -> None:
        self.run(self.made(data, kind))

    @rule(data=st.data(), paid=st.integers(500, 30_000))
    def load(self, data: Data, paid: int) -> None:
        body = self._top_up(data)
        self.run(self._named("top_up", self._member(data), {**body, "paid": paid}))

    @rule(data=st.data(), owed=FEN, part=st.sampled_from([None, 1, 100]))
    def somebody_owes_and_comes_clean(self, data: Data, owed: int, part: int | None) -> None:
        """And has it paid out once it came back, as what was paid in the end."""
        member_id = self._member(data)
        has = sum(t.left for t in self.world.plain.who(member_id).things if t.kind in HELD)
        rows = tuple(Paid("balance", fen) for fen in (has + owed, part) if fen)
        body = {"total": sum(row.fen for row in rows), "payments": rows, "lines": (), "discount": 0}
        sale = self._named("spend", member_id, body | {"trust": MOST_FEN})
        self.run(sale)
        paid = {"paid": 2 * owed + 200, "bonus": 0, "free": False, "method": "cash"}
        self.run(self._named("top_up", member_id, paid))
        back = self._named("refund", "", {"of": sale.name})
        self.run(back)
        self.run(self._named("top_up_refund", "", {"of": ("refund", back.name)}))

    # What else happens

    @rule(data=st.data(), other_body=st.booleans())
    def send_an_old_name_again(self, data: Data, other_body: bool) -> None:  # noqa: FBT001
        if not self.asked:
            return
        old = data.draw(st.sampled_from(self.asked))
        if other_body:
            old = old._replace(body={**old.body, "more": 1})
        answer = self.world.do(old)
        self.figures["names sent again"] += 1
        assert (answer.word == "name_taken") == other_body or answer.word == "not_found"

    @rule(data=st.data(), kinds=st.tuples(RACING, RACING))
    def two_tills_at_once(self, data: Data, kinds: tuple[str, str]) -> None:
        one, other = self.made(data, kinds[0]), self.made(data, kinds[1])
        if data.draw(st.integers(0, 4)) == 0:
            other = one
        self.world.race(one, other, data.draw(st.sampled_from([0, 1, 2, 3, 4, 5, 12, 12])))
        self.asked += [one, other]

    @rule(data=st.data())
    def time_passes(self, data: Data) -> None:
        """Hours, days, or up to the very moment at which something ends, give or take a millisecond."""
        people = self.world.plain.people.values()
        ends = sorted({t.ends for person in people for t in person.things if t.ends})
        now, how = self.world.now, data.draw(st.sampled_from(["hours", "hours", "days", "end"]))
        if how == "hours":
            to = now + timedelta(hours=data.draw(st.integers(1, 30)))
        elif how == "days" or not ends:
            to = now + timedelta(days=data.draw(st.sampled_from([1, 2, 6, 7, 8, 31, 62])))
        else:
            off = timedelta(milliseconds=data.draw(st.sampled_from([-1, 0, 1])))
            to = data.draw(st.sampled_from(ends)) + off
        self.world.turn(max(to, now))
        if how == "end":
            self.world.compare(self.people)

    @rule(data=st.data())
    def a_day_later_somebody_returns(self, data: Data) -> None:
        self.world.turn(self.world.now + timedelta(days=data.draw(st.sampled_from([1, 3, 11]))))
        self.run(self.made(data, data.draw(st.sampled_from(["refund", "void", "top_up_refund"]))))

    @rule(data=st.data(), what=st.sampled_from(["sweep", "notice", "join", "join", "rules"]))
    def the_house_is_kept(self, data: Data, what: str) -> None:
        member_id = self._member(data)
        if what == "sweep":
            self.world.expire(member_id)
        elif what == "notice":
            self.world.notify(self.world.plain.who(member_id).member_id)
        elif what == "rules":
            self.world.rule(CHAINS[data.draw(st.sampled_from(sorted(CHAINS)))])
        elif not self._become_one(data):
            return
        self.figures[f"kept: {what}"] += 1

    def _become_one(self, data: Data) -> bool:
        """The app's member binds the phone of one from the counter, to whom nobody else was joined before."""
        people = self.world.plain.people
        sources = [each for each in self.apps if not people[each].into]
        targets = [each for each in self.phones if each not in {p.into for p in people.values()}]
        if not sources or not targets:
            return False
        source, target = data.draw(st.sampled_from(sources)), data.draw(st.sampled_from(targets))
        self.world.join(source, target, self.phones[target])
        return True

    def teardown(self) -> None:
        if hasattr(self, "people"):
            self.world.close()
            for seen in self.world.seen.values():
                self._count(seen)

    # Inside

    def _count(self, seen: Sequence[EntryPosted]) -> None:
        """What the sequences came by, so that nothing is thought to be tried that was not."""
        self.figures["entries"] += len(seen)
        for entry in seen:
            self.figures[f"entry {entry.kind}"] += 1
            for move in entry.moves:
                self.figures["moved: reopened lot"] += move.lot.reopens is not None
                self.figures[f"moved: {move.lot.kind}"] += 1
        for member_id in self.people:
            self.figures[f"tier {self.world.plain.card(member_id).tier}"] += 1

    def run(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        return self.world.do(asked)

    def _storm(self) -> Any:  # noqa: ANN401
        return bad_day(self.luck, self.share)

    def _member(self, data: Data) -> str:
        member_id: str = data.draw(st.sampled_from(self.people))
        return member_id

    def _named(self, kind: str, member_id: str, body: dict[str, Any], store: str = "") -> Asked:
        name = f"{self.number}-{next(numbers)}"
        return Asked(kind, store or "s1", name, member_id, body)

    def made(self, data: Data, kind: str) -> Asked:
        member_id = self._member(data)
        store = data.draw(st.sampled_from(["s1", "s1", "s2"]))
        if kind in {"refund", "void"} and (spends := self._taken({"spend"})):
            return self._answering(data, kind, spends)
        kinds = data.draw(st.sampled_from([{"top_up", "card_sale"}, {"refund", "void"}]))
        if kind == "top_up_refund" and (bought := self._taken(kinds)):
            one = data.draw(st.sampled_from(bought))
            holder = data.draw(st.sampled_from(["", "", member_id]))
            return self._named(kind, holder, {"of": (one.kind, one.name)}, one.store)
        kind = {"refund": "spend", "void": "spend", "top_up_refund": "top_up"}.get(kind, kind)
        make: Callable[..., dict[str, Any]] = getattr(self, f"_{kind}", lambda *_: {})
        if kind in {"spend", "correction"}:
            return self._named(kind, member_id, make(data, member_id), store)
        return self._named(kind, member_id, make(data), store)

    def _taken(self, kinds: set[str]) -> list[Asked]:
        """Those that were; where none was, the newest that was not."""
        known = [each for each in self.asked if each.kind in kinds]
        names = self.world.plain.names
        nothing = ("", Answer("not_found"))
        good = [
            a for a in known if names.get((a.kind, a.store, a.name), nothing)[1].word == "taken"
        ]
        return good or known[-1:]

    def _answering(self, data: Data, kind: str, spends: list[Asked]) -> Asked:
        sales = self.world.plain.sales
        still = [
            each
            for each in spends
            if (sale := sales.get((each.store, each.name))) and sale.table != sale.back
        ]
        spend = data.draw(st.sampled_from(still * 3 + spends))
        body = {"of": spend.name} | (self._some(data, spend) if kind == "refund" else {})
        return self._named(kind, "", body, spend.store)

    def _some(self, data: Data, spend: Asked) -> dict[str, Any]:
        lines, total = spend.body["lines"], spend.body["total"]
        how = data.draw(st.sampled_from(["all", "sum", "part", "lines"]))
        if how == "lines" and lines:
            picked = data.draw(st.lists(st.integers(0, len(lines) - 1), min_size=1, unique=True))
            many = st.one_of(st.none(), st.integers(1, 4))
            return {"parts": tuple((n, data.draw(many)) for n in picked)}
        if how == "part":
            return {"fen": max(1, total // data.draw(st.integers(2, 4)))}
        return {} if how == "all" else {"fen": data.draw(FEN)}

    def _top_up(self, data: Data) -> dict[str, Any]:
        bonus = data.draw(st.sampled_from([0, 0, 1, 60, 500, 800]))
        paid = data.draw(st.one_of(FEN, st.sampled_from([100, 5_000, 50_000, MOST_FEN])))
        free = data.draw(st.booleans())
        return {"paid": paid, "bonus": bonus, "free": free, "method": data.draw(TENDER)}

    def _card_sale(self, data: Data) -> dict[str, Any]:
        word = data.draw(st.sampled_from([*(card.count_card for card in CARDS), "none"]))
        return {"card": word, "method": data.draw(TENDER)}

    def _grant(self, data: Data) -> dict[str, Any]:
        what = data.draw(st.sampled_from(["coupon", "coupon", "card", "points"]))
        if what == "points":
            return {"points": data.draw(FEN)}
        known = [k.coupon for k in COUPONS] if what == "coupon" else [k.count_card for k in CARDS]
        return {what: data.draw(st.sampled_from([*known, "none"]))}

    def _correction(self, data: Data, member_id: str) -> dict[str, Any]:
        signed = st.one_of(st.just(0), FEN, FEN.map(lambda fen: -fen))
        has = self.world.plain.who(member_id).sum(("points",))
        fen, points = data.draw(signed), data.draw(st.one_of(signed, st.just(-has)))
        return {"corrects": f"{member_id}-1", "fen": fen or int(not points), "points": points}

    def _transfer_out(self, data: Data) -> dict[str, Any]:
        amount = data.draw(st.one_of(st.none(), FEN))
        return {"other": self._member(data), "fen": amount}

    # A spend

    def _spend(self, data: Data, member_id: str) -> dict[str, Any]:
        person = self.world.plain.who(member_id)
        methods = data.draw(
            st.lists(
                st.sampled_from(["balance", "balance", "tender", "points", "count_card"]),
                min_size=1,
                max_size=3,
            )
        )
        rows = [self._row(data, method, person.things) for method in methods]
        if data.draw(st.booleans()):
            rows = self._with_coupon(data, rows, person.things)
        total = sum(row.fen for row in rows)
        lines, discount = self._lines(data, total)
        rows = self._bound(data, rows, lines, total)
        if lines and any(row.method == "count_card" and row.line is None for row in rows):
            lines, discount = [], 0
            rows = [row._replace(line=None) for row in rows]
        trust = data.draw(st.sampled_from([None, None, None, 0, 500, 20_000, MOST_FEN]))
        return {
            "total": total,
            "payments": tuple(rows),
            "lines": tuple(lines),
            "discount": discount,
            "trust": trust,
        }

    def _row(self, data: Data, method: str, things: list[Thing]) -> Paid:
        has = sum(t.left for t in things if t.kind in {"principal", "bonus"})
        if method == "balance":
            sums = st.sampled_from([has, has + 1, has // 2])
            return Paid("balance", max(1, data.draw(st.one_of(FEN, sums))))
        if method == "points":
            points, rule = (
                sum(t.left for t in things if t.kind == "points"),
                self.world.rules.points,
            )
            worth = max(1, points * rule.redeem_fen // rule.redeem_points)
            return Paid("points", data.draw(st.one_of(st.just(worth), st.integers(1, 9), FEN)))
        cards = [t.lot_id for t in things if t.kind == "count"]
        if method == "count_card" and (cards or data.draw(st.integers(0, 4)) == 0):
            lot = data.draw(st.sampled_from(cards or ["01ARZ3NDEKTSV4RRFFQ69G5FAV-1.0"]))
            return Paid("count_card", data.draw(FEN), lot, times=data.draw(st.integers(1, 3)))
        return Paid(data.draw(TENDER), data.draw(FEN))

    def _with_coupon(self, data: Data, rows: list[Paid], things: list[Thing]) -> list[Paid]:
        """At its value on what comes of it; now and then a fen off, or with nothing else."""
        mine = [t for t in things if t.kind == "coupon"]
        if not mine:
            return rows
        coupon = data.draw(st.sampled_from(mine))
        assert coupon.coupon
        rows = [] if coupon.coupon.percent_off == 100 else rows
        base = sum(row.fen for row in rows)
        total = base or data.draw(FEN)
        for _ in range(40 if base else 0):
            total = base + reckon.coupon_worth(coupon.coupon, total)
        slip = data.draw(st.sampled_from([0, 0, 0, 0, 1]))
        worth = max(1, reckon.coupon_worth(coupon.coupon, total) + slip)
        coupons = [Paid("coupon", worth, coupon.lot_id)] * data.draw(st.sampled_from([1] * 9 + [2]))
        return [*rows, *coupons]

    def _lines(self, data: Data, total: int) -> tuple[list[Line], int]:
        """None, or some that come to the total and a discount."""
        count = data.draw(st.sampled_from([0, 1, 2, 3]))
        if not count:
            return [], 0
        discount = data.draw(st.one_of(st.just(0), FEN))
        weights = data.draw(st.lists(st.one_of(st.just(0), FEN), min_size=count, max_size=count))
        amounts = reckon.apportion(total + discount, weights)
        sku = st.sampled_from([None, "wash", "cut"])
        return [
            Line(f"line {n}", data.draw(st.integers(1, 4)), fen, data.draw(sku))
            for n, fen in enumerate(amounts)
        ], discount

    def _bound(self, data: Data, rows: list[Paid], lines: list[Line], total: int) -> list[Paid]:
        """Some payments pay for one line only, as far as that line comes to so much."""
        left = reckon.apportion(total, [line.fen for line in lines] or [1])
        made = []
        for row in rows:
            line = data.draw(st.integers(0, len(left) - 1)) if data.draw(st.booleans()) else None
            if line is not None and left[line] >= row.fen:
                left[line] -= row.fen
                made.append(row._replace(line=line))
            else:
                made.append(row)
        return made


@pytest.mark.usefixtures("house", "without_waiting")
def test_the_ledger_is_what_the_plain_model_is(capsys: pytest.CaptureFixture[str]) -> None:
    Sequences.members = built.ledger().members
    machine = seed(SEED)(Sequences)
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=SEQUENCES,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            print_blob=False,
            phases=PHASES,
            report_multiple_bugs=False,
        ),
    )
    figures = Sequences.figures
    counts = (f"  {name:38} {count:7}" for name, count in sorted(figures.items()))
    show(capsys, "", f"seed {SEED}:", *counts)
    assert figures["sequences"] >= SEQUENCES
    expected = {f"{kind} taken" for kind in KINDS} | OFTEN
    assert sorted(name for name in expected if not figures[name]) == []
