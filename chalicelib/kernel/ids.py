"""Ids that sort by time (ULID), and ids that follow from what they name."""

import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime

from chalicelib.kernel.clock import epoch_ms

IdMaker = Callable[[datetime], str]

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford base 32
_RANDOM_BITS = 80


def new(moment: datetime) -> str:
    """A ULID: 48 bits of milliseconds, 80 random bits, 26 characters."""
    return _encode(epoch_ms(moment) << _RANDOM_BITS | secrets.randbits(_RANDOM_BITS))


def following(moment: datetime, name: str) -> str:
    """The ULID of `name` at `moment`: whoever knows both knows the id."""
    digest = int.from_bytes(hashlib.sha256(name.encode()).digest()[:10], "big")
    return _encode(epoch_ms(moment) << _RANDOM_BITS | digest)


def floor(moment: datetime) -> str:
    """The least ULID of a moment, as a bound for ranges; of all before 1970, the least there is."""
    return _encode(max(0, epoch_ms(moment)) << _RANDOM_BITS)


def _encode(value: int) -> str:
    return "".join(_ALPHABET[value >> shift & 31] for shift in range(125, -1, -5))
