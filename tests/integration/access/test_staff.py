"""Staff and tills with limits of their own, the till that a session remembers, and PINs that change."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from chalicelib.access import service, table
from chalicelib.access.edge import gate as house_gate
from chalicelib.access.model import Limits, OwnLimits
from chalicelib.access.service import Gate
from chalicelib.adapters import tokens
from chalicelib.adapters.tables import ConditionFailed
from chalicelib.kernel import clock
from chalicelib.kernel.errors import NotAuthenticated
from chalicelib.kernel.remembered import Remembered
from tests.client import Client, Reply
from tests.house import BY, House

PIN, NEW_PIN, WRONG = "246813", "135792", "999999"
STAFF = "/v1/stores/s1/staff"
KEY = b"k" * 32


@dataclass
class Hours:
    """A container's gate, and the clock by which it forgets."""

    now: datetime = field(default_factory=clock.now)

    def gate(self) -> Gate:
        def seconds() -> float:
            return self.now.timestamp()

        return Gate(KEY, clock=lambda: self.now, remembered=Remembered(seconds))


@pytest.fixture
def hours(house: House) -> Hours:
    assert house
    hire()
    return Hours()


def hire(pin: str = PIN, *, name: str = "Li", active: bool = True) -> None:
    service.save_staff("s1", "07", name=name, role="cashier", pin=pin, active=active, by=BY)


def log_in(client: Client, pin: str = PIN) -> Reply:
    return client.post("/v1/stores/s1/staff-sessions", {"staff_no": "07", "pin": pin})


def change(client: Client, pin: str, new_pin: str) -> Reply:
    return client.put(f"{STAFF}/07/pin", {"pin": pin, "new_pin": new_pin})


def person(**more: object) -> dict[str, object]:
    return {"name": "Li", "role": "cashier", "pin": PIN, **more}


def test_a_member_of_staff_has_the_roles_limits_and_their_own_where_they_have_some(
    house: House,
) -> None:
    plain = house.office.put(f"{STAFF}/11", person()).json
    assert plain["limits"] == {
        "refund_fen": 50_000, "discount_percent": 20, "sells_offline": True,
    }  # fmt: skip
    own = {"refund_fen": 100, "discount_percent": None}
    assert house.office.put(f"{STAFF}/11", person(limits=own)).json["limits"] == {
        "refund_fen": 100, "discount_percent": None, "sells_offline": True,
    }  # fmt: skip
    log_in = {"staff_no": "11", "pin": PIN}
    session = house.till.post("/v1/stores/s1/staff-sessions", log_in).json
    assert session["limits"]["refund_fen"] == 100
    asking = house_gate().admit(session["access_token"], "refund:create")
    assert asking.limits == Limits(100, None, sells_offline=True)
    again = house.office.put(f"{STAFF}/11", person()).json
    assert again["limits"] == plain["limits"]


def test_a_till_may_have_limits_of_its_own(house: House) -> None:
    asked = {"name": "kiosk", "limits": {"refund_fen": 0, "sells_offline": False}}
    issued = house.office.post("/v1/stores/s1/terminals", asked).json
    limits = {"refund_fen": 0, "discount_percent": 20, "sells_offline": False}
    listed = house.office.get("/v1/stores/s1/terminals").json["items"]
    mine = next(each for each in listed if each["terminal_id"] == issued["terminal_id"])
    assert issued["limits"] == mine["limits"] == limits
    asking = house_gate().admit(issued["terminal_key"], "refund:create")
    assert asking.limits == Limits(0, 20, sells_offline=False)
    assert asking.till_id == issued["terminal_id"]


@pytest.mark.parametrize(
    "limits",
    [{"discount_percent": 101}, {"refund_fen": -1}, {"sells_offline": None}, {"refunds": 1}, None],
)
def test_limits_that_make_no_sense_are_refused(house: House, limits: object) -> None:
    refused = house.office.put(f"{STAFF}/12", person(limits=limits))
    assert (refused.status, refused.json["code"]) == (422, "invalid_request")


def test_the_list_of_staff_names_everybody_and_no_pin(house: House) -> None:
    hire()
    manager = house.staff(house.store, "store_manager", "21")
    house.office.put(f"{STAFF}/22", person(active=False))
    found = manager.get(STAFF).json
    assert {"07", "21", "22"} <= {each["staff_no"] for each in found["items"]}
    left = next(each for each in found["items"] if each["staff_no"] == "22")
    assert not left["active"]
    assert not any("pin" in each for each in found["items"])
    assert house.staff(house.store, "cashier", "23").get(STAFF).json["missing"] == "staff:read"


def test_a_session_remembers_the_till_at_which_it_was_made(house: House) -> None:
    hire()
    till_id = house_gate().admit(house.till.token, "spend:create").till_id
    token = log_in(house.till).json["access_token"]
    assert till_id
    assert house_gate().admit(token, "spend:create").till_id == till_id
    once_more = log_in(house.public.holding(token)).json["access_token"]
    assert house_gate().admit(once_more, "spend:create").till_id == till_id


def test_a_session_from_before_tills_and_pins_were_remembered_still_works(hours: Hours) -> None:
    claims = {"kind": "staff", "sub": "07", "store": "s1"}
    asking = hours.gate().admit(tokens.issue(KEY, claims, hours.now, 3600), "spend:create")
    assert (asking.who, asking.till_id) == ("s1/07", None)


