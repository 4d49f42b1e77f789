"""The chain: records numbered without gaps, each signed and each holding the hash of the one before."""

import hashlib
import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature

from dengta_till.errors import JournalError
from dengta_till.keys import DeviceKey, unb64
from dengta_till.orders import text

GENESIS = "0" * 64


@dataclass(frozen=True)
class Record:
    """`payload` is the exact text that was signed and will be sent."""

    counter: int
    name: str
    payload: str
    signature: str

    def wire(self) -> dict[str, str]:
        return {"payload": self.payload, "signature": self.signature}


def append(
    db: sqlite3.Connection, key: DeviceKey, name: str, body: str, card: str | None
) -> Record:
    """The next record. The caller holds the write lock: two processes cannot both take a number."""
    tip = db.execute("SELECT tip_counter, tip_hash FROM ends").fetchone()
    spend = json.loads(body)
    payload = text(
        {
            "device_id": key.device_id,
            "counter": tip["tip_counter"] + 1,
            "prev": tip["tip_hash"],
            "out_trade_no": name,
            "occurred_at": spend["occurred_at"],
            "spend": spend,
            "card": card,
        }
    )
    record = Record(tip["tip_counter"] + 1, name, payload, key.sign(payload))
    digest = hash_of(payload)
    db.execute(
        "INSERT INTO chain (counter, name, payload, signature, hash) VALUES (?, ?, ?, ?, ?)",
        (record.counter, name, payload, record.signature, digest),
    )
    db.execute("UPDATE ends SET tip_counter = ?, tip_hash = ?", (record.counter, digest))
    return record


def hash_of(payload: str) -> str:
    return hashlib.sha256(payload.encode()).hexdigest()


def waiting(db: sqlite3.Connection, after: int, limit: int) -> Sequence[Record]:
    """Records above `after` that the server has not named yet."""
    rows = db.execute(
        "SELECT counter, name, payload, signature FROM chain"
        " WHERE outcome IS NULL AND counter > ? ORDER BY counter LIMIT ?",
        (after, limit),
    )
    return [Record(*row) for row in rows]


def held(db: sqlite3.Connection) -> Sequence[Record]:
    """Records that wait for a person, as far as this till knows: what came of them is learned by sending them again."""
    rows = db.execute(
        "SELECT c.counter, c.name, c.payload, c.signature FROM chain c"
        " JOIN orders o ON o.kind = 'spend' AND o.name = c.name"
        " WHERE o.state = 'held' ORDER BY c.counter"
    )
    return [Record(*row) for row in rows]


def verify(db: sqlite3.Connection, key: DeviceKey) -> int:
    """Every number, hash and signature from the floor to the tip; how many. Raises JournalError at the first fault."""
    ends = db.execute("SELECT * FROM ends").fetchone()
    counter, prev, count = ends["floor_counter"], ends["floor_hash"], 0
    for row in db.execute("SELECT * FROM chain ORDER BY counter"):
        counter += 1
        _check(row, counter, prev, key)
        prev, count = row["hash"], count + 1
    if (counter, prev) != (ends["tip_counter"], ends["tip_hash"]):
        raise JournalError(why=f"the chain ends at {counter}, not at {ends['tip_counter']}")
    return count


def _check(row: sqlite3.Row, counter: int, prev: str, key: DeviceKey) -> None:
    if row["counter"] != counter:
        raise JournalError(why=f"record {counter} is missing")
    try:
        said = json.loads(row["payload"])
        linked = (said["counter"], said["prev"], said["device_id"], said["out_trade_no"])
        right = linked == (counter, prev, key.device_id, row["name"])
        key.public().verify(unb64(row["signature"]), row["payload"].encode())
    except (InvalidSignature, ValueError, KeyError, TypeError) as error:
        raise JournalError(why=f"record {counter} is not as it was signed") from error
    if not right or row["hash"] != hash_of(row["payload"]):
        raise JournalError(why=f"record {counter} does not follow from the one before")
