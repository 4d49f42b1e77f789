"""Proving who calls, and handing out what proves it."""

import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from chalicelib.access import table
from chalicelib.access.model import (
    NOBODY,
    PUBLIC,
    Caller,
    PinRule,
    Store,
    TooManyTries,
    caller,
    demand,
)
from chalicelib.adapters import tokens
from chalicelib.adapters.tables import ConditionFailed
from chalicelib.kernel import clock, ids
from chalicelib.kernel.clock import Clock
from chalicelib.kernel.errors import Gone, NotAuthenticated, NotFound
from chalicelib.kernel.stamp import Stamp

MEMBER_LIVES_S = 2 * 3600
STAFF_LIVES_S = 12 * 3600
_KEY_BYTES = 32
_REMEMBERED_S = 60  # a revoked key may work this long in a container that saw it before
_REMEMBERED = 1000
T = TypeVar("T")


@dataclass
class Remembered:
    """What was read lately, for a minute: the proof of a till is asked with each of its calls."""

    seconds: Callable[[], float] = time.monotonic
    _kept: dict[str, tuple[float, Any]] = field(default_factory=dict)

    def get(self, name: str, read: Callable[[], T]) -> T:
        kept = self._kept.get(name)
        if kept and kept[0] > self.seconds():
            found: T = kept[1]
            return found
        if len(self._kept) >= _REMEMBERED:
            self._kept.clear()
        value = read()
        if value is not None:  # what is not there may be made in the next second
            self._kept[name] = (self.seconds() + _REMEMBERED_S, value)
        return value


@dataclass
class Gate:
    """Built once per container: `token_key` signs sessions."""

    token_key: bytes
    clock: Clock = clock.now
    remembered: Remembered = field(default_factory=Remembered)

    def admit(self, bearer: str, needs: str) -> Caller:
        """Raises NotAuthenticated or PermissionDenied. A public route takes no notice of a credential."""
        if needs == PUBLIC:
            return NOBODY
        if not bearer:
            raise NotAuthenticated
        asking = (
            self._by_key(bearer) if bearer.startswith(("dt_", "do_")) else self._by_token(bearer)
        )
        demand(asking, needs)
        return asking

    def store(self, store_id: str) -> Store:
        """Raises NotFound."""
        found = self.remembered.get(f"store {store_id}", lambda: table.store(store_id))
        if found is None:
            raise NotFound
        return found

    def member_session(self, member_id: str) -> str:
        return self._token({"kind": "member", "sub": member_id}, MEMBER_LIVES_S)

    def staff_session(
        self, store_id: str, staff_no: str, pin: str, by: Stamp, till_id: str | None = None
    ) -> tuple[str, table.Staff]:
        """A token for the staff member. Raises NotAuthenticated, or TooManyTries after five wrong PINs in a row."""
        found = table.staff(store_id, staff_no)
        if found is None or not found.active:
            pin_matches(pin, _NO_PIN)  # as long as a wrong PIN takes
            raise NotAuthenticated
        now_s = int(self.clock().timestamp())
        if found.resting_until > now_s:
            raise TooManyTries(found.resting_until - now_s)
        tries = _count_try(store_id, staff_no, now_s, by)
        if tries > PinRule.MOST_TRIES:  # many at once, or the end of the fifth got lost
            table.rest(store_id, staff_no, now_s + PinRule.REST_S, by)
            raise TooManyTries(PinRule.REST_S)
        if not pin_matches(pin, found.pin_hash):
            if tries == PinRule.MOST_TRIES:
                table.rest(store_id, staff_no, now_s + PinRule.REST_S, by)
            raise NotAuthenticated
        table.rest(store_id, staff_no, 0, by)
        claims = {"kind": "staff", "sub": staff_no, "store": store_id}
        if till_id:
            claims["till"] = till_id
        return self._token(claims, STAFF_LIVES_S), found

    def _token(self, claims: dict[str, str], lives_s: int) -> str:
        return tokens.issue(self.token_key, claims, self.clock(), lives_s)

    def _by_key(self, key: str) -> Caller:
        hashed = key_hash(key)
        found = self.remembered.get(f"key {hashed}", lambda: table.key_by_hash(hashed))
        if found is None or found.revoked:
            raise NotAuthenticated
        store = self.store(found.store_id) if found.store_id else None
        if store is None:
            return caller("operator", found.key_id, found.roles)
        return caller("terminal", found.key_id, found.roles, store, till_id=found.key_id)

    def _by_token(self, token: str) -> Caller:
        claims = tokens.read(self.token_key, token, self.clock())
        if claims["kind"] == "member":
            return caller("member", claims["sub"], ("member",))
        if claims["kind"] != "staff":
            raise NotAuthenticated
        store_id, staff_no = claims["store"], claims["sub"]
        found = self.remembered.get(
            f"staff {store_id} {staff_no}", lambda: table.staff(store_id, staff_no)
        )
        if found is None or not found.active:
            raise NotAuthenticated
        return caller(
            "staff",
            f"{store_id}/{staff_no}",
            (found.role,),
            self.store(store_id),
            till_id=claims.get("till"),
        )


