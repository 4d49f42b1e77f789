"""What the stand-ins remember: keyed values, the outbox and the carrier's reports, in one SQLite file."""

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SCHEMA = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = OFF;
CREATE TABLE IF NOT EXISTS kept (space TEXT, key TEXT, value TEXT, PRIMARY KEY (space, key));
CREATE TABLE IF NOT EXISTS outbox (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, channel TEXT, recipient TEXT, entry TEXT
);
CREATE INDEX IF NOT EXISTS outbox_recipient ON outbox (recipient, seq);
CREATE TABLE IF NOT EXISTS reports (
    serial_no TEXT PRIMARY KEY, phone TEXT, sent_at REAL, due_at REAL, report TEXT,
    pulled INTEGER DEFAULT 0
);
CREATE INDEX IF NOT EXISTS reports_phone ON reports (phone, sent_at);
CREATE INDEX IF NOT EXISTS reports_due ON reports (pulled, due_at);
CREATE TABLE IF NOT EXISTS aliyun_sends (
    biz_id TEXT, phone TEXT, day TEXT, sent_at REAL, due_at REAL, limit_key TEXT, detail TEXT,
    PRIMARY KEY (biz_id, phone)
);
CREATE INDEX IF NOT EXISTS aliyun_sends_phone ON aliyun_sends (phone, day, sent_at);
CREATE INDEX IF NOT EXISTS aliyun_sends_limit ON aliyun_sends (limit_key, sent_at);
"""


class Store:
    """One connection behind one lock: a request is one transaction."""

    def __init__(self, path: Path | None = None) -> None:
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._db = sqlite3.connect(
            path or ":memory:", isolation_level=None, check_same_thread=False
        )
        self._db.executescript(SCHEMA)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with self._lock:
            self._db.execute("BEGIN")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def run(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._db.execute(statement, values).fetchall()

    def get(self, space: str, key: str) -> Any:  # noqa: ANN401
        rows = self.run("SELECT value FROM kept WHERE space = ? AND key = ?", space, key)
        return json.loads(rows[0][0]) if rows else None

    def put(self, space: str, key: str, value: object) -> None:
        text = json.dumps(value, ensure_ascii=False)
        self.run("INSERT OR REPLACE INTO kept VALUES (?, ?, ?)", space, key, text)

    def items(self, space: str) -> list[tuple[str, Any]]:
        rows = self.run("SELECT key, value FROM kept WHERE space = ? ORDER BY key", space)
        return [(key, json.loads(value)) for key, value in rows]

    def forget_all(self) -> None:
        self.run("DELETE FROM kept")
        self.run("DELETE FROM outbox")
        self.run("DELETE FROM reports")
        self.run("DELETE FROM aliyun_sends")

    def close(self) -> None:
        with self._lock:
            self._db.close()
