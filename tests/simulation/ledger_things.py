"""What the plain model of the ledger holds: lots, sales and purchases, who has them, and an entry in the making."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from fractions import Fraction
from typing import Any, NoReturn

from chalicelib.ledger.model.rules import CouponKind
from tests.simulation.ledger_words import Entry, Line, Paid


class Refusal(Exception):
    def __init__(self, code: str, **values: Any) -> None:  # noqa: ANN401
        super().__init__(code)
        self.code, self.values = code, values


class Unknown(Exception):
    """What is answered to is not there."""


def refuse(code: str, **values: Any) -> NoReturn:  # noqa: ANN401
    raise Refusal(code, **values)


@dataclass
class Thing:
    """A lot: its terms and what is left."""

    lot_id: str
    kind: str
    left: int = 0
    given: int = 0
    paid: int = 0
    worth: int = 0
    starts: datetime | None = None
    ends: datetime | None = None
    product: str | None = None
    service: str | None = None
    stores: tuple[str, ...] = ()
    coupon: CouponKind | None = None
    reopens: str | None = None
    bought: str | None = None

    @property
    def purchase(self) -> str:
        """The entry by which it came to be, wherever it has been since."""
        return self.bought or (self.reopens or self.lot_id).split(".")[0]

    @property
    def worth_of_all(self) -> int:
        return self.given if self.kind == "count" else self.worth

    @property
    def price(self) -> Fraction:
        """What was paid for what is left."""
        return Fraction(self.left * self.paid, self.worth_of_all) if self.paid else Fraction()


@dataclass
class Slice:
    """Taken out of a lot by a spend; `row` is the payment that it paid."""

    terms: Thing
    row: int
    taken: int
    returned: int = 0


@dataclass
class Sale:
    """A spend, with all that refunds have to know."""

    entry_id: str
    person: str
    day: date
    total: int
    rows: list[Paid]
    points_paid: list[int]
    lines: list[Line]
    table: list[list[int]]
    back: list[list[int]]
    units: list[int]
    slices: list[Slice]
    earned: int = 0
    earning: int = 0
    balance_earns: bool = False
    earned_into: Thing | None = None
    points_taken: int = 0
    refunds: int = 0
    month: str = ""


@dataclass
class Purchase:
    """A top-up, a count card that was sold, or what a refund gave back of a debt; with what was paid back of it."""

    entry_id: str
    person: str
    at: datetime
    method: str
    month: str
    price: int
    earning: int = 0
    earned: int = 0
    earned_into: Thing | None = None
    back: int = 0
    points_taken: int = 0


@dataclass
class Person:
    member_id: str
    phone: bool = True
    things: list[Thing] = field(default_factory=list)
    counted: list[tuple[str, int, int]] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    top_ups: int = 0
    lost: bool = False
    into: str | None = None

    def thing(self, lot_id: str | None) -> Thing | None:
        return next((t for t in self.things if t.lot_id == lot_id and t.left), None)

    def sum(self, kinds: Sequence[str]) -> int:
        return sum(t.left for t in self.things if t.kind in kinds)


@dataclass
class Posting:
    """One entry in the making: everything that it moves has moved already."""

    person: Person
    kind: str
    moves: list[tuple[Thing, int]] = field(default_factory=list)
    made: int = 0
    total: int = 0
    bonus: int = 0
    payments: list[tuple[str, int, int, int]] = field(default_factory=list)
    spent: int = 0
    earning: int = 0
    earned: int = 0
    corrects: str | None = None
    order_name: str = ""
    month: str = ""

    @property
    def entry_id(self) -> str:
        return f"{self.person.member_id}-{len(self.person.entries) + 1}"

    def new_id(self) -> str:
        self.made += 1
        return f"{self.entry_id}.{self.made - 1}"

    def move(self, terms: Thing, amount: int) -> Thing:
        here = next((t for t in self.person.things if t.lot_id == terms.lot_id), None)
        if here is None:
            here = replace(terms, left=0)
            self.person.things.append(here)
        here.left += amount
        self.moves.append((here, amount))
        return here
