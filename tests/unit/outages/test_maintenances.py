"""Maintenances: what the clock makes of them, and what subscribers are told."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from chalicelib.kernel.errors import InvalidRequest
from chalicelib.outages.model import edits, words
from chalicelib.outages.model.asked import (
    Body,
    MaintenanceChange,
    Name,
    NewMaintenance,
    NewReport,
    Rule,
)
from chalicelib.outages.model.components import StoreShown
from chalicelib.outages.model.errors import MaintenanceOver
from chalicelib.outages.model.maintenance_notices import (
    by_the_clock,
    of_change,
    of_creation,
    of_report,
)
from chalicelib.outages.model.maintenances import Maintenance, Progress, Switches, state
from chalicelib.outages.model.words import Words
from tests.unit.outages.world import NOW, component, minutes, page, shown, window

PART = "abcdefghijkl"
PAGE = replace(page(component(PART)), stores=(StoreShown("s3", Words("三店")),))
ZONE = "Asia/Shanghai"


def planned(begins_in: float = 120, ends_in: float = 180, **more: object) -> Maintenance:
    asked = NewMaintenance(
        name=Name("升级", "Upgrade"),
        body=Body("升级数据库。", "The database is upgraded."),
        component_ids=(PART,),
        scheduled_for=NOW + minutes(begins_in),
        scheduled_until=NOW + minutes(ends_in),
        **more,  # type: ignore[arg-type]
    )
    return edits.schedule(asked, PAGE, NOW, words.new_id)


def say(to: Maintenance, status: Progress, after: float) -> Maintenance:
    said = NewReport(status=status, body=Body("有变。", "News."))
    return edits.add_report(to, said, NOW + minutes(after), words.new_id)


def kinds(one: Maintenance, *after: float) -> list[str | None]:
    """What a clock that looks at these minutes tells."""
    told: list[str | None] = []
    for each in after:
        one, notice = by_the_clock(one, NOW + minutes(each), ZONE)
        told.append(notice.kind if notice else None)
    return told


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (119.999, "scheduled"), (120, "in_progress"), (179.999, "in_progress"), (180, "completed"),
    ],
)  # fmt: skip
def test_the_clock_alone_begins_and_ends_it(after: float, expected: Progress) -> None:
    assert state(planned(), NOW + minutes(after)) == expected


def test_what_is_verified_is_so_until_the_clock_ends_it() -> None:
    one = say(planned(), "verifying", 150)
    assert state(one, NOW + minutes(151)) == "verifying"
    assert state(one, NOW + minutes(180)) == "completed"


def test_an_early_end_frees_the_components_at_once() -> None:
    one = say(planned(), "completed", 150)
    assert state(one, NOW + minutes(150)) == "completed"
    assert not one.live(NOW + minutes(150))
    assert (one.cancelled, one.closed) == (False, True)
    notice = of_report(one, ZONE)
    assert notice is not None
    assert notice.kind == "maintenance_ended"
    assert kinds(one, 180) == [None]


def test_what_ends_before_it_begins_was_cancelled_and_is_told_so() -> None:
    one = say(planned(), "completed", 30)
    assert (one.cancelled, one.closed) == (True, True)
    notice = of_report(one, ZONE)
    assert notice is not None
    assert notice.kind == "maintenance_changed"
    assert notice.body.zh == "有变。 维护已取消，原定 2026-11-22 18:00 至 19:00（Asia/Shanghai）。"
    assert kinds(one, 60, 120, 180) == [None, None, None]


def test_what_is_over_stays_as_it_was() -> None:
    with pytest.raises(MaintenanceOver):
        say(planned(), "completed", 180)
    with pytest.raises(MaintenanceOver):
        edits.change_maintenance(
            planned(), MaintenanceChange(store_ids=("s3",)), PAGE, NOW + minutes(180)
        )


@pytest.mark.parametrize(("status", "after"), [("in_progress", 0), ("scheduled", 150)])
def test_an_operator_does_not_speak_against_the_clock(status: Progress, after: float) -> None:
    with pytest.raises(InvalidRequest):
        say(planned(), status, after)


def test_each_step_of_its_course_is_told_once() -> None:
    assert kinds(planned(), 59, 60, 61, 120, 121, 180, 181) == [
        None, "maintenance_soon", None, "maintenance_started", None, "maintenance_ended", None,
    ]  # fmt: skip


def test_a_clock_that_stood_still_tells_only_how_it_is_now() -> None:
    assert kinds(planned(), 200, 201) == ["maintenance_ended", None]
    assert kinds(planned(), 130) == ["maintenance_started"]


def test_what_was_announced_within_the_hour_is_not_announced_again() -> None:
    assert kinds(planned(30, 90), 1, 30, 90) == [None, "maintenance_started", "maintenance_ended"]


@pytest.mark.parametrize(
    ("off", "silent"), [("before_start", 60), ("at_start", 120), ("at_end", 180)]
)
def test_each_notice_can_be_switched_off_by_itself(off: str, silent: float) -> None:
    told = kinds(planned(notices=replace(Switches(), **{off: False})), 60, 120, 180)
    assert [kind is None for kind in told] == [minute == silent for minute in (60, 120, 180)]


def test_creation_and_change_can_be_switched_off() -> None:
    quiet = planned(notices=Switches(on_creation=False, on_change=False))
    assert of_creation(quiet, ZONE) is None
    later = MaintenanceChange(scheduled_until=NOW + minutes(200))
    assert of_change(edits.change_maintenance(quiet, later, PAGE, NOW), quiet, ZONE) is None


def test_its_creation_tells_when_and_what() -> None:
    one = planned(store_ids=("s3",))
    notice = of_creation(one, ZONE)
    assert notice is not None
    assert (notice.kind, notice.component_ids, notice.store_ids, notice.overtakes) == (
        "maintenance_scheduled", (PART,), ("s3",), one.id,
    )  # fmt: skip
    assert notice.body == Words(
        "升级数据库。 时间：2026-11-22 18:00 至 19:00（Asia/Shanghai）。",
        "The database is upgraded. Time: 2026-11-22 18:00 to 19:00 (Asia/Shanghai).",
    )


def test_what_was_planned_for_the_past_is_told_to_nobody() -> None:
    one = planned(-120, -60)
    assert of_creation(one, ZONE) is None
    assert kinds(one, 0, 1) == [None, None]


def test_a_new_time_is_told_with_the_old_one_and_is_announced_anew() -> None:
    was, _ = by_the_clock(planned(), NOW + minutes(60), ZONE)
    later = MaintenanceChange(
        scheduled_for=NOW + minutes(24 * 60), scheduled_until=NOW + minutes(25 * 60)
    )
    new = edits.change_maintenance(was, later, PAGE, NOW + minutes(61))
    notice = of_change(new, was, ZONE)
    assert notice is not None
    assert notice.body.zh == (
        "维护时间有变：原定 2026-11-22 18:00 至 19:00（Asia/Shanghai），"
        "改为 2026-11-23 16:00 至 17:00（Asia/Shanghai）。"
    )
    assert kinds(new, 120, 23 * 60, 24 * 60, 25 * 60) == [
        None, "maintenance_soon", "maintenance_started", "maintenance_ended",
    ]  # fmt: skip


def test_a_longer_window_is_not_begun_again() -> None:
    was, _ = by_the_clock(planned(), NOW + minutes(120), ZONE)
    longer = MaintenanceChange(scheduled_until=NOW + minutes(240))
    new = edits.change_maintenance(was, longer, PAGE, NOW + minutes(130))
    assert kinds(new, 131, 180, 240) == [None, None, "maintenance_ended"]


def test_an_edit_that_changes_nothing_gives_the_same_maintenance() -> None:
    one = planned()
    same = MaintenanceChange(name=Name("升级", "Upgrade"), scheduled_for=one.scheduled_for)
    assert edits.change_maintenance(one, same, PAGE, NOW + minutes(5)) is one
    renamed = edits.change_maintenance(one, MaintenanceChange(name=Name("别的")), PAGE, NOW)
    assert of_change(renamed, one, ZONE) is None


def test_the_same_happening_makes_the_same_notice() -> None:
    one = planned()
    _, first = by_the_clock(one, NOW + minutes(60), ZONE)
    _, again = by_the_clock(one, NOW + minutes(75), ZONE)
    assert first == again


@pytest.mark.parametrize(
    ("more", "pointer"),
    [
        ({"ends_in": 120}, "/scheduled_until"),
        ({"ends_in": 120 + 31 * 24 * 60 + 1}, "/scheduled_until"),
        ({"store_ids": ("nowhere",)}, "/store_ids/0"),
        ({"recurrence": Rule("week", "Mars/Olympus")}, "/recurrence/zone"),
        ({"recurrence": Rule("week", until=NOW + minutes(119))}, "/recurrence/until"),
        ({"recurrence": Rule("week", until=NOW + timedelta(days=3661))}, "/recurrence/until"),
    ],
)
def test_a_plan_that_does_not_fit_is_pointed_at(more: dict[str, object], pointer: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        planned(**more)  # type: ignore[arg-type]
    assert refused.value.values["errors"][0]["pointer"] == pointer


def test_works_at_one_store_take_nothing_off_what_all_others_see() -> None:
    works = window(-5, 5, "a", store_ids=("s3",))
    broken = shown([component("a", "major_outage")], windows=[works])
    assert broken.states["a"].status == "major_outage"
    assert broken.seen_from("s3").states["a"].status == "under_maintenance"
    assert broken.seen_from("s4").states["a"].status == "major_outage"
    whole = shown([component("a")], windows=[works])
    assert whole.states["a"].status == "under_maintenance"
    assert whole.seen_from("s4").states["a"].status == "operational"
