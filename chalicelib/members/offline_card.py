"""Signed off-line cards: what a till may believe of a member while it has no line.

`DT1.{payload}.{signature}`, both base64url without padding: a payload of compact JSON, and Ed25519 (RFC 8032) over all
that stands before the second dot. Whoever holds the published keys can read a card; nobody can make one of another.
"""

import base64
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

import msgspec

PURPOSE = "offline cards"
LEEWAY = timedelta(minutes=5)
_VERSION = "DT1"
_LONGEST = 1024
_PARTS = 3

Reason = Literal["malformed", "unknown_key", "bad_signature", "expired", "not_yet"]
_Second = Annotated[int, msgspec.Meta(ge=0, le=253_402_300_799)]


class OfflineCard(msgspec.Struct, frozen=True):
    """`kid` names the key that signed; `trust_fen` is what may be sold on it without asking. Times in whole seconds."""

    kid: str
    member_id: str
    card_no: str
    tier: str
    trust_fen: int
    issued_at: datetime
    expires_at: datetime


class BadCard(Exception):
    """The text is no card of ours that is good at that time."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


class _Payload(msgspec.Struct):
    """Fields that a later version adds are passed over: a till on the street knows only these."""

    kid: str
    mid: str
    card: str
    tier: str
    trust_fen: Annotated[int, msgspec.Meta(ge=0)]
    iat: _Second
    exp: _Second


def issue(card: OfflineCard, sign: Callable[[bytes], bytes]) -> str:
    """The card as text; `sign` makes the 64 bytes of an Ed25519 signature with the key that `card.kid` names."""
    payload = _Payload(
        kid=card.kid,
        mid=card.member_id,
        card=card.card_no,
        tier=card.tier,
        trust_fen=card.trust_fen,
        iat=int(card.issued_at.timestamp()),
        exp=int(card.expires_at.timestamp()),
    )
    signed = f"{_VERSION}.{_text(msgspec.json.encode(payload))}"
    return f"{signed}.{_text(sign(signed.encode()))}"


def read(text: str, public_keys: Mapping[str, bytes], at: datetime) -> OfflineCard:
    """The card, if it is good at that time: of a sale, the time at which it was made.

    `public_keys` are raw ones by key id. A clock that is slow by up to `LEEWAY` still takes a card made just now.
    Raises BadCard.
    """
    signed, payload, signature = _parts(text)
    if payload.kid not in public_keys:
        raise BadCard("unknown_key")
    _verify(public_keys[payload.kid], signature, signed)
    card = OfflineCard(
        kid=payload.kid,
        member_id=payload.mid,
        card_no=payload.card,
        tier=payload.tier,
        trust_fen=payload.trust_fen,
        issued_at=datetime.fromtimestamp(payload.iat, UTC),
        expires_at=datetime.fromtimestamp(payload.exp, UTC),
    )
    if at < card.issued_at - LEEWAY:
        raise BadCard("not_yet")
    if at >= card.expires_at:
        raise BadCard("expired")
    return card


def _parts(text: str) -> tuple[bytes, _Payload, bytes]:
    """What is signed, what it says, and the signature, which nobody has checked yet. Raises BadCard."""
    parts = text.split(".")
    if len(text) > _LONGEST or len(parts) != _PARTS or parts[0] != _VERSION:
        raise BadCard("malformed")
    payload, signature = _bytes(parts[1]), _bytes(parts[2])
    try:
        said = msgspec.json.decode(payload, type=_Payload)
    except (msgspec.DecodeError, ValueError) as error:
        raise BadCard("malformed") from error
    return text.rpartition(".")[0].encode(), said, signature


def _verify(public_key: bytes, signature: bytes, signed: bytes) -> None:
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - few calls need it
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415
        Ed25519PublicKey,
    )

    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, signed)
    except InvalidSignature as error:
        raise BadCard("bad_signature") from error


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    """Raises BadCard for any text but the one that `_text` makes: of each card there is one text only."""
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError as error:
        raise BadCard("malformed") from error
    if _text(raw) != text:
        raise BadCard("malformed")
    return raw
