"""What state a component is shown in, and the sentence that sums the page up."""

from datetime import datetime
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.outages.model.components import Status
from chalicelib.outages.model.incidents import Incident, Stage, Update
from chalicelib.outages.model.maintenances import Maintenance
from tests.unit.outages.world import NOW, component, incident, minutes, shown, update, window

WORST_FIRST: list[Status] = [
    "major_outage", "partial_outage", "degraded_performance", "under_maintenance", "operational",
]  # fmt: skip


@pytest.mark.parametrize(
    ("baseline", "impact", "in_window", "expected"),
    [
        ("operational", None, False, "operational"),
        ("degraded_performance", None, False, "degraded_performance"),
        ("operational", "partial_outage", False, "partial_outage"),
        ("major_outage", "degraded_performance", False, "major_outage"),
        ("operational", None, True, "under_maintenance"),
        ("major_outage", None, True, "under_maintenance"),
        ("major_outage", "degraded_performance", True, "degraded_performance"),
        ("operational", "operational", True, "under_maintenance"),
    ],
)
def test_the_worst_of_incidents_and_of_the_window_or_else_the_baseline(
    baseline: Status, impact: Status | None, *, in_window: bool, expected: Status
) -> None:
    incidents = [incident("i1", update("u1", named={"a": impact}))] if impact else []
    windows = [window(-5, 5, "a")] if in_window else []
    assert shown([component("a", baseline)], incidents, windows).states["a"].status == expected


@pytest.mark.parametrize(
    ("starts_in", "ends_in", "live"),
    [(0.001, 9, False), (0, 9, True), (-9, 0.001, True), (-9, 0, False)],
)
def test_a_window_counts_from_its_start_to_before_its_end(
    starts_in: float, ends_in: float, *, live: bool
) -> None:
    state = shown([component("a")], windows=[window(starts_in, ends_in, "a")]).states["a"]
    assert (state.status == "under_maintenance") is live


def test_a_component_goes_green_when_its_incident_is_resolved() -> None:
    began = update("u1", named={"a": "major_outage"}, at=NOW - minutes(9))
    over = update("u2", "resolved")
    assert shown([component("a")], [incident("i1", began)]).states["a"].status == "major_outage"
    assert shown([component("a")], [incident("i1", began, over)]).states["a"].status == (
        "operational"
    )


def test_the_latest_update_that_names_a_component_decides_for_it_alone() -> None:
    one = update("u1", named={"a": "major_outage", "b": "major_outage"}, at=NOW - minutes(9))
    two = update("u2", named={"a": "degraded_performance"})
    states = shown([component("a"), component("b")], [incident("i1", one, two)]).states
    assert (states["a"].status, states["b"].status) == ("degraded_performance", "major_outage")


def test_the_badge_leads_to_the_incident_that_explains_it_or_to_none() -> None:
    parts = [component("a", "partial_outage"), component("b", "major_outage"), component("c")]
    one = incident("i1", update("u1", named={"a": "partial_outage", "b": "partial_outage"}))
    states = shown(parts, [one]).states
    assert [states[each].incident_id for each in "abc"] == ["i1", None, None]


def test_a_group_is_as_its_worst_member() -> None:
    parts = [
        component("g", group=True),
        component("a", group_id="g"),
        component("b", "partial_outage", group_id="g"),
        component("h", group=True),
    ]
    states = shown(parts).states
    assert states["g"].status == "partial_outage"
    assert states["h"].status == "operational"


MAJ: Status = "major_outage"
PART: Status = "partial_outage"
SLOW: Status = "degraded_performance"
WORK: Status = "under_maintenance"
FINE: Status = "operational"


@pytest.mark.parametrize(
    ("statuses", "indicator", "description"),
    [
        ([FINE, FINE], "none", "All Systems Operational"),
        ([MAJ, MAJ], "critical", "Major System Outage"),
        ([MAJ], "critical", "Major System Outage"),
        ([MAJ, FINE], "major", "Partial System Outage"),
        ([MAJ, PART], "major", "Partial System Outage"),
        ([PART, PART], "major", "Partial System Outage"),
        ([PART, FINE], "minor", "Minor Service Outage"),
        ([PART, SLOW], "minor", "Minor Service Outage"),
        ([SLOW, SLOW], "minor", "Degraded System Service"),
        ([SLOW, FINE], "minor", "Partially Degraded Service"),
        ([SLOW, WORK], "minor", "Partially Degraded Service"),
        ([WORK, WORK], "maintenance", "Service Under Maintenance"),
        ([WORK, FINE], "maintenance", "Service Under Maintenance"),
    ],
)
def test_the_roll_up_speaks_statuspage(
    statuses: list[Status], indicator: str, description: str
) -> None:
    parts = [component(f"c{at}", status) for at, status in enumerate(statuses)]
    assert shown(parts).roll_up == (indicator, description)