def _count_try(store_id: str, staff_no: str, now_s: int, by: Stamp) -> int:
    """Before the PIN is looked at, so that a thousand guesses at once are not a thousand tries. Raises TooManyTries."""
    try:
        return table.count_try(store_id, staff_no, now_s, by)
    except ConditionFailed as failed:
        raise TooManyTries(PinRule.REST_S) from failed


def save_store(store: Store, by: Stamp, version: int | None = None) -> Store:
    """`version` as read, 0 for a new store, None for whatever is there. Raises Gone where it is another by now."""
    try:
        return table.save_store(store, version, by)
    except ConditionFailed as failed:
        raise Gone from failed


def store(store_id: str) -> Store | None:
    """As it is kept now, not as it is remembered."""
    return table.store(store_id)


def stores() -> list[Store]:
    return table.stores()


def issue_terminal_key(store_id: str, name: str, now: datetime, by: Stamp) -> tuple[table.Key, str]:
    """The key is told this once; only its hash is kept."""
    key = table.Key(ids.new(now), "terminal", ("terminal",), store_id, name, revoked=False)
    return key, _keep("dt_live_", key, now, by)


def issue_operator_key(
    name: str, roles: tuple[str, ...], now: datetime, by: Stamp
) -> tuple[table.Key, str]:
    key = table.Key(ids.new(now), "operator", roles, None, name, revoked=False)
    return key, _keep("do_live_", key, now, by)


def keys(store_id: str) -> list[table.Key]:
    return table.keys(store_id)


def revoke_key(store_id: str | None, key_id: str, now: datetime, by: Stamp) -> None:
    """Ends within a minute everywhere. Raises NotFound."""
    if not table.revoke_key(store_id, key_id, now, by):
        raise NotFound


def save_staff(
    store_id: str, staff_no: str, *, name: str, role: str, pin: str, active: bool, by: Stamp
) -> table.Staff:
    made = table.Staff(store_id, staff_no, name, role, pin_hash(pin), active, 0, 0)
    table.save_staff(made, by)
    return made


def _keep(prefix: str, key: table.Key, now: datetime, by: Stamp) -> str:
    secret = prefix + secrets.token_urlsafe(_KEY_BYTES)
    table.save_key(key, key_hash(secret), now, by)
    return secret


def key_hash(key: str) -> str:
    """Plain SHA-256: a key is 256 random bits, there is nothing to guess."""
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def pin_hash(pin: str) -> str:
    salt = secrets.token_bytes(16)
    return f"{base64.b64encode(salt).decode()}${base64.b64encode(_scrypt(pin, salt)).decode()}"


def pin_matches(pin: str, kept: str) -> bool:
    salt, _, digest = kept.partition("$")
    return hmac.compare_digest(_scrypt(pin, base64.b64decode(salt)), base64.b64decode(digest))


def _scrypt(pin: str, salt: bytes) -> bytes:
    return hashlib.scrypt(pin.encode(), salt=salt, n=2**14, r=8, p=1, dklen=32)


_NO_PIN = f"{base64.b64encode(bytes(16)).decode()}${base64.b64encode(bytes(32)).decode()}"
