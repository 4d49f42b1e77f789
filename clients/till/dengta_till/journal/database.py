"""The SQLite file under the journal: its tables, and transactions that are whole or never were."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dengta_till.errors import JournalError

VERSION = 1
_BUSY_S = 30.0
_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE orders (
    serial INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL CHECK (kind IN ('spend', 'refund', 'top_up')),
    name TEXT NOT NULL,
    body TEXT NOT NULL,
    member_id TEXT NOT NULL,
    balance_fen INTEGER NOT NULL,
    card TEXT,
    state TEXT NOT NULL
        CHECK (state IN ('asking', 'taken', 'refused', 'withdrawn', 'offline', 'held', 'voided')),
    owner TEXT NOT NULL,
    unwanted TEXT,
    begun_at TEXT NOT NULL,
    decided_at TEXT,
    answer TEXT,
    UNIQUE (kind, name)
);
CREATE INDEX orders_by_state ON orders (state, serial);
CREATE INDEX orders_by_member ON orders (member_id, state);
CREATE TABLE chain (
    counter INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    payload TEXT NOT NULL,
    hash TEXT NOT NULL,
    signature TEXT NOT NULL,
    outcome TEXT CHECK (outcome IN ('taken', 'replayed', 'held', 'refused')),
    said TEXT
);
CREATE INDEX chain_waiting ON chain (counter) WHERE outcome IS NULL;
CREATE TABLE ends (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    floor_counter INTEGER NOT NULL, floor_hash TEXT NOT NULL,
    tip_counter INTEGER NOT NULL, tip_hash TEXT NOT NULL
);
"""


class Database:
    """One connection for all threads of a process; other processes have theirs."""

    def __init__(self, path: Path, genesis: str) -> None:
        self._path = path
        self._turn = threading.RLock()
        with self.readable():
            self._db = sqlite3.connect(
                path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False
            )
            self._db.row_factory = sqlite3.Row
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")
            self._db.execute("PRAGMA fullfsync = ON")
        with self.writing() as db:
            self._prepare(db, genesis)

    def _prepare(self, db: sqlite3.Connection, genesis: str) -> None:
        version = db.execute("PRAGMA user_version").fetchone()[0]
        if version == VERSION:
            return
        if version:
            raise JournalError(why=f"{self._path} was made by another version ({version})")
        for statement in _SCHEMA.split(";\n"):
            db.execute(statement)
        db.execute("INSERT INTO ends VALUES (1, 0, ?, 0, ?)", (genesis, genesis))
        db.execute(f"PRAGMA user_version = {VERSION}")

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """The write lock from the first read on, so that what was read still holds when it is written."""
        with self._turn, self.readable():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        with self._turn, self.readable():
            yield self._db

    @contextmanager
    def readable(self) -> Iterator[None]:
        """SQLite's own errors, as the journal's."""
        try:
            yield
        except sqlite3.Error as error:
            raise JournalError(why=f"{self._path}: {error}") from error

    def close(self) -> None:
        self._db.close()
