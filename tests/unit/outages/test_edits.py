"""How incidents and components come to be and change."""

from datetime import UTC, datetime

import msgspec
import pytest

from chalicelib.kernel.errors import InvalidRequest
from chalicelib.outages.model import edits, words
from chalicelib.outages.model.asked import (
    Body,
    ComponentChange,
    IncidentChange,
    Name,
    Naming,
    NewComponent,
    NewIncident,
    NewUpdate,
)
from chalicelib.outages.model.components import MOST_COMPONENTS, Status
from chalicelib.outages.model.errors import IncidentFull, PageFull
from chalicelib.outages.model.incidents import (
    MOST_UPDATES,
    Incident,
    Milestones,
    Stage,
    impacts,
    milestones,
)
from chalicelib.outages.model.notices import announced
from tests.unit.outages.world import NOW, component, incident, minutes, page, update

PART_ID = "abcdefghijkl"
PAGE = page(component(PART_ID), component("group0000000", group=True))
STATES: dict[str, Status] = {PART_ID: "operational"}


def report(**more: object) -> Incident:
    asked = NewIncident(name=Name("名", "Name"), body=Body("文", "Body"), **more)  # type: ignore[arg-type]
    return edits.open_incident(asked, PAGE, STATES, NOW, words.new_id)


def add(to: Incident, status: Stage, **more: object) -> Incident:
    asked = NewUpdate(status=status, body=Body("文"), **more)  # type: ignore[arg-type]
    return edits.add_update(to, asked, PAGE, STATES, NOW, words.new_id)


def test_ids_are_twelve_lower_case_alphanumerics_that_sort_by_time() -> None:
    ids = [words.new_id(NOW + minutes(each)) for each in range(50)]
    assert ids == sorted(ids)
    assert all(len(each) == 12 and each.isalnum() and each == each.lower() for each in ids)
    assert words.floor_id(NOW) <= words.new_id(NOW) < words.floor_id(NOW + minutes(0.001))


def test_of_two_updates_at_one_moment_the_later_posted_counts() -> None:
    told = report()
    for stage in ("identified", "monitoring", "identified", "monitoring"):
        told = add(told, stage)
        assert told.status == stage


def test_a_back_dated_update_is_put_in_its_place_and_does_not_become_the_state() -> None:
    told = add(report(started_at=NOW - minutes(60)), "monitoring")
    told = add(told, "identified", display_at=NOW - minutes(30))
    assert told.status == "monitoring"
    assert [each.status for each in told.updates] == ["investigating", "identified", "monitoring"]


def test_an_update_tells_from_what_to_what() -> None:
    told = report(components=[Naming(PART_ID, "degraded_performance")])
    told = add(told, "identified", components=[Naming(PART_ID, "major_outage")])
    assert [(one.old_status, one.new_status) for each in told.updates for one in each.affected] == [
        ("operational", "degraded_performance"),
        ("degraded_performance", "major_outage"),
    ]
    assert impacts(told) == {PART_ID: "major_outage"}


def test_a_resolved_incident_still_tells_how_bad_it_was() -> None:
    told = report(components=[Naming(PART_ID, "partial_outage")])
    told = add(told, "resolved", components=[Naming(PART_ID, "operational")])
    assert told.impact == "major"
    changed = edits.change_incident(told, IncidentChange(impact_override="minor"), NOW)
    assert changed.impact == "minor"
    assert edits.change_incident(changed, IncidentChange(impact_override=None), NOW).impact == (
        "major"
    )


