"""Which grids would a planner draw in a region?

Blocks first, then blocks put together to grids, each part of the region by itself. Values in, values out: the same task
and seed give the same bytes.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, Polygon

from geo.arrangement import joined
from geo.draw.alongside import Alongside
from geo.draw.blocks import Blocks, blocks
from geo.draw.borders import OUTSIDE, Numbers
from geo.draw.counting import Counting, counts
from geo.draw.mosaic import Mosaic, mosaic
from geo.draw.solving import Solution, solutions
from geo.draw.task import Drawn, Progress, Reason, Task, Why, Wishes
from geo.model import Building, Values
from geo.plane import Plane

FINENESS = ((1.0, 0.125), (0.5, 0.125), (0.2, 0.05))
"""Blocks with more households than this share of the most that a grid may have are cut to parts of that share; finer
where the first ones leave no plan within the range."""

WELD_M = 0.3
"""Pieces of water nearer to each other than twice this are one."""

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
    own = _standing(task.buildings, part)
    counting = counts([one.households or 0 for one in own], task.wishes.least, task.wishes.most)
    found: list[tuple[Blocks, Solution]] = []
    for fineness in FINENESS:
        told(Progress("blocks", 0, 1))
        laid = _blocks(task, part, own, fineness)
        told(Progress("blocks", 1, 1))
        if counting.numbers == range(1, 2):
            return [_whole(part, laid, counting, task.wishes)]
        solved = solutions(
            _mosaic(task, laid, own), counting, task.wishes, seed, lambda done, of: told(Progress("grids", done, of))
        )
        found.extend((laid, one) for one in solved)
        if any(_violation(laid, one, own, task.wishes) <= counting.violation for one in solved):
            break
    found.sort(key=lambda pair: (_violation(pair[0], pair[1], own, task.wishes), pair[1].cost))
    if not found:
        return [_whole(part, laid, counting, task.wishes)]
    return [_way(laid, one, own, counting, task.wishes) for laid, one in found[:number]]


def _standing(buildings: Sequence[Building], part: Polygon) -> list[Building]:
    """The buildings that stand in a part of the region, more or less."""
    places = shapely.point_on_surface(np.array([one.shape for one in buildings], dtype=object))
    shapely.prepare(part)
    return [one for one, inside in zip(buildings, shapely.intersects(part, places), strict=True) if inside]


def _blocks(task: Task, part: Polygon, own: Sequence[Building], fineness: tuple[float, float]) -> Blocks:
    lines = [piece for line in task.lines for piece in shapely.get_parts(line.shape)]
    full, fine = (round(share * task.wishes.most) for share in fineness)
    return blocks(part, own, [*lines, *_shores(task)], full, max(1, fine))


def _shores(task: Task) -> list[LineString]:
    """The edges of water, that of neighbouring pieces as one: maps cut water where their sheets end."""
    if not task.water:
        return []
    plane = Plane.of(task.boundary)
    welded = shapely.union_all([plane.metres(water.shape).buffer(WELD_M, join_style="mitre") for water in task.water])
    rims = shapely.boundary(shapely.get_parts(welded.buffer(-WELD_M, join_style="mitre")))
    return [plane.degrees(piece) for piece in shapely.get_parts(shapely.get_parts(rims))]


def _mosaic(task: Task, laid: Blocks, own: Sequence[Building]) -> Mosaic:
    plane = laid.plane
    lines = np.array([plane.metres(line.shape) for line in task.lines], dtype=object)
    barriers = np.array([line.category in task.wishes.barriers for line in task.lines], dtype=bool)
    shores = np.array([plane.metres(shore) for shore in _shores(task)], dtype=object)
    alongside = Alongside(np.concatenate([lines, shores]), np.concatenate([barriers, np.zeros(len(shores), bool)]))
    households = np.array([one.households or 0 for one in own], dtype=np.int64)
    towers = _towers(laid, households, task.wishes.most)
    return mosaic(
        laid.shapes, plane, alongside, laid.households, towers, _compounds(laid, own, households, task.wishes)
    )


def _towers(laid: Blocks, households: Numbers, most: int) -> tuple[Numbers, Numbers]:
    over = (households > most) & (laid.building != OUTSIDE)
    where = laid.building[over]
    count = np.bincount(where, minlength=len(laid.shapes))
    inside = np.bincount(where, weights=households[over], minlength=len(laid.shapes))
    return count.astype(np.int64), inside.astype(np.int64)


def _compounds(laid: Blocks, own: Sequence[Building], households: Numbers, wishes: Wishes) -> list[list[int]]:
    """The estates that are partly in each block: those that could stay whole."""
    total: dict[str, int] = {}
    for one, count in zip(own, households.tolist(), strict=True):
        total[one.compound] = total.get(one.compound, 0) + count
    names = sorted(name for name, count in total.items() if name and count <= wishes.most)
    number = {name: n for n, name in enumerate(names)}
    inside: list[set[int]] = [set() for _ in laid.shapes]
    for one, block in zip(own, laid.building.tolist(), strict=True):
        if block != OUTSIDE and one.compound in number:
            inside[block].add(number[one.compound])
    return [sorted(one) for one in inside]


def _loads(laid: Blocks, solution: Solution) -> Numbers:
    return np.bincount(solution.label, weights=laid.households, minlength=solution.grids).astype(np.int64)


def _lone(laid: Blocks, solution: Solution, own: Sequence[Building], wishes: Wishes) -> NDArray[np.bool_]:
    """Which grids are a tower's: one tower, and too few households beside it for a grid of their own."""
    households = np.array([one.households or 0 for one in own], dtype=np.int64)
    count, inside = _towers(laid, households, wishes.most)
    towers = np.bincount(solution.label, weights=count, minlength=solution.grids)
    rest = _loads(laid, solution) - np.bincount(solution.label, weights=inside, minlength=solution.grids)
    return np.asarray((towers == 1) & (rest < wishes.least))


def _violation(laid: Blocks, solution: Solution, own: Sequence[Building], wishes: Wishes) -> int:
    loads = _loads(laid, solution)
    out = np.maximum(0, wishes.least - loads) + np.maximum(0, loads - wishes.most)
    return int(out[~_lone(laid, solution, own, wishes)].sum())


def _way(laid: Blocks, solution: Solution, own: Sequence[Building], counting: Counting, wishes: Wishes) -> _Way:
    shapes = []
    for number in range(solution.grids):
        ground = joined([laid.shapes[n] for n in np.flatnonzero(solution.label == number)])
        assert isinstance(ground, Polygon)  # a grid is in one part: `geo.draw.kernel` keeps it so
        shapes.append(ground)
    loads, lone = _loads(laid, solution).tolist(), _lone(laid, solution, own, wishes).tolist()
    reasons = [Reason(Why.TOWER, {"households": load}) for load, tower in zip(loads, lone, strict=True) if tower]
    reasons.extend(_missed(counting, wishes, _violation(laid, solution, own, wishes)))
    return _Way(shapes, loads, reasons)


def _whole(part: Polygon, laid: Blocks, counting: Counting, wishes: Wishes) -> _Way:
    """All of a part as one grid."""
    load = int(laid.households.sum())
    tower = [Reason(Why.TOWER, {"households": load})] if counting.towers and counting.is_possible else []
    missed = 0 if tower else max(0, wishes.least - load, load - wishes.most)
    shape = joined(laid.shapes, part)
    assert isinstance(shape, Polygon)
    return _Way([shape], [load], [*tower, *_missed(counting, wishes, missed)])


def _missed(counting: Counting, wishes: Wishes, violation: int) -> Iterator[Reason]:
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
