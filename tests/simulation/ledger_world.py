"""The ledger on DynamoDB Local beside its plain model: every command goes to both, and both must answer the same."""

import copy
import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import zip_longest
from typing import Any

from chalicelib.access.model import Store
from chalicelib.adapters import tables
from chalicelib.adapters.tables import Image, Transaction
from chalicelib.kernel.errors import NotFound, Refused, TryAgain
from chalicelib.ledger import facts
from chalicelib.ledger.facts import EntryPosted
from chalicelib.ledger.facts import Payment as WayPaid
from chalicelib.ledger.model import asked as wire
from chalicelib.ledger.model import gifts, refunds, spends, top_ups
from chalicelib.ledger.model.account import moved
from chalicelib.ledger.model.posting import Posting
from chalicelib.ledger.model.refusals import NameTaken
from chalicelib.ledger.model.rules import Rules
from chalicelib.ledger.model.sold import Sold
from chalicelib.ledger.service import Ledger
from chalicelib.ledger.service.expiry import Expiring
from chalicelib.ledger.table import accounts, entries
from chalicelib.members.facts import partition
from chalicelib.members.model import EditedMeanwhile
from chalicelib.members.service import Members
from tests.house import BY
from tests.simulation import ledger_law
from tests.simulation.database_faults import Call, every_call
from tests.simulation.ledger_model import PlainLedger
from tests.simulation.ledger_things import Person
from tests.simulation.ledger_words import Answer, Asked, Card, Entry, Line, Lot, Paid

START = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)  # 02:00 in the store: still the 22nd
STORES = {"s1": Store("s1", "First Store"), "s2": Store("s2", "Second Store")}


