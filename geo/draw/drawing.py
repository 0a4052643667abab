"""Which grids would a planner draw in a region?

Blocks first, then blocks put together to grids, each part of the region by itself. Values in, values out: the same task
and seed give the same bytes.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import Polygon

from geo.arrangement import joined
from geo.draw.counting import Counting, counts
from geo.draw.site import Site, standing
from geo.draw.solving import Solution, solutions
from geo.draw.task import Drawn, Progress, Reason, Task, Why
from geo.draw.thin import has_needle
from geo.model import Values

FINENESS = ((1.0, 0.125), (0.5, 0.125), (0.2, 0.05))
"""How finely blocks are cut (`geo.draw.site`); finer where the first ones leave no plan within the range."""
SPARE = 8
"""Plans that are looked at beside those that are wanted, in case one has a needle."""

Told = Callable[[Progress], None]


def drawn(task: Task, seed: int, told: Told) -> Drawn:
    """The best grids that were found. Raises NodingUnsettledError where the ground cannot be put on the lattice."""
    return alternatives(task, seed, 1, told)[0]


def alternatives(task: Task, seed: int, number: int, told: Told) -> list[Drawn]:
    """Up to `number` different ways to draw a region, the best first."""
    parts = shapely.get_parts(task.boundary)
    ways = [_part(task, part, seed, number, told) for part in parts]
    return [_together([way[min(n, len(way) - 1)] for way in ways]) for n in range(max(map(len, ways)))]


@dataclass(frozen=True, slots=True)
class _Way:
    """One way to divide one part of a region."""

    shapes: list[Polygon]
    households: list[int]
    reasons: list[Reason]


def _part(task: Task, part: Polygon, seed: int, number: int, told: Told) -> list[_Way]:
    own = standing(task.buildings, part)
    counting = counts([one.households or 0 for one in own], task.wishes.least, task.wishes.most)
    found: list[tuple[int, Site, Solution]] = []
    for fineness in FINENESS:
        told(Progress("blocks", 0, 1))
        site = Site.of(task, part, fineness)
        told(Progress("blocks", 1, 1))
        if counting.numbers == range(1, 2):
            return [_whole(part, site, counting)]
        solved = solutions(site.mosaic(task), counting, task.wishes, seed, lambda n, of: told(Progress("grids", n, of)))
        found.extend((site.violation(one.label, one.grids), site, one) for one in solved)
        if any(violation <= counting.violation for violation, _, _ in found):
            break
    if not found:
        return [_whole(part, site, counting)]
    found.sort(key=lambda one: (one[0], one[2].cost))
    made = [(violation, site, _way(site, one, counting)) for violation, site, one in found[: number + SPARE]]
    made.sort(key=lambda one: (one[0], _needles(one[1], one[2])))  # stable: by cost among those alike
    return [way for _, _, way in made[:number]]


def _needles(site: Site, way: _Way) -> int:
    """How many grids have a needle."""
    return sum(has_needle(site.laid.plane.metres(shape)) for shape in way.shapes)


def _way(site: Site, solution: Solution, counting: Counting) -> _Way:
    shapes, label, grids = [], solution.label, solution.grids
    for number in range(grids):
        ground = joined([site.laid.shapes[n] for n in np.flatnonzero(label == number)])
        assert isinstance(ground, Polygon)  # the solver keeps each grid in one part
        shapes.append(ground)
    loads = site.loads(label, grids).tolist()
    lone = [load for load, alone in zip(loads, site.lone(label, grids).tolist(), strict=True) if alone]
    reasons = [Reason(Why.TOWER, {"households": load}) for load in lone]
    return _Way(shapes, loads, [*reasons, *_missed(counting, site, site.violation(label, grids))])


def _whole(part: Polygon, site: Site, counting: Counting) -> _Way:
    """All of a part as one grid."""
    load, wishes = int(site.laid.households.sum()), site.wishes
    tower = [Reason(Why.TOWER, {"households": load})] if counting.towers and counting.is_possible else []
    missed = 0 if tower else max(0, wishes.least - load, load - wishes.most)
    shape = joined(site.laid.shapes, part)
    assert isinstance(shape, Polygon)  # a part of the region is in one part
    return _Way([shape], [load], [*tower, *_missed(counting, site, missed)])


def _missed(counting: Counting, site: Site, violation: int) -> Iterator[Reason]:
    wishes = site.wishes
    if not counting.is_possible:
        sizes = "; ".join(" + ".join(map(str, choice.sizes)) for choice in counting.choices)
        values: Values = {"households": counting.rest, "sizes": sizes, "least": wishes.least, "most": wishes.most}
        yield Reason(Why.CANNOT_DIVIDE, values)
    if violation > counting.violation:
        yield Reason(Why.OUT_OF_RANGE, {"households": violation, "least": wishes.least, "most": wishes.most})


def _together(ways: Sequence[_Way]) -> Drawn:
    """The parts' grids in one order: from west to east, then from north to south."""
    shapes = [shape for way in ways for shape in way.shapes]
    loads = [load for way in ways for load in way.households]
    middle = shapely.centroid(np.array(shapes, dtype=object))
    order = np.lexsort((-shapely.get_y(middle), shapely.get_x(middle))).tolist()
    return Drawn(
        shapes=tuple(shapes[n] for n in order),
        households=tuple(loads[n] for n in order),
        reasons=tuple(reason for way in ways for reason in way.reasons),
    )
