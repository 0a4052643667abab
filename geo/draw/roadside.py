"""What share of borders runs along lines, and what share of the barriers lies on borders?

As people see borders: within 5 m of a line and within 25 degrees of the way it goes, asked every two metres. A barrier
is kept where a border lies within 5 m of it; where none does, one grid lies on both sides. All in metres on one plane.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

NEAR_M = 5.0
"""A border this near to a line is on it: half a street."""
SAME_DEG = 25.0
"""One that turns off further only crosses it."""
STEP_M = 2.0
"""How densely borders are asked."""
RIM_M = 0.5
"""Borders this near to the region's own boundary are that boundary: nobody chose them."""
POINT_M = 1e-6
"""Straight pieces that are shorter have no way to go."""

Shapes = NDArray[np.object_]
Metres = NDArray[np.float64]
Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Roadside:
    """Borders between grids, metres, and the share of them on lines (None where there is none); barriers inside of the
    region, metres, and the share of them on borders (None likewise)."""

    interior_m: float
    on_lines: float | None
    barrier_m: float
    kept: float | None

    @classmethod
    def of(cls, ground: Shapes, boundary: BaseGeometry, lines: Shapes, barriers: Shapes) -> "Roadside":
        """Of grids (n,) that cover the region inside of `boundary`; lines (m,) and those that are barriers (k,)."""
        borders = shapely.union_all(shapely.boundary(ground))
        inner = shapely.difference(borders, shapely.buffer(shapely.boundary(boundary), RIM_M))
        # barriers along the boundary divide nothing
        inside = shapely.intersection(shapely.union_all(barriers), shapely.buffer(boundary, -NEAR_M))
        return cls(
            interior_m=float(shapely.length(inner)),
            on_lines=_on_lines(inner, lines),
            barrier_m=float(shapely.length(inside)),
            kept=_kept(inside, borders),
        )


def straight(lines: Shapes) -> Metres:
    """The straight pieces of lines (n,), those of one or of several parts: two ends each, shape (m, 2, 2)."""
    parts = shapely.get_parts(shapely.get_parts(lines))
    xy, line = shapely.get_coordinates(parts[shapely.get_dimensions(parts) == 1], return_index=True)
    follows = np.flatnonzero(line[1:] == line[:-1])
    pieces = np.stack([xy[follows], xy[follows + 1]], axis=1)
    return np.asarray(pieces[np.hypot(*(pieces[:, 1] - pieces[:, 0]).T) > POINT_M])


def every(start: Metres, end: Metres) -> tuple[Shapes, Numbers, Metres]:
    """Points (m,) in the middle of each `STEP_M` of straight pieces (n, 2), whose they are, and the metres each stands
    for."""
    length = np.hypot(*(end - start).T)
    count = np.maximum(1, np.ceil(length / STEP_M)).astype(np.int64)
    own = np.repeat(np.arange(len(start)), count)
    place = np.arange(len(own)) - np.repeat(np.cumsum(count) - count, count)
    part = ((place + 0.5) / count[own])[:, None]
    return shapely.points(start[own] + part * (end - start)[own]), own, (length / count)[own]


def same_way(one: Metres, other: Metres) -> NDArray[np.bool_]:
    """Whether vectors (n, 2) lie within `SAME_DEG` of each other, whichever way round."""
    cross = one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0]
    size = np.hypot(*one.T) * np.hypot(*other.T)
    return np.asarray(np.abs(cross) <= np.sin(np.radians(SAME_DEG)) * size)


def _on_lines(borders: BaseGeometry, lines: Shapes) -> float | None:
    own, beside = straight(np.array([borders], dtype=object)), straight(lines)
    points, piece, metres = every(own[:, 0], own[:, 1])
    if len(points) == 0:
        return None
    if len(beside) == 0:
        return 0.0
    found, line = shapely.STRtree(shapely.linestrings(beside)).query(points, predicate="dwithin", distance=NEAR_M)
    along = same_way(own[piece[found], 1] - own[piece[found], 0], beside[line, 1] - beside[line, 0])
    follows = np.zeros(len(points), dtype=bool)
    follows[found[along]] = True
    return float(metres[follows].sum() / metres.sum())


def _kept(barriers: BaseGeometry, borders: BaseGeometry) -> float | None:
    length = float(shapely.length(barriers))
    if length == 0.0:
        return None
    across = shapely.difference(barriers, shapely.buffer(borders, NEAR_M))
    return 1.0 - float(shapely.length(across)) / length