def test_staff_change_their_own_pin_with_the_old_one(house: House) -> None:
    hire()
    assert change(house.till, PIN, NEW_PIN).status == 204
    assert [log_in(house.till, pin).status for pin in (PIN, NEW_PIN)] == [401, 201]


def test_a_wrong_old_pin_counts_as_at_log_in_and_changes_nothing(house: House) -> None:
    hire()
    assert [change(house.till, WRONG, NEW_PIN).status for _ in range(5)] == [401] * 5
    resting = change(house.till, PIN, NEW_PIN)
    assert (resting.status, resting.json["code"]) == (429, "too_many_tries")
    assert log_in(house.till).status == 429
    hire()
    assert [log_in(house.till, pin).status for pin in (NEW_PIN, PIN)] == [401, 201]


def test_the_pin_of_nobody_and_of_who_has_left_is_refused_like_a_wrong_one(house: House) -> None:
    hire(active=False)
    left = change(house.till, PIN, NEW_PIN)
    nobody = house.till.put(f"{STAFF}/78/pin", {"pin": PIN, "new_pin": NEW_PIN})
    assert (left.status, nobody.status) == (401, 401)


def test_a_pin_that_head_office_set_meanwhile_stays(hours: Hours) -> None:
    assert hours
    proven = table.staff("s1", "07")
    assert proven
    hire(NEW_PIN)
    with pytest.raises(ConditionFailed):
        table.set_pin(proven, "another", BY)


def test_a_changed_pin_ends_older_sessions_within_the_minute(hours: Hours) -> None:
    one, other = hours.gate(), hours.gate()
    old, _ = one.staff_session("s1", "07", PIN, BY)
    for gate in (one, other):
        gate.admit(old, "spend:create")
    service.change_pin("s1", "07", PIN, NEW_PIN, hours.now, BY)
    hours.now += timedelta(seconds=61)
    for gate in (one, other, hours.gate()):
        with pytest.raises(NotAuthenticated):
            gate.admit(old, "spend:create")


def test_a_session_made_with_the_new_pin_works_at_once_and_ends_the_old_one(hours: Hours) -> None:
    """Also in a container that remembers the old PIN."""
    one, other = hours.gate(), hours.gate()
    old, _ = one.staff_session("s1", "07", PIN, BY)
    other.admit(old, "spend:create")
    service.change_pin("s1", "07", PIN, NEW_PIN, hours.now, BY)
    new, _ = one.staff_session("s1", "07", NEW_PIN, BY)
    assert other.admit(new, "spend:create").who == "s1/07"
    with pytest.raises(NotAuthenticated):
        other.admit(old, "spend:create")


def test_a_pin_that_head_office_sets_ends_older_sessions_too(hours: Hours) -> None:
    gate = hours.gate()
    old, _ = gate.staff_session("s1", "07", PIN, BY)
    hire(NEW_PIN)
    with pytest.raises(NotAuthenticated):
        hours.gate().admit(old, "spend:create")


def test_a_new_name_with_the_same_pin_ends_nobodys_session(hours: Hours) -> None:
    token, _ = hours.gate().staff_session("s1", "07", PIN, BY)
    hire(name="Li Wei")
    assert hours.gate().admit(token, "spend:create").who == "s1/07"


def test_head_office_changes_limits_without_knowing_the_pin(house: House) -> None:
    hire()
    token = log_in(house.till).json["access_token"]
    without_pin = {"name": "Li", "role": "cashier", "limits": {"refund_fen": 5}}
    assert house.office.put(f"{STAFF}/07", without_pin).json["limits"]["refund_fen"] == 5
    assert house_gate().admit(token, "spend:create").who == "s1/07"
    assert log_in(house.till).json["limits"]["refund_fen"] == 5


def test_a_change_without_a_pin_ends_no_lock_out(house: House) -> None:
    hire()
    for _ in range(5):
        log_in(house.till, WRONG)
    without_pin = {"name": "Li", "role": "cashier"}
    assert house.office.put(f"{STAFF}/07", without_pin).status == 200
    assert log_in(house.till).status == 429


def test_who_is_new_or_comes_back_needs_a_pin(house: House) -> None:
    hire(active=False)
    for staff_no in ("07", "79"):
        refused = house.office.put(f"{STAFF}/{staff_no}", {"name": "Li", "role": "cashier"})
        assert (refused.status, refused.json["errors"][0]["pointer"]) == (422, "/pin")
    left = {"name": "Li", "role": "cashier", "active": False}
    assert house.office.put(f"{STAFF}/07", left).status == 200


def test_who_left_and_comes_back_logs_in_anew(hours: Hours) -> None:
    token, _ = hours.gate().staff_session("s1", "07", PIN, BY)
    hire(active=False)
    hire()
    with pytest.raises(NotAuthenticated):
        hours.gate().admit(token, "spend:create")


def test_own_limits_hold_within_a_minute(hours: Hours) -> None:
    gate = hours.gate()
    token, _ = gate.staff_session("s1", "07", PIN, BY)
    gate.admit(token, "spend:create")
    service.save_staff(
        "s1", "07", name="Li", role="cashier", pin=PIN, active=True, by=BY,
        limits=OwnLimits(refund_fen=1),
    )  # fmt: skip
    hours.now += timedelta(seconds=61)
    assert gate.admit(token, "spend:create").limits.refund_fen == 1
