"""Which grids would a planner draw in a region?

Blocks first, then blocks put together to grids, each part of the region by itself. Values in, values out: the same task
and seed give the same bytes.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon

from geo.arrangement import joined
from geo.draw.borders import Numbers
from geo.draw.counting import Counting, counts
from geo.draw.figures import figures
from geo.draw.listening import Listener, Told
from geo.draw.present import NobodyThereError
from geo.draw.redrawing import redrawn
from geo.draw.site import Site, standing
from geo.draw.solving import Solution, solutions
from geo.draw.task import Drawn, Reason, Task, Why
from geo.draw.thin import has_needle
from geo.lattice import inner_edges
from geo.model import Ground, Values
from geo.spare_nodes import nodes_of, without_spare

FINENESS = ((1.0, 0.125), (0.5, 0.125), (0.2, 0.05))
"""How finely blocks are cut (`geo.draw.site`); finer where the first ones leave no plan within the range."""
SPARE = 6
"""Plans that are looked at beside those that are wanted: the solver's costs are quick, not exact."""


def drawn(task: Task, seed: int, told: Told) -> Drawn:
    """The best grids that were found. Raises NodingUnsettledError where the ground cannot be put on the lattice."""
    return alternatives(task, seed, 1, told)[0]


def alternatives(task: Task, seed: int, number: int, told: Told) -> list[Drawn]:
    """Up to `number` different ways to draw a region, the best first.

    Raises as `drawn`; ApartError where a number of grids is wished for present ones that do not lie together.
    """
    listener = Listener(told)
    ways = [_part(task, part, seed, number, listener) for part in shapely.get_parts(task.boundary)]
    ranked = [[way[min(n, len(way) - 1)] for way in ways] for n in range(max(map(len, ways)))]
    return [_together(task, several) for several in ranked]


@dataclass(frozen=True, slots=True)
class _Way:
    """One way to divide one part of a region."""

    shapes: list[Ground]
    households: list[int]
    reasons: list[Reason]
    blocks: Sequence[Polygon] = ()
    least_moved: int | None = None


def _part(task: Task, part: Polygon, seed: int, number: int, listener: Listener) -> list[_Way]:
    own = standing(task.buildings, part)
    counting = counts([one.households or 0 for one in own], task.wishes.least, task.wishes.most)
    if task.present:
        with suppress(NobodyThereError):  # a part that is new
            found = redrawn(task, part, seed, number, listener)
            return [_of_shapes(task, part, shapes, counting, found.least_moved) for shapes in found.ways]
    if task.number is not None and not task.present and not isinstance(task.boundary, MultiPolygon):
        wished = replace(counting, numbers=range(task.number, task.number + 1))
        ways = _anew(task, part, wished, seed, number, listener)
        if len(ways[0].shapes) == task.number:
            return ways
    return _anew(task, part, counting, seed, number, listener)


def _of_shapes(task: Task, part: Polygon, shapes: Sequence[Ground], counting: Counting, moved: int) -> _Way:
    """A way whose grids are there already."""
    site, label = Site.given(task, shapes, part), np.arange(len(shapes))
    loads, reasons = site.loads(label, len(shapes)).tolist(), _reasons(site, label, len(shapes), counting)
    return _Way([*shapes], loads, [*reasons], least_moved=moved)


def _anew(task: Task, part: Polygon, counting: Counting, seed: int, number: int, listener: Listener) -> list[_Way]:
    found: list[tuple[int, Site, Solution]] = []
    for fineness in FINENESS:
        if found and listener.enough:
            break
        listener.tell("blocks", 0, 1)
        site = Site.of(task, part, fineness)
        listener.tell("blocks", 1, 1)
        if counting.numbers == range(1, 2):
            return [_whole(part, site, counting)]
        solved = solutions(site.mosaic(task), counting, task.wishes, seed, listener)
        found.extend((site.violation(one.label, one.grids), site, one) for one in solved)
        if any(violation <= counting.violation for violation, _, _ in found):
            break
    if not found:
        return [_whole(part, site, counting)]
    found.sort(key=lambda one: (one[0], one[2].cost))
    made = [(violation, site, _way(site, one, counting)) for violation, site, one in found[: number + SPARE]]
    own_ground = replace(task, boundary=part)
    made.sort(key=lambda one: (one[0], _needles(one[1], one[2]), -figures(own_ground, one[2].shapes).score))
    return [way for _, _, way in made[:number]]


