"""Does arithmetic say how many grids there can be, and what is the least that must be wrong?"""

from collections.abc import Sequence
from functools import cache

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from geo.draw.counting import Choice, Counting, counts, violation_of

FEW = st.lists(st.integers(0, 9), max_size=6)
RANGES = st.tuples(st.integers(0, 7), st.integers(1, 7)).map(sorted).filter(lambda pair: pair[1] > 0).map(tuple)


@cache
def least_of(households: int, grids: int, least: int, most: int) -> int:
    """The least violation of all ways to divide households among so many grids."""
    if grids == 1:
        return violation_of([households], least, most)
    rest = range(households + 1)
    return min(least_of(own, 1, least, most) + least_of(households - own, grids - 1, least, most) for own in rest)


def tried(households: Sequence[int], least: int, most: int) -> dict[int, int]:
    """The least violation by number of grids: each tower alone, each other household anywhere; where too few are left
    for a grid, they may stand beside a tower."""
    towers = sum(one > most for one in households)
    rest = sum(one for one in households if one <= most)
    found = {towers + grids: least_of(rest, grids, least, most) for grids in range(1, rest + 3)}
    return {towers: 0} if towers and (rest == 0 or rest < least) else found


@given(FEW, RANGES)
@example([], (0, 3))
@example([9, 1], (0, 3))
@example([2, 9, 9], (3, 5))
def test_all_ways_to_divide_were_tried(households: Sequence[int], limits: tuple[int, int]) -> None:
    told, ways = counts(households, *limits), tried(households, *limits)
    least = min(ways.values())
    assert told.violation == least
    assert set(told.numbers) == {number for number, violation in ways.items() if violation == least} - _idle(
        told, limits
    )
    assert told.households == sum(households)
    assert [*told.towers] == sorted((one for one in households if one > limits[1]), reverse=True)


def _idle(told: Counting, limits: tuple[int, int]) -> set[int]:
    """Numbers of grids of which some would have nobody, which only a least of 0 allows."""
    largest = len(told.towers) + max(1, told.rest)
    return set(range(largest + 1, largest + 3)) if limits[0] == 0 else set()


@given(FEW, RANGES)
def test_choices_are_ways_to_divide(households: Sequence[int], limits: tuple[int, int]) -> None:
    told = counts(households, *limits)
    assert bool(told.choices) != told.is_possible
    for choice in told.choices:
        assert sum(choice.sizes) == told.rest
        assert violation_of(choice.sizes, *limits) == choice.violation >= told.violation
    if told.choices:
        assert told.choices[0].violation == told.violation


def test_569_households_fit_into_no_number_of_grids() -> None:
    told = counts([100, 100, 100, 100, 100, 69], 300, 500)
    assert told.choices == (Choice(sizes=(285, 284), violation=31), Choice(sizes=(569,), violation=69))
    assert (told.numbers, told.violation, told.is_possible) == (range(2, 3), 31, False)


def test_550_are_as_far_from_one_grid_as_from_two() -> None:
    assert counts([550 - 100, 100], 300, 500).numbers == range(1, 3)


@pytest.mark.parametrize(
    ("households", "numbers", "violation"),
    [
        ([400] * 10, range(8, 14), 0),
        ([120], range(1, 2), 180),
        ([], range(1, 2), 300),
        ([600], range(1, 2), 0),
        ([600, 120], range(1, 2), 0),
        ([600, 700, 400, 200], range(4, 5), 0),
        ([600, 400, 150], range(2, 4), 50),
    ],
)
def test_towers_stand_alone_and_take_what_is_left(households: list[int], numbers: range, violation: int) -> None:
    told = counts(households, 300, 500)
    assert (told.numbers, told.violation) == (numbers, violation)


@pytest.mark.parametrize(("least", "most"), [(5, 3), (-1, 3), (0, 0)])
def test_a_range_that_no_grid_can_have_is_refused(least: int, most: int) -> None:
    with pytest.raises(ValueError, match="no grid has"):
        counts([1], least, most)


def test_fewer_than_no_households_are_refused() -> None:
    with pytest.raises(ValueError, match="no households"):
        counts([3, -1], 300, 500)
