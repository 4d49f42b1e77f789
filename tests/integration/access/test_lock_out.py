"""Guessing PINs, keys that end, and how long what was read of them may be remembered."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from chalicelib.access import service
from chalicelib.access.model import ROLES, PinRule, TooManyTries
from chalicelib.access.service import Gate
from chalicelib.kernel import clock
from chalicelib.kernel.errors import DomainError, NotAuthenticated
from chalicelib.kernel.remembered import Remembered
from tests.client import Reply
from tests.house import BY, House

PIN, WRONG = "246813", "999999"
KEY = b"k" * 32


@dataclass
class Hands:
    """A clock that goes only when it is told to."""

    now: datetime = field(default_factory=clock.now)

    def pass_(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def gate(self) -> Gate:
        def seconds() -> float:
            return self.now.timestamp()

        return Gate(KEY, clock=lambda: self.now, remembered=Remembered(seconds))


@pytest.fixture
def hands(house: House) -> Hands:
    assert house
    hire()
    return Hands()


def hire(pin: str = PIN, role: str = "cashier", *, active: bool = True) -> None:
    service.save_staff("s1", "07", name="Li", role=role, pin=pin, active=active, by=BY)


def log_in(house: House, pin: str) -> Reply:
    body = {"staff_no": "07", "pin": pin}
    return house.till.post("/v1/stores/s1/staff-sessions", body)


def guess(gate: Gate, pin: str) -> type[DomainError] | None:
    try:
        gate.staff_session("s1", "07", pin, BY)
    except DomainError as error:
        return type(error)
    return None


def test_five_wrong_pins_lock_the_account_and_say_for_how_long(house: House) -> None:
    hire()
    assert [log_in(house, WRONG).status for _ in range(5)] == [401] * 5
    for pin in (PIN, WRONG):
        resting = log_in(house, pin)
        assert (resting.status, resting.json["code"]) == (429, "too_many_tries")
        assert 890 < int(resting.headers["Retry-After"]) <= PinRule.REST_S == 900
        assert resting.json["retry_after_s"] == int(resting.headers["Retry-After"])
        assert pin not in resting.text


def test_a_new_pin_from_head_office_ends_the_rest(house: House) -> None:
    hire()
    for _ in range(5):
        log_in(house, WRONG)
    body = {"name": "Li", "role": "cashier", "pin": "135792"}
    assert house.office.put("/v1/stores/s1/staff/07", body).status == 200
    assert log_in(house, PIN).status == 401
    assert log_in(house, "135792").status == 201


def test_the_rest_ends_after_fifteen_minutes_and_not_a_second_sooner(hands: Hands) -> None:
    gate = hands.gate()
    assert [guess(gate, WRONG) for _ in range(5)] == [NotAuthenticated] * 5
    hands.pass_(899)
    assert guess(gate, PIN) is TooManyTries
    hands.pass_(1)
    assert guess(gate, WRONG) is NotAuthenticated
    assert guess(gate, PIN) is None


def test_four_wrong_pins_are_forgiven_by_a_right_one(hands: Hands) -> None:
    gate = hands.gate()
    for _ in range(3):
        assert [guess(gate, WRONG) for _ in range(4)] == [NotAuthenticated] * 4
        assert guess(gate, PIN) is None


def test_guesses_at_once_are_counted_before_any_of_them_is_looked_at(hands: Hands) -> None:
    gate = hands.gate()
    with ThreadPoolExecutor(12) as guessers:
        told = list(guessers.map(lambda _: guess(gate, WRONG), range(12)))
    assert told.count(NotAuthenticated) <= PinRule.MOST_TRIES
    assert set(told) == {NotAuthenticated, TooManyTries}
    assert guess(gate, PIN) is TooManyTries


def test_who_is_not_staff_or_has_left_is_told_nothing_else_than_a_wrong_pin(house: House) -> None:
    hire(active=False)
    left = log_in(house, PIN)
    nobody = house.till.post("/v1/stores/s1/staff-sessions", {"staff_no": "77", "pin": PIN})
    hire()
    wrong = log_in(house, WRONG)
    said = [
        {k: v for k, v in each.json.items() if k != "instance"} for each in (left, nobody, wrong)
    ]
    assert said[0] == said[1] == said[2]


def test_a_revoked_till_works_for_the_remembered_minute_and_no_longer(hands: Hands) -> None:
    gate = hands.gate()
    key, secret = service.issue_terminal_key("s1", "lost", clock.now(), BY)
    assert gate.admit(secret, "spend:create").who == key.key_id
    service.revoke_key("s1", key.key_id, clock.now(), BY)
    hands.pass_(61)
    with pytest.raises(NotAuthenticated):
        gate.admit(secret, "spend:create")


def test_a_container_that_never_saw_the_key_refuses_it_at_once(hands: Hands) -> None:
    key, secret = service.issue_operator_key("lost", ("owner",), clock.now(), BY)
    service.revoke_key(None, key.key_id, clock.now(), BY)
    with pytest.raises(NotAuthenticated):
        hands.gate().admit(secret, "store:read")


@pytest.mark.parametrize("seconds", [12 * 3600 - 1, 12 * 3600, 12 * 3600 + 1])
def test_a_staff_session_ends_after_twelve_hours(hands: Hands, seconds: int) -> None:
    gate = hands.gate()
    token, _ = gate.staff_session("s1", "07", PIN, BY)
    hands.now = hands.now.replace(microsecond=0)
    hands.pass_(seconds)
    if seconds < 12 * 3600:
        assert gate.admit(token, "spend:create").who == "s1/07"
        return
    with pytest.raises(NotAuthenticated):
        gate.admit(token, "spend:create")


def test_who_leaves_is_out_within_a_minute_though_the_token_lives_on(hands: Hands) -> None:
    gate = hands.gate()
    token, _ = gate.staff_session("s1", "07", PIN, BY)
    gate.admit(token, "spend:create")
    hire(active=False)
    hands.pass_(61)
    with pytest.raises(NotAuthenticated):
        gate.admit(token, "spend:create")


def test_a_new_role_holds_within_a_minute_though_the_token_is_old(hands: Hands) -> None:
    gate = hands.gate()
    token, _ = gate.staff_session("s1", "07", PIN, BY)
    more = min(ROLES["store_manager"] - ROLES["cashier"])
    assert not gate.admit(token, "spend:create").may(more)
    hire(role="store_manager")
    hands.pass_(61)
    assert gate.admit(token, "spend:create").may(more)


def test_what_is_remembered_is_bounded(hands: Hands) -> None:
    remembered = Remembered(hands.now.timestamp)
    for number in range(3000):
        remembered.get(f"key {number}", lambda: None)
    assert len(remembered._kept) <= 1000  # noqa: SLF001 - a bound on memory shows nowhere else
