"""What goes into the companion and what comes out."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal

Kind = Literal["spend", "refund", "top_up"]
State = Literal["asking", "taken", "refused", "withdrawn", "offline", "held", "voided"]
Outcome = Literal["taken", "replayed", "held", "refused", "retry"]


@dataclass(frozen=True)
class Payment:
    """`lot_id` for a coupon or a count card; `line` and `times` for a count card."""

    method: str
    amount_fen: int
    lot_id: str | None = None
    line: int | None = None
    times: int | None = None


@dataclass(frozen=True)
class Line:
    name: str
    quantity: int
    amount_fen: int
    sku: str | None = None


@dataclass(frozen=True)
class Member:
    """What a till may see of a member; `seen` is the whole answer."""

    member_id: str
    card_no: str
    phone: str | None
    name: str | None
    tier: str
    balance_fen: int
    points: int
    seen: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True)
class Found:
    """`hint` says what looks mistyped where nobody, or too many, were found."""

    members: Sequence[Member]
    hint: str | None


@dataclass(frozen=True)
class OfflineCard:
    """A signed card that was verified; `left_fen` of `trust_fen` may still be sold on it at this till off line."""

    member_id: str
    card_no: str
    tier: str
    trust_fen: int
    left_fen: int
    kid: str
    issued_at: datetime
    expires_at: datetime


@dataclass(frozen=True)
class Sale:
    """A spend. `taken`: booked. `offline`: in the signed journal, hand over the goods. `again`: it was known before."""

    name: str
    state: State
    member_id: str
    total_fen: int
    again: bool = False
    counter: int | None = None
    spend_id: str | None = None
    balance_after_fen: int | None = None
    answer: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Booked:
    """A refund or a top-up that Dengta has booked; `answer` is the whole of what it said."""

    name: str
    again: bool
    balance_after_fen: int | None
    answer: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True)
class Named:
    """What the server said of one record of the journal.

    One that a person has settled is `held` with the code `settled_charge`, `settled_write_off` (both with a `spend_id`:
    its order is `taken`) or `settled_cancel` (its order is `voided`).
    """

    counter: int
    name: str
    outcome: Outcome
    code: str | None = None
    detail: str | None = None
    spend_id: str | None = None
    balance_after_fen: int | None = None
    debt_fen: int | None = None
    held_id: str | None = None

    @property
    def settled(self) -> bool:
        """A person has decided: nothing is left to do at the till."""
        return self.outcome == "held" and (self.code or "").startswith("settled_")


@dataclass(frozen=True)
class ServerJournal:
    """How far the server has this till's chain: all up to `complete_to`, some up to `highest`."""

    complete_to: int
    highest: int
    gaps: Sequence[Sequence[int]]
    broken: Sequence[int]


@dataclass(frozen=True)
class Replay:
    """What a replay came to. `asked`: calls without an answer that were cleared up by their names, by state."""

    named: Sequence[Named]
    asked: Mapping[str, str]
    waiting: int
    tip: int
    server: ServerJournal | None

    @property
    def rolled_back(self) -> bool:
        """The server knows records of this till that its journal does not: an old copy was put back."""
        return self.server is not None and self.server.highest > self.tip


@dataclass(frozen=True)
class OpenOrder:
    """One of which nobody knows whether it is booked; `member_id` and `total_fen` where the order says them."""

    kind: Kind
    name: str
    total_fen: int | None
    member_id: str
    begun_at: str
    abandoned: bool


@dataclass(frozen=True)
class Status:
    """How many orders are in each state, those that are `open` one by one, and how far the chain goes."""

    device_id: str
    enrolled: bool
    states: Mapping[str, int]
    open: Sequence[OpenOrder]
    tip: int
    complete_to: int
    oldest_waiting_at: str | None
    attention: Sequence[Mapping[str, Any]]


def plain(value: Any) -> dict[str, Any]:  # noqa: ANN401 - any dataclass of this module
    """As a JSON object, without what is not set."""
    return {name: each for name, each in asdict(value).items() if each is not None}
