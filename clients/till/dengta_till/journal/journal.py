"""What a till was asked to do, kept before anything is sent, and what came of it."""

import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, get_args

from dengta_till.errors import NameUsed
from dengta_till.journal import chain, rows
from dengta_till.journal.chain import GENESIS, Record
from dengta_till.journal.database import Database
from dengta_till.journal.rows import Order
from dengta_till.keys import DeviceKey
from dengta_till.orders import Draft, instant, same, text
from dengta_till.values import Kind, Named, OfflineCard, State


class OverTrust(Exception):
    """The card's trusted sum does not cover this sale and those of this till that wait."""

    def __init__(self, left_fen: int) -> None:
        super().__init__(left_fen)
        self.left_fen = left_fen


class Journal:
    """Every change is one transaction, on disk before the method returns."""

    def __init__(self, path: Path) -> None:
        self._database = Database(path, GENESIS)

    def close(self) -> None:
        self._database.close()

    def meta(self, key: str) -> str | None:
        with self._database.reading() as db:
            return rows.meta(db, key)

    def keep_meta(self, key: str, value: str) -> None:
        with self._database.writing() as db:
            db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def identity(self, key: str, value: str) -> str:
        """The value of a key that is set once; the first to set it wins."""
        with self._database.writing() as db:
            db.execute("INSERT OR IGNORE INTO meta VALUES (?, ?)", (key, value))
            return rows.meta(db, key) or value

    def tip(self) -> int:
        with self._database.reading() as db:
            return int(db.execute("SELECT tip_counter FROM ends").fetchone()[0])

    def begin(self, draft: Draft, now: datetime) -> Order:
        """Keep an order before it is sent; the same again is the order that is kept. Raises NameUsed."""
        owner = secrets.token_hex(8)
        with self._database.writing() as db:
            kept = rows.find(db, draft.kind, draft.name)
            if kept is None:
                rows.insert(db, draft, owner, now)
                return rows.fresh(draft, owner, now)
            if not same(kept.body, draft.body):
                raise NameUsed(name=draft.name)
            if kept.state == "withdrawn":
                rows.renew(db, draft, owner, now)
                return rows.fresh(draft, owner, now)
            if kept.state == "asking":
                rows.own(db, kept, owner, draft.card or kept.card)
            return rows.find(db, draft.kind, draft.name) or kept

    def find(self, kind: Kind, name: str) -> Order | None:
        with self._database.reading() as db:
            return rows.find(db, kind, name)

    def decide(self, order: Order, state: State, answer: Mapping[str, Any], now: datetime) -> Order:
        """Keep what the server said, unless something was decided meanwhile; answers how it stands."""
        with self._database.writing() as db:
            db.execute(
                "UPDATE orders SET state = ?, answer = ?, decided_at = ? WHERE kind = ? AND name = ?"
                " AND state = 'asking'",
                (state, text(answer), instant(now), order.kind, order.name),
            )
            return rows.find(db, order.kind, order.name) or order

    def withdraw(self, order: Order, now: datetime) -> bool:
        """Take back an order of which nothing left the till; not when another call has gone on with it."""
        with self._database.writing() as db:
            done = db.execute(
                "UPDATE orders SET state = 'withdrawn', decided_at = ? WHERE kind = ? AND name = ?"
                " AND state = 'asking' AND owner = ?",
                (instant(now), order.kind, order.name, order.owner),
            )
            return done.rowcount == 1

    def refuse_goods(self, kind: Kind, name: str, reason: str) -> Order | None:
        """Note that the goods stayed in the store: an open spend will be voided if it turns out to be taken."""
        with self._database.writing() as db:
            db.execute(
                "UPDATE orders SET unwanted = ? WHERE kind = ? AND name = ? AND state = 'asking'",
                (reason, kind, name),
            )
            return rows.find(db, kind, name)

    def sell_offline(self, order: Order, key: DeviceKey, card: OfflineCard | None) -> Order:
        """Give an open spend its place in the chain; a card only within its trusted sum. Raises OverTrust."""
        with self._database.writing() as db:
            kept = rows.find(db, order.kind, order.name) or order
            if kept.state != "asking":
                return kept
            if card:
                left_fen = card.trust_fen - rows.used_fen(db, card, besides=kept.name)
                if kept.balance_fen > left_fen:
                    raise OverTrust(max(0, left_fen))
            chain.append(db, key, kept.name, kept.body, kept.card)
            rows.to_offline(db, kept.name)
            return rows.find(db, kept.kind, kept.name) or kept

    def used_fen(self, card: OfflineCard) -> int:
        """What this till has trusted the card with, and what the server has not named yet."""
        with self._database.reading() as db:
            return rows.used_fen(db, card, besides="")

    def void(self, order: Order, now: datetime) -> None:
        with self._database.writing() as db:
            db.execute(
                "UPDATE orders SET state = 'voided', decided_at = ? WHERE kind = ? AND name = ?",
                (instant(now), order.kind, order.name),
            )

    def unclear(self) -> Sequence[Order]:
        """Orders of which no answer is known, and those that were taken although the goods stayed."""
        with self._database.reading() as db:
            found = db.execute(
                f"{rows.SELECT} WHERE o.state = 'asking'"
                " OR (o.state = 'taken' AND o.unwanted IS NOT NULL) ORDER BY o.serial"
            )
            return [rows.order_of(row) for row in found]

    def waiting(self, after: int, limit: int) -> Sequence[Record]:
        with self._database.reading() as db:
            return chain.waiting(db, after, limit)

    def held(self) -> Sequence[Record]:
        with self._database.reading() as db:
            return chain.held(db)

    def count_waiting(self) -> int:
        with self._database.reading() as db:
            found = db.execute("SELECT count(*) FROM chain WHERE outcome IS NULL")
            return int(found.fetchone()[0])

    def name(self, named: Sequence[Named], now: datetime) -> None:
        """Mark the records that the server has named; `retry` marks nothing."""
        with self._database.writing() as db:
            for each in named:
                if each.outcome != "retry":
                    rows.mark(db, each, now)

    def counts(self) -> Mapping[str, int]:
        with self._database.reading() as db:
            counted = dict(
                db.execute("SELECT state, count(*) FROM orders GROUP BY state").fetchall()
            )
            return {state: counted.get(state, 0) for state in get_args(State)}

    def attention(self) -> Sequence[Mapping[str, Any]]:
        """Records of the chain that a person must look at, and why."""
        with self._database.reading() as db:
            found = db.execute(
                "SELECT c.said FROM chain c JOIN orders o ON o.kind = 'spend' AND o.name = c.name"
                " WHERE o.state IN ('held', 'refused') AND c.said IS NOT NULL ORDER BY c.counter"
            )
            return [json.loads(row["said"]) for row in found]

    def oldest_waiting_at(self) -> str | None:
        with self._database.reading() as db:
            found = db.execute(
                "SELECT min(begun_at) FROM orders WHERE state IN ('asking', 'offline')"
            )
            at: str | None = found.fetchone()[0]
            return at

    def verify(self, key: DeviceKey) -> int:
        with self._database.reading() as db:
            db.execute("BEGIN")
            try:
                return chain.verify(db, key)
            finally:
                db.execute("COMMIT")

    def prune(self, older_than: timedelta, now: datetime) -> int:
        """Forget what is booked or undone and older; of the chain a whole beginning, whose last hash stays."""
        before = instant(now - older_than)
        with self._database.writing() as db:
            last = rows.last_prunable(db, before)
            if last is not None:
                db.execute(
                    "UPDATE ends SET floor_counter = ?, floor_hash ="
                    " (SELECT hash FROM chain WHERE counter = ?)",
                    (last, last),
                )
                db.execute("DELETE FROM chain WHERE counter <= ?", (last,))
            gone = db.execute(
                "DELETE FROM orders WHERE state IN ('taken', 'voided') AND decided_at < ?"
                " AND NOT (kind = 'spend' AND name IN (SELECT name FROM chain))",
                (before,),
            )
            return gone.rowcount

    def export(self) -> Sequence[Mapping[str, Any]]:
        """All that is kept, oldest first; the records as they are sent."""
        with self._database.reading() as db:
            found = db.execute(
                "SELECT o.kind, o.name, o.state, o.body, o.begun_at, o.decided_at, o.answer, c.counter,"
                " c.payload, c.signature, c.hash FROM orders o LEFT JOIN chain c"
                " ON o.kind = 'spend' AND c.name = o.name ORDER BY o.serial"
            )
            return [dict(row) for row in found]
