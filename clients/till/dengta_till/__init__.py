"""Dengta at the till: sells on line and off line, loses nothing and takes nothing twice."""

from dengta_till.config import Config, load
from dengta_till.errors import (
    BadCard,
    BadOrder,
    ConfigError,
    JournalError,
    NameUsed,
    NoAnswer,
    Refused,
    TillError,
    Undecided,
    Unreachable,
)
from dengta_till.till import Till
from dengta_till.values import (
    Booked,
    Found,
    Line,
    Member,
    Named,
    OfflineCard,
    OpenOrder,
    Payment,
    Replay,
    Sale,
    Status,
)

__all__ = [
    "BadCard",
    "BadOrder",
    "Booked",
    "Config",
    "ConfigError",
    "Found",
    "JournalError",
    "Line",
    "Member",
    "NameUsed",
    "Named",
    "NoAnswer",
    "OfflineCard",
    "OpenOrder",
    "Payment",
    "Refused",
    "Replay",
    "Sale",
    "Status",
    "Till",
    "TillError",
    "Undecided",
    "Unreachable",
    "load",
]
