"""A card made by the house is read by the till; a changed one, an old one and a stranger's are not."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chalicelib.members import offline_card
from dengta_till import BadCard, card

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEYS = {"v1": KEY.public_key().public_bytes_raw()}
ISSUED = datetime(2026, 11, 22, 4, 0, 0, tzinfo=UTC)
MADE = offline_card.OfflineCard(
    kid="v1",
    member_id="01KAMRZ3N8V6Q4T2Y7X5W9D1BC",
    card_no="600000000001",
    tier="gold",
    trust_fen=20_000,
    issued_at=ISSUED,
    expires_at=ISSUED + timedelta(days=7),
)
TEXT = offline_card.issue(MADE, KEY.sign)


def test_the_till_reads_what_the_house_wrote() -> None:
    read = card.read(TEXT, KEYS, ISSUED)
    for name in ("kid", "member_id", "card_no", "tier", "trust_fen", "issued_at", "expires_at"):
        assert getattr(read, name) == getattr(MADE, name)


@pytest.mark.parametrize(
    ("at", "reason"),
    [
        (ISSUED - timedelta(minutes=5, seconds=1), "not_yet"),
        (ISSUED - timedelta(minutes=5), None),
        (ISSUED + timedelta(days=7) - timedelta(seconds=1), None),
        (ISSUED + timedelta(days=7), "expired"),
    ],
)
def test_a_card_is_good_from_just_before_it_was_made_until_it_ends(
    at: datetime, reason: str | None
) -> None:
    if reason is None:
        assert card.read(TEXT, KEYS, at).trust_fen == 20_000
        return
    with pytest.raises(BadCard) as bad:
        card.read(TEXT, KEYS, at)
    assert bad.value.reason == reason


def test_no_changed_letter_makes_a_card() -> None:
    for place in range(len(TEXT)):
        other = "A" if TEXT[place] != "A" else "B"
        with pytest.raises(BadCard):
            card.read(TEXT[:place] + other + TEXT[place + 1 :], KEYS, ISSUED)


def test_another_chains_key_makes_no_card() -> None:
    stranger = Ed25519PrivateKey.from_private_bytes(bytes(32))
    with pytest.raises(BadCard) as bad:
        card.read(offline_card.issue(MADE, stranger.sign), KEYS, ISSUED)
    assert bad.value.reason == "bad_signature"
    with pytest.raises(BadCard) as unknown:
        card.read(TEXT, {}, ISSUED)
    assert unknown.value.reason == "unknown_key"
