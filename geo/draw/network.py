"""Which lines can be borders, once loose ends are met and buildings are gone round?

All in metres on the region's plane. A line through a building yields: what is inside of it goes, and the border may
follow the building's wall instead. Loose ends are led on to what lies ahead of them, as far as a map's drawer may have
stopped short.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, Polygon

AHEAD_M = 25.0
"""A line that ends this far before another is led on to it: half the width of a wide street with its pavements."""
INSIDE_M = 0.05
"""Lines reach so far into the wall they end at: after rounding to the lattice they still meet it."""
TOUCHED_M2 = 0.25
"""A building is cut where more than this lies on either side (`docs/design.md`, a building counts as cut)."""
STUB_M = 0.5
"""A line's end behind its last crossing that is no longer than this is no loose end."""

Shapes = NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Network:
    """Lines (n,) that end at walls, and walls: the footprints that lines ran through, those that overlap as one."""

    lines: Shapes
    walls: list[Polygon]


def network(lines: Shapes, buildings: Shapes, boundary: shapely.MultiPolygon | Polygon) -> Network:
    """Lines (n,) as they can divide the ground inside of `boundary`; buildings (m,) are polygons."""
    near = shapely.buffer(boundary, AHEAD_M)
    shapely.prepare(near)
    parts = _parts(lines[shapely.intersects(near, lines)])
    parts = _parts(shapely.intersection(parts, near)) if len(parts) else parts
    parts = np.concatenate([parts, _led_on(parts, boundary, buildings)]) if len(parts) else parts
    walls = _walls(parts, buildings)
    return Network(_without(parts, walls), walls)


def clusters(buildings: Shapes) -> NDArray[np.int64]:
    """Which buildings stand over or in each other: the same number for those that do (m,)."""
    number = np.arange(len(buildings))
    if len(buildings) < 2:
        return number
    one, other = shapely.STRtree(buildings).query(buildings, predicate="intersects")
    one, other = one[one < other], other[one < other]
    shared = shapely.area(shapely.intersection(buildings[one], buildings[other]))
    over = shared > TOUCHED_M2
    return joined_numbers(len(buildings), one[over], other[over])


def joined_numbers(count: int, one: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.int64]:
    """The lowest number of everything that pairs join, for each of `count` things."""
    number = np.arange(count)
    while True:
        low = np.minimum(number[one], number[other])
        before = number.copy()
        np.minimum.at(number, one, low)
        np.minimum.at(number, other, low)
        number = number[number]
        if np.array_equal(before, number):
            return number


def lengthened(line: LineString, metres: float) -> LineString:
    """The line led on straight at both ends."""
    xy = shapely.get_coordinates(line)
    first, last = xy[0] - xy[1], xy[-1] - xy[-2]
    xy[0] += first * (metres / np.hypot(*first))
    xy[-1] += last * (metres / np.hypot(*last))
    return LineString(xy)


def _led_on(lines: Shapes, boundary: shapely.Geometry, buildings: Shapes) -> Shapes:
    """Pieces from loose ends to the first line ahead, or the boundary, that is near enough."""
    ends, ways = _loose(lines)
    if len(ends) == 0:
        return np.empty(0, dtype=object)
    rays = shapely.linestrings(np.stack([ends + 0.02 * ways, ends + AHEAD_M * ways], axis=1))
    what = np.concatenate([lines, _parts(np.array([shapely.boundary(boundary)], dtype=object))])
    ray, hit = shapely.STRtree(what).query(rays, predicate="intersects")
    starts = shapely.points(ends)
    meets = shapely.intersection(rays[ray], what[hit])
    distance = shapely.distance(starts[ray], meets)
    order = np.lexsort((distance, ray))
    first = order[np.unique(ray[order], return_index=True)[1]]
    reach = (distance[first] + 2 * INSIDE_M)[:, None]
    found = shapely.linestrings(np.stack([ends[ray[first]], ends[ray[first]] + reach * ways[ray[first]]], axis=1))
    if len(buildings) == 0 or len(found) == 0:
        return np.asarray(found)
    blocked = np.unique(shapely.STRtree(buildings).query(found, predicate="intersects")[0])
    return np.delete(found, blocked)


def _loose(lines: Shapes) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Ends (n, 2) that touch no other line, and the way (n, 2) each was going, of length 1."""
    xy, line = shapely.get_coordinates(lines, return_index=True)
    first = np.flatnonzero(np.r_[True, line[1:] != line[:-1]])
    last = np.r_[first[1:], len(xy)] - 1
    ends = np.concatenate([xy[first], xy[last]])
    ways = np.concatenate([xy[first] - xy[first + 1], xy[last] - xy[last - 1]])
    own = np.concatenate([np.arange(len(lines)), np.arange(len(lines))])
    point, met = shapely.STRtree(lines).query(shapely.points(ends), predicate="dwithin", distance=STUB_M)
    touched = np.bincount(point[met != own[point]], minlength=len(ends)) > 0
    length = np.hypot(*ways.T)
    loose = ~touched & (length > 0)
    return ends[loose], ways[loose] / length[loose, None]


def _walls(lines: Shapes, buildings: Shapes) -> list[Polygon]:
    """The ground of buildings that lines run through, those that overlap together, without courts."""
    if len(buildings) == 0 or len(lines) == 0:
        return []
    inner = shapely.buffer(buildings, -INSIDE_M)
    return together(buildings, np.unique(shapely.STRtree(inner).query(lines, predicate="intersects")[1]))


def together(buildings: Shapes, some: NDArray[np.int64]) -> list[Polygon]:
    """The ground of some buildings, and of those over or in them, without courts."""
    if len(some) == 0:
        return []
    cluster = clusters(buildings)
    grounds: list[Polygon] = []
    for number in np.unique(cluster[some]).tolist():
        ground = shapely.union_all(buildings[cluster == number])
        grounds.extend(Polygon(part.exterior) for part in shapely.get_parts(ground))
    return grounds


def _without(lines: Shapes, walls: Sequence[Polygon]) -> Shapes:
    """Lines less what is inside of walls."""
    if not walls:
        return lines
    cores = shapely.buffer(np.array(walls, dtype=object), -INSIDE_M)
    line, wall = shapely.STRtree(cores).query(lines, predicate="intersects")
    cut = lines.copy()
    for number in np.unique(line).tolist():
        cut[number] = shapely.difference(lines[number], shapely.union_all(cores[wall[line == number]]))
    return _parts(cut)


def _parts(lines: Shapes) -> Shapes:
    """Lines (n,) in one part each, of some length."""
    parts = shapely.get_parts(lines)
    parts = shapely.get_parts(parts)
    keep = (shapely.get_type_id(parts) == 1) & (shapely.length(parts) > 0)
    return np.asarray(parts[keep], dtype=object)
