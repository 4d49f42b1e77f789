"""Access tokens of upstreams, shared by all containers: sealed in the `tokens` table, with a short cache in front.

A broken table costs a fetch more and never a call: the upstream hands out the same token again.
"""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from pynamodb.attributes import BinaryAttribute, NumberAttribute

from chalicelib.adapters import log, tables
from chalicelib.adapters.keyring import Keyring
from chalicelib.adapters.tables import Row
from chalicelib.kernel.clock import Clock
from chalicelib.kernel.errors import TryAgain

_SORT_KEY = "TOKEN"
_CACHED_S = 60
_SPARE_S = 60
_LIFE_UNTOLD_S = 7200

_log = log.logger("upstream_tokens")


class TokenRow(Row):
    """`expires_at` is the TTL attribute too; deletion lags by days, so it is looked at on every read."""

    table = "tokens"
    token = BinaryAttribute(legacy_encoding=False)
    expires_at = NumberAttribute()


class _Held(NamedTuple):
    value: str
    expires_at: float
    read_at: float


class TokenStore:
    """Fits wechatpy's session storage: `get` and `set` by a key, here `{upstream}/{app id}`.

    It has no length on purpose: wechatpy silently replaces a storage that is falsy when empty. A token is handed out
    only while a minute of its life is left, so that it lasts for the call it is meant for.
    """

    def __init__(self, keyring: Callable[[], Keyring], clock: Clock) -> None:
        self._keyring = keyring
        self._clock = clock
        self._held: dict[str, _Held] = {}

    def get(self, key: str, default: str | None = None) -> str | None:
        held = self._held.get(key)
        if held and self._now_s() - held.read_at < _CACHED_S and self._lasts(held):
            return held.value
        return self.shared(key) or default

    def shared(self, key: str) -> str | None:
        """What all containers share, read past the cache: perhaps another has refreshed it."""
        held = self._load(key)
        if held is None or not self._lasts(held):
            self._held.pop(key, None)
            return None
        self._held[key] = held
        return held.value

    def set(self, key: str, value: str | None, ttl: float | None = None) -> None:
        """Whoever fetched last is right: a token that is kept for its longer life could be a dead one."""
        if value is None:
            return
        now_s = self._now_s()
        expires_at = int(now_s + (_LIFE_UNTOLD_S if ttl is None else ttl))
        self._held[key] = _Held(value, expires_at, now_s)
        sealed = self._keyring().seal(value, _place(key))
        try:
            tables.save(TokenRow(key, _SORT_KEY, token=sealed, expires_at=expires_at))
        except TryAgain:
            _log.warning("a token could not be kept", extra={"token_of": key})

    def _load(self, key: str) -> _Held | None:
        try:
            image = tables.get("tokens", (key, _SORT_KEY), consistent=True)
        except TryAgain:
            _log.warning("kept tokens could not be read", extra={"token_of": key})
            return None
        if image is None:
            return None
        row = TokenRow.from_raw_data(dict(image))
        try:
            value = self._keyring().open(row.token, _place(key))
        except (InvalidTag, KeyError, ValueError):
            _log.warning("a kept token does not open", extra={"token_of": key})
            return None
        return _Held(value, float(row.expires_at), self._now_s())

    def _lasts(self, held: _Held) -> bool:
        return held.expires_at - self._now_s() > _SPARE_S

    def _now_s(self) -> float:
        moment: datetime = self._clock()
        return moment.timestamp()


def _place(key: str) -> str:
    return f"tokens/{key}/{_SORT_KEY}/token"
