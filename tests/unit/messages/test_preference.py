"""Which provider goes first: the clearly better, among those about as good the cheaper, and none to and fro."""

from collections.abc import Mapping, Sequence
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.messages.model.preference import BETTER_BY, STAYS_BY, decided
from chalicelib.messages.model.score import AS_CONFIGURED, Figures, Order
from tests.unit.messages.builders import NOW

GIVEN = ("tencent", "aliyun")
NO_PRICES: Mapping[str, int | None] = {}
CHEAP_ALIYUN: Mapping[str, int | None] = {"tencent": 45, "aliyun": 40}
CHEAPER = "cheaper: aliyun 40 < tencent 45 milliyuan a part, about as good"
NAMES = ("a", "b", "c", "d")
WORTHS = st.lists(st.none() | st.floats(0, 1), min_size=4, max_size=4)
PRICES = st.lists(st.none() | st.integers(0, 5), min_size=4, max_size=4)


def known(tencent: float | None, aliyun: float | None) -> dict[str, Figures]:
    return {"tencent": Figures(1.0, tencent), "aliyun": Figures(1.0, aliyun)}


def figures(worths: Sequence[float | None]) -> dict[str, Figures]:
    return {name: Figures(1.0, worth) for name, worth in zip(NAMES, worths, strict=True)}


def before(order: Order, one: str, other: str) -> bool:
    names = order.names or NAMES
    return names.index(one) < names.index(other)


@pytest.mark.parametrize(
    ("tencent", "aliyun", "first"),
    [
        (0.90, 0.94, "tencent"),
        (0.90, 0.96, "aliyun"),
        (None, 0.99, "tencent"),
        (0.10, None, "tencent"),
    ],
)
def test_only_one_that_is_clearly_better_moves_ahead(
    tencent: float | None, aliyun: float | None, first: str
) -> None:
    order = decided(GIVEN, AS_CONFIGURED, known(tencent, aliyun), NO_PRICES, NOW)
    assert (order.names or GIVEN)[0] == first


@pytest.mark.parametrize(("aliyun", "first"), [(0.93, "aliyun"), (0.915, "tencent")])
def test_one_that_moved_ahead_stays_there_until_it_is_hardly_better(
    aliyun: float, first: str
) -> None:
    moved = decided(GIVEN, AS_CONFIGURED, known(0.90, 0.99), NO_PRICES, NOW)
    assert (moved.names, moved.version) == (("aliyun", "tencent"), 1)
    assert moved.why == "better: aliyun 0.990 > tencent 0.900"
    again = decided(GIVEN, moved, known(0.90, aliyun), NO_PRICES, NOW)
    assert again.names[0] == first
    assert (again is moved) is (first == "aliyun")


@pytest.mark.parametrize("tencent", [0.9, 0.99])
def test_where_nothing_moves_nothing_is_written(tencent: float) -> None:
    assert decided(GIVEN, AS_CONFIGURED, known(tencent, 0.9), NO_PRICES, NOW) is AS_CONFIGURED


@pytest.mark.parametrize(
    ("tencent", "aliyun", "sampled"),
    [(0.9, None, "aliyun"), (0.9, 0.9, None), (None, None, None), (None, 0.9, None)],
)
def test_one_that_cannot_be_compared_is_sampled_beside_one_that_is_known(
    tencent: float | None, aliyun: float | None, sampled: str | None
) -> None:
    order = decided(GIVEN, AS_CONFIGURED, known(tencent, aliyun), NO_PRICES, NOW)
    assert (order.sampled, order.names or GIVEN) == (sampled, GIVEN)
    assert decided(GIVEN, order, known(tencent, aliyun), NO_PRICES, NOW) is order


@pytest.mark.parametrize(
    ("tencent", "aliyun", "prices", "first", "why"),
    [
        (0.95, 0.95, CHEAP_ALIYUN, "aliyun", CHEAPER),
        (0.95, 0.91, CHEAP_ALIYUN, "aliyun", CHEAPER),
        (0.95, 0.89, CHEAP_ALIYUN, "tencent", "better: tencent 0.950 > aliyun 0.890"),
        (0.89, 0.95, CHEAP_ALIYUN, "aliyun", "better: aliyun 0.950 > tencent 0.890"),
        (0.95, 0.95, {"tencent": 45, "aliyun": 45}, "tencent", "as_configured"),
        (0.95, 0.95, {"tencent": 45, "aliyun": None}, "tencent", "as_configured"),
        (0.95, 0.95, {"aliyun": 0}, "tencent", "as_configured"),
        (0.95, None, CHEAP_ALIYUN, "tencent", "as_configured"),
        (None, None, CHEAP_ALIYUN, "tencent", "as_configured"),
    ],
)
def test_a_price_decides_only_between_two_that_are_about_as_good(
    tencent: float | None,
    aliyun: float | None,
    prices: Mapping[str, int | None],
    first: str,
    why: str,
) -> None:
    order = decided(GIVEN, AS_CONFIGURED, known(tencent, aliyun), prices, NOW)
    assert ((order.names or GIVEN)[0], order.why) == (first, why)


