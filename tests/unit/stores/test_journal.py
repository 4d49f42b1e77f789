"""What is known of a journal follows from the set of its records, not from how they came."""

import itertools
import random

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.stores.model.journal import ORIGIN, Journal, Link, beside, broken_among, joined

MOST = 30
Links = dict[int, Link]


def chain(length: int) -> Links:
    digests = [ORIGIN, *(f"{n:064x}" for n in range(1, length + 1))]
    return {n: Link(digests[n], digests[n - 1]) for n in range(1, length + 1)}


def taken_in(links: Links, batches: list[list[int]]) -> Journal:
    """As the service does it: traces first, then their neighbours, then the whole."""
    journal, kept = Journal("d"), Links()
    for batch in batches:
        mine = {counter: links[counter] for counter in batch}
        kept |= mine
        near = {counter: kept[counter] for counter in beside(batch) if counter in kept}
        journal = journal.knowing(mine, broken_among({**near, **mine}))
    return journal


@st.composite
def deliveries(draw: st.DrawFn) -> tuple[set[int], list[list[int]], list[list[int]]]:
    """Some records of a journal, and two ways in which they came: in other batches, some more than once."""
    came = draw(st.sets(st.integers(1, MOST), min_size=1))

    def one_way() -> list[list[int]]:
        order = draw(st.permutations([*came, *draw(st.lists(st.sampled_from(sorted(came))))]))
        cuts = sorted(draw(st.sets(st.integers(1, len(order)))))
        starts = [0, *cuts]
        return [order[at:end] for at, end in zip(starts, [*cuts, len(order)], strict=True)]

    return came, one_way(), one_way()


@settings(deadline=None)
@given(deliveries(), st.sets(st.integers(1, MOST)))
def test_any_order_and_any_repetition_lead_to_the_same_journal(
    delivery: tuple[set[int], list[list[int]], list[list[int]]], cut: set[int]
) -> None:
    came, one, other = delivery
    links = chain(MOST) | {n: Link(f"{n:064x}", "f" * 64) for n in cut}
    known = taken_in(links, one)
    assert known == taken_in(links, other)
    assert {n for n in range(1, MOST + 1) if known.has(n)} == came
    assert known.broken == {n for n in cut & came if n == 1 or n - 1 in came}
    missing = {n for first, last in known.gaps for n in range(first, last + 1)}
    assert missing == set(range(1, max(came))) - came
    assert known.highest == max(came)
    assert known.complete_to == min(missing | {known.highest + 1}) - 1


def test_a_gap_is_told_with_its_bounds_and_closes() -> None:
    journal = Journal("d").knowing([1, 2, 5, 9])
    assert (journal.complete_to, journal.highest, journal.gaps) == (2, 9, ((3, 4), (6, 8)))
    assert journal.knowing([3, 4]).gaps == ((6, 8),)
    assert journal.knowing(range(1, 9)).gaps == ()


def test_only_a_gap_that_opens_is_new() -> None:
    was = Journal("d").knowing([1, 5])
    assert was.opened_since(Journal("d")) == [(2, 4)]
    assert was.knowing([3]).opened_since(was) == []
    assert was.knowing([9]).opened_since(was) == [(6, 8)]


def test_the_first_record_has_none_before_it() -> None:
    assert broken_among({1: Link("a", ORIGIN)}) == set()
    assert broken_among({1: Link("a", "b")}) == {1}


def test_a_break_is_seen_from_whichever_side_comes_last() -> None:
    links = {2: Link("b", "a"), 3: Link("c", "not b")}
    assert taken_in(links, [[2], [3]]).broken == taken_in(links, [[3], [2]]).broken == {3}


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(1, 50), st.integers(0, 5))))
def test_runs_are_in_order_and_apart(drawn: list[tuple[int, int]]) -> None:
    runs = [(first, first + more) for first, more in drawn]
    made = joined(runs)
    assert {n for a, b in made for n in range(a, b + 1)} == {
        n for a, b in runs for n in range(a, b + 1)
    }
    assert all(b + 1 < c for (_, b), (c, _) in itertools.pairwise(made))


def test_a_long_journal_in_random_batches_ends_whole() -> None:
    links, order = chain(2000), list(range(1, 2001))
    random.Random(7).shuffle(order)
    journal = taken_in(links, [order[at : at + 200] for at in range(0, 2000, 200)])
    assert (journal.complete_to, journal.gaps, journal.broken) == (2000, (), frozenset())
