"""Where can ground that is too full to stay whole be cut, between its buildings?

By straight lines along the gaps between rows (guillotine cuts): of all gaps in the directions that buildings and the
ground itself stand in, the one that parts households well by a short line through a wide gap; then each part again.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, Polygon

from geo.draw.midways import midways
from geo.draw.network import clusters, lengthened

CLEAR_M = 0.6
"""A line keeps at least so far from every wall."""
BEYOND_M = 0.2
"""A line reaches so far over the ground it cuts: after rounding it still crosses the edge."""
SAME_DEG = 6.0
"""Directions nearer to each other than this are one."""
MOST_WAYS = 8
SLIM_M = 20.0
"""No cut leaves ground narrower than this, beside a building's own depth, if another is possible."""

Shapes = NDArray[np.object_]
Figures = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Part:
    ground: Polygon
    footprints: Shapes
    hulls: Shapes
    households: NDArray[np.int64]


def cut_lines(
    ground: Polygon, footprints: Shapes, households: NDArray[np.int64], most: int, full: int
) -> list[LineString]:
    """Lines, metres, that cut ground into parts of at most `most` households, or of one building each.

    `footprints` (n,) stand on it, with `households` (n,). Where no straight line parts more than `full` households
    every building gets the ground that is nearest to it.
    """
    number = clusters(footprints)
    each, place = np.unique(number, return_inverse=True)
    grounds = np.array([shapely.union_all(footprints[number == one]) for one in each], dtype=object)
    counts = np.bincount(place, weights=households).astype(np.int64)
    lines: list[LineString] = []
    open_ = [_Part(ground, grounds, shapely.convex_hull(grounds), counts)]
    while open_:
        part = open_.pop()
        if part.households.sum() <= most or len(part.footprints) < 2:
            continue
        found = _best(part)
        if found is None:
            lines.extend(midways(part.ground, part.footprints) if part.households.sum() > full else [])
            continue
        lines.extend(found)
        open_.extend(_parted(part, found))
    return lines


def _best(part: _Part) -> list[LineString] | None:
    """The best cut of a part: a straight line, or its pieces where it leaves the ground and comes back."""
    best, line = np.inf, None
    for way in _ways(part):
        for cost, found in _gaps(part, way):
            if cost < best:
                best, line = cost, found
    return line


def _ways(part: _Part) -> list[float]:
    """Directions, radians from 0 to pi, that buildings and ground stand in, the most frequent first."""
    boxes = shapely.oriented_envelope(np.r_[part.hulls, [part.ground]])
    xy = shapely.get_coordinates(boxes[shapely.get_type_id(boxes) == 3]).reshape(-1, 5, 2)
    sides = np.diff(xy[:, :3], axis=1).reshape(-1, 2)
    angle = np.arctan2(sides[:, 1], sides[:, 0]) % np.pi
    weight = np.hypot(*sides.T)
    slot = np.rint(angle / np.radians(SAME_DEG)).astype(int) % int(180 / SAME_DEG)
    total = np.bincount(slot, weights=weight, minlength=int(180 / SAME_DEG))
    ways = []
    for one in np.argsort(-total, kind="stable")[:MOST_WAYS].tolist():
        if total[one] > 0:
            own = slot == one
            turned = (angle[own] - one * np.radians(SAME_DEG) + np.pi / 2) % np.pi - np.pi / 2
            ways.append(float(one * np.radians(SAME_DEG) + np.average(turned, weights=weight[own])))
    return ways


def _gaps(part: _Part, way: float) -> Iterator[tuple[float, list[LineString]]]:
    """Cuts in a direction with what they cost: unequal households, length, narrow gaps."""
    along, across = np.array([np.cos(way), np.sin(way)]), np.array([-np.sin(way), np.cos(way)])
    low, high = _spans(part.hulls, across)
    order = np.argsort(low, kind="stable")
    reach = np.maximum.accumulate(high[order])
    before = np.cumsum(part.households[order])
    here = np.flatnonzero(low[order][1:] - reach[:-1] > 2 * CLEAR_M)
    total, across_ground = int(before[-1]), shapely.get_coordinates(part.ground) @ across
    along_ground = shapely.get_coordinates(part.ground) @ along
    size = float(np.sqrt(part.ground.area))
    for place in here.tolist():
        gap = low[order][place + 1] - reach[place]
        middle = (low[order][place + 1] + reach[place]) / 2
        ends = np.array([along_ground.min() - BEYOND_M, along_ground.max() + BEYOND_M])
        line = LineString(ends[:, None] * along + middle * across)
        inside = shapely.get_parts(shapely.intersection(line, part.ground))
        length = float(shapely.length(inside).sum())
        if length < BEYOND_M:
            continue
        share = min(before[place], total - before[place]) / total
        slim = min(middle - across_ground.min(), across_ground.max() - middle) < SLIM_M
        cost = length / size + 2.0 * (0.5 - share) ** 2 * 4 + 0.3 * max(0.0, 1 - gap / 10.0) + 1.0 * slim
        cost += 1.0 * (len(inside) - 1)
        yield cost, [lengthened(piece, BEYOND_M) for piece in inside if piece.length > BEYOND_M]


def _spans(footprints: Shapes, across: Figures) -> tuple[Figures, Figures]:
    """From where to where each footprint reaches across a direction, metres."""
    xy, owner = shapely.get_coordinates(footprints, return_index=True)
    value = xy @ across
    low, high = np.full(len(footprints), np.inf), np.full(len(footprints), -np.inf)
    np.minimum.at(low, owner, value)
    np.maximum.at(high, owner, value)
    return low, high


def _parted(part: _Part, lines: list[LineString]) -> list[_Part]:
    noded = shapely.union_all([part.ground.boundary, *lines])
    pieces = shapely.get_parts(shapely.polygonize(list(shapely.get_parts(noded))))
    middle = shapely.point_on_surface(pieces)
    shapely.prepare(part.ground)
    pieces = pieces[shapely.contains(part.ground, middle)]
    place, piece = shapely.STRtree(pieces).query(shapely.point_on_surface(part.hulls), predicate="intersects")
    owner = np.full(len(part.footprints), -1)
    owner[place] = piece
    own = [owner == n for n in range(len(pieces))]
    return [
        _Part(piece, part.footprints[its], part.hulls[its], part.households[its])
        for piece, its in zip(pieces, own, strict=True)
    ]