@dataclass
class World:
    """`seen` holds all entries read so far of each member."""

    members: Members
    rules: Rules
    now: datetime = START
    figures: Counter[str] = field(default_factory=Counter)
    weather: Callable[[], AbstractContextManager[Any]] = nullcontext
    seen: dict[str, list[EntryPosted]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.desk = Ledger(self.members, lambda: self.rules, lambda: self.now)
        self.plain = PlainLedger(self.rules, self.now)

    # Setting up

    def at_the_counter(self, phone: str) -> str:
        return self._add(self.members.register(phone, None, {}, BY).member_id, phone=True)

    def in_the_app(self, openid: str) -> str:
        return self._add(self.members.log_in(openid, BY), phone=False)

    def _add(self, member_id: str, *, phone: bool) -> str:
        self.plain.people[member_id] = Person(member_id, phone=phone)
        self.seen[member_id] = []
        return member_id

    def turn(self, to: datetime) -> None:
        self.now = self.plain.now = to

    def rule(self, rules: Rules) -> None:
        self.rules = self.plain.rules = rules

    # Both

    def do(self, asked: Asked, *, compared: bool = True) -> Answer:
        """Sent until it is answered. Raises AssertionError where the ledger is not what the plain one is."""
        real: Answer = self.answered(lambda: self.really(asked))
        plain = self.plain.do(asked)
        assert real == plain, (asked, real, plain)
        self.count(asked.kind, real)
        if compared:
            self.compare(self.touched(asked))
        return real

    def expire(self, member_id: str) -> None:
        self.answered(lambda: self.desk.expire(member_id, BY))
        self.plain.expire(member_id)
        self.compare([member_id])

    def notify(self, member_id: str) -> None:
        self.answered(lambda: Expiring(self.desk).look_at(member_id))
        self.plain.notify(member_id)
        self.compare([member_id])

    def join(self, source_id: str, target_id: str, phone: str) -> None:
        self.answered(lambda: self._really_join(source_id, phone))
        self.plain.join(source_id, target_id)
        self.compare([source_id, target_id])

    def answered(self, send: Callable[[], Any]) -> Any:  # noqa: ANN401
        """What a till does while nothing is known: the same again."""
        with self.weather():
            while True:
                try:
                    return send()
                except TryAgain:
                    self.figures["sent again"] += 1

    def race(self, one: Asked, other: Asked, at: int) -> None:
        """`other` happens before the `at`th call of `one`: as if one of them had come after the other."""
        others: list[Answer] = []
        with between(at, lambda: others.append(self.really(other))) as made:
            mine = self.really(one)
        if not others:
            others.append(self.really(other))
        told = {"one": mine, "other": others[0]}
        was, trouble = self.plain, []
        for order in (("other", one), ("one", other)):
            self.plain = copy.deepcopy(was)
            first, second = (other, one) if order[0] == "other" else (one, other)
            answers = [self.plain.do(first), self.plain.do(second)]
            real = [told["other"], told["one"]] if order[0] == "other" else [mine, others[0]]
            try:
                assert answers == real, (first, second, answers, real)
                self.compare(self.touched(one) | self.touched(other))
            except AssertionError as no:
                trouble.append(no)
            else:
                self.figures[f"race: {order[0]} first"] += 1
                self.count(one.kind, mine)
                self.count(other.kind, others[0])
                return
        raise AssertionError(one, other, made, *map(str, trouble))

    def count(self, kind: str, answer: Answer) -> None:
        self.figures[f"{kind} {answer.word}"] += 1
        if answer.word == "refused":
            code, values = answer.detail
            self.figures[f"code {code}"] += 1
            if "because" in values:
                self.figures[f"code {code}: {values['because']}"] += 1

    # The real one

    def _really_join(self, source_id: str, phone: str) -> None:
        member = self.desk.card(source_id, consistent=True).member
        if member.member_id != source_id:
            return  # an answer was lost: it is done
        try:
            self.members.bind_phone(member, phone, self.desk, BY)
        except EditedMeanwhile as race:
            raise TryAgain from race

    def really(self, asked: Asked) -> Answer:
        try:
            posting, member_id = self.posting(asked)
            fingerprint = hashlib.sha256(asked.reworded().encode()).hexdigest()
            if isinstance(posting, gifts.TransferOut):
                taken = self.desk.transfer(member_id, posting, fingerprint, BY)
            else:
                also = self._profile(asked) if asked.kind.startswith("card_") else None
                taken = self.desk.take(member_id, posting, fingerprint, BY, also)
        except Refused as refusal:
            return Answer("refused", (refusal.code, refusal.values))
        except NameTaken:
            return Answer("name_taken")
        except NotFound:
            return Answer("not_found")
        assert taken.order.entry is not None
        return Answer("taken", taken.order.entry.entry_id)

    def _profile(self, asked: Asked) -> Callable[[Transaction], None] | None:
        """As the edge does it: the profile changes with the entry."""

        def change(transaction: Transaction) -> None:
            member = self.desk.card(asked.member, consistent=True).member
            if asked.kind == "card_lost":
                self.members.report_lost(transaction, member, BY)
            else:
                self.members.replace_card(transaction, member, BY)

        return change if asked.kind != "card_sale" else None

    def posting(self, asked: Asked) -> tuple[Posting, str]:  # noqa: C901, PLR0912 - a case for each kind
        """What the edge makes of a request, and whose account it is for. Raises NotFound."""
        made: Posting
        body, member_id = asked.body, asked.member
        common: dict[str, Any] = {"store": STORES[asked.store], "order_name": asked.name}
        match asked.kind:
            case "spend":
                made = _spend(asked)
            case "refund" | "void":
                sold = self._sold(asked)
                member_id = sold.entry.member_id
                if asked.kind == "void":
                    made = refunds.Void(**common, sold=sold)
                else:
                    parts = tuple(wire.LinePart(*part) for part in body.get("parts") or ())
                    made = refunds.Refund(
                        **common, sold=sold, amount_fen=body.get("fen"), parts=parts
                    )
            case "top_up":
                paid = WayPaid(body["method"], body["paid"])
                made = top_ups.TopUp(
                    **common, paid=paid, bonus_fen=body["bonus"], free=body["free"]
                )
            case "card_sale":
                made = top_ups.CardSale(**common, count_card=body["card"], method=body["method"])
            case "top_up_refund":
                bought = self.desk.order(asked.store, *body["of"])
                if bought.entry is None:
                    raise NotFound
                member_id = asked.member or bought.entry.member_id
                made = top_ups.TopUpRefund(**common, bought=bought)
            case "grant":
                made = gifts.Grant(
                    **common,
                    coupon=body.get("coupon"),
                    count_card=body.get("card"),
                    points=body.get("points", 0),
                )
            case "correction":
                made = gifts.Correction(
                    **common,
                    corrects=body["corrects"],
                    balance_fen=body["fen"],
                    points=body["points"],
                )
            case "transfer_out":
                made = gifts.TransferOut(**common, other_id=body["other"], amount_fen=body["fen"])
            case "card_lost":
                made = gifts.CardLostNotice(**common)
            case _:
                made = gifts.CardReplaced(**common)
        return made, member_id

    def _sold(self, asked: Asked) -> Sold:
        order = self.desk.order(asked.store, "spend", asked.body["of"])
        if order.entry is None:
            raise NotFound
        return Sold.of(order, order.entry)

    # Comparing

    def touched(self, asked: Asked) -> set[str]:
        """Whose account it may have changed."""
        ids = {asked.member, asked.body.get("other")} - {"", None}
        for known in (self.plain.sales.get((asked.store, asked.body.get("of", ""))),):
            if known:
                ids.add(known.person)
        if asked.kind == "top_up_refund":
            bought = self.plain.purchases.get(
                (asked.body["of"][0], asked.store, asked.body["of"][1])
            )
            ids |= {bought.person} if bought else set()
        return {self.plain.who(each).member_id for each in ids if each}

    def compare(self, member_ids: Sequence[str] | set[str]) -> None:
        """Their entries, and for who did not become another, the card."""
        for member_id in member_ids:
            images = accounts.read_now(member_id, consistent=True)
            self._compare_entries(member_id, images)
            if self.plain.people[member_id].into is None:
                real, plain = self._card(images), self.plain.card(member_id)
                assert real == plain, (member_id, real, plain)

    def close(self) -> None:
        """All members once more, and the sum of them."""
        self.compare(list(self.seen))
        ledger_law.no_money_is_made(entry for seen in self.seen.values() for entry in seen)

    def _card(self, images: Sequence[Image]) -> Card:
        member, account, standing = self.desk._card(images)  # noqa: SLF001 - `card` would read them again
        lots = (
            Lot(
                each.lot.lot_id, each.lot.kind, each.left, each.lot.given, each.lot.paid_fen,
                each.lot.worth_fen, each.lot.expires_at, each.lot.product, each.lot.reopens,
                each.lot.bought,
            )
            for each in sorted(account.holdings, key=lambda each: each.lot.lot_id)
        )  # fmt: skip
        following = standing.next.tier if standing.next else None
        assert account.lost == (member.card_lost_at is not None)
        return Card(
            member.member_id, account.balance_fen, account.points, tuple(lots), standing.tier,
            following, standing.missing, account.lost,
        )  # fmt: skip

    def read(self, member_id: str, since: int = 1) -> list[EntryPosted]:
        """A member's own entries from that number on, oldest first."""
        bounds = (entries.entry_key(since), entries.NEWEST)
        images = tables.query_all("book", partition(member_id), between=bounds, consistent=True)
        return [facts.decode(image) for image in images]

    def _compare_entries(self, member_id: str, images: Sequence[Image]) -> None:
        """The new ones, and the ledger's law over all of them."""
        account = accounts.account(member_id, images)
        seen = self.seen[member_id]
        if account.seq > len(seen):
            seen += self.read(member_id, len(seen) + 1)
        plain = self.plain.people[member_id].entries
        for real, expected in zip_longest([told(each) for each in seen], plain):
            assert real == expected, f"\n  real  {real}\n  plain {expected}"
        ledger_law.holds(seen)
        assert account.seq == len(seen)
        folded = moved((), [move for entry in seen for move in entry.moves])
        assert by_id(folded) == by_id(account.holdings)
        for image in filter(accounts.is_account, images):
            assert accounts.kept_sums(image) == (account.balance_fen, account.points)


def by_id(holdings: Any) -> dict[str, int]:  # noqa: ANN401
    return {each.lot.lot_id: each.left for each in holdings}


def told(entry: EntryPosted) -> Entry:
    net: dict[str, int] = {}
    for move in entry.moves:
        net[move.lot.lot_id] = net.get(move.lot.lot_id, 0) + move.amount
    return Entry(
        entry.seq, entry.kind, entry.delta_fen, entry.balance_after_fen, entry.points_delta,
        entry.points_after, entry.total_fen, entry.bonus_fen, entry.spent_fen, entry.earning_fen,
        entry.points_earned,
        tuple((p.method, p.amount_fen, p.points, p.times) for p in entry.payments),
        tuple(sorted((lot_id, amount) for lot_id, amount in net.items() if amount)),
        entry.corrects, entry.order_name, entry.counts_in,
    )  # fmt: skip


def _spend(asked: Asked) -> Posting:
    """Through the very body that a till sends."""
    body = asked.body
    request = wire.SpendRequest(
        member_id=asked.member,
        total_fen=body["total"],
        payments=[_payment(each) for each in body["payments"]],
        lines=[_line(each) for each in body["lines"]] or None,
        discount_fen=body["discount"],
    )
    trust = body["trust"]
    return spends.asked(
        STORES[asked.store],
        asked.name,
        request,
        till_id=None,
        late=trust is not None,
        trust_fen=trust,
    )


def _payment(paid: Paid) -> wire.PaymentRequest:
    method: Any = paid.method
    return wire.PaymentRequest(
        method, paid.fen, lot_id=paid.lot, times=paid.times or 1, line=paid.line
    )


def _line(line: Line) -> wire.Line:
    return wire.Line(line.name, line.quantity, line.fen, line.sku)


@contextmanager
def between(at: int, then: Callable[[], None]) -> Iterator[list[str]]:
    """Before the `at`th call (from 0) of the block to DynamoDB, something else happens; yields the calls made."""
    made: list[str] = []
    meanwhile = False

    def around(whole: Call, operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        nonlocal meanwhile
        if not meanwhile:
            made.append(operation)
            if len(made) == at + 1:
                meanwhile = True
                then()
                meanwhile = False
        return whole(operation, arguments)

    with every_call(around):
        yield made
