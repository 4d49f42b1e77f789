"""How the ledger and its plain model are spoken to, and what they answer: the same words for both."""

from collections.abc import Mapping
from typing import Any, NamedTuple, Self


class Asked(NamedTuple):
    """A command under its name; `body` is what the kind needs. Two are the same request where all fields are equal."""

    kind: str
    store: str
    name: str
    member: str
    body: Mapping[str, Any]

    def reworded(self) -> str:
        """A fingerprint: what makes the same name stand for the same request."""
        return repr((self.member, sorted(self.body.items())))


class Paid(NamedTuple):
    """A way of payment in a spend."""

    method: str
    fen: int
    lot: str | None = None
    times: int = 0
    line: int | None = None

    def __deepcopy__(self, _memo: object) -> Self:
        return self


class Line(NamedTuple):
    name: str
    quantity: int
    fen: int
    sku: str | None = None

    def __deepcopy__(self, _memo: object) -> Self:
        return self


class Answer(NamedTuple):
    """`word` is one of taken, refused, name_taken, not_found; `detail` an entry id, or a code with its values."""

    word: str
    detail: Any = None


class Entry(NamedTuple):
    """What is compared of an entry; `moves` are net, by lot."""

    seq: int
    kind: str
    delta: int
    balance: int
    points_delta: int
    points: int
    total: int
    bonus: int
    spent: int
    earning: int
    earned: int
    payments: tuple[tuple[str, int, int, int], ...]
    moves: tuple[tuple[str, int], ...]
    corrects: str | None
    order_name: str
    month: str

    def __deepcopy__(self, _memo: object) -> Self:
        return self


class Lot(NamedTuple):
    """What is compared of a lot."""

    lot_id: str
    kind: str
    left: int
    given: int
    paid: int
    worth: int
    ends: Any
    product: str | None
    reopens: str | None
    bought: str | None


class Card(NamedTuple):
    """What a member has, and may use; swept or not."""

    member: str
    balance: int
    points: int
    lots: tuple[Lot, ...]
    tier: str
    next_tier: str | None
    missing: int
    lost: bool
