"""Roles, and the way a refusal helps."""

import pytest

from chalicelib.access.model import ROLES, PermissionDenied, caller, demand


def test_a_refusal_names_what_is_missing_and_who_has_it() -> None:
    cashier = caller("staff", "s1/01", ("cashier",))
    with pytest.raises(PermissionDenied) as refused:
        demand(cashier, "message:resend")
    assert refused.value.values["missing"] == "message:resend"
    assert "store_manager" in refused.value.values["granted_by"]
    assert "cashier" not in refused.value.values["granted_by"]


def test_an_unknown_role_grants_nothing() -> None:
    assert caller("staff", "s1/01", ("retired role",)).permissions == frozenset()


def test_an_auditor_only_reads() -> None:
    assert all(word.endswith((":read", ":search")) for word in ROLES["auditor"])


def test_a_member_may_do_nothing_of_the_staff() -> None:
    for role, granted in ROLES.items():
        if role != "member":
            assert not granted & ROLES["member"]


def test_an_owner_may_everything_but_be_a_member() -> None:
    assert ROLES["owner"] == frozenset().union(*ROLES.values()) - ROLES["member"]


def test_whoever_rises_at_a_store_keeps_what_they_had() -> None:
    assert ROLES["terminal"] < ROLES["cashier"] < ROLES["store_manager"] < ROLES["owner"]
