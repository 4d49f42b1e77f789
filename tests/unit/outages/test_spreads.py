"""What an incident says of some stores, and what follows anew when its updates are mended."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.outages.model import edits, words
from chalicelib.outages.model.asked import Body, Name, Naming, NewIncident, NewUpdate, UpdateChange
from chalicelib.outages.model.components import SEVERITY, Status, StoreShown
from chalicelib.outages.model.errors import LastUpdate
from chalicelib.outages.model.incidents import Incident, impacts, spreads, touches
from chalicelib.outages.model.words import Words
from tests.unit.outages.world import NOW, component, incident, minutes, page, shown

A, B = "abcdefghijkl", "bcdefghijklm"
STORES = ("s1", "s2", "s3")
PAGE = replace(
    page(component(A), component(B)), stores=tuple(StoreShown(one, Words(one)) for one in STORES)
)
STATES: dict[str, Status] = {A: "operational", B: "operational"}
OUTAGES: list[Status] = ["operational", "degraded_performance", "partial_outage", "major_outage"]

NAMINGS = st.builds(
    Naming,
    st.sampled_from([A, B]),
    st.sampled_from(OUTAGES),
    st.lists(st.sampled_from(STORES), max_size=2, unique=True).map(tuple),
)
SAID = st.lists(
    st.tuples(st.lists(NAMINGS, max_size=3), st.integers(0, 30)), min_size=1, max_size=6
)


def told(said: Sequence[tuple[list[Naming], int]]) -> Incident:
    """Each of them that many minutes ago, written in this order."""
    first, *rest = said
    asked = NewIncident(
        name=Name("名"), body=Body("文"), components=first[0], started_at=NOW - minutes(first[1])
    )
    one = edits.open_incident(asked, PAGE, STATES, NOW, words.new_id)
    for named, ago in rest:
        update = NewUpdate(
            status="identified", body=Body("文"), components=named, display_at=NOW - minutes(ago)
        )
        one = edits.add_update(one, update, PAGE, STATES, NOW, words.new_id)
    return one


def plainly(one: Incident, component_id: str, store_id: str) -> Status | None:
    """Slow and plain: the last word that was said of that component and meant that store."""
    found: Status | None = None
    for each in one.updates:
        wide = [a for a in each.affected if a.component_id == component_id]
        for affected in wide:
            if not affected.store_ids or store_id in affected.store_ids:
                found = affected.new_status
    return found


@given(SAID)
def test_each_store_is_told_the_last_word_that_meant_it(
    said: list[tuple[list[Naming], int]],
) -> None:
    one = told(said)
    for store_id in STORES:
        seen = impacts(one, store_id)
        for component_id in (A, B):
            assert seen.get(component_id) == plainly(one, component_id, store_id)


@given(SAID)
def test_what_only_some_stores_suffer_is_a_part_of_the_whole_at_the_most(
    said: list[tuple[list[Naming], int]],
) -> None:
    one = told(said)
    for component_id, spread in spreads(one).items():
        everywhere = SEVERITY[spread.everywhere or "operational"]
        most = max([everywhere, *(min(4, SEVERITY[each]) for each in spread.at.values())])
        assert SEVERITY[impacts(one)[component_id]] == most


@given(SAID, st.data())
def test_an_update_that_is_taken_back_leaves_no_trace(
    said: list[tuple[list[Naming], int]], data: st.DataObject
) -> None:
    """As if the others alone had been said, in the same order."""
    one = told([([], 30), *said])
    gone = data.draw(st.integers(0, len(said) - 1))
    left = edits.delete_update(one, written(one)[gone + 1], NOW)
    named = [each for number, each in enumerate(said) if number != gone]
    alone = told([([], 30), *named])
    assert chain(left) == chain(alone)
    assert impacts(left) == impacts(alone)


def written(one: Incident) -> list[str]:
    return sorted(each.id for each in one.updates)


def chain(one: Incident) -> list[object]:
    return [each.affected for each in one.updates]


def test_a_mended_update_is_told_to_nobody_and_keeps_its_place() -> None:
    one = told([([Naming(A, "major_outage")], 9), ([Naming(A, "operational")], 3)])
    first_id = one.updates[0].id
    mended = edits.change_update(
        one, first_id, UpdateChange(components=[Naming(A, "partial_outage")]), PAGE, STATES,
        NOW + minutes(1),
    )  # fmt: skip
    assert [each.id for each in mended.updates] == [each.id for each in one.updates]
    assert mended.updates[1].affected[0].old_status == "partial_outage"
    assert (mended.untold, mended.impact) == (one.untold, "major")
    assert mended.updated_at == mended.updates[0].updated_at == NOW + minutes(1)
    assert mended.updates[1].updated_at == NOW


def test_an_update_can_be_moved_and_the_state_follows() -> None:
    one = told([([], 9), ([], 3)])
    over = edits.add_update(
        one, NewUpdate(status="resolved", body=Body("完")), PAGE, STATES, NOW, words.new_id
    )
    moved = edits.change_update(
        over, over.updates[-1].id, UpdateChange(display_at=NOW - minutes(6)), PAGE, STATES, NOW
    )
    assert (over.status, moved.status) == ("resolved", "identified")


def test_the_same_update_again_is_no_change() -> None:
    one = told([([Naming(A, "major_outage", ("s2", "s1"))], 9)])
    same = UpdateChange(body=Body("文"), components=[Naming(A, "major_outage", ("s1", "s2", "s1"))])
    assert edits.change_update(one, one.updates[0].id, same, PAGE, STATES, NOW + minutes(1)) is one
    with pytest.raises(LastUpdate):
        edits.delete_update(one, one.updates[0].id, NOW)


def test_a_store_has_its_own_page() -> None:
    only = told([([Naming(A, "major_outage", ("s1",))], 9)])
    general = incident("i2", started_at=NOW)
    whole = shown(list(PAGE.components), [only, general])
    here, there = whole.seen_from("s1"), whole.seen_from("s2")
    assert (whole.states[A].status, here.states[A].status, there.states[A].status) == (
        "partial_outage", "major_outage", "operational",
    )  # fmt: skip
    assert {each.id for each in here.incidents} == {only.id, "i2"}
    assert {each.id for each in there.incidents} == {"i2"}
    assert there.roll_up.indicator == "none"
    assert (touches(only, "s1"), touches(only, "s2"), touches(general, "s2")) == (True, False, True)