def _miscounted(task: Task, grids: int) -> Iterator[Reason]:
    """Why there are not as many grids as were wished for: ground does not come apart into every number."""
    stay = sum(grid.code not in task.only for grid in task.present)
    if task.number is not None and grids - stay != task.number:
        yield Reason(Why.NUMBER, {"wished": task.number, "grids": grids - stay})


def _plain_outside(task: Task, shapes: Sequence[Ground]) -> list[Ground]:
    """The shapes without nodes of blocks on the boundary where no border ends: neighbours would have to take them."""
    low, high = inner_edges(shapes)
    wanted = np.union1d(nodes_of([task.boundary, *(grid.shape for grid in task.present)]), np.r_[low, high])
    return [*without_spare(dict(enumerate(shapes)), wanted).values()]


def _needles(site: Site, way: _Way) -> int:
    """How many grids have a needle."""
    return sum(has_needle(site.laid.plane.metres(shape)) for shape in way.shapes)


def _way(site: Site, solution: Solution, counting: Counting) -> _Way:
    label, grids = solution.label, solution.grids
    shapes: list[Ground] = []
    for number in range(grids):
        ground = joined([site.laid.shapes[n] for n in np.flatnonzero(label == number)])
        assert isinstance(ground, Polygon)  # the solver keeps each grid in one part
        shapes.append(ground)
    return _Way(
        shapes=shapes,
        households=site.loads(label, grids).tolist(),
        reasons=[*_reasons(site, label, grids, counting)],
        blocks=site.laid.shapes,
    )


def _reasons(site: Site, label: Numbers, grids: int, counting: Counting) -> Iterator[Reason]:
    for load, alone in zip(site.loads(label, grids).tolist(), site.lone(label, grids).tolist(), strict=True):
        if alone:
            yield Reason(Why.TOWER, {"households": load})
    yield from _missed(counting, site, site.violation(label, grids))


def _whole(part: Polygon, site: Site, counting: Counting) -> _Way:
    """All of a part as one grid."""
    load, wishes = int(site.laid.households.sum()), site.wishes
    tower = [Reason(Why.TOWER, {"households": load})] if counting.towers and counting.is_possible else []
    missed = 0 if tower else max(0, wishes.least - load, load - wishes.most)
    shape = joined(site.laid.shapes, part)
    assert isinstance(shape, Polygon)  # a part of the region is in one part
    return _Way([shape], [load], [*tower, *_missed(counting, site, missed)], site.laid.shapes)


def _missed(counting: Counting, site: Site, violation: int) -> Iterator[Reason]:
    wishes = site.wishes
    if not counting.is_possible:
        sizes = "; ".join(" + ".join(map(str, choice.sizes)) for choice in counting.choices)
        values: Values = {"households": counting.rest, "sizes": sizes, "least": wishes.least, "most": wishes.most}
        yield Reason(Why.CANNOT_DIVIDE, values)
    if violation > counting.violation:
        yield Reason(Why.OUT_OF_RANGE, {"households": violation, "least": wishes.least, "most": wishes.most})


def _together(task: Task, ways: Sequence[_Way]) -> Drawn:
    """The parts' grids in one order: from west to east, then from north to south."""
    shapes = _plain_outside(task, [shape for way in ways for shape in way.shapes])
    loads = [load for way in ways for load in way.households]
    middle = shapely.centroid(np.array(shapes, dtype=object))
    order = np.lexsort((-shapely.get_y(middle), shapely.get_x(middle))).tolist()
    return Drawn(
        shapes=tuple(shapes[n] for n in order),
        households=tuple(loads[n] for n in order),
        reasons=(*(reason for way in ways for reason in way.reasons), *_miscounted(task, len(shapes))),
        blocks=tuple(block for way in ways for block in way.blocks),
        least_moved=sum(moved) if (moved := [way.least_moved for way in ways if way.least_moved is not None]) else None,
    )
