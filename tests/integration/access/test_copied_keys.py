"""Operators are known beside the status page, also while the table of keys and the keyring are gone."""

import pytest

from chalicelib.access import edge, service
from chalicelib.access.service.registry import key_hash
from chalicelib.access.table.keys import KeyCopyRow, KeyRow
from chalicelib.adapters import tables
from chalicelib.kernel import clock
from tests.house import BY, House


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    edge.gate.cache_clear()
    edge.own_gate.cache_clear()


def issued(*roles: str) -> tuple[str, str]:
    key, secret = service.issue_operator_key("on call", roles, clock.now(), BY)
    return key.key_id, secret


def test_an_operator_publishes_while_the_table_of_keys_has_lost_the_key(house: House) -> None:
    _, secret = issued("operator")
    KeyRow(f"KEY#{key_hash(secret)}", "KEY").delete()
    assert house.public.holding(secret).get("/v1/stores").status == 401
    assert house.public.holding(secret).get("/v1/components").status == 200


def test_a_revoked_key_opens_the_status_room_no_more(house: House) -> None:
    key_id, secret = issued("operator")
    service.revoke_key(None, key_id, clock.now(), BY)
    assert house.public.holding(secret).get("/v1/components").status == 401


def test_a_key_without_the_permission_is_told_which_one_is_missing(house: House) -> None:
    reply = house.public.holding(issued("auditor")[1]).get("/v1/incidents")
    assert (reply.status, reply.json["code"]) == (403, "permission_denied")


def test_a_key_from_before_there_were_copies_is_copied_later(house: House) -> None:
    _, secret = issued("operator")
    KeyCopyRow(f"KEY#{key_hash(secret)}", "KEY").delete()
    assert house.public.holding(secret).get("/v1/components").status == 401
    assert service.copy_operator_keys() > 0
    assert house.public.holding(secret).get("/v1/components").status == 200


def test_a_key_revoked_before_there_were_copies_stays_so(house: House) -> None:
    key_id, secret = issued("operator")
    KeyCopyRow(f"KEY#{key_hash(secret)}", "KEY").delete()
    service.revoke_key(None, key_id, clock.now(), BY)
    service.copy_operator_keys()
    assert house.public.holding(secret).get("/v1/components").status == 401


def test_a_key_that_is_revoked_while_copies_are_made_stays_so(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    key_id, secret = issued("operator")
    as_listed = list(tables.query_all("access", "CHAIN_KEYS"))
    service.revoke_key(None, key_id, clock.now(), BY)
    with monkeypatch.context() as patched:
        patched.setattr(tables, "query_all", lambda *_: as_listed)
        service.copy_operator_keys()
    assert house.public.holding(secret).get("/v1/components").status == 401


def test_who_cannot_be_proved_for_want_of_the_keyring_is_nobody(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone() -> None:
        raise RuntimeError("no keyring")

    monkeypatch.setattr(edge, "gate", gone)
    assert house.till.get("/v1/components").status == 401
    assert house.office.get("/v1/components").status == 200
