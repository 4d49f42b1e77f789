"""PINs: how they are kept, proven and changed, and how long guessing is let go on."""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime

from chalicelib.access import table
from chalicelib.access.model import PinRule, TooManyTries
from chalicelib.adapters.tables import ConditionFailed
from chalicelib.kernel.errors import NotAuthenticated
from chalicelib.kernel.stamp import Stamp


def prove(store_id: str, staff_no: str, pin: str, now: datetime, by: Stamp) -> table.Staff:
    """Raises NotAuthenticated, or TooManyTries after five wrong PINs in a row."""
    found = table.staff(store_id, staff_no, consistent=True)
    if found is None or not found.active:
        pin_matches(pin, _NO_PIN)  # as long as a wrong PIN takes
        raise NotAuthenticated
    now_s = int(now.timestamp())
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
    return found


def change_pin(  # noqa: PLR0917 - as `prove`, and the new one
    store_id: str, staff_no: str, pin: str, new_pin: str, now: datetime, by: Stamp
) -> None:
    """Ends the sessions that were made with the old one, within a minute. Raises as `prove` does."""
    proven = prove(store_id, staff_no, pin, now, by)
    try:
        table.set_pin(proven, pin_hash(new_pin), by)
    except ConditionFailed as failed:  # head office set another one meanwhile
        raise NotAuthenticated from failed


def kept_or_hashed(before: table.Staff | None, pin: str) -> str:
    """The hash as it was where the PIN is the same, so that a new name or role ends nobody's session."""
    if before and before.active and pin_matches(pin, before.pin_hash):
        return before.pin_hash
    return pin_hash(pin)


def pin_hash(pin: str) -> str:
    salt = secrets.token_bytes(16)
    return f"{base64.b64encode(salt).decode()}${base64.b64encode(_scrypt(pin, salt)).decode()}"


def pin_matches(pin: str, kept: str) -> bool:
    salt, _, digest = kept.partition("$")
    return hmac.compare_digest(_scrypt(pin, base64.b64decode(salt)), base64.b64decode(digest))


def pin_mark(kept: str) -> str:
    """Which PIN a session was made with: another for each time that one is set, and no help in guessing it."""
    return hashlib.sha256(kept.encode()).hexdigest()[:16]


def _count_try(store_id: str, staff_no: str, now_s: int, by: Stamp) -> int:
    """Before the PIN is looked at, so that a thousand guesses at once are not a thousand tries. Raises TooManyTries."""
    try:
        return table.count_try(store_id, staff_no, now_s, by)
    except ConditionFailed as failed:
        raise TooManyTries(PinRule.REST_S) from failed


def _scrypt(pin: str, salt: bytes) -> bytes:
    return hashlib.scrypt(pin.encode(), salt=salt, n=2**14, r=8, p=1, dklen=32)


_NO_PIN = f"{base64.b64encode(bytes(16)).decode()}${base64.b64encode(bytes(32)).decode()}"
