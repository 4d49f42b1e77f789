"""Whom the staff's group is reminded of, when, and how often."""

from datetime import datetime

import msgspec
import pytest

from chalicelib.outages.model.incidents import Incident
from chalicelib.outages.model.nagging import nagged, reminder
from tests.unit.outages.world import NOW, incident, minutes, update

DUE = NOW + minutes(30)
BOTH = {"commander": "li.lei", "communications": "han.mei"}


def promised(**more: object) -> Incident:
    fields = {"next_update_due_at": DUE, "roles": BOTH, **more}
    return incident("incident0001", update("update000001"), **fields)


def nags(told: Incident, till: datetime) -> tuple[Incident, list[float]]:
    """The clock strikes each minute; the minutes after the promise at which somebody was reminded."""
    found, now = [], NOW
    while now <= till:
        new = nagged(told, now)
        if new is not told:
            found.append((now - DUE) / minutes(1))
        told, now = new, now + minutes(1)
    return told, found


def test_a_reminder_comes_when_it_is_due_twice_more_and_then_no_more() -> None:
    _, found = nags(promised(), DUE + minutes(120))
    assert found == [0, 15, 30]


def test_a_clock_that_stood_still_reminds_once_and_then_at_the_same_distance() -> None:
    told = nagged(promised(), DUE + minutes(100))
    assert [each.at for each in told.events] == [DUE + minutes(100)]
    assert nagged(told, DUE + minutes(114)) is told
    assert len(nagged(told, DUE + minutes(115)).events) == 2


def test_a_new_promise_is_reminded_of_anew() -> None:
    told, _ = nags(promised(), DUE + minutes(60))
    later = msgspec.structs.replace(told, next_update_due_at=DUE + minutes(61))
    assert len(nagged(later, DUE + minutes(61)).events) == 4


@pytest.mark.parametrize(
    "over", [{"next_update_due_at": None}, {"updates": (update("u", "resolved"),)}]
)
def test_where_nothing_is_owed_nobody_is_reminded(over: dict[str, object]) -> None:
    told = msgspec.structs.replace(promised(), **over)
    assert nagged(told, DUE + minutes(60)) is told


@pytest.mark.parametrize(
    ("roles", "who"),
    [(BOTH, "han.mei"), ({"commander": "li.lei"}, "li.lei"), ({"scribe": "x"}, "未指定，请先指定")],
)
def test_the_group_reads_which_incident_since_when_and_whose_it_is(
    roles: dict[str, str], who: str
) -> None:
    told = nagged(promised(roles=roles), DUE)
    said = reminder(told, DUE, "Asia/Shanghai")
    assert "短信延迟" in said
    assert "答应 16:30 前" in said
    assert f"负责人：{who}。" in said
    assert "第 1 次提醒，最多 3 次" in said
    assert told.id in said


def test_a_promise_of_yesterday_is_named_with_its_day() -> None:
    told = nagged(promised(), DUE + minutes(60 * 24))
    assert "答应 11-22 16:30 前" in reminder(told, DUE + minutes(60 * 24), "Asia/Shanghai")
