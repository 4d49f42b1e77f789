"""Every kind of posting, with a fault at each of its calls to DynamoDB, before its effect and after: it counts once.

What is sent again until it is answered ends where it would have ended on a good day, and so does a second time.
"""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.ledger import built
from tests.simulation.database_faults import FAULTS, one_fault
from tests.simulation.ledger_chains import CHAINS
from tests.simulation.ledger_words import Asked, Line, Paid
from tests.simulation.ledger_world import START, World

MOST_CALLS = 16
CASH: dict[str, Any] = {"free": False, "bonus": 0, "method": "cash"}
NO_LINES: dict[str, Any] = {"lines": (), "discount": 0, "trust": None}
numbers = itertools.count(1)


class Scene:
    """A member with a bit of everything, and one who comes from the app."""

    def __init__(self) -> None:
        self.world = World(built.ledger().members, CHAINS["half and half"], START)
        self.phone = f"138{next(numbers):08d}"
        self.member_id = self.world.at_the_counter(self.phone)
        self.other_id = self.world.in_the_app(f"openid fault {self.phone}")
        self.top_up = self.did("top_up", paid=5_000, **CASH | {"bonus": 500, "free": True})
        self.coupon = self.did("grant", coupon="off3")
        self.did("top_up", self.other_id, paid=700, **CASH)
        self.sale = self.did(
            "spend",
            total=1_000,
            payments=(Paid("balance", 900), Paid("cash", 100)),
            lines=(Line("one", 1, 600), Line("two", 2, 600)),
            discount=200,
            trust=None,
        )

    def asked(self, kind: str, member_id: str = "", **body: Any) -> Asked:  # noqa: ANN401
        name = f"fault-{next(numbers)}"
        return Asked(kind, "s1", name, member_id or self.member_id, body)

    def did(self, kind: str, member_id: str = "", **body: Any) -> str:  # noqa: ANN401
        asked = self.asked(kind, member_id, **body)
        assert self.world.do(asked, compared=False).word == "taken"
        return asked.name

    def play(self, kind: str) -> None:
        match kind:
            case "expire" | "notify":
                ends = next(t.ends for t in self.world.plain.who(self.member_id).things if t.ends)
                assert ends
                self.world.turn(ends if kind == "expire" else ends - timedelta(hours=1))
                (self.world.expire if kind == "expire" else self.world.notify)(self.member_id)
            case "join":
                self.world.join(self.other_id, self.member_id, self.phone)
            case _:
                asked = self.asked(kind.split(" ", maxsplit=1)[0], **self.body(kind))
                answer = self.world.do(asked)
                assert answer.word == ("refused" if kind == "spend too much" else "taken")
                self.world.weather = nullcontext
                assert self.world.do(asked) == answer

    def body(self, kind: str) -> dict[str, Any]:
        whole = (Paid("balance", 4_000), Paid("points", 100))
        bodies: dict[str, dict[str, Any]] = {
            "spend": {"total": 4_100, "payments": whole, **NO_LINES},
            "spend too much": {"total": 9_999, "payments": (Paid("balance", 9_999),), **NO_LINES},
            "refund": {"of": self.sale},
            "refund of a line": {"of": self.sale, "parts": ((1, 1),)},
            "void": {"of": self.sale},
            "top_up": {"paid": 100, **CASH},
            "top_up_refund": {"of": ("top_up", self.top_up)},
            "card_sale": {"card": "wash3", "method": "cash"},
            "grant": {"coupon": "ten"},
            "correction": {"corrects": f"{self.member_id}-1", "fen": -100, "points": 5},
            "transfer_out": {"other": self.other_id, "fen": None},
            "card_lost": {},
            "card_replaced": {},
        }
        return bodies[kind]


@pytest.mark.usefixtures("house", "without_waiting")
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize(
    "kind",
    [
        "spend", "spend too much", "refund", "refund of a line", "void", "top_up",
        "top_up_refund", "card_sale", "grant", "correction", "transfer_out", "card_lost",
        "card_replaced", "expire", "notify", "join",
    ],
)  # fmt: skip
def test_a_posting_counts_once_wherever_the_fault(kind: str, fault: str) -> None:
    for at in range(MOST_CALLS):
        met: list[str] = []

        @contextmanager
        def weather(at: int = at, met: list[str] = met) -> Iterator[None]:
            with one_fault(at, fault) as drawn:
                yield
            met += drawn

        scene = Scene()
        scene.world.weather = weather
        scene.play(kind)
        scene.world.close()
        if not met:
            assert at > 1, "a posting reads and writes"
            return
    pytest.fail("there are more calls than were thought of")
