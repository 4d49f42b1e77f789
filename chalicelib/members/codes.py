"""Rotating member codes: 18 digits that name a card for at most a minute, with nothing kept anywhere.

A code is the card's first eleven digits and seven zeros, put through a keyed permutation of 18-digit numbers (a
Feistel network over two halves of nine digits with HMAC-SHA256 as its round function) that changes every half minute.
Whoever has not the key learns nothing from a code, and a guessed one passes once in ten million tries.
"""

import hashlib
import hmac
from datetime import datetime

STEP_S = 30
DIGITS = 18
_HALF = 10**9
_CARD_DIGITS = 11
_ZEROS = 10**7
_ROUNDS = 8


def code(key: bytes, card_no: str, now: datetime) -> str:
    value = int(card_no[:_CARD_DIGITS]) * _ZEROS
    return f"{_permute(key, _step(now), value):0{DIGITS}d}"


def card_prefix(key: bytes, text: str, now: datetime) -> str | None:
    """The card number without its check digit, if the code is of this half minute or the one before."""
    for step in (_step(now), _step(now) - 1):
        prefix, zeros = divmod(_unpermute(key, step, int(text)), _ZEROS)
        if zeros == 0:
            return f"{prefix:0{_CARD_DIGITS}d}"
    return None


def expires_in_s(now: datetime) -> int:
    """How long a code made now is good for at the least."""
    return 2 * STEP_S - int(now.timestamp()) % STEP_S


def _step(now: datetime) -> int:
    return int(now.timestamp()) // STEP_S


def _permute(key: bytes, step: int, value: int) -> int:
    left, right = divmod(value, _HALF)
    for number in range(_ROUNDS):
        left, right = right, (left + _round(key, step, number, right)) % _HALF
    return left * _HALF + right


def _unpermute(key: bytes, step: int, value: int) -> int:
    left, right = divmod(value, _HALF)
    for number in reversed(range(_ROUNDS)):
        left, right = (right - _round(key, step, number, left)) % _HALF, left
    return left * _HALF + right


def _round(key: bytes, step: int, number: int, half: int) -> int:
    digest = hmac.digest(key, f"{step}/{number}/{half}".encode(), hashlib.sha256)
    return int.from_bytes(digest[:8], "big") % _HALF
