"""How far a permission reaches: by role, by several roles, by what one was given of one's own."""

import pytest

from chalicelib.access.model import (
    NOBODY,
    ROLES,
    Caller,
    LimitExceeded,
    Limits,
    OwnLimits,
    caller,
    hold_to,
    limits_of,
)

AT_THE_TILL = ("terminal", "cashier")


@pytest.mark.parametrize(
    ("role", "refund_fen", "percent"),
    [*((role, 50_000, 20) for role in AT_THE_TILL), ("store_manager", 500_000, 50)],
)
def test_a_limit_is_held_below_at_and_above_it(role: str, refund_fen: int, percent: int) -> None:
    asking = caller("staff", "s1/01", (role,))
    for under in (1, 0):
        assert may(asking, refund_fen=refund_fen - under, discount_percent=percent - under)
    assert refused(asking, refund_fen=refund_fen + 1).values["limit"] == refund_fen
    assert refused(asking, discount_percent=percent + 1).values["limit"] == percent


def test_an_owner_has_no_limit() -> None:
    owner = caller("operator", "k", ("owner",))
    assert may(owner, refund_fen=10**9, discount_percent=100)


def test_a_refusal_says_the_limit_what_was_asked_and_who_may_do_more() -> None:
    cashier = caller("staff", "s1/01", ("cashier",))
    said = refused(cashier, refund_fen=60_000)
    assert said.values == {
        "permission": "refund:create", "limited": "refund_fen", "limit": 50_000, "asked": 60_000,
        "granted_by": ["owner", "store_manager"],
    }  # fmt: skip
    assert "600.00" in said.detail_text().zh
    assert "500.00" in said.detail_text().en
    assert refused(cashier, refund_fen=500_001).values["granted_by"] == ["owner"]


def test_a_role_without_the_permission_is_not_named_however_wide_its_limits() -> None:
    assert "refund:create" not in ROLES["operator"]
    said = refused(caller("staff", "s1/01", ("cashier",)), refund_fen=60_000)
    assert "operator" not in said.values["granted_by"]


def test_each_way_of_giving_money_back_names_those_who_have_that_one() -> None:
    manager = caller("staff", "s1/01", ("store_manager",))
    said = refused(manager, refund_fen=500_001, refunding="top_up:refund")
    assert (said.values["permission"], said.values["granted_by"]) == ("top_up:refund", ["owner"])


def test_of_several_roles_the_widest_limit_counts() -> None:
    widest = limits_of(("cashier", "store_manager", "support"))
    assert widest == Limits(500_000, 50, sells_offline=True)
    assert limits_of(("cashier", "owner")).refund_fen is None


def test_own_limits_take_the_place_of_the_roles_and_leave_the_others() -> None:
    stricter = OwnLimits(refund_fen=0, sells_offline=False)
    assert limits_of(("cashier",), stricter) == Limits(0, 20, sells_offline=False)
    wider = OwnLimits(discount_percent=None)
    assert limits_of(("cashier",), wider) == Limits(50_000, None, sells_offline=True)


def test_who_may_not_sell_off_line_is_told_so() -> None:
    till = caller("terminal", "t", ("terminal",), own_limits=OwnLimits(sells_offline=False))
    assert refused(till, sells_offline=True).values["limited"] == "sells_offline"
    assert may(caller("terminal", "t", ("terminal",)), sells_offline=True)


def test_nobody_and_members_reach_nowhere() -> None:
    for asking in (NOBODY, caller("member", "m", ("member",)), caller("staff", "x", ("retired",))):
        assert refused(asking, refund_fen=1).values["limit"] == 0


def may(asking: Caller, **asked: int) -> bool:
    try:
        hold_to(asking, **asked)  # type: ignore[arg-type] # named by the test
    except LimitExceeded:
        return False
    return True


def refused(asking: Caller, **asked: int | str) -> LimitExceeded:
    with pytest.raises(LimitExceeded) as told:
        hold_to(asking, **asked)  # type: ignore[arg-type] # named by the test
    return told.value
