"""Signed off-line cards: read by those who hold the keys, made by nobody else, good for their time only."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.adapters.keyring import Keyring
from chalicelib.kernel import clock
from chalicelib.members.cards import Cards
from chalicelib.members.model import CardLost, Member
from chalicelib.members.offline_card import LEEWAY, PURPOSE, BadCard, OfflineCard, issue, read
from chalicelib.members.table import Registry
from tests.unit.members import ed25519

KEYS = Keyring({"v1": b"1" * 32, "v2": b"2" * 32}, "v2")
PUBLIC = KEYS.public_keys(PURPOSE)
START = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
CARD = OfflineCard(
    kid="v2",
    member_id="01KAMRZ3N8V6Q4T2Y7X5W9D1BC",
    card_no="600000000004",
    tier="gold",
    trust_fen=20_000,
    issued_at=START,
    expires_at=START + timedelta(days=7),
)
MILLISECOND = timedelta(milliseconds=1)


def sign(signed: bytes) -> bytes:
    return KEYS.sign(PURPOSE, signed)


def reason_of(text: str, at: datetime = START) -> str:
    with pytest.raises(BadCard) as bad:
        read(text, PUBLIC, at)
    return bad.value.reason


def wrapped(payload: bytes) -> str:
    """Any payload, truly signed."""
    signed = b"DT1." + base64.urlsafe_b64encode(payload).rstrip(b"=")
    return f"{signed.decode()}.{base64.urlsafe_b64encode(sign(signed)).decode().rstrip('=')}"


def padded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


moments = st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1)).map(  # noqa: DTZ001 - made aware below
    lambda moment: moment.replace(microsecond=0, tzinfo=UTC)
)
cards = st.builds(
    OfflineCard,
    kid=st.sampled_from(["v1", "v2"]),
    member_id=st.from_regex(r"\A[0-9A-Z]{26}\Z"),
    card_no=st.from_regex(r"\A[0-9]{12}\Z"),
    tier=st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    trust_fen=st.integers(0, 10**9),
    issued_at=moments,
    expires_at=moments,
).map(lambda card: replace(card, expires_at=card.issued_at + timedelta(days=7)))


def test_a_till_that_knows_the_words_of_the_page_only_reads_the_card() -> None:
    """As another program would: split, check with the published key, read the JSON."""
    head, payload, signature = issue(CARD, sign).split(".")
    said = json.loads(padded(payload))
    key = Ed25519PublicKey.from_public_bytes(PUBLIC[said["kid"]])
    key.verify(padded(signature), f"{head}.{payload}".encode())
    assert (head, said) == (
        "DT1",
        {
            "kid": "v2",
            "mid": "01KAMRZ3N8V6Q4T2Y7X5W9D1BC",
            "card": "600000000004",
            "tier": "gold",
            "trust_fen": 20_000,
            "iat": int(START.timestamp()),
            "exp": int(START.timestamp()) + 7 * 86_400,
        },
    )


def test_the_signature_is_that_of_the_standard() -> None:
    """The same bytes as Ed25519 written out from RFC 8032 makes: the algorithm leaves nothing to chance."""
    seed = KEYS.key(PURPOSE, "v2")
    signed, _, signature = issue(CARD, sign).rpartition(".")
    assert PUBLIC["v2"] == ed25519.public_key(seed)
    assert padded(signature) == ed25519.sign(seed, signed.encode())
    assert ed25519.verified(PUBLIC["v2"], padded(signature), signed.encode())
    assert not ed25519.verified(PUBLIC["v1"], padded(signature), signed.encode())


@pytest.mark.parametrize(
    ("seed", "public", "message", "signature"),
    [
        (
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            (
                "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bac"
                "c61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
            ),
        ),
        (
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            (
                "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e"
                "458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
            ),
        ),
    ],
    ids=["RFC 8032, 7.1, test 1", "RFC 8032, 7.1, test 2"],
)
def test_the_vectors_of_the_standard_hold(
    seed: str, public: str, message: str, signature: str
) -> None:
    private, said = bytes.fromhex(seed), bytes.fromhex(message)
    assert ed25519.public_key(private).hex() == public
    assert ed25519.sign(private, said).hex() == signature
    library = Ed25519PrivateKey.from_private_bytes(private)
    assert library.public_key().public_bytes_raw().hex() == public
    assert library.sign(said).hex() == signature


@given(cards)
def test_what_was_issued_is_read_again(card: OfflineCard) -> None:
    keys = Keyring({"v1": b"1" * 32, "v2": b"2" * 32}, card.kid)
    text = issue(card, lambda signed: keys.sign(PURPOSE, signed))
    assert read(text, PUBLIC, card.issued_at) == card
    assert len(text) <= 512


def test_every_other_character_anywhere_makes_it_no_card() -> None:
    text = issue(CARD, sign)
    for at, was in enumerate(text):
        for other in {"A", "Q", "w", "-", ".", " ", "=", "\n", "é"} - {was}:
            changed = text[:at] + other + text[at + 1 :]
            assert reason_of(changed) in {"malformed", "unknown_key", "bad_signature"}, changed


def test_every_bit_of_what_is_signed_and_of_the_signature_counts() -> None:
    signed, _, signature = issue(CARD, sign).rpartition(".")
    raw = padded(signature)
    for bit in range(len(raw) * 8):
        flipped = bytearray(raw)
        flipped[bit // 8] ^= 1 << bit % 8
        text = base64.urlsafe_b64encode(flipped).decode().rstrip("=")
        assert reason_of(f"{signed}.{text}") == "bad_signature"


def test_of_each_card_there_is_one_text_only() -> None:
    """The last character of 64 bytes has four bits to spare, which a lenient decoder passes over."""
    text = issue(CARD, sign)
    same_bytes = [
        other
        for other in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        if other != text[-1] and padded(text[-2:]) == padded(text[-2] + other)
    ]
    assert len(same_bytes) == 15
    for other in same_bytes:
        assert reason_of(text[:-1] + other) == "malformed"
    for grown in (f"{text}==", f"{text}\n", f" {text}", f"{text}.", text.replace(".", "..", 1)):
        assert reason_of(grown) == "malformed"


def test_a_signature_grown_by_the_order_of_the_group_is_refused() -> None:
    signed, _, signature = issue(CARD, sign).rpartition(".")
    raw = padded(signature)
    grown = int.from_bytes(raw[32:], "little") + ed25519.L
    twin = base64.urlsafe_b64encode(raw[:32] + grown.to_bytes(32, "little")).decode().rstrip("=")
    assert reason_of(f"{signed}.{twin}") == "bad_signature"


def test_a_card_signed_by_anybody_else_is_refused() -> None:
    stranger = Keyring({"v2": b"3" * 32}, "v2")
    assert reason_of(issue(CARD, lambda s: stranger.sign(PURPOSE, s))) == "bad_signature"
    assert reason_of(issue(CARD, lambda s: KEYS.sign("tokens", s))) == "bad_signature"
    assert reason_of(issue(replace(CARD, kid="v1"), sign)) == "bad_signature"
    assert reason_of(issue(replace(CARD, kid="v3"), sign)) == "unknown_key"


@pytest.mark.parametrize(
    ("at", "reason"),
    [
        (CARD.issued_at - LEEWAY - MILLISECOND, "not_yet"),
        (CARD.issued_at - LEEWAY, None),
        (CARD.issued_at, None),
        (CARD.expires_at - MILLISECOND, None),
        (CARD.expires_at, "expired"),
        (CARD.expires_at + MILLISECOND, "expired"),
    ],
)
def test_a_card_is_good_from_its_day_to_its_end(at: datetime, reason: str | None) -> None:
    text = issue(CARD, sign)
    if reason:
        assert reason_of(text, at) == reason
    else:
        assert read(text, PUBLIC, at) == CARD


def test_a_forged_card_is_called_forged_also_when_its_time_is_over() -> None:
    text = issue(CARD, lambda _: bytes(64))
    assert reason_of(text, CARD.expires_at) == "bad_signature"


@pytest.mark.parametrize(
    "change",
    [
        {"trust_fen": -1}, {"trust_fen": 1.5}, {"trust_fen": "1"}, {"iat": -1}, {"exp": 10**15},
        {"kid": None}, {"mid": 5},
    ],
)  # fmt: skip
def test_a_payload_out_of_bounds_is_malformed_though_truly_signed(
    change: dict[str, object],
) -> None:
    fields = json.loads(padded(issue(CARD, sign).split(".")[1]))
    assert reason_of(wrapped(json.dumps(fields | change).encode())) == "malformed"
    for name in fields:
        less = {key: value for key, value in fields.items() if key != name}
        assert reason_of(wrapped(json.dumps(less).encode())) == "malformed"


def test_a_field_of_a_later_day_is_passed_over() -> None:
    fields = json.loads(padded(issue(CARD, sign).split(".")[1]))
    assert read(wrapped(json.dumps(fields | {"later": [1]}).encode()), PUBLIC, START) == CARD


@settings(max_examples=300)
@given(
    st.one_of(
        st.text(max_size=60),
        st.binary(max_size=60).map(wrapped),
        st.text(max_size=60).map(lambda text: f"DT1.{text}"),
    )
)
def test_whatever_is_scanned_is_a_card_or_is_refused_in_a_word(text: str) -> None:
    assert reason_of(text) == "malformed"


def test_what_is_too_long_is_not_looked_into() -> None:
    assert len(issue(replace(CARD, tier="g" * 550), sign)) <= 1024
    assert reason_of(issue(replace(CARD, tier="g" * 600), sign)) == "malformed"


def desk(now: datetime) -> Cards:
    return Cards(Registry(KEYS), lambda: now)


def test_the_card_names_the_current_key_and_lives_as_long_as_asked() -> None:
    member = Member("M", "600000000004", START)
    now = START + timedelta(milliseconds=900)
    text, ends_at = desk(now).signed(member, tier="gold", trust_fen=5, lives_s=3600)
    assert ends_at == START + timedelta(hours=1)
    assert desk(now).read(text, clock.cut(now)) == OfflineCard(
        "v2", "M", "600000000004", "gold", 5, START, ends_at
    )


def test_of_a_card_that_is_lost_no_till_gets_a_signed_one() -> None:
    member = Member("M", "600000000004", START, card_lost_at=START)
    with pytest.raises(CardLost):
        desk(START).signed(member, tier="gold", trust_fen=5, lives_s=3600)