@pytest.mark.parametrize(
    ("stages", "expected"),
    [
        (["investigating"], (None, None)),
        (["investigating", "monitoring", "monitoring", "resolved"], (1, 3)),
        (["investigating", "resolved", "postmortem"], (None, 1)),
        (["investigating", "monitoring", "resolved", "investigating"], (None, None)),
        (["investigating", "resolved", "monitoring"], (2, None)),
    ],
)
def test_milestones_are_taken_back_when_an_incident_is_reopened(
    stages: list[Stage], expected: tuple[int | None, int | None]
) -> None:
    told = incident("i1", *(update(f"u{n}", s, at=NOW + minutes(n)) for n, s in enumerate(stages)))
    moments = [None if each is None else NOW + minutes(each) for each in expected]
    assert milestones(told) == Milestones(*moments)


def test_an_edit_that_changes_nothing_gives_the_same_incident() -> None:
    told = report()
    asked = IncidentChange(name=Name("名", "Name"), public=True)
    assert edits.change_incident(told, asked, NOW + minutes(5)) is told
    changed = edits.change_incident(told, IncidentChange(public=False), NOW + minutes(5))
    assert (changed.updated_at, changed.version) == (NOW + minutes(5), told.version + 1)


def test_a_promised_time_stays_until_it_is_said_again_and_a_promised_update_is_kept_by_one() -> (
    None
):
    told = report(eta_at=NOW + minutes(30), next_update_due_at=NOW + minutes(20))
    told = add(told, "identified")
    assert (told.eta_at, told.next_update_due_at) == (NOW + minutes(30), None)
    assert add(told, "identified", eta_at=None).eta_at is None


@pytest.mark.parametrize("moment", [NOW + minutes(0.001), datetime(1999, 12, 31, tzinfo=UTC)])
def test_what_has_not_happened_yet_cannot_have_been_said(moment: datetime) -> None:
    with pytest.raises(InvalidRequest):
        report(started_at=moment)
    with pytest.raises(InvalidRequest):
        add(report(), "identified", display_at=moment)


@pytest.mark.parametrize("name", ["nosuchpart00", "group0000000"])
def test_an_update_names_components_that_there_are_and_no_groups(name: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        report(components=[Naming(PART_ID, "operational"), Naming(name, "operational")])
    assert refused.value.values["errors"][0]["pointer"] == "/components/1/component_id"


def test_an_incident_holds_two_hundred_updates_and_no_more() -> None:
    full = incident("i1", *(update(f"u{n:03d}") for n in range(MOST_UPDATES - 1)))
    full = add(msgspec.structs.replace(full, updates=full.updates), "identified")
    assert len(full.updates) == MOST_UPDATES
    with pytest.raises(IncidentFull):
        add(full, "identified")


def test_a_page_holds_a_hundred_components_and_no_more() -> None:
    full = page(*(component(f"c{n}") for n in range(MOST_COMPONENTS)))
    with pytest.raises(PageFull):
        edits.add_component(full, NewComponent(name=Name("甲")), "c", NOW)


def test_a_component_without_a_position_goes_last() -> None:
    start = page(component("a", position=7), component("b", position=3))
    grown, made = edits.add_component(start, NewComponent(name=Name("甲")), "c", NOW)
    assert made.position == 8
    first, _ = edits.add_component(grown, NewComponent(name=Name("乙"), position=1), "d", NOW)
    assert [each.id for each in first.components] == ["d", "b", "a", "c"]


def test_a_group_has_no_state_of_its_own() -> None:
    group = PAGE.components[1]
    with pytest.raises(InvalidRequest):
        edits.change_component(PAGE, group, ComponentChange(status="major_outage"), NOW)


def test_a_text_needs_a_language() -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({}, Body)
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"zh": "  "}, Body)


def test_what_is_held_back_is_told_when_it_comes_out_also_where_its_last_update_was_taken_back() -> (
    None
):
    held = add(report(published_at=NOW + minutes(60)), "identified")
    first, last = held.updates
    left = edits.delete_update(held, last.id, NOW + minutes(1))
    _, notice = announced(left, NOW + minutes(60))
    assert notice
    assert notice.body == first.body
    told, _ = announced(held, NOW + minutes(60))
    assert edits.delete_update(told, last.id, NOW + minutes(61)).untold == ""
