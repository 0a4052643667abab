"""Does the border of a grid run along streets and waters, as people see borders?"""

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.measure import length_m
from geo.model import Finding, Grid, Ground, Rule, Severity, Values
from geo.plane import Plane
from geo.ruleset import Limits

MOST_PAIRS = 1_000_000
"""Vertices times straight pieces that are compared at once: bounds the memory."""
Lines = NDArray[np.float64]
"""Straight pieces: two ends of x and y each, shape (n, 2, 2), metres."""

SILENT = 4
"""Nothing is said where the next line or water is further than this many times the distance: none are loaded there."""
ROUNDING = 0.01
"""Round ends of a corridor are cut to chords, a share at the limit is reckoned in two ways: a sure one needs this much
more."""


def findings(grid: Grid, near: Sequence[BaseGeometry], limits: Limits) -> list[Finding]:
    """A note about a grid whose border follows lines and edges of water for less than the share that it should.

    `near` are lines and waters, in any order; none within `reach_m` of the grid may be missing.
    """
    least, distance = limits.of("follow_share_least", grid.kind), limits.of("follow_distance_m", grid.kind)
    if least is None or distance is None or grid.shape.is_empty or not grid.shape.is_valid:
        return []
    plane = Plane.of(grid.shape)
    ground, edges = plane.metres(grid.shape), _edges(grid.shape, near, plane, distance)
    if _surely(ground, edges, distance) >= least:
        return []
    edges = np.unique(edges, axis=0)
    if not _is_near(ground, edges, SILENT * distance):
        return []
    free = _free(ground, edges, distance)
    share = _rest(ground, free)
    if share >= least:
        return []
    place = plane.degrees(free)
    length = length_m(place)
    values: Values = {"code": grid.code, "share": share, "least": least, "distance_m": distance, "length_m": length}
    return [
        Finding(
            rule=Rule.EDGE_FREE,
            severity=Severity.NOTE,
            codes=[grid.code],
            geometry=place,
            length_m=length,
            values=values,
        )
    ]


def reach_m(distance_m: float) -> float:
    """How far from a grid a line or water can have a say, metres."""
    return SILENT * distance_m


def share(grid: Grid, near: Sequence[BaseGeometry], distance_m: float) -> float:
    """The share, 0 to 1, of the grid's border that runs within `distance_m` of a line or of the edge of a water."""
    plane = Plane.of(grid.shape)
    ground = plane.metres(grid.shape)
    edges = np.unique(_edges(grid.shape, near, plane, distance_m), axis=0)
    return _rest(ground, _free(ground, edges, distance_m))


def _edges(shape: Ground, near: Sequence[BaseGeometry], plane: Plane, distance: float) -> Lines:
    """What can be followed, each straight piece by itself, metres: lines and edges of water as far as they matter."""
    given = np.array(near, dtype=object)
    if len(given) == 0:
        return np.empty((0, 2, 2))
    water = shapely.get_dimensions(given) == 2
    given[water] = shapely.boundary(given[water])
    reach = np.tile((reach_m(distance) + 1.0) / plane.scale, 2) * [-1, -1, 1, 1]
    clipped = shapely.get_parts(shapely.clip_by_rect(given, *(np.array(shape.bounds) + reach)))
    xy, line = shapely.get_coordinates(clipped, return_index=True)
    follows = np.flatnonzero(line[1:] == line[:-1])
    ends = np.stack([xy[follows], xy[follows + 1]], axis=1)
    return np.asarray((ends - plane.origin) * plane.scale)


def _surely(ground: Ground, edges: Lines, distance: float) -> float:
    """At least this share of the border follows: edges of it with both ends close to one straight piece."""
    xy, ring = shapely.get_coordinates(shapely.get_rings(ground), return_index=True)
    edges = edges[_meeting(edges, np.array(ground.bounds), distance)]
    if not 0 < len(xy) * len(edges) <= MOST_PAIRS:
        return 0.0
    (x1, y1), (along_x, along_y) = edges[:, 0].T, (edges[:, 1] - edges[:, 0]).T
    off_x, off_y = xy[:, :1] - x1, xy[:, 1:] - y1
    part = np.clip((off_x * along_x + off_y * along_y) / np.maximum(along_x**2 + along_y**2, 1e-12), 0.0, 1.0)
    close = (off_x - part * along_x) ** 2 + (off_y - part * along_y) ** 2 <= distance**2
    follows = (close[1:] & close[:-1]).any(axis=1) & (ring[1:] == ring[:-1])
    return float(np.hypot(*(xy[1:] - xy[:-1])[follows].T).sum() / shapely.length(ground)) * (1 - ROUNDING)


def _meeting(edges: Lines, box: NDArray[np.float64], distance: float) -> NDArray[np.bool_]:
    """Which straight pieces (n,) come so near a box."""
    low, high = edges.min(axis=1), edges.max(axis=1)
    return np.asarray(((low <= box[2:] + distance) & (high >= box[:2] - distance)).all(axis=1))


def _is_near(ground: Ground, edges: Lines, distance: float) -> bool:
    return bool(shapely.dwithin(ground, shapely.multilinestrings(shapely.linestrings(edges)), distance))


def _free(ground: Ground, edges: Lines, distance: float) -> BaseGeometry:
    """The parts of the border that follow nothing."""
    close = shapely.linestrings(edges)
    corridor = shapely.union_all(shapely.buffer(close[shapely.dwithin(ground, close, distance)], distance))
    return shapely.difference(shapely.boundary(ground), corridor)


def _rest(ground: Ground, free: BaseGeometry) -> float:
    return 1.0 - float(shapely.length(free) / shapely.length(ground))
