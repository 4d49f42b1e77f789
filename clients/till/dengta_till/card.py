"""Verifies the signed off-line card that a member shows: `DT1.{payload}.{signature}`, Ed25519 over all before it."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from dengta_till.errors import BadCard
from dengta_till.keys import unb64
from dengta_till.values import OfflineCard

LEEWAY = timedelta(minutes=5)
_LONGEST = 1024
_PARTS = 3


def read(text: str, public_keys: Mapping[str, bytes], at: datetime) -> OfflineCard:
    """The card, good at that time; nothing of it is believed before its signature is. Raises BadCard."""
    signed, said, signature = _parts(text)
    try:
        kid = said["kid"]
        if kid not in public_keys:
            raise BadCard("unknown_key")
        Ed25519PublicKey.from_public_bytes(public_keys[kid]).verify(signature, signed)
        card = _card(said)
    except InvalidSignature as error:
        raise BadCard("bad_signature") from error
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise BadCard("malformed") from error
    if at < card.issued_at - LEEWAY:
        raise BadCard("not_yet")
    if at >= card.expires_at:
        raise BadCard("expired")
    return card


def _parts(text: str) -> tuple[bytes, dict[str, Any], bytes]:
    parts = text.split(".")
    if len(text) > _LONGEST or len(parts) != _PARTS or parts[0] != "DT1":
        raise BadCard("malformed")
    try:
        said = json.loads(unb64(parts[1]))
        signature = unb64(parts[2])
    except (ValueError, RecursionError) as error:
        raise BadCard("malformed") from error
    if not isinstance(said, dict):
        raise BadCard("malformed")
    return text.rpartition(".")[0].encode(), said, signature


def _card(said: Mapping[str, Any]) -> OfflineCard:
    trust_fen = int(said["trust_fen"])
    return OfflineCard(
        member_id=str(said["mid"]),
        card_no=str(said["card"]),
        tier=str(said["tier"]),
        trust_fen=trust_fen,
        left_fen=trust_fen,
        kid=str(said["kid"]),
        issued_at=datetime.fromtimestamp(said["iat"], UTC),
        expires_at=datetime.fromtimestamp(said["exp"], UTC),
    )
