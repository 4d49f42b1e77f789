"""What people read, in Chinese, in English or in both."""

import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Literal, NamedTuple

import msgspec

from chalicelib.kernel.clock import epoch_ms

Language = Literal["zh-CN", "en"]
IdMaker = Callable[[datetime], str]

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_TIME_DIGITS = 8  # enough milliseconds until the year 2059
_RANDOM_DIGITS = 4


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One text in one language or in both."""

    zh: str | None = None
    en: str | None = None


class Said(NamedTuple):
    """A text as it is shown, and the language that it is really in."""

    text: str
    language: Language


def say(words: Words, language: Language) -> Said:
    """In the language asked for, or in the other one where that is all there is."""
    if language == "en":
        return Said(words.en, "en") if words.en else Said(words.zh or "", "zh-CN")
    return Said(words.zh, "zh-CN") if words.zh else Said(words.en or "", "en")


def new_id(moment: datetime) -> str:
    """12 lower-case alphanumerics that sort by time: the shape that status-page clients expect."""
    return _base36(epoch_ms(moment), _TIME_DIGITS) + _base36(
        secrets.randbelow(36**_RANDOM_DIGITS), _RANDOM_DIGITS
    )


def id_of(moment: datetime, *parts: str) -> str:
    """An id of the same shape that is always the same for the same happening."""
    found = int.from_bytes(hashlib.sha256("\0".join(parts).encode()).digest()[:8])
    return _base36(epoch_ms(moment), _TIME_DIGITS) + _base36(
        found % 36**_RANDOM_DIGITS, _RANDOM_DIGITS
    )


def later_id(made: str, than: str) -> str:
    """`made`, or the next id after `than`, so that what was said last sorts last, also within a millisecond."""
    return made if made > than else _base36(int(than, 36) + 1, len(than))


def floor_id(moment: datetime) -> str:
    """The least id of a moment, as a bound for ranges."""
    return _base36(epoch_ms(moment), _TIME_DIGITS) + "0" * _RANDOM_DIGITS


def _base36(value: int, digits: int) -> str:
    text = ""
    for _ in range(digits):
        value, rest = divmod(value, 36)
        text = _DIGITS[rest] + text
    return text
