"""Why one may or may not: for every role, with what is missing and who can help."""

import pytest

from chalicelib.access.model import (
    OPERATOR_ROLES,
    ROLES,
    STAFF_ROLES,
    Missing,
    OwnLimits,
    Person,
    Store,
    UnknownPermission,
    caller,
    why,
    wish,
)
from chalicelib.access.model.callers import Caller
from chalicelib.access.model.reasons import PERMISSIONS
from chalicelib.kernel.errors import InvalidRequest

NEAR, FAR = Store("s1", "Near"), Store("s2", "Far")
LI = Person("01", "Li", "cashier", OwnLimits())
WANG = Person("02", "Wang", "store_manager", OwnLimits())
ZHAO = Person("03", "Zhao", "cashier", OwnLimits(refund_fen=800_000))
CREW = (LI, WANG, ZHAO)


def staff(role: str, **own: int | bool) -> Caller:
    limits = OwnLimits(**own)  # type: ignore[arg-type] # named by the test
    return caller("staff", "s1/01", (role,), NEAR, own_limits=limits)


@pytest.mark.parametrize("permission", PERMISSIONS)
@pytest.mark.parametrize("role", sorted({*ROLES} - {"member"}))
def test_the_answer_is_what_the_table_of_roles_says(role: str, permission: str) -> None:
    asking = caller("operator", "k", (role,))
    found = why(asking, wish(permission, None, None, None), ())
    has = permission in ROLES[role]
    assert found.allowed == has
    assert found.by_roles == [role] * has
    assert [each.what for each in found.missing] == ["permission"] * (not has)
    assert (role in found.granted_by) == has
    assert found.given_by == (["operator", "owner"] if _for_staff(permission) else [])
    for text in found.advice:
        assert text
        assert "{" not in text


@pytest.mark.parametrize("role", STAFF_ROLES)
def test_those_at_the_store_who_can_do_it_are_named(role: str) -> None:
    found = why(staff(role), wish("held:settle", "s1", None, None), CREW)
    assert found.people == [WANG]
    if role != "store_manager":
        assert "Wang（工号 02）" in found.advice.zh
        assert "Wang (no. 02)" in found.advice.en


@pytest.mark.parametrize(
    ("amount_fen", "allowed"), [(49_999, True), (50_000, True), (50_001, False)]
)
def test_a_limit_is_told_below_at_and_above_it(amount_fen: int, allowed: bool) -> None:  # noqa: FBT001
    found = why(staff("cashier"), wish("refund:create", "s1", amount_fen, None), CREW)
    assert found.allowed == allowed
    if allowed:
        assert found.people == list(CREW)
        return
    assert found.missing == [Missing("limit", limited="refund_fen", limit=50_000, asked=amount_fen)]
    assert found.people == [WANG, ZHAO]
    assert found.granted_by == ["owner", "store_manager"]
    assert "调高上限" in found.advice.zh


def test_a_discount_is_bounded_by_its_percent() -> None:
    found = why(staff("cashier"), wish("discount:give", "s1", None, 21), CREW)
    assert found.missing == [Missing("limit", limited="discount_percent", limit=20, asked=21)]
    assert found.people == [WANG]
    assert why(staff("cashier"), wish("discount:give", "s1", None, 20), CREW).allowed


def test_beyond_what_anybody_at_the_store_may_head_office_is_named() -> None:
    found = why(staff("store_manager"), wish("refund:create", "s1", 900_000, None), CREW)
    assert (found.people, found.granted_by) == ([], ["owner"])
    assert "owner" in found.advice.en


def test_a_limit_of_nothing_is_told_though_no_sum_was_asked_for() -> None:
    found = why(staff("cashier", refund_fen=0), wish("refund:create", "s1", None, None), ())
    assert found.missing == [Missing("limit", limited="refund_fen", limit=0)]


def test_who_may_not_sell_off_line_is_told_so() -> None:
    asking = staff("cashier", sells_offline=False)
    found = why(asking, wish("offline:sell", "s1", None, None), CREW)
    assert found.missing == [Missing("limit", limited="sells_offline")]
    assert found.people == list(CREW)


def test_of_another_store_nobody_is_named() -> None:
    stranger = caller("staff", "s2/07", ("store_manager",), FAR)
    found = why(stranger, wish("refund:create", "s1", None, None), CREW)
    assert not found.allowed
    assert found.missing == [Missing("store", store_id="s2")]
    assert found.people == []
    assert not any(each.name in found.advice.zh + found.advice.en for each in CREW)


def test_at_another_store_the_missing_permission_is_told_too() -> None:
    stranger = caller("terminal", "t", ("terminal",), FAR)
    found = why(stranger, wish("held:settle", "s1", None, None), ())
    assert [each.what for each in found.missing] == ["store", "permission"]


def test_what_only_head_office_may_cannot_be_given_to_staff() -> None:
    found = why(staff("store_manager"), wish("rules:write", "s1", None, None), CREW)
    assert (found.granted_by, found.given_by, found.people) == (["operator", "owner"], [], [])
    assert found.advice.en == "Ask an operator or an owner to do it."


def test_a_mistyped_permission_is_answered_with_near_ones() -> None:
    with pytest.raises(UnknownPermission) as told:
        wish("refunds:create", None, None, None)
    assert told.value.values["near"][0] == "refund:create"
    assert told.value.values["errors"][0]["pointer"] == "/permission"
    for strange in ("", "member:self", "public", "退款"):
        with pytest.raises(UnknownPermission) as told:
            wish(strange, None, None, None)
        assert set(told.value.values["near"]) <= set(PERMISSIONS)
        assert told.value.values["near"]


@pytest.mark.parametrize(
    ("permission", "amount_fen", "percent", "pointer"),
    [
        ("refund:create", None, 5, "/percent"),
        ("discount:give", 5, None, "/amount_fen"),
        ("spend:create", 5, None, "/amount_fen"),
        ("offline:sell", 5, None, "/amount_fen"),
    ],
)
def test_a_measure_that_bounds_nothing_is_refused_rather_than_passed_over(
    permission: str, amount_fen: int | None, percent: int | None, pointer: str
) -> None:
    with pytest.raises(InvalidRequest) as told:
        wish(permission, None, amount_fen, percent)
    assert told.value.values["errors"][0]["pointer"] == pointer


def test_every_kind_of_caller_who_works_here_may_ask() -> None:
    assert {role for role, may in ROLES.items() if "permission:read" in may} == {
        "terminal", *STAFF_ROLES, *OPERATOR_ROLES,
    }  # fmt: skip


def _for_staff(permission: str) -> bool:
    return any(permission in ROLES[role] for role in STAFF_ROLES)
