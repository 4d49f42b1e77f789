"""Whose a receipt is that names no reference: told by exclusion, and only as far as that goes."""

from collections.abc import Sequence
from datetime import datetime

import pytest
from msgspec.structs import replace

from chalicelib.adapters.sms import Report
from chalicelib.messages.channels import Sms
from chalicelib.messages.model.message import Attempt
from tests.unit.messages.builders import ANYONE, NOW

LOST = Attempt(1, "sms", "tencent", "m-1-1", "138****5678", NOW, "unknown")
OTHER = replace(LOST, reference="m-2-1")
TAKEN, REFUSED = replace(OTHER, state="accepted"), replace(OTHER, state="refused")


class Carrier:
    def __init__(self, *delivered: bool) -> None:
        self.reports = [
            Report(f"2640:{n}", arrived, "DELIVRD" if arrived else "UNDELIV", NOW)
            for n, arrived in enumerate(delivered)
        ]

    def send(self, phone: str, template_id: str, params: Sequence[str], reference: str) -> Report:
        raise AssertionError(phone, template_id, params, reference)

    def find(self, phone: str, since: datetime, until: datetime) -> Sequence[Report]:
        assert phone
        assert since < until
        return self.reports


@pytest.mark.parametrize(
    ("reports", "others", "told"),
    [
        ((), (), "not_found"),
        ((True,), (), "delivered"),
        ((False,), (), "undelivered"),
        ((True,), (OTHER,), "ambiguous"),
        ((True, True), (OTHER,), "delivered"),
        ((True,), (TAKEN,), "ambiguous"),  # known to be taken, and not by which name
        ((True,), (REFUSED,), "delivered"),
        ((True, False), (OTHER,), "taken"),  # both were, and which one arrived nobody can tell
    ],
)
def test_a_receipt_of_nobody_is_that_of_the_send_whose_answer_was_lost(
    reports: tuple[bool, ...], others: tuple[Attempt, ...], told: str
) -> None:
    sms = Sms("tencent", Carrier(*reports), {}, lambda: NOW)
    assert sms.look_up(LOST, ANYONE, others).told == told
