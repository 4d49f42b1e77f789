"""Whether an outage delayed a message: the provider's doing in its time, and never what the member had said."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.amends.model.touched import Touched
from chalicelib.amends.model.trouble import trouble
from chalicelib.messages.model.message import Attempt, Decision
from tests.unit.messages.builders import NOW, message

TOUCHED = Touched(NOW, NOW + timedelta(hours=1))
LATER = NOW + timedelta(hours=2)


def tried(at: Any = NOW, **more: Any) -> Attempt:  # noqa: ANN401
    fields: dict[str, Any] = {"state": "unreachable", **more}
    return Attempt(1, "sms", "tencent", "r", "138****5678", at, **fields)


@pytest.mark.parametrize(
    ("state", "found"),
    [("delivered", "message_waited"), ("retrying", "message_waited"), ("failed", "message_failed"),
     ("inbox", "message_failed")],
)  # fmt: skip
def test_a_provider_that_did_not_answer_is_a_reason(state: Any, found: str) -> None:  # noqa: ANN401
    assert trouble(message(state=state, attempts=(tried(),)), TOUCHED) == found


def test_a_message_that_went_at_once_is_none() -> None:
    assert trouble(message(state="sent", attempts=(tried(state="accepted"),)), TOUCHED) is None


def test_what_happened_at_another_time_is_none() -> None:
    assert trouble(message(state="failed", attempts=(tried(LATER),)), TOUCHED) is None


@pytest.mark.parametrize(("kind", "found"), [("account", True), ("number", False)])
def test_a_refusal_counts_unless_it_is_the_members(kind: str, found: bool) -> None:  # noqa: FBT001
    one = message(state="failed", attempts=(tried(state="refused", kind=kind),))
    assert bool(trouble(one, TOUCHED)) is found


@pytest.mark.parametrize(
    ("reason", "found"),
    [("breaker_open", True), ("no_consent", False), ("quiet_hours", False), ("no_phone", False)],
)
def test_a_way_that_was_shut_counts_unless_the_member_or_the_chain_shut_it(
    reason: str,
    found: bool,  # noqa: FBT001
) -> None:
    one = message(state="inbox", decisions=(Decision(NOW, "sms", reason),))
    assert bool(trouble(one, TOUCHED)) is found


def test_one_that_was_made_late_waited() -> None:
    late = message(state="sent", created_at=NOW + timedelta(minutes=6))
    assert trouble(late, TOUCHED) == "message_waited"
    assert trouble(message(state="sent", created_at=NOW + timedelta(minutes=5)), TOUCHED) is None
