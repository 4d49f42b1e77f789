"""Sealing and finding."""

import base64
import json

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from chalicelib.adapters.keyring import Keyring

OLD = Keyring({"v1": b"1" * 32}, "v1")
NEW = Keyring({"v1": b"1" * 32, "v2": b"2" * 32}, "v2")


def test_what_was_sealed_opens_in_its_place_only() -> None:
    blob = OLD.seal("13800138000", "M#1/phone")
    assert b"138" not in blob
    assert OLD.open(blob, "M#1/phone") == "13800138000"
    with pytest.raises(InvalidTag):
        OLD.open(blob, "M#2/phone")


def test_sealing_twice_shows_nothing_in_common() -> None:
    assert OLD.seal("x", "p") != OLD.seal("x", "p")


def test_after_a_rotation_the_old_still_opens_and_the_new_seals() -> None:
    assert NEW.open(OLD.seal("x", "p"), "p") == "x"
    assert NEW.seal("x", "p").startswith(b"v2:")


def test_hashes_differ_by_field_and_survive_a_rotation() -> None:
    assert OLD.find_by("phone", "1") != OLD.find_by("tail", "1")
    assert NEW.find_by("phone", "1") == OLD.find_by("phone", "1")


def test_the_parameter_is_read() -> None:
    text = json.dumps({"current": "v1", "keys": {"v1": base64.b64encode(b"1" * 32).decode()}})
    assert Keyring.from_json(text).find_by("phone", "1") == OLD.find_by("phone", "1")


def test_each_purpose_has_the_key_that_hkdf_gives_it() -> None:
    for purpose in ("seal", "offline cards"):
        expand = HKDFExpand(hashes.SHA256(), 32, f"dengta/{purpose}".encode())
        assert NEW.key(purpose, "v2") == expand.derive(b"2" * 32)


def test_what_was_signed_before_a_rotation_is_still_checked_after_it() -> None:
    keys = NEW.public_keys("x")
    assert list(keys) == ["v1", "v2"]
    assert keys["v1"] == OLD.public_keys("x")["v1"]
    for version, signature in (("v1", OLD.sign("x", b"m")), ("v2", NEW.sign("x", b"m"))):
        Ed25519PublicKey.from_public_bytes(keys[version]).verify(signature, b"m")


def test_what_is_signed_for_one_purpose_is_no_signature_for_another() -> None:
    assert OLD.public_keys("x") != OLD.public_keys("y")


def test_no_public_key_shows_the_seed_that_it_comes_from() -> None:
    assert OLD.key("x") not in OLD.public_keys("x").values()
