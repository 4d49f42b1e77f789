"""Sealing and finding."""

import base64
import json

import pytest
from cryptography.exceptions import InvalidTag

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