def test_a_price_alone_moves_nobody_past_one_that_earned_its_place() -> None:
    earned = decided(GIVEN, AS_CONFIGURED, known(0.96, 0.90), CHEAP_ALIYUN, NOW)
    assert earned.why.startswith("better: tencent")
    assert decided(GIVEN, earned, known(0.93, 0.90), CHEAP_ALIYUN, NOW) is earned
    moved = decided(GIVEN, earned, known(0.915, 0.90), CHEAP_ALIYUN, NOW)
    assert (moved.names, moved.why) == (("aliyun", "tencent"), CHEAPER)
    assert decided(GIVEN, moved, known(0.94, 0.90), CHEAP_ALIYUN, NOW) is moved


def test_another_price_is_said_and_moves_nobody_anew() -> None:
    first = decided(GIVEN, AS_CONFIGURED, known(0.9, 0.9), CHEAP_ALIYUN, NOW)
    told = decided(GIVEN, first, known(0.9, 0.9), {"tencent": 50, "aliyun": 40}, NOW)
    assert told.why == "cheaper: aliyun 40 < tencent 50 milliyuan a part, about as good"
    assert (told.since, told.version) == (first.since, 2)
    back = decided(GIVEN, told, known(0.9, 0.9), NO_PRICES, NOW)
    assert (back.names, back.why) == (GIVEN, "as_configured")


def test_three_that_are_cheaper_and_worse_by_turns_stand_in_no_circle() -> None:
    prices = {"a": 1, "b": 2, "c": 3, "d": None}
    order = decided(NAMES, AS_CONFIGURED, figures([0.90, 0.93, 0.96, None]), prices, NOW)
    assert order.names == ("b", "c", "a", "d")
    assert (
        order.why == "cheaper: b 2 < c 3 milliyuan a part, about as good; better: c 0.960 > a 0.900"
    )


@given(WORTHS, PRICES)
def test_every_provider_stands_once_and_no_clearly_worse_one_before_a_better(
    worths: list[float | None], prices: list[int | None]
) -> None:
    said = dict(zip(NAMES, prices, strict=True))
    order = decided(NAMES, AS_CONFIGURED, figures(worths), said, NOW)
    assert sorted(order.names or NAMES) == list(NAMES)
    for (one, mine), (other, theirs) in combinations(zip(NAMES, worths, strict=True), 2):
        if mine is None or theirs is None or abs(mine - theirs) < BETTER_BY:
            continue
        assert before(order, one, other) is (mine > theirs)


@given(WORTHS, PRICES)
def test_of_neighbours_about_as_good_the_cheaper_is_first_and_else_the_configured(
    worths: list[float | None], prices: list[int | None]
) -> None:
    said, worth = dict(zip(NAMES, prices, strict=True)), dict(zip(NAMES, worths, strict=True))
    order = decided(NAMES, AS_CONFIGURED, figures(worths), said, NOW)
    for one, other in pairwise(order.names or NAMES):
        mine, theirs = worth[one], worth[other]
        costs, cost = said[one], said[other]
        if mine is None or theirs is None or costs is None or cost is None:
            continue
        if abs(mine - theirs) < BETTER_BY:
            assert (costs, one) < (cost, other)


@given(WORTHS, PRICES)
def test_the_same_figures_decide_nothing_anew(
    worths: list[float | None], prices: list[int | None]
) -> None:
    said = dict(zip(NAMES, prices, strict=True))
    once = decided(NAMES, AS_CONFIGURED, figures(worths), said, NOW)
    again = decided(NAMES, once, figures(worths), said, NOW)
    assert decided(NAMES, again, figures(worths), said, NOW) is again


@given(
    st.floats(0.1, 0.9), st.floats(0.1, 0.9),
    st.lists(st.tuples(st.floats(-1, 1), st.floats(-1, 1)), min_size=2, max_size=30),
    st.sampled_from([NO_PRICES, CHEAP_ALIYUN, {"tencent": 40, "aliyun": 45}]),
)  # fmt: skip
def test_what_shakes_by_less_than_the_band_moves_nobody_to_and_fro(
    tencent: float,
    aliyun: float,
    noise: list[tuple[float, float]],
    prices: Mapping[str, int | None],
) -> None:
    most = (BETTER_BY - STAYS_BY) / 4.001
    order, firsts = AS_CONFIGURED, []
    for one, other in noise:
        shaken = known(tencent + one * most, aliyun + other * most)
        order = decided(GIVEN, order, shaken, prices, NOW)
        firsts.append((order.names or GIVEN)[0])
    assert sum(one != other for one, other in pairwise(firsts)) <= 1
