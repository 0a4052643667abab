"""How good are drawn grids: balanced, round, on streets, on one side of barriers, with estates kept whole?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from shapely import Polygon, boundary
from shapely.geometry.base import BaseGeometry

from geo.draw.loads import Houses, Loads
from geo.draw.roadside import Roadside
from geo.draw.roundness import Roundness
from geo.draw.task import Task, Weights
from geo.plane import Plane


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """By which plans of one region are compared; `score`, from 0 to 1, weighs it all by the region's wishes."""

    loads: Loads
    roundness: Roundness
    roadside: Roadside
    score: float


def figures(task: Task, shapes: Sequence[Polygon]) -> Figures:
    """Of grids, at least one, lon/lat, that cover the task's region; metres are those of the region's own plane.

    A building belongs to the grid with the largest share of it; buildings that stand outside of the region count
    nowhere. Lines are followed, and so are shores of waters.
    """
    plane = Plane.of(task.boundary)
    ground, ring = _metres(shapes, plane), plane.metres(task.boundary)
    loads = Houses.of(task.buildings, plane, ring).loads(ground, task.wishes.least, task.wishes.most)
    lines = _metres([line.shape for line in task.lines], plane)
    barring = np.array([line.category in task.wishes.barriers for line in task.lines], dtype=bool)
    shores = _metres([boundary(water.shape) for water in task.water], plane)
    roundness = Roundness.of(ground)
    roadside = Roadside.of(ground, ring, np.concatenate([lines, shores]), lines[barring])
    return Figures(
        loads=loads,
        roundness=roundness,
        roadside=roadside,
        score=_score(task.wishes.weights, loads, roundness, roadside),
    )


def _score(weights: Weights, loads: Loads, roundness: Roundness, roadside: Roadside) -> float:
    """The mean of what is wished for, by weight. Estates count where there are some; where there is no border it lies
    on lines, and where there is no barrier, borders on lines count for it."""
    streets = 1.0 if roadside.on_lines is None else roadside.on_lines
    parts = [
        (weights.balance, loads.balance),
        (weights.shape, roundness.score),
        (weights.streets, streets),
        (weights.barriers, streets if roadside.kept is None else roadside.kept),
    ]
    if loads.whole is not None:
        parts.append((weights.compounds, loads.whole))
    total = sum(weight for weight, _ in parts)
    return sum(weight * figure for weight, figure in parts) / total if total > 0 else 0.0


def _metres(shapes: Sequence[BaseGeometry], plane: Plane) -> NDArray[np.object_]:
    return plane.metres_each(shapes)
