"""On which blocks do peers draw, and who lies beside whom? On ours: they have none of their own."""

from dataclasses import dataclass, replace

import numpy as np
import shapely
from shapely import Polygon

from benchmarks.draw_graph import BlockGraph, Numbers
from geo.draw.alongside import Alongside
from geo.draw.borders import OUTSIDE, Borders
from geo.draw.counting import Counting, counts
from geo.draw.site import Site, shores
from geo.draw.task import Task
from geo.plane import Plane

AROUND = 1
"""Numbers of grids that are tried on either side of the likeliest."""


@dataclass(frozen=True)
class Ground:
    """Blocks (n,) on the lattice, and as a graph."""

    shapes: list[Polygon]
    graph: BlockGraph


def ground_of(task: Task, fineness: tuple[float, float]) -> Ground:
    """The blocks of a task, those of each part of its region after the other's. `fineness`: from which share of the
    most that a grid may have blocks are cut, and to which."""
    number = {id(building): n for n, building in enumerate(task.buildings)}
    shapes, owners = list[Polygon](), np.full(len(task.buildings), OUTSIDE)
    for part in shapely.get_parts(task.boundary):
        site = Site.of(task, part, fineness)
        for building, block in zip(site.buildings, site.laid.building.tolist(), strict=True):
            if block != OUTSIDE:
                owners[number[id(building)]] = block + len(shapes)
        shapes += site.laid.shapes
    return Ground(shapes, _graph(task, shapes, owners))


def _numbers(told: Counting, least: int, most: int) -> tuple[int, ...]:
    """Those whose mean load is near the middle of the range, or all that are the least bad."""
    if not told.is_possible:
        return tuple(told.numbers)
    likeliest = len(told.towers) + round(told.rest / ((least + most) / 2))
    near = [number for number in told.numbers if abs(number - likeliest) <= AROUND]
    return tuple(near) or (min(told.numbers, key=lambda number: abs(number - likeliest)),)


def _graph(task: Task, shapes: list[Polygon], owners: Numbers) -> BlockGraph:
    plane, count = Plane.of(task.boundary), len(shapes)
    borders, alone = Borders.of(shapes, plane), np.arange(len(shapes))
    followed = [*(line.shape for line in task.lines), *shores(task)]
    lines = np.array([plane.metres(line) for line in followed], dtype=object)
    on_line, _ = Alongside(lines, np.zeros(len(lines), dtype=bool)).of(borders, plane)
    one, other, metres = borders.between(alone)
    rim = np.flatnonzero((borders.left == OUTSIDE) | (borders.right == OUTSIDE))
    metric = np.array([plane.metres(shape) for shape in shapes], dtype=object)
    households = np.array([building.households or 0 for building in task.buildings], dtype=np.int64)
    told = counts(households.tolist(), task.wishes.least, task.wishes.most)
    stands, tower = owners != OUTSIDE, (owners != OUTSIDE) & (households > task.wishes.most)
    return BlockGraph(
        households=np.bincount(owners[stands], households[stands], count).astype(np.int64),
        towers=np.bincount(owners[tower], minlength=count),
        tower_households=np.bincount(owners[tower], households[tower], count).astype(np.int64),
        pairs=np.column_stack([one, other]),
        metres=metres,
        on_line=replace(borders, length=on_line).between(alone)[2],
        outer=np.bincount(np.maximum(borders.left, borders.right)[rim], borders.length[rim], count),
        ground=shapely.area(metric),
        centres=shapely.get_coordinates(shapely.centroid(metric)),
        least=task.wishes.least,
        most=task.wishes.most,
        numbers=_numbers(told, task.wishes.least, task.wishes.most),
        least_violation=told.violation,
    )
