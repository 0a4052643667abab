"""Into how many grids can so many households be divided, and what is the least that must be wrong?

Arithmetic alone: a building with more households than a grid may have, a tower, stands alone; of all others only the
sum counts, as if each household could go anywhere. Buildings, blocks and streets can make it harder, never easier.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A way to divide households that no number of grids can take within the range: as evenly as can be.

    `sizes` are the households of each grid, the largest first; `violation` is how many are too many or too few in all.
    """

    sizes: tuple[int, ...]
    violation: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Counting:
    """What arithmetic allows.

    `towers` are the households of buildings that stand alone, the largest first; `rest` is what is left to divide.
    `numbers` of grids, the towers' among them, reach `violation`, the least households outside of the range; towers are
    excused. `choices` tell what can be done where that is not 0, the best first: the most grids that are all too large,
    and the fewest that are all too small, as far as there are such.
    """

    towers: tuple[int, ...]
    rest: int
    numbers: range
    violation: int
    choices: tuple[Choice, ...] = ()

    @property
    def households(self) -> int:
        return sum(self.towers) + self.rest

    @property
    def is_possible(self) -> bool:
        """Whether every grid can be within the range, but for towers."""
        return self.violation == 0


def counts(households: Sequence[int], least: int, most: int) -> Counting:
    """What can be done with buildings of so many `households` each, in grids of `least` to `most`.

    Fewer than `least` beside a tower join its grid, which is excused anyway. ValueError where no grid could be within
    the range at all, or a building has fewer than no households.
    """
    if not 0 <= least <= most or most < 1:
        raise ValueError(f"no grid has at least {least} and at most {most} households")
    if min(households, default=0) < 0:
        raise ValueError("a building with fewer than no households")
    towers = tuple(sorted((int(one) for one in households if one > most), reverse=True))
    rest = int(sum(one for one in households if one <= most))
    if towers and (rest == 0 or rest < least):
        return Counting(towers=towers, rest=rest, numbers=range(len(towers), len(towers) + 1), violation=0)
    fewest, largest = max(1, -(-rest // most)), max(1, rest // max(1, least))
    if fewest * least <= rest:
        numbers = range(len(towers) + fewest, len(towers) + largest + 1)
        return Counting(towers=towers, rest=rest, numbers=numbers, violation=0)
    return _impossible(towers, rest, least, most, fewest)


def violation_of(sizes: Sequence[int], least: int, most: int) -> int:
    """How many households grids of these sizes have too many or too few, in all."""
    return sum(max(0, least - size, size - most) for size in sizes)


def least_moved(grids: Sequence[Sequence[int]], least: int, most: int) -> int:
    """Households that have to change grids, whatever is drawn, so that all are within the range: a proof, not a plan.

    `grids`: the households of each building of each. Of a grid that has too many whole buildings leave; one that has
    too few gets what it lacks, or all of it leave. Each household that moves leaves one grid and comes to one. New
    grids, where those there are too few for all, have moved whole, and so have those that are too many. A grid with a
    tower is left out: it may be excused.
    """
    plain = [grid for grid in grids if max(grid, default=0) <= most]
    leave = sum(_least_sum(grid, sum(grid) - most) for grid in plain)
    short = [sum(grid) for grid in plain if sum(grid) < least]
    lacking = {0: sum(least - load for load in short)}  # by households of grids that are given up
    for load in short:
        for gone, lack in [*lacking.items()]:
            lacking[gone + load] = min(lacking.get(gone + load, lack), lack - (least - load))
    return max(min(max(leave + gone, lack) for gone, lack in lacking.items()), _renumbered(grids, least, most))


def _renumbered(grids: Sequence[Sequence[int]], least: int, most: int) -> int:
    """Households of grids that have to be new, or to go, since all cannot be in range with as many as there are."""
    loads, total = sorted(map(sum, grids)), sum(map(sum, grids))
    if any(max(grid, default=0) > most for grid in grids):
        return 0
    new, gone = -(-total // most) - len(loads), len(loads) - total // least if least else 0
    return max(0, new) * least + sum(loads[: max(0, gone)])


def _least_sum(households: Sequence[int], wanted: int) -> int:
    """The least that some of the buildings have together and that is at least as many as wanted."""
    if wanted <= 0:
        return 0
    sums = 1
    for one in households:
        sums |= sums << one  # bit n: some of those so far have n households together
    reached = sums >> wanted
    return wanted + (reached & -reached).bit_length() - 1


def _impossible(towers: tuple[int, ...], rest: int, least: int, most: int, fewest: int) -> Counting:
    """`fewest` grids would be needed so that none is too large, and are too many for their households: one grid less
    has too many for each. Any other number is further off."""
    divided = [_evenly(rest, number) for number in (fewest - 1, fewest) if number > 0]
    choices = [Choice(sizes=sizes, violation=violation_of(sizes, least, most)) for sizes in divided]
    choices.sort(key=lambda choice: (choice.violation, len(choice.sizes)))
    best = sorted(len(choice.sizes) for choice in choices if choice.violation == choices[0].violation)
    return Counting(
        towers=towers,
        rest=rest,
        numbers=range(len(towers) + best[0], len(towers) + best[-1] + 1),
        violation=choices[0].violation,
        choices=tuple(choices),
    )


def _evenly(households: int, grids: int) -> tuple[int, ...]:
    """As equal as whole households allow, the largest first."""
    size, more = divmod(households, grids)
    return (size + 1,) * more + (size,) * (grids - more)
