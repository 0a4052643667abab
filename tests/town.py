"""What is a small town to draw grids in? Streets in a net, rows of houses between them; all in metres from a corner."""

from collections.abc import Sequence

import numpy as np
import shapely
from shapely import LineString, Point, Polygon, box

from geo.arrangement import joined
from geo.coverage import is_exact
from geo.draw.task import Task
from geo.lattice import rounded
from geo.measure import length_m, metres_per_degree
from geo.model import Building, Ground, Line

CORNER = np.array([104.06, 30.66])
SCALE = np.array(metres_per_degree(30.66))


STEP_M = 0.01
"""By so much nodes that are put on a slanted boundary, rounded to the lattice, move it."""


def covers(boundary: Ground, shapes: Sequence[Polygon]) -> bool:
    """Whether shapes cover a boundary exactly, once it is led through the nodes that they end in."""
    led = joined(shapes)
    moved = shapely.symmetric_difference(led, boundary).area * SCALE.prod()
    return is_exact(led, shapes) and bool(moved < STEP_M * length_m(boundary))


def on_map(shape: shapely.Geometry) -> shapely.Geometry:
    """A shape in metres from the corner, on the lattice."""
    return rounded(shapely.transform(shape, lambda xy: xy / SCALE + CORNER))


def streets(wide: int, high: int, pitch: float = 100.0) -> list[tuple[str, LineString]]:
    """A net of streets that reach a little beyond the town."""
    across = [("residential", LineString([(-9, pitch * n), (pitch * wide + 9, pitch * n)])) for n in range(1, high)]
    along = [("primary", LineString([(pitch * n, -9), (pitch * n, pitch * high + 9)])) for n in range(1, wide)]
    return [*across, *along]


def houses(wide: int, high: int, pitch: float = 100.0) -> list[Polygon]:
    """Three rows in each block."""
    places = [(pitch * x, pitch * y, row) for x in range(wide) for y in range(high) for row in range(3)]
    return [box(x + 15, y + 14 + 27 * row, x + pitch - 15, y + 26 + 27 * row) for x, y, row in places]


def task(
    boundary: Ground,
    lines: Sequence[tuple[str, LineString]],
    footprints: Sequence[Polygon | Point],
    households: Sequence[int],
) -> Task:
    return Task(
        boundary=on_map(boundary),
        lines=[Line(id=str(n), category=name, shape=on_map(line)) for n, (name, line) in enumerate(lines)],
        buildings=[
            Building(id=str(n), households=count, shape=on_map(shape))
            for n, (shape, count) in enumerate(zip(footprints, households, strict=True))
        ],
    )


def town(wide: int, high: int, seed: int = 1) -> Task:
    """Blocks of 100 m with some 90 households each."""
    footprints = houses(wide, high)
    households = np.random.default_rng(seed).integers(18, 42, len(footprints)).tolist()
    return task(box(0, 0, 100 * wide, 100 * high), streets(wide, high), footprints, households)