def test_groups_do_not_count_in_the_roll_up() -> None:
    parts = [component("g", group=True), component("a", MAJ, group_id="g")]
    assert shown(parts).roll_up == ("critical", "Major System Outage")


def test_an_operators_word_raises_the_roll_up_and_never_lowers_it() -> None:
    worse = incident("i1", impact_override="critical")
    milder = incident("i2", impact_override="none")
    assert shown([component("a")], [worse]).roll_up == ("critical", "Major System Outage")
    assert shown([component("a", SLOW), component("b")], [milder]).roll_up.indicator == "minor"


def test_a_computed_impact_does_not_speak_over_the_components() -> None:
    parts = [component("a"), component("b")]
    told = shown(parts, [incident("i1", update("u1", named={"a": MAJ}))])
    assert told.incidents[0].impact == "critical"
    assert told.roll_up == ("major", "Partial System Outage")


def test_without_components_an_open_incident_is_no_good_news() -> None:
    told = shown([], [incident("i1")])
    assert told.roll_up == ("minor", "Minor Service Outage")
    assert told.tells_something


def test_a_page_without_components_and_incidents_tells_nothing() -> None:
    assert not shown([]).tells_something
    assert not shown([component("g", group=True)]).tells_something
    assert not shown([], [incident("i1", public=False)]).tells_something


@pytest.mark.parametrize(
    ("public", "published_in", "seen"),
    [(True, -1, True), (True, 0, True), (True, 0.001, False), (False, -1, False)],
)
def test_what_nobody_may_read_changes_no_colour_and_no_list(
    *, public: bool, published_in: float, seen: bool
) -> None:
    held = incident(
        "i1",
        update("u1", named={"a": MAJ}),
        public=public,
        published_at=NOW + minutes(published_in),
        updated_at=NOW + minutes(3),
        impact_override="critical",
    )
    told = shown([component("a")], [held])
    assert bool(told.incidents) is seen
    assert (told.states["a"].status == MAJ) is seen
    assert (told.roll_up.indicator == "critical") is seen
    assert (told.updated_at > NOW) is seen


STAGES: list[Stage] = list(get_args(Stage))
IDS = ["a", "b", "c"]
MOMENTS = st.integers(-3, 3).map(lambda count: NOW + minutes(count))
UPDATES = st.builds(
    update,
    st.sampled_from([f"u{n}" for n in range(20)]),
    st.sampled_from(STAGES),
    st.dictionaries(st.sampled_from(IDS), st.sampled_from(WORST_FIRST), max_size=3),
    MOMENTS,
)


@st.composite
def incidents_of(draw: st.DrawFn) -> list[Incident]:
    return [
        incident(
            f"i{at}",
            *draw(st.lists(UPDATES, min_size=1, max_size=5, unique_by=lambda each: each.id)),
            public=draw(st.booleans()),
            published_at=draw(MOMENTS),
        )
        for at in range(draw(st.integers(0, 3)))
    ]


WINDOWS = st.lists(
    st.builds(window, st.integers(-3, 0), st.integers(0, 3), st.sampled_from(IDS)), max_size=3
)


def told_by(one: Incident, name: str, now: datetime) -> Status | None:
    """Slow and plain: what an incident says of a component, or nothing."""
    if not one.public or one.published_at > now:
        return None

    def latest(updates: list[Update]) -> Update:
        best = updates[0]
        for each in updates:
            if each.display_at > best.display_at:
                best = each
            if each.display_at == best.display_at and each.id > best.id:
                best = each
        return best

    if latest(list(one.updates)).status in {"resolved", "postmortem"}:
        return None
    naming = [u for u in one.updates if any(each.component_id == name for each in u.affected)]
    if not naming:
        return None
    return next(e.new_status for e in latest(naming).affected if e.component_id == name)


@given(
    st.lists(st.sampled_from(WORST_FIRST), min_size=3, max_size=3),
    incidents_of(),
    WINDOWS,
)
def test_effective_states_equal_a_plain_reading_of_the_rule(
    baselines: list[Status], incidents: list[Incident], windows: list[Maintenance]
) -> None:
    parts = [component(name, base) for name, base in zip(IDS, baselines, strict=True)]
    states = shown(parts, incidents, windows).states
    for name, base in zip(IDS, baselines, strict=True):
        live = any(
            name in each.component_ids and each.scheduled_for <= NOW < each.scheduled_until
            for each in windows
        )
        told = [told_by(each, name, NOW) for each in incidents]
        everything = [status for status in told if status]
        everything.append("under_maintenance" if live else base)
        expected = next(status for status in WORST_FIRST if status in everything)
        assert states[name].status == expected
