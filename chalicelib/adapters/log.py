"""Structured logs: one JSON line each, with the request's id and without personal data."""

import json
import logging
import sys
from contextvars import ContextVar

request_id: ContextVar[str] = ContextVar("request_id", default="")

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}


class JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "level": record.levelname,
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%SZ"),
            "logger": record.name,
            "said": record.getMessage(),
            "request_id": request_id.get(),
        }
        line |= {name: value for name, value in vars(record).items() if name not in _STANDARD}
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def logger(name: str) -> logging.Logger:
    """The logger of a room below `dengta`; the first call in a process sets the format for all of them."""
    root = logging.getLogger("dengta")
    if not root.handlers:
        handler = logging.StreamHandler(sys.stdout)
        handler.setFormatter(JsonLines())
        root.addHandler(handler)
        root.setLevel(logging.INFO)
        root.propagate = False
    return root.getChild(name)
