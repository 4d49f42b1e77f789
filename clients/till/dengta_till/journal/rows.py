"""Orders as rows of the journal; each function runs inside a transaction of its caller."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dengta_till.orders import Draft, instant, text
from dengta_till.values import Kind, Named, OfflineCard, Outcome, State

_OUTCOME_STATES: Mapping[Outcome, State] = {
    "taken": "taken",
    "replayed": "taken",
    "held": "held",
    "refused": "refused",
}
_SETTLED_STATES: Mapping[str, State] = {
    "settled_charge": "taken",
    "settled_write_off": "taken",
    "settled_cancel": "voided",
}


@dataclass(frozen=True)
class Order:
    """One thing asked for: `known` says that it was in the journal before this call."""

    kind: Kind
    name: str
    body: str
    state: State
    member_id: str
    balance_fen: int
    card: str | None
    unwanted: str | None
    answer: Mapping[str, Any]
    counter: int | None
    owner: str
    begun_at: datetime
    known: bool = True


SELECT = (
    "SELECT o.*, c.counter FROM orders o LEFT JOIN chain c ON o.kind = 'spend' AND c.name = o.name"
)


def meta(db: sqlite3.Connection, key: str) -> str | None:
    row = db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return None if row is None else str(row["value"])


def find(db: sqlite3.Connection, kind: Kind, name: str) -> Order | None:
    row = db.execute(f"{SELECT} WHERE o.kind = ? AND o.name = ?", (kind, name)).fetchone()
    return None if row is None else order_of(row)


def order_of(row: sqlite3.Row) -> Order:
    return Order(
        kind=row["kind"],
        name=row["name"],
        body=row["body"],
        state=row["state"],
        member_id=row["member_id"],
        balance_fen=row["balance_fen"],
        card=row["card"],
        unwanted=row["unwanted"],
        answer=json.loads(row["answer"]) if row["answer"] else {},
        counter=row["counter"],
        owner=row["owner"],
        begun_at=datetime.fromisoformat(row["begun_at"]),
    )


def fresh(draft: Draft, owner: str, now: datetime) -> Order:
    return Order(
        draft.kind, draft.name, draft.body, "asking", draft.member_id, draft.balance_fen,
        draft.card, None, {}, None, owner, now, known=False,
    )  # fmt: skip


def insert(db: sqlite3.Connection, draft: Draft, owner: str, now: datetime) -> None:
    db.execute(
        "INSERT INTO orders (kind, name, body, member_id, balance_fen, card, state, owner, begun_at)"
        " VALUES (?, ?, ?, ?, ?, ?, 'asking', ?, ?)",
        (
            draft.kind, draft.name, draft.body, draft.member_id, draft.balance_fen, draft.card,
            owner, instant(now),
        ),
    )  # fmt: skip


def renew(db: sqlite3.Connection, draft: Draft, owner: str, now: datetime) -> None:
    """Nothing of it ever left the till, so its name is free for the same order at another time."""
    db.execute(
        "UPDATE orders SET body = ?, card = ?, state = 'asking', owner = ?, unwanted = NULL, begun_at = ?,"
        " decided_at = NULL WHERE kind = ? AND name = ?",
        (draft.body, draft.card, owner, instant(now), draft.kind, draft.name),
    )


def own(db: sqlite3.Connection, order: Order, owner: str, card: str | None) -> None:
    db.execute(
        "UPDATE orders SET owner = ?, card = ? WHERE kind = ? AND name = ?",
        (owner, card, order.kind, order.name),
    )


def used_fen(db: sqlite3.Connection, card: OfflineCard, *, besides: str) -> int:
    """All that is open of this member, and all sold off line since the card was issued: so the server counts, too."""
    found = db.execute(
        "SELECT coalesce(sum(o.balance_fen), 0) FROM orders o"
        " LEFT JOIN chain c ON o.kind = 'spend' AND c.name = o.name"
        " WHERE o.member_id = ? AND o.name != ? AND (o.state IN ('asking', 'offline')"
        " OR (c.counter IS NOT NULL AND o.begun_at >= ?))",
        (card.member_id, besides, instant(card.issued_at)),
    )
    return int(found.fetchone()[0])


def to_offline(db: sqlite3.Connection, name: str) -> None:
    db.execute("UPDATE orders SET state = 'offline' WHERE kind = 'spend' AND name = ?", (name,))


def mark(db: sqlite3.Connection, named: Named, now: datetime) -> None:
    said = text(vars(named))
    db.execute(
        "UPDATE chain SET outcome = ?, said = ? WHERE counter = ? AND name = ?",
        (named.outcome, said, named.counter, named.name),
    )
    db.execute(
        "UPDATE orders SET state = ?, answer = ?, decided_at = ? WHERE kind = 'spend' AND name = ?",
        (_state(named), said, instant(now), named.name),
    )


def _state(named: Named) -> State:
    """What a person has settled is booked, or undone, whatever its record was worth."""
    state = _OUTCOME_STATES[named.outcome]
    return _SETTLED_STATES.get(named.code or "", state) if state == "held" else state


def last_prunable(db: sqlite3.Connection, before: str) -> int | None:
    """The end of the longest beginning of the chain that is booked or undone, and older."""
    first_kept = db.execute(
        "SELECT min(c.counter) FROM chain c JOIN orders o ON o.kind = 'spend' AND o.name = c.name"
        " WHERE o.state NOT IN ('taken', 'voided') OR o.decided_at >= ?",
        (before,),
    ).fetchone()[0]
    last: int | None = db.execute(
        "SELECT max(counter) FROM chain WHERE ? IS NULL OR counter < ?", (first_kept, first_kept)
    ).fetchone()[0]
    return last
