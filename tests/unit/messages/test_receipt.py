"""Whose a receipt is, and how long it waits."""

from datetime import timedelta

import pytest

from chalicelib.messages.model.course import Outcome
from chalicelib.messages.model.hearing import Report
from chalicelib.messages.model.message import is_message_id
from chalicelib.messages.model.receipt import (
    TRIED_AGAIN_AFTER,
    Receipt,
    attempt_of,
    message_id_in,
    next_try,
)
from tests.unit.messages.builders import NOW, TWO_SMS, message, tried

TICK = timedelta(milliseconds=1)
UNSURE = Outcome("refused", code="x", kind="account")
SENT = tried(message(), UNSURE, Outcome("accepted", "77^0"), offers=TWO_SMS)
FIRST, SECOND = SENT.attempts


def receipt(provider: str, reference: str = "", theirs: str | None = None) -> Receipt:
    return Receipt(provider, reference, Report(True, theirs))


@pytest.mark.parametrize(
    ("given", "n"),
    [
        (receipt("aliyun", SECOND.reference), 2),
        (receipt("aliyun", theirs="77^0"), 2),
        (receipt("tencent", FIRST.reference, "unknown"), 1),
        (receipt("tencent", SECOND.reference), None),  # given to the other provider
        (receipt("tencent", theirs="77^0"), None),
        (receipt("tencent"), None),
        (receipt("tencent", f"{message().message_id}-9"), None),
    ],
)
def test_a_receipt_is_of_the_attempt_that_our_name_or_theirs_stands_for(
    given: Receipt, n: int | None
) -> None:
    assert attempt_of(SENT, given) == n


def test_a_receipt_is_tried_again_seven_times_in_72_hours() -> None:
    at, times = NOW, []
    while later := next_try(NOW, at):
        times.append(later - NOW)
        at = later
    assert tuple(times) == TRIED_AGAIN_AFTER
    assert times[-1] == timedelta(hours=72)
    assert next_try(NOW, NOW + times[-1] - TICK) == NOW + times[-1]


@pytest.mark.parametrize("reference", ["", "-", "another's", "01M-1", "x" * 200 + "-1"])
def test_a_reference_of_somebody_else_names_no_message(reference: str) -> None:
    assert not is_message_id(message_id_in(reference))
