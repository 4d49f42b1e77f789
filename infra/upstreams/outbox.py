"""Everything the stand-ins accepted, in order: the proof of what would have reached a person."""

import json
from typing import Any

from infra.upstreams.clock import Clock, rfc3339
from infra.upstreams.store import Store

CHANNELS = ("sms", "wechat", "mail", "wecom")


class Outbox:
    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def add(self, channel: str, to: str, item_id: str, content: dict[str, Any]) -> None:
        entry = {
            "id": item_id,
            "channel": channel,
            "to": to,
            "at": rfc3339(self._clock.wall()),
            **content,
        }
        text = json.dumps(entry, ensure_ascii=False)
        self._store.run(
            "INSERT INTO outbox (channel, recipient, entry) VALUES (?, ?, ?)", channel, to, text
        )

    def find(self, channel: str = "", to: str = "", after: int = 0) -> list[dict[str, Any]]:
        """Read what was accepted, oldest first; an empty filter lets everything through."""
        rows = self._store.run(
            "SELECT seq, entry FROM outbox WHERE seq > ? AND (? = '' OR channel = ?)"
            " AND (? = '' OR recipient = ?) ORDER BY seq",
            *(after, channel, channel, to, to),
        )
        return [{"seq": seq, **json.loads(entry)} for seq, entry in rows]

    def size(self) -> int:
        return int(self._store.run("SELECT count(*) FROM outbox")[0][0])

    def empty(self) -> None:
        self._store.run("DELETE FROM outbox")
